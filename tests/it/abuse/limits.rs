//! Does every number that can be set count? Up to it all is well, beyond it is refused.

use super::{Smuggled, app, serves};
use crate::support::wire::{Running, Wire};

async fn status(server: &Running, request: &str) -> u16 {
    let mut wire = server.connect().await;
    wire.write(request).await;
    wire.answer(false).await.status
}

fn path_of(length: usize) -> String {
    format!(
        "GET /{} HTTP/1.1\r\nhost: test\r\n\r\n",
        "x".repeat(length - 1)
    )
}

/// A head of exactly this many bytes.
fn head_of(length: usize) -> String {
    let rest = "GET / HTTP/1.1\r\nhost: test\r\na: \r\n\r\n";
    rest.replace("a: ", &format!("a: {}", "b".repeat(length - rest.len())))
}

fn headers_of(headers: usize) -> String {
    let others = "a: b\r\n".repeat(headers - 1);
    format!("GET / HTTP/1.1\r\nhost: test\r\n{others}\r\n")
}

#[tokio::test]
async fn the_default_sizes() {
    let server = Running::start(app(&Smuggled::default())).await;
    assert_eq!(status(&server, &path_of(8 * 1024)).await, 404);
    assert_eq!(status(&server, &path_of(8 * 1024 + 1)).await, 414);
    assert_eq!(status(&server, &head_of(16 * 1024)).await, 200);
    assert_eq!(status(&server, &head_of(16 * 1024 + 1)).await, 431);
    assert_eq!(status(&server, &headers_of(100)).await, 200);
    assert_eq!(status(&server, &headers_of(101)).await, 431);
    server.stop();
}

#[tokio::test]
async fn smaller_sizes() {
    let server = Running::start_with(app(&Smuggled::default()), |server| {
        server
            .max_uri_length(100)
            .max_head_size(500)
            .max_headers(10)
    })
    .await;
    assert_eq!(status(&server, &path_of(100)).await, 404);
    assert_eq!(status(&server, &path_of(101)).await, 414);
    assert_eq!(status(&server, &path_of(10_000)).await, 414);
    assert_eq!(status(&server, &head_of(500)).await, 200);
    assert_eq!(status(&server, &head_of(501)).await, 431);
    assert_eq!(status(&server, &headers_of(10)).await, 200);
    assert_eq!(status(&server, &headers_of(11)).await, 431);
    server.stop();
}

#[tokio::test]
async fn larger_sizes() {
    let server = Running::start_with(app(&Smuggled::default()), |server| {
        server
            .max_uri_length(50_000)
            .max_head_size(200_000)
            .max_headers(1_000)
    })
    .await;
    assert_eq!(status(&server, &path_of(50_000)).await, 404);
    assert_eq!(status(&server, &path_of(50_001)).await, 414);
    assert_eq!(status(&server, &head_of(200_000)).await, 200);
    assert_eq!(status(&server, &head_of(200_001)).await, 431);
    assert_eq!(status(&server, &headers_of(1_000)).await, 200);
    assert_eq!(status(&server, &headers_of(1_001)).await, 431);
    server.stop();
}

/// No limit of its own: what is in the head's bytes counts.
#[tokio::test]
async fn as_many_headers_as_there_is_room_for() {
    for headers in [u32::MAX as usize, usize::MAX] {
        let server = Running::start_with(app(&Smuggled::default()), |server| {
            server.max_headers(headers).max_head_size(200_000)
        })
        .await;
        assert_eq!(status(&server, &headers_of(20_000)).await, 200);
        assert_eq!(status(&server, &headers_of(24_001)).await, 431);
        server.stop();
    }
}

/// A client beyond the limit is not refused: it waits.
#[tokio::test]
async fn one_connection_too_many_is_served_when_another_ends() {
    let server = Running::start_with(app(&Smuggled::default()), |server| {
        server.max_connections(2)
    })
    .await;
    let mut open: Vec<Wire> = Vec::new();
    for _ in 0..2 {
        let mut wire = server.connect().await;
        wire.request("GET /", &[], "").await;
        assert_eq!(wire.answer(false).await.status, 200);
        open.push(wire);
    }
    let mut third = server.connect().await;
    third.request("GET /", &["connection: close"], "").await;
    // The others are still served; by then the third would be, too.
    for wire in &mut open {
        wire.request("GET /", &[], "").await;
        assert_eq!(wire.answer(false).await.status, 200);
    }
    assert!(third.is_silent(), "a third connection was accepted");
    open.pop();
    assert_eq!(third.answer(false).await.status, 200);
    assert_eq!(third.rest().await, "");
    serves(&server).await;
    drop(open);
    server.stop().ended().await;
}
