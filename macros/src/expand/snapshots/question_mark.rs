fn half(n: u64) -> Result<u64, (StatusCode, &'static str)> {
    if n % 2 == 1 {
        return Err((StatusCode::UNPROCESSABLE_ENTITY, "odd"));
    }
    Ok(n / 2)
}

#[handler]
pub async fn quarter(n: u64) {
    let n = half(half(n)?)?;
    send!(200, n.to_string());
}
