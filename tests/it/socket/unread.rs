//! What becomes of a connection whose request's body no handler reads?

use sendoff::{App, Body, Request, State, handler, routes, send};
use tokio::sync::mpsc::UnboundedSender;

use super::start;
use crate::support::wire::{Answer, Running, Wire};

#[handler(POST "/deny")]
async fn deny() {
    send!(403, "no");
}

#[handler(POST "/small", body_limit = 10B)]
async fn small(body: String) {
    send!(200, body);
}

#[handler(POST "/begun")]
async fn begun(body: Body) {
    let mut body = body.into_data_stream();
    let first = futures_util::StreamExt::next(&mut body).await;
    send!(200, format!("{}", first.is_some_and(|data| data.is_ok())));
}

/// Has answered before anybody has read the body, and keeps it.
#[handler(POST "/keep")]
async fn keep(State(bodies): State<UnboundedSender<Body>>, request: Request) {
    bodies.send(request.into_body()).expect("the test waits");
    send!("kept");
}

#[handler(POST "/echo")]
async fn echo(body: Body) {
    send!(200, body);
}

async fn server() -> Running {
    let (bodies, _) = tokio::sync::mpsc::unbounded_channel();
    start(app(bodies)).await
}

fn app(bodies: UnboundedSender<Body>) -> App<UnboundedSender<Body>> {
    App::new(bodies).routes(routes![deny, small, begun, keep, echo])
}

fn head(path: &str, headers: &str) -> String {
    format!("POST {path} HTTP/1.1\r\nhost: test\r\n{headers}\r\n")
}

/// Does the server say that it closes, and then do so, or does it answer the next request?
async fn closes(wire: &mut Wire, answer: &Answer, what: &str) -> bool {
    if answer.header("connection") == Some("close") {
        assert_eq!(wire.rest().await, "", "{what}");
        return true;
    }
    wire.request("POST /echo", &[], "next").await;
    let next = wire.answer(false).await;
    assert_eq!((next.status, &*next.body), (200, "next"), "{what}");
    false
}

#[tokio::test]
async fn what_comes_with_the_head_is_read() {
    let server = server().await;
    for path in ["/deny", "/small", "/begun"] {
        let mut wire = server.connect().await;
        let text = "x".repeat(1_000);
        let sized = format!("{}{text}", head(path, "content-length: 1000\r\n"));
        let chunks = head(path, "transfer-encoding: chunked\r\n");
        let chunked = format!("{chunks}3e8\r\n{text}\r\n3e8\r\n{text}\r\n0\r\n\r\n");
        for request in [sized, chunked] {
            wire.write(request).await;
            let answer = wire.answer(false).await;
            assert!(!closes(&mut wire, &answer, path).await, "{path}");
        }
    }
    server.stop().ended().await;
}

#[tokio::test]
async fn what_does_not_come_in_time_is_not_waited_for() {
    let server = server().await;
    for path in ["/deny", "/small"] {
        for headers in [
            "content-length: 1000\r\n",
            "content-length: 1000\r\nexpect: 100-continue\r\n",
            "transfer-encoding: chunked\r\n",
        ] {
            // axum's `String` reads a body whose length it is not told.
            if (path, headers) == ("/small", "transfer-encoding: chunked\r\n") {
                continue;
            }
            let mut wire = server.connect().await;
            wire.write(head(path, headers)).await;
            let answer = wire.answer(false).await;
            assert!([403, 413].contains(&answer.status), "{answer:?}");
            wire.try_write("x".repeat(1_000)).await;
            assert!(closes(&mut wire, &answer, headers).await, "{headers}");
        }
    }
    server.stop().ended().await;
}

#[tokio::test]
async fn a_long_body_is_read_or_the_client_is_told() {
    let server = server().await;
    for path in ["/deny", "/small", "/begun"] {
        for length in [50_000, 200_000, 300_000, 3_000_000] {
            let what = format!("{length} bytes to {path}");
            let mut wire = server.connect().await;
            let head = head(path, &format!("content-length: {length}\r\n"));
            wire.try_write(format!("{head}{}", "x".repeat(length)))
                .await;
            let answer = wire.answer(false).await;
            let is_too_long = length > 256 * 1024 && path != "/begun";
            // How much of a shorter one has come by then is the kernel's to say.
            let closed = closes(&mut wire, &answer, &what).await;
            assert!(closed || !is_too_long, "{what}");
        }
    }
    server.stop().ended().await;
}

#[tokio::test]
async fn a_body_that_outlives_its_response_holds_nothing_up() {
    let (bodies, mut kept) = tokio::sync::mpsc::unbounded_channel();
    let server = start(app(bodies)).await;
    let mut wire = server.connect().await;
    wire.write(head("/keep", "content-length: 4\r\n")).await;
    assert_eq!(wire.answer(false).await.body, "kept");
    drop(kept.recv().await.expect("a body"));
    wire.try_write("late").await;
    assert_eq!(wire.rest().await, "");
    server.stop().ended().await;
}
