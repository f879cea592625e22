fn admin(name: &str) -> Result<&str, Reply> {
    if name != "ann" {
        send!(403, "admins only");
    }
    Ok(name)
}

#[handler]
pub async fn settings(name: &'static str) {
    let admin = admin(name)?;
    send!(format!("settings of {admin}"));
}
