use sendoff::{handler, send};

fn log(_: &str) {}

#[handler]
async fn argument() {
    log(send!(200));
}

#[handler]
async fn awaited() {
    send!(200).await;
}

fn main() {}
