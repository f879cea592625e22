//! What becomes of a response whose body is not what its head says, panics or fails?

use std::error::Error as _;
use std::sync::{Arc, Mutex};

use bytes::Bytes;
use futures_util::stream::{self, StreamExt as _};
use http_body_util::{BodyExt as _, StreamBody};
use hyper::body::Frame;
use sendoff::{App, Body, Exchange, StatusCode, handler, routes, send};

use super::{http2, start};
use crate::errors::BARE_500;
use crate::support::log::Log;
use crate::support::wire::Running;

fn pieces(pieces: &'static [&'static str]) -> Body {
    Body::from_stream(stream::iter(pieces).map(|piece| Ok::<_, std::io::Error>(*piece)))
}

/// A text of three bytes.
#[handler(GET "/text/{length}")]
async fn text(length: String) {
    send!(200, [("content-length", length)], "abc");
}

/// As many bytes in two pieces, which do not know it.
#[handler(GET "/stream/{length}")]
async fn streamed(length: u64) {
    send!(
        200,
        [("content-length", length.to_string())],
        pieces(&["ab", "c"])
    );
}

#[handler(GET "/twice")]
async fn twice() {
    let lengths = [("content-length", "3"), ("content-length", "4")];
    let mut headers = sendoff::HeaderMap::new();
    for (name, value) in lengths {
        headers.append(name, value.parse().expect("a header"));
    }
    send!(200, headers, "abc");
}

#[handler(GET "/panics")]
async fn panics() {
    let pieces = stream::iter([true, false]).map(|fine| match fine {
        true => Ok::<_, std::io::Error>("ab"),
        false => panic!("in the body"),
    });
    send!(200, Body::from_stream(pieces));
}

#[handler(GET "/fails")]
async fn fails() {
    let pieces = stream::iter([Ok("ab"), Err(std::io::Error::other("the disk is gone"))]);
    send!(200, Body::from_stream(pieces));
}

/// Shorter than it says.
#[handler(GET "/short")]
async fn short() {
    send!(200, [("content-length", "4")], with_trailers());
}

#[handler(GET "/no-content")]
async fn no_content() {
    send!(StatusCode::NO_CONTENT, [("content-length", "5")], ());
}

#[handler(GET "/trailers")]
async fn trailers() {
    send!(200, with_trailers());
}

fn with_trailers() -> Body {
    let data = Frame::data(Bytes::from_static(b"abc"));
    let trailers = Frame::trailers(sendoff::HeaderMap::new());
    let frames = stream::iter([data, trailers].map(Ok::<_, std::io::Error>));
    Body::new(StreamBody::new(frames))
}

fn app() -> App {
    let lengths = routes![text, streamed, twice];
    App::new(())
        .routes(lengths)
        .routes(routes![panics, fails, trailers, short, no_content])
}

const WRONG: [&str; 7] = [
    "/text/2",
    "/text/4",
    "/text/x",
    "/text/+3",
    "/text/%20",
    "/text/3,3",
    "/twice",
];

#[tokio::test]
async fn a_wrong_length_is_500_and_the_connection_lives_on() {
    let server = Running::start(app()).await;
    let log = Log::of_this_thread();
    let mut wire = server.connect().await;
    for path in WRONG {
        wire.request(&format!("GET {path}"), &[], "").await;
        let answer = wire.answer(false).await;
        assert_eq!((answer.status, &*answer.body), (500, BARE_500), "{path}");
        let errors = log.take_errors();
        assert_eq!(errors.len(), 1, "{path}: {errors:?}");
        let handler = errors[0].field("handler");
        assert!(handler.starts_with(module_path!()), "{handler}");
    }
    server.stop().ended().await;
}

#[tokio::test]
async fn a_right_length_is_sent() {
    let server = start(app()).await;
    let mut wire = server.connect().await;
    for path in ["/text/3", "/text/003", "/stream/3"] {
        wire.request(&format!("GET {path}"), &[], "").await;
        let answer = wire.answer(false).await;
        assert_eq!((answer.status, &*answer.body), (200, "abc"), "{path}");
    }
    // RFC 9110 section 8.6.
    wire.request("GET /no-content", &[], "").await;
    assert_eq!(wire.answer(false).await.header("content-length"), None);
    // What `GET` would be answered with is not looked into.
    wire.request("HEAD /stream/9", &[], "").await;
    assert_eq!(wire.answer(true).await.header("content-length"), Some("9"));
    server.stop().ended().await;
}

