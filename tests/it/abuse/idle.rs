//! A connection that has been idle for a moment gives its buffers back. Does a client notice?

use std::sync::Arc;
use std::time::Duration;

use sendoff::{App, Body, State, handler, routes, send};
use tokio::sync::mpsc;

use super::{Smuggled, app};
use crate::support::clock::Clock;
use crate::support::wire::{Running, Wire, in_time};

const GET: &str = "GET / HTTP/1.1\r\nhost: test\r\n\r\n";

/// Longer than the moment.
const PAUSE: Duration = Duration::from_secs(1);

async fn start() -> Running {
    Running::start(app(&Smuggled::default())).await
}

async fn hello(wire: &mut Wire) {
    wire.write(GET).await;
    assert_eq!(wire.answer(false).await.body, "hello");
}

#[tokio::test]
async fn it_serves_the_next_request_as_often_as_there_is_one() {
    let clock = Clock::stop();
    let server = start().await;
    let mut wire = server.connect().await;
    for _ in 0..20 {
        hello(&mut wire).await;
        clock.pass(PAUSE, &server).await;
        wire.request("POST /echo", &[], "a body").await;
        assert_eq!(wire.answer(false).await.body, "a body");
        clock.pass(PAUSE, &server).await;
    }
    server.stop();
}

/// A byte at a time, and several requests at a time.
#[tokio::test]
async fn it_serves_what_comes_in_parts_and_what_comes_at_once() {
    let clock = Clock::stop();
    let server = start().await;
    let mut wire = server.connect().await;
    hello(&mut wire).await;
    clock.pass(PAUSE, &server).await;
    for byte in GET.bytes() {
        wire.write([byte]).await;
        clock.pass(Duration::from_millis(1), &server).await;
    }
    assert_eq!(wire.answer(false).await.body, "hello");

    clock.pass(PAUSE, &server).await;
    wire.write(GET.repeat(50)).await;
    for _ in 0..50 {
        assert_eq!(wire.answer(false).await.body, "hello");
    }
    server.stop();
}

/// What is at the end of the last read does not fit into the first one of the next request.
#[tokio::test]
async fn it_serves_a_long_head_and_a_long_body() {
    let clock = Clock::stop();
    let server = start().await;
    let mut wire = server.connect().await;
    let (long, body) = (
        format!("x-long: {}", "x".repeat(12_000)),
        "b".repeat(200_000),
    );
    for _ in 0..3 {
        wire.request("POST /echo", &[&long], &body).await;
        assert_eq!(wire.answer(false).await.body, body);
        clock.pass(PAUSE, &server).await;
    }
    server.stop();
}

/// Whether the request or the moment is first is for the scheduler to say.
#[tokio::test]
async fn a_request_may_come_at_the_very_moment() {
    let _clock = Clock::stop();
    let server = start().await;
    let mut wire = server.connect().await;
    for milliseconds in 240..260 {
        hello(&mut wire).await;
        let pause = Duration::from_millis(milliseconds);
        let (_, ()) = tokio::join!(tokio::time::advance(pause), wire.write(GET));
        assert_eq!(wire.answer(false).await.body, "hello");

        tokio::time::advance(pause).await;
        hello(&mut wire).await;
    }
    server.stop();
}

#[tokio::test]
async fn the_idle_time_does_not_begin_again() {
    let clock = Clock::stop();
    let server = start().await;
    let mut wire = server.connect().await;
    hello(&mut wire).await;
    for _ in 0..149 {
        tokio::time::advance(PAUSE / 2).await;
    }
    clock.pass(PAUSE / 4, &server).await;
    assert!(wire.is_silent(), "it ends early");
    clock.pass(PAUSE / 2, &server).await;
    assert_eq!(wire.rest().await, "");
    server.stop();
}

