pub async fn relay(n: u64) -> ::sendoff::Answer {
    #[allow(unused_braces, clippy::diverging_sub_expression)]
    let __sent_______________________________________: ::sendoff::Sent = 'send: {
        {
            if n == 0 {
                panic!("zero");
            }
            {
                #[allow(unused_imports)]
                use ::sendoff::__private::MustSend as _;
                #[allow(unreachable_code, redundant_semicolons)]
                { break 'send parity_of(n).await?.__must_send() }
            }
        }
    };
    #[allow(unreachable_code)]
    { ::sendoff::__private::Ok(__sent_______________________________________) }
}
async fn parity_of(n: u64) -> ::sendoff::Answer {
    #[allow(clippy::diverging_sub_expression)]
    let __sent_____________________________________________________: ::sendoff::Sent = 'send: {
        {
            send!(
                @ 'send # value sendoff::reply!(200, if n % 2 == 0 { "even" } else {
                "odd" })
            );
        }
    };
    #[allow(unreachable_code)]
    {
        ::sendoff::__private::Ok(
            __sent_____________________________________________________,
        )
    }
}
