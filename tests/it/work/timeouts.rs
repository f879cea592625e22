//! Does a handler that takes too long end, a route's own timeout before the server's?

use std::time::Duration;

use futures_util::{StreamExt, stream};
use sendoff::{App, Body, Bytes, handler, routes, send};
use tokio::sync::Notify;
use tower::ServiceExt;

use crate::errors::PROBLEM;
use crate::support::log::Log;
use crate::support::wire::Running;

#[handler(GET "/late", timeout = 2h)]
async fn late() {
    Notify::new().notified().await;
    send!("never");
}

const A_MINUTE: Duration = Duration::from_secs(60);

#[handler(GET "/constant", timeout = A_MINUTE)]
async fn constant() {
    Notify::new().notified().await;
    send!("never");
}

#[handler(GET "/no-timeout")]
async fn no_timeout() {
    tokio::time::sleep(Duration::from_secs(100_000)).await;
    send!("at last");
}

struct PanicsWhenDropped;

impl Drop for PanicsWhenDropped {
    fn drop(&mut self) {
        panic!("in drop")
    }
}

#[handler(POST "/reads", timeout = 1m)]
async fn reads(body: Bytes) {
    Notify::new().notified().await;
    send!(200, body.len().to_string());
}

#[handler(GET "/panics", timeout = 500ms)]
async fn panics() {
    let _local = PanicsWhenDropped;
    Notify::new().notified().await;
    send!("never");
}

fn slow() -> App {
    App::new(()).routes(routes![late, constant, no_timeout, reads, panics])
}

/// Calls an app as a host does, on a clock that goes on by itself, and measures.
async fn timed(app: App, path: &str) -> (u16, Duration) {
    let request = http::Request::get(path)
        .body(Body::empty())
        .expect("a request");
    let start = tokio::time::Instant::now();
    let answer = app.oneshot(request).await.expect("a response");
    (answer.status().as_u16(), start.elapsed())
}

#[tokio::test(start_paused = true)]
async fn a_handler_has_the_time_of_its_route() {
    for (path, status, seconds) in [
        ("/late", 503, 7200),
        ("/constant", 503, 60),
        ("/no-timeout", 200, 100_000),
    ] {
        let log = Log::of_this_thread();
        let (answered, took) = timed(slow(), path).await;
        assert_eq!((answered, took.as_secs()), (status, seconds), "{path}");
        let errors = log.take_errors();
        assert_eq!(errors.len(), usize::from(status == 503), "{path}");
        for line in errors {
            assert!(line.field("handler").contains("timeouts::"));
            assert!(line.field("at").contains("timeouts.rs:"));
        }
    }
}

/// Who waits for the client is not to blame (RFC 9110 section 15.5.9).
#[tokio::test(start_paused = true)]
async fn it_is_408_while_the_body_is_what_is_waited_for() {
    let log = Log::of_this_thread();
    let chunk = || stream::iter([Ok::<_, std::io::Error>("a")]);
    let stalled = Body::from_stream(chunk().chain(stream::pending()));
    let request = http::Request::post("/reads").body(stalled);
    let answer = slow().oneshot(request.expect("a request")).await;
    assert_eq!(answer.expect("a response").status(), 408);
    assert!(log.take_errors().is_empty());

    let request = http::Request::post("/reads").body(Body::from_stream(chunk()));
    let answer = slow().oneshot(request.expect("a request")).await;
    assert_eq!(answer.expect("a response").status(), 503);
    assert_eq!(log.take_errors().len(), 1);
}

#[tokio::test]
async fn a_server_has_a_timeout_too_and_the_routes_own_wins() {
    let configure = |server: sendoff::Server| server.handler_timeout(Duration::from_secs(10));
    let server = Running::start_with(slow(), configure).await;
    for (path, seconds) in [("/no-timeout", 10), ("/constant", 60), ("/late", 7200)] {
        let mut wire = server.connect().await;
        wire.request(&format!("GET {path}"), &[], "").await;
        let start = tokio::time::Instant::now();
        tokio::time::pause();
        let answer = wire.read_answer(false).await;
        assert_eq!(answer.status, 503, "{path}");
        assert_eq!(answer.header("content-type"), Some(PROBLEM), "{path}");
        assert!(start.elapsed().as_secs().abs_diff(seconds) <= 5, "{path}");
        tokio::time::resume();
        // The connection lives on.
        wire.request("GET /unknown", &[], "").await;
        assert_eq!(wire.answer(false).await.status, 404);
    }
    server.stop().ended().await;
}

#[tokio::test(start_paused = true)]
async fn what_a_late_handler_drops_may_panic() {
    let log = Log::of_this_thread();
    assert_eq!(timed(slow(), "/panics").await.0, 503);
    assert_eq!(log.take_errors().len(), 2);
}