/// They run from the first byte.
#[tokio::test]
async fn the_times_of_a_request_are_the_same() {
    let clock = Clock::stop();
    let server = start().await;
    let body = "POST /echo HTTP/1.1\r\nhost: test\r\ncontent-length: 2\r\n\r\na";
    for (bytes, seconds) in [("GET / HT", 10), (body, 30)] {
        let mut wire = server.connect().await;
        hello(&mut wire).await;
        clock.pass(Duration::from_secs(70), &server).await;
        wire.write(bytes).await;
        clock
            .pass(Duration::from_secs(seconds) - PAUSE, &server)
            .await;
        assert!(wire.is_silent(), "`{bytes}` ends early");
        clock.pass(2 * PAUSE, &server).await;
        assert_eq!(wire.answer(false).await.status, 408, "{bytes}");
        assert_eq!(wire.rest().await, "");
    }
    server.stop();
}

#[tokio::test]
async fn it_does_not_become_http2() {
    let clock = Clock::stop();
    let server = start().await;
    let mut wire = server.connect().await;
    hello(&mut wire).await;
    clock.pass(PAUSE, &server).await;
    wire.write("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\x04\0\0\0\0\0")
        .await;
    assert_eq!(wire.rest().await, "");
    super::serves(&server).await;
    server.stop();
}

#[tokio::test]
async fn what_is_no_request_is_refused_as_ever() {
    let clock = Clock::stop();
    let server = start().await;
    for (bytes, status) in [
        ("G@T / HTTP/1.1\r\n\r\n", 400),
        ("GET / HTTP/1.1\r\n\r\n", 400),
    ] {
        let mut wire = server.connect().await;
        hello(&mut wire).await;
        clock.pass(PAUSE, &server).await;
        wire.write(bytes).await;
        let answer = wire.answer(false).await;
        assert_eq!(answer.status, status);
        assert_eq!(
            answer.header("content-type"),
            Some("application/problem+json")
        );
        assert_eq!(wire.rest().await, "");
    }
    server.stop();
}

/// Its client is told, whose request may be on its way.
#[tokio::test]
async fn it_is_closed_when_the_server_stops_but_not_over_a_request() {
    let clock = Clock::stop();
    let server = start().await;
    let (mut idle, mut used) = (server.connect().await, server.connect().await);
    hello(&mut idle).await;
    hello(&mut used).await;
    clock.pass(PAUSE, &server).await;

    tokio::time::resume();
    used.write("GET / HTTP/1.1\r\n").await;
    let stopping = server.stop();
    assert_eq!(idle.rest().await, "");
    used.write("host: test\r\n\r\n").await;
    let answer = used.answer(false).await;
    assert_eq!(
        (answer.header("connection"), &*answer.body),
        (Some("close"), "hello")
    );
    assert_eq!(used.rest().await, "");
    stopping.ended().await;
}

/// Gives the body of the request away, and is done.
#[handler(POST "/keep")]
async fn keep(State(bodies): State<Arc<mpsc::UnboundedSender<Body>>>, body: Body) {
    bodies.send(body).expect("the test wants it");
    send!("kept");
}

#[handler(GET "/")]
async fn home() {
    send!("hello");
}

#[tokio::test]
async fn it_is_not_idle_while_a_body_is_read() {
    let clock = Clock::stop();
    let (sender, mut bodies) = mpsc::unbounded_channel();
    let app = App::new(Arc::new(sender)).routes(routes![keep, home]);
    let server = Running::start(app).await;
    let mut wire = server.connect().await;
    for head in [
        "content-length: 6\r\n\r\n",
        "transfer-encoding: chunked\r\n\r\n3\r\n",
    ] {
        wire.write(format!("POST /keep HTTP/1.1\r\nhost: test\r\n{head}abc"))
            .await;
        assert_eq!(wire.answer(false).await.body, "kept");
        let body = in_time(bodies.recv()).await.expect("a body");
        let reads = tokio::spawn(axum::body::to_bytes(body, 100));
        clock.pass(20 * PAUSE, &server).await;
        let rest = match head.starts_with("content") {
            true => "def",
            false => "\r\n3\r\ndef\r\n0\r\n\r\n",
        };
        wire.write(rest).await;
        let read = in_time(reads)
            .await
            .expect("no panic")
            .expect("a whole body");
        assert_eq!(read, "abcdef");
        clock.pass(PAUSE, &server).await;
        hello(&mut wire).await;
    }
    server.stop();
}
