#[handler]
pub async fn raced(slow: bool) {
    let work = async move {
        if slow {
            std::future::pending::<()>().await;
        }
    };
    tokio::select! {
        biased;
        () = work => send!(200, "done"),
        () = async {} => {
            send!(503, "late");
        }
    }
}
