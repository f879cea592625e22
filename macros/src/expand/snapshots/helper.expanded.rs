fn admin(name: &str) -> Result<&str, Reply> {
    if name != "ann" {
        send!(403, "admins only");
    }
    Ok(name)
}
#[allow(clippy::missing_errors_doc)]
pub async fn settings(name: &'static str) -> ::sendoff::Answer {
    let __sent______________________________________________________________________________________: ::sendoff::Sent = 'send: {
        {
            let admin = ::sendoff::__private::leaving(admin(name))?;
            send!(@ 'send # value format!("settings of {admin}"));
        }
    };
    return ::sendoff::__private::Ok(
        __sent______________________________________________________________________________________,
    );
}
