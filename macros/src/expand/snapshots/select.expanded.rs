pub async fn raced(slow: bool) -> ::sendoff::Answer {
    #[allow(clippy::diverging_sub_expression)]
    let __sent_____________________________________________________: ::sendoff::Sent = 'send: {
        {
            let work = async move {
                if slow {
                    std::future::pending::<()>().await;
                }
            };
            tokio::select! {
                biased; () = work => send!(@ 'send # status 200, "done"), () = async {}
                => { send!(@ 'send # status 503, "late"); }
            }
        }
    };
    #[allow(unreachable_code)]
    {
        ::sendoff::__private::Ok(
            __sent_____________________________________________________,
        )
    }
}
