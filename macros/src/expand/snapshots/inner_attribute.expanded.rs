pub async fn careless(n: u64) -> ::sendoff::Answer {
    #![allow(unused_variables)]
    #[allow(clippy::diverging_sub_expression)]
    let __sent_____________________________________________________: ::sendoff::Sent = 'send: {
        {
            let unused = n;
            send!(@ 'send # status 204);
        }
    };
    #[allow(unreachable_code)]
    {
        ::sendoff::__private::Ok(
            __sent_____________________________________________________,
        )
    }
}
