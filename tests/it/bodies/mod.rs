//! What do bodies do that are more than a value? Asked of the running examples.

mod files;
mod layers;
mod live;
mod streams;
mod tunnel;
pub(crate) mod websocket;

use crate::support::example::Example;
use crate::support::wire::in_time;

/// Starts an example on a port of its own.
async fn start(name: &str, flags: &[&str]) -> Example {
    let flags = [&["--addr", "127.0.0.1:0"], flags].concat();
    Example::start(&format!("cargo run --bin {name}"), &flags).await
}

/// Asks until the answer is the expected one: what only the other process knows, nothing tells.
async fn ask_until(example: &Example, line: &str, expected: &str) {
    in_time(async {
        while example.ask(line, &[], "").await.body != expected {
            tokio::task::yield_now().await;
        }
    })
    .await;
}
