fn half(n: u64) -> Result<u64, (StatusCode, &'static str)> {
    if n % 2 == 1 {
        return Err((StatusCode::UNPROCESSABLE_ENTITY, "odd"));
    }
    Ok(n / 2)
}
pub async fn quarter(n: u64) -> ::sendoff::Answer {
    #[allow(clippy::diverging_sub_expression)]
    let __sent_____________________________________________________: ::sendoff::Sent = 'send: {
        {
            let n = half(half(n)?)?;
            send!(@ 'send # status 200, n.to_string());
        }
    };
    #[allow(unreachable_code)]
    {
        ::sendoff::__private::Ok(
            __sent_____________________________________________________,
        )
    }
}
