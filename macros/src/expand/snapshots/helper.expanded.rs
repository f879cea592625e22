fn admin(name: &str) -> Result<&str, Reply> {
    if name != "ann" {
        send!(403, "admins only");
    }
    Ok(name)
}
pub async fn settings(name: &'static str) -> ::sendoff::Answer {
    #[deny(unreachable_code)]
    let sent: ::sendoff::Sent = 'send: {
        {
            let admin = admin(name)?;
            send!(@ 'send format!("settings of {admin}"));
        }
    };
    #[allow(unreachable_code)] { ::sendoff::__private::Ok(sent) }
}
