//! What becomes of a connection that another protocol has taken over?

use std::time::Duration;

use hyper_util::rt::TokioIo;
use sendoff::{App, Body, Request, Response, Server, handler, routes, send};
use tokio::time::Instant;

use crate::support::log::Log;
use crate::support::wire::{Running, Wire};

/// Answers 101, and then says what it is told.
#[handler(GET "/echo")]
async fn echo(mut request: Request) {
    let upgrade = hyper::upgrade::on(&mut request);
    tokio::spawn(async move {
        let upgraded = upgrade.await.expect("the response is sent");
        let (mut from, mut to) = tokio::io::split(TokioIo::new(upgraded));
        tokio::io::copy(&mut from, &mut to).await.ok();
    });
    let mut response = Response::new(Body::empty());
    *response.status_mut() = http::StatusCode::SWITCHING_PROTOCOLS;
    let upgrade = http::HeaderValue::from_static("echo");
    response.headers_mut().insert("upgrade", upgrade);
    let connection = http::HeaderValue::from_static("upgrade");
    response.headers_mut().insert("connection", connection);
    send!(response);
}

#[handler(GET "/")]
async fn quick() {
    send!("quick");
}

async fn start(set: impl FnOnce(Server) -> Server) -> Running {
    let app = App::new(()).routes(routes![echo, quick]);
    Running::start_with(app, set).await
}

async fn upgraded(server: &Running) -> Wire {
    let mut wire = server.connect().await;
    let headers = ["connection: upgrade", "upgrade: echo"];
    wire.request("GET /echo", &headers, "").await;
    assert_eq!(wire.answer(false).await.status, 101);
    wire
}

async fn check_echo(wire: &mut Wire) {
    wire.write("hello").await;
    assert_eq!(wire.text(5).await, "hello");
}

/// It counts as open until its socket closes, not until HTTP has ended on it.
#[tokio::test]
async fn it_takes_room() {
    let server = start(|server| server.max_connections(1)).await;
    let mut first = upgraded(&server).await;
    let mut second = server.connect().await;
    second.request("GET /", &[], "").await;
    for _ in 0..50 {
        check_echo(&mut first).await;
    }
    assert!(second.is_silent(), "there is room for two");
    drop(first);
    assert_eq!(second.answer(false).await.body, "quick");
    drop(second);
    server.stop().ended().await;
}

#[tokio::test]
async fn it_is_waited_for() {
    let server = start(|server| server).await;
    let mut wire = upgraded(&server).await;
    let mut used = server.connect().await;
    used.request("GET /", &[], "").await;
    assert_eq!(used.answer(false).await.body, "quick");

    let stopping = server.stop();
    // The end of the one that may be closed shows that the server has come so far.
    assert_eq!(used.rest().await, "");
    check_echo(&mut wire).await;
    assert!(!stopping.has_ended());
    drop((wire, used));
    stopping.ended().await;
}

#[tokio::test]
async fn it_is_not_waited_for_beyond_the_deadline() {
    let log = Log::of_this_thread();
    let server = start(|server| server.shutdown_timeout(Duration::from_secs(7))).await;
    let wire = upgraded(&server).await;
    let stopping = server.stop();
    tokio::time::pause();
    let before = Instant::now();
    stopping.ended().await;
    let elapsed = before.elapsed();
    assert!((7..10).contains(&elapsed.as_secs()), "{elapsed:?}");
    let lines = log.take();
    let summary = lines.last().expect("a summary");
    assert_eq!(summary.field("connections"), "1");
    drop(wire);
}
