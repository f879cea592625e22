//! What if the process has no file descriptor left for the next connection?
#![cfg(unix)]

use tokio::net::TcpStream;

use crate::support::example::Example;
use crate::support::wire::{Wire, in_time};

/// The process may have 40, of which the runtime needs some.
#[tokio::test]
async fn a_server_without_descriptors_serves_on_when_there_are_some() {
    let line = "cargo run -p sendoff-tests --example process";
    let server = Example::start(line, &["--descriptors", "40"]).await;
    let address = server.url().strip_prefix("http://").expect("a URL");
    let address = address.parse().expect("an address");

    let mut wire = Wire::connect(address).await.expect("it listens");
    wire.request("GET /", &[], "").await;
    assert_eq!(wire.answer(false).await.status, 200);

    // The kernel takes them all; the server gets fewer.
    let mut idle: Vec<TcpStream> = Vec::new();
    for _ in 0..60 {
        idle.push(TcpStream::connect(address).await.expect("it listens"));
    }
    // Who is connected already is served all along.
    wire.request("GET /", &[], "").await;
    assert_eq!(wire.answer(false).await.status, 200);
    drop(idle);

    let mut next = Wire::connect(address).await.expect("it listens");
    next.request("GET /", &["connection: close"], "").await;
    assert_eq!(next.answer(false).await.status, 200);
    assert_eq!(next.rest().await, "");
    drop((wire, next));

    let ended = in_time(server.terminate()).await;
    assert_eq!(ended.code, Some(0), "{}", ended.log);
    // Not vacuous: it did run out.
    assert!(ended.log.contains("cannot accept"), "{}", ended.log);
}
