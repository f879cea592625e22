fn half(n: u64) -> Result<u64, (StatusCode, &'static str)> {
    if n % 2 == 1 {
        return Err((StatusCode::UNPROCESSABLE_ENTITY, "odd"));
    }
    Ok(n / 2)
}
#[allow(clippy::missing_errors_doc)]
pub async fn quarter(n: u64) -> ::sendoff::Answer {
    let __sent______________________________________________________________________________________: ::sendoff::Sent = 'send: {
        {
            let n = ::sendoff::__private::leaving(
                half(::sendoff::__private::leaving(half(n))?),
            )?;
            send!(@ 'send # status 200, n.to_string());
        }
    };
    return ::sendoff::__private::Ok(
        __sent______________________________________________________________________________________,
    );
}
