#[allow(clippy::missing_errors_doc)]
pub async fn raced(slow: bool) -> ::sendoff::Answer {
    let __sent______________________________________________________________________________________: ::sendoff::Sent = 'send: {
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
    return ::sendoff::__private::Ok(
        __sent______________________________________________________________________________________,
    );
}
