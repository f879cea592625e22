//! Does work that was sent run where a 500 is sent in its response's stead? Once, and after that.

use axum::Router;
use axum::routing::get;
use sendoff::{App, Json, Outcome, Problem, State, StatusCode};
use sendoff::{after_with, handler, reply, routes, send};
use tokio::net::TcpListener;
use tokio::sync::mpsc::UnboundedReceiver;

use super::{Signals, Told, hear};
use crate::support::wire::{Running, Wire};

const SENT: Told = Told::AfterSent;

/// Work that tells its outcome.
fn telling(signals: &Signals) -> sendoff::After {
    let signals = signals.clone();
    after_with(move |outcome| async move {
        signals.tell(match outcome {
            Outcome::Complete => SENT,
            _ => Told::AfterDropped,
        });
    })
}

/// No value of a header has a line break in it.
const NO_HEADER: [(&str, &str); 1] = [("x-part", "a\nb")];

/// It serializes to nothing.
struct NoJson;

impl serde::Serialize for NoJson {
    fn serialize<S: serde::Serializer>(&self, _: S) -> Result<S::Ok, S::Error> {
        Err(serde::ser::Error::custom("secret"))
    }
}

#[handler(GET "/before-no-header")]
async fn before_no_header(State(signals): State<Signals>) {
    send!(200, telling(&signals), NO_HEADER, "text");
}

#[handler(GET "/behind-no-header")]
async fn behind_no_header(State(signals): State<Signals>) {
    send!(200, NO_HEADER, telling(&signals), "text");
}

#[handler(GET "/around-no-header")]
async fn around_no_header(State(signals): State<Signals>) {
    send!(200, telling(&signals), NO_HEADER, telling(&signals), "text");
}

#[handler(GET "/two-that-are-none")]
async fn two_that_are_none(State(signals): State<Signals>) {
    send!(200, NO_HEADER, telling(&signals), NO_HEADER, "text");
}

#[handler(GET "/in-an-error")]
async fn in_an_error(State(signals): State<Signals>) {
    Err(reply!(400, telling(&signals), NO_HEADER, Problem::new(400)))?;
    send!("never");
}

#[handler(GET "/in-a-reply")]
async fn in_a_reply(State(signals): State<Signals>) {
    let inner = reply!(200, telling(&signals), "text");
    send!(200, telling(&signals), NO_HEADER, inner);
}

#[handler(GET "/no-json")]
async fn no_json(State(signals): State<Signals>) {
    send!(200, telling(&signals), Json(NoJson));
}

#[handler(GET "/no-status")]
async fn no_status(State(signals): State<Signals>) {
    let status: u16 = 99;
    send!(status, telling(&signals), "text");
}

#[handler(GET "/not-final")]
async fn not_final(State(signals): State<Signals>) {
    send!(StatusCode::CONTINUE, telling(&signals), "text");
}

#[handler(GET "/wrong-length")]
async fn wrong_length(State(signals): State<Signals>) {
    send!(200, telling(&signals), [("content-length", "9")], "text");
}

#[handler(GET "/no-length")]
async fn no_length(State(signals): State<Signals>) {
    send!(200, [("content-length", "x")], telling(&signals), "text");
}

#[handler(GET "/panics")]
async fn panics(State(signals): State<Signals>) {
    let _reply = reply!(200, telling(&signals), "never sent");
    panic!("before its send");
}

fn app() -> (App<Signals>, UnboundedReceiver<Told>) {
    let (signals, heard) = Signals::new();
    let app = App::new(signals)
        .routes(routes![
            before_no_header,
            behind_no_header,
            around_no_header
        ])
        .routes(routes![two_that_are_none, in_an_error, in_a_reply, no_json])
        .routes(routes![
            no_status,
            not_final,
            wrong_length,
            no_length,
            panics
        ]);
    (app, heard)
}

/// What is sent in the stead of a response that a length does not fit.
#[tokio::test]
async fn of_a_wrong_length() {
    check(&[("/wrong-length", 1), ("/no-length", 1)]).await;
}

#[tokio::test]
async fn of_a_part_or_a_body_that_cannot_be_sent() {
    check(&[
        ("/before-no-header", 1),
        ("/behind-no-header", 1),
        ("/around-no-header", 2),
        ("/two-that-are-none", 1),
        ("/in-an-error", 1),
        ("/in-a-reply", 2),
        ("/no-json", 1),
    ])
    .await;
}

#[tokio::test]
async fn of_a_status_that_is_none() {
    check(&[("/no-status", 1), ("/not-final", 1)]).await;
}

/// So many pieces of work run, with the outcome of the 500, over HTTP/1.1 and HTTP/2.
async fn check(cases: &[(&str, usize)]) {
    for format in [false, true] {
        let (app, mut heard) = app();
        let app = match format {
            true => app.problems(|problem| problem.get_title().to_owned()),
            false => app,
        };
        let server = Running::start(app).await;
        let client = crate::socket::http2::connect(server.address).await;
        for (path, times) in cases {
            let mut wire = server.connect().await;
            wire.request(&format!("GET {path}"), &[], "").await;
            assert_eq!(wire.answer(false).await.status, 500, "{path}");
            let told = hear(&mut heard, *times).await;
            assert_eq!(told, vec![SENT; *times], "{path}");

            assert_eq!(client.get(path).await.0, 500, "{path} over HTTP/2");
            let told = hear(&mut heard, *times).await;
            assert_eq!(told, vec![SENT; *times], "{path} over HTTP/2");
        }
        drop(client);
        server.stop().ended().await;
        assert!(heard.try_recv().is_err(), "once");
    }
}

#[tokio::test]
async fn but_not_of_a_response_that_was_not_sent() {
    let (app, mut heard) = app();
    let server = Running::start(app).await;
    let mut wire = server.connect().await;
    wire.request("GET /panics", &[], "").await;
    assert_eq!(wire.answer(false).await.status, 500);
    server.stop().ended().await;
    assert!(heard.try_recv().is_err());
}

#[handler]
async fn plain(State(signals): State<Signals>) {
    send!(200, telling(&signals), NO_HEADER, telling(&signals), "text");
}

#[tokio::test]
async fn of_a_part_that_cannot_be_sent_on_axum() {
    let (signals, mut heard) = Signals::new();
    let router = Router::new()
        .route("/plain", get(plain))
        .with_state(signals);
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let address = listener.local_addr().expect("an address");
    tokio::spawn(async { axum::serve(listener, router).await });
    let mut wire = Wire::connect(address).await.expect("axum listens");
    wire.request("GET /plain", &[], "").await;
    assert_eq!(wire.answer(false).await.status, 500);
    assert_eq!(hear(&mut heard, 2).await, [SENT; 2]);
}
