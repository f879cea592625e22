//! What becomes of a panic?

use std::pin::Pin;
use std::task::{Context, Poll};

use sendoff::{App, FromRequestParts, IntoResponse, Response, handler, routes, send};

use super::{http2, start};
use crate::errors::BARE_500;
use crate::support::log::Log;
use crate::support::wire::Running;

struct PanicsWhenExtracted;

impl<S: Sync> FromRequestParts<S> for PanicsWhenExtracted {
    type Rejection = Response;

    async fn from_request_parts(_: &mut http::request::Parts, _: &S) -> Result<Self, Response> {
        panic!("in the extractor")
    }
}

struct PanicsWhenSent;

impl IntoResponse for PanicsWhenSent {
    fn into_response(self) -> Response {
        panic!("in the response")
    }
}

struct PanicsWhenDropped;

impl Drop for PanicsWhenDropped {
    fn drop(&mut self) {
        panic!("in drop")
    }
}

struct PanicsWhenPolled;

impl Future for PanicsWhenPolled {
    type Output = ();

    fn poll(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<()> {
        panic!("in poll")
    }
}

#[handler(GET "/at-once")]
async fn at_once() {
    panic!("at once")
}

#[handler(GET "/sync")]
fn sync() {
    panic!("{}", String::from("with a String"))
}

#[handler(GET "/after-await")]
async fn after_await() {
    tokio::task::yield_now().await;
    std::panic::panic_any(7_u8)
}

#[handler(GET "/polled")]
async fn polled() {
    PanicsWhenPolled.await;
    send!("never");
}

#[handler(GET "/extractor")]
async fn extractor(_: PanicsWhenExtracted) {
    send!("never");
}

#[handler(GET "/response")]
async fn response() {
    send!(PanicsWhenSent);
}

#[handler(GET "/drop")]
async fn dropped() {
    let _local = PanicsWhenDropped;
    send!("lost");
}

#[handler(GET "/fine")]
async fn fine() {
    send!("fine");
}

fn app() -> App {
    let early = routes![at_once, sync, after_await, polled];
    App::new(())
        .routes(early)
        .routes(routes![extractor, response, dropped, fine])
}

const PANICS: [&str; 7] = [
    "/at-once",
    "/sync",
    "/after-await",
    "/polled",
    "/extractor",
    "/response",
    "/drop",
];

#[tokio::test]
async fn a_panic_is_500_and_the_connection_lives_on() {
    let server = start(app()).await;
    let mut wire = server.connect().await;
    for path in PANICS {
        wire.request(&format!("GET {path}"), &[], "").await;
        let answer = wire.answer(false).await;
        assert_eq!((answer.status, &*answer.body), (500, BARE_500), "{path}");
        wire.request("GET /fine", &[], "").await;
        assert_eq!(wire.answer(false).await.body, "fine", "after {path}");
    }
    server.stop().ended().await;
}

#[tokio::test]
async fn a_panic_ends_one_stream_only() {
    let server = start(app()).await;
    let client = http2::connect(server.address).await;
    for path in PANICS {
        let both = tokio::join!(client.get(path), client.get("/fine"));
        let expected = ((500, BARE_500.to_owned()), (200, "fine".to_owned()));
        assert_eq!(both, expected, "{path}");
    }
    drop(client);
    server.stop().ended().await;
}

#[tokio::test]
async fn the_log_says_which_handler_panicked_and_where_it_is() {
    // On this thread, whose log it is.
    let server = Running::start(app()).await;
    let log = Log::of_this_thread();
    let mut wire = server.connect().await;
    wire.request("GET /at-once", &[], "").await;
    assert_eq!(wire.answer(false).await.status, 500);
    server.stop().ended().await;
    let errors = log.take_errors();
    assert_eq!(errors.len(), 1, "{errors:?}");
    assert_eq!(
        errors[0].field("handler"),
        concat!(module_path!(), "::at_once")
    );
    assert_eq!(errors[0].field("panic"), "at once");
    let lines: Vec<&str> = include_str!("panics.rs").lines().collect();
    let at = lines
        .iter()
        .position(|line| *line == "async fn at_once() {");
    let line = at.expect("the handler") + 1;
    let place = errors[0].field("at").to_owned();
    assert!(place.ends_with(&format!("panics.rs:{line}")), "{place}");
}
