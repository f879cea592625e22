#![deny(warnings)]
use sendoff::{handler, send};

#[handler]
async fn inner(n: u64) {
    send!(200, n.to_string());
}

/// The `Sent` of another handler is an answer.
#[handler]
pub async fn outer(n: u64) {
    if n == 0 {
        return inner(1).await;
    }
    inner(n).await?
}

fn main() {}
