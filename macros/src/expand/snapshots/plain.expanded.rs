pub async fn parity(n: u64) -> ::sendoff::Answer {
    #[allow(clippy::diverging_sub_expression)]
    let __sent_____________________________________________________: ::sendoff::Sent = 'send: {
        {
            if n % 2 == 0 {
                send!(@ 'send # value "even");
            }
            send!(@ 'send # status 200, "odd");
        }
    };
    #[allow(unreachable_code)]
    {
        ::sendoff::__private::Ok(
            __sent_____________________________________________________,
        )
    }
}
