#[allow(clippy::missing_errors_doc)]
pub async fn parity(n: u64) -> ::sendoff::Answer {
    let __sent______________________________________________________________________________________: ::sendoff::Sent = 'send: {
        {
            if n % 2 == 0 {
                send!(@ 'send # value "even");
            }
            send!(@ 'send # status 200, "odd");
        }
    };
    return ::sendoff::__private::Ok(
        __sent______________________________________________________________________________________,
    );
}
