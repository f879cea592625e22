fn admin(name: &str) -> Result<&str, Reply> {
    if name != "ann" {
        send!(403, "admins only");
    }
    Ok(name)
}
pub async fn settings(name: &'static str) -> ::sendoff::Answer {
    #[allow(clippy::diverging_sub_expression)]
    let __sent_____________________________________________________: ::sendoff::Sent = 'send: {
        {
            let admin = admin(name)?;
            send!(@ 'send # value format!("settings of {admin}"));
        }
    };
    #[allow(unreachable_code)]
    {
        ::sendoff::__private::Ok(
            __sent_____________________________________________________,
        )
    }
}
