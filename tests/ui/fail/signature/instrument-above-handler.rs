use sendoff::{handler, send};

#[tracing::instrument]
#[handler]
async fn later(id: u64) {
    send!(200, id.to_string());
}

#[tracing::instrument]
#[handler]
fn at_once(id: u64) {
    send!(200, id.to_string());
}

fn main() {}