#[tokio::test]
async fn a_stream_is_held_to_its_length() {
    let server = Running::start(app()).await;
    let log = Log::of_this_thread();
    let mut wire = server.connect().await;
    for (length, body) in [(1, "a"), (2, "ab"), (0, "")] {
        wire.request(&format!("GET /stream/{length}"), &[], "")
            .await;
        assert_eq!(wire.answer(false).await.body, body);
    }
    let errors = log.take_errors();
    assert_eq!(
        errors.len(),
        1,
        "what is not asked for is not seen: {errors:?}"
    );
    let cut = "handler sent a body longer than its content-length; cut it off there";
    assert_eq!(errors[0].field("message"), cut);
    // Too short: the connection ends, so that the client knows.
    wire.request("GET /stream/4", &[], "").await;
    assert!(!wire.rest().await.ends_with("abc"));
    let fault = "the body ends 1 bytes before its content-length";
    check_log(&log, "streamed", "fault", fault);
    let mut wire = server.connect().await;
    wire.request("GET /short", &[], "").await;
    assert!(!wire.rest().await.ends_with("abc"));
    check_log(&log, "short", "fault", fault);
    server.stop().ended().await;
}

/// There is one line of a body, and it names its handler.
#[track_caller]
fn check_log(log: &Log, handler: &str, field: &str, value: &str) {
    let mut lines = log.take();
    lines.retain(|line| line.field("message").starts_with("the body of a response"));
    assert_eq!(lines.len(), 1, "{lines:?}");
    assert_eq!(
        lines[0].field("handler"),
        format!("{}::{handler}", module_path!())
    );
    assert_eq!(lines[0].field(field), value);
}

const BROKEN: [(&str, &str, &str); 2] = [
    ("panics", "panic", "in the body"),
    ("fails", "fault", "the disk is gone"),
];

#[tokio::test]
async fn a_body_that_breaks_is_logged_and_ends_its_connection() {
    let server = Running::start(app()).await;
    let log = Log::of_this_thread();
    for (handler, field, value) in BROKEN {
        let mut wire = server.connect().await;
        wire.request(&format!("GET /{handler}"), &[], "").await;
        // The last chunk is missing.
        assert!(!wire.rest().await.ends_with("0\r\n\r\n"), "{handler}");
        check_log(&log, handler, field, value);
    }
    server.stop().ended().await;
}

#[tokio::test]
async fn a_body_that_breaks_ends_its_stream_only() {
    let server = Running::start(app()).await;
    let log = Log::of_this_thread();
    let client = http2::connect(server.address).await;
    for (handler, field, value) in BROKEN {
        // The reset may come before the head.
        let body = match client.try_request("GET", &format!("/{handler}"), "").await {
            Ok(response) => response.into_body().collect().await.map(drop),
            Err(fault) => Err(fault),
        };
        let reset = body.expect_err("a reset").source().map(ToString::to_string);
        let internal = "unexpected internal error encountered";
        assert!(reset.is_some_and(|it| it.contains(internal)), "{handler}");
        check_log(&log, handler, field, value);
        assert_eq!(client.get("/text/3").await, (200, "abc".to_owned()));
    }
    drop(client);
    server.stop().ended().await;
}

/// What the head says is sent; whether the body has another end to give is not asked on HTTP/1.1.
#[tokio::test]
async fn what_has_its_length_is_whole() {
    let exchanges = Arc::<Mutex<Vec<Exchange>>>::default();
    let kept = Arc::clone(&exchanges);
    let keep = move |exchange: &Exchange| kept.lock().expect("no panic").push(exchange.clone());
    let server = start(app().observe(keep)).await;
    let mut wire = server.connect().await;
    for path in ["/text/3", "/stream/3", "/stream/2", "/trailers"] {
        wire.request(&format!("GET {path}"), &[], "").await;
        wire.answer(false).await;
        let told = std::mem::take(&mut *exchanges.lock().expect("no panic"));
        let told: Vec<_> = told.iter().map(|it| it.is_complete).collect();
        assert_eq!(told, [true], "{path}");
    }
    wire.request("GET /stream/4", &[], "").await;
    wire.rest().await;
    server.stop().ended().await;
    let told = std::mem::take(&mut *exchanges.lock().expect("no panic"));
    assert!(told.iter().all(|it| !it.is_complete));
}
