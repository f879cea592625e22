//! What becomes of a handler whose client has closed its side? It may still read, as `nc -N` does,
//! or be gone: TCP says the same of both.

use axum::Router;
use axum::routing::get;
use futures_util::stream::{self, StreamExt as _};
use sendoff::{App, Body, Outcome, State, after_with, handler, routes, send};
use tokio::sync::mpsc::UnboundedReceiver;
use tower_http::set_header::SetResponseHeaderLayer;

use super::{AT_ONCE, MANY, Signals, TellsWhenDropped, Told, hear};
use crate::support::wire::{Running, Wire, in_time};

#[handler(GET "/finish")]
async fn finish(State(signals): State<Signals>) {
    let telling = signals.clone();
    let work = after_with(move |outcome| async move {
        telling.tell(match outcome {
            Outcome::Complete => Told::AfterSent,
            _ => Told::AfterDropped,
        });
    });
    signals.wait().await;
    send!(200, work, "finished");
}

#[handler(GET "/cancel", on_disconnect = cancel)]
async fn cancel(State(signals): State<Signals>) {
    signals.wait().await;
    send!("never");
}

#[handler(POST "/length")]
async fn length(body: String) {
    tokio::task::yield_now().await;
    send!(200, body.len().to_string());
}

#[handler(GET "/pieces")]
async fn pieces() {
    let pieces = stream::unfold(0, |n| async move {
        tokio::task::yield_now().await;
        (n < 100).then_some((Ok::<_, std::io::Error>(format!("{n} ")), n + 1))
    });
    send!(200, Body::from_stream(pieces));
}

/// Never ends, and says nothing.
#[handler(GET "/silence")]
async fn silence(State(signals): State<Signals>) {
    let silence = stream::once(async move {
        signals.wait().await;
        Ok::<_, std::io::Error>("")
    });
    send!(200, Body::from_stream(silence));
}

/// As long as somebody reads.
#[handler(GET "/long")]
async fn long(State(signals): State<Signals>) {
    signals.wait().await;
    let pieces = stream::repeat("x".repeat(1 << 16)).map(Ok::<_, std::io::Error>);
    send!(200, Body::from_stream(pieces));
}

#[handler(GET "/forever")]
async fn forever(State(signals): State<Signals>) {
    let _guard = TellsWhenDropped(signals);
    std::future::pending::<()>().await;
    send!(204);
}

#[handler(GET "/quick")]
async fn quick() {
    send!("quick");
}

fn app() -> (App<Signals>, Signals, UnboundedReceiver<Told>) {
    let (signals, heard) = Signals::new();
    let answers = routes![
        finish, cancel, length, pieces, silence, long, forever, quick
    ];
    (App::new(signals.clone()).routes(answers), signals, heard)
}

/// Sends a request and nothing more.
async fn half_closed(server: &Running, line: &str, body: &str) -> Wire {
    let mut wire = server.connect().await;
    wire.request(line, &[], body).await;
    wire.end().await;
    wire
}

/// So it may still be answered, and it is.
#[tokio::test]
async fn who_only_sends_no_more_is_answered() {
    let (app, signals, _heard) = app();
    signals.go_on();
    let body: String = (0..100).map(|n| format!("{n} ")).collect();
    let service = Router::new().route("/", get(async || "service"));
    let layer = SetResponseHeaderLayer::overriding(
        http::HeaderName::from_static("x-layer"),
        http::HeaderValue::from_static("1"),
    );
    let layered = App::new(()).routes(routes![quick]).layer(layer);
    let app = app
        .nest("/layered", layered)
        .nest_service("/service", service);
    let server = Running::start(app).await;
    for _ in 0..20 {
        for (line, sent, answer) in [
            ("GET /quick", "", "quick"),
            ("GET /finish", "", "finished"),
            ("POST /length", "four", "4"),
            ("GET /pieces", "", &*body),
            ("GET /layered/quick", "", "quick"),
            ("GET /service", "", "service"),
        ] {
            let mut wire = half_closed(&server, line, sent).await;
            assert_eq!(wire.answer(false).await.body, answer, "{line}");
            assert_eq!(wire.rest().await, "", "{line}");
        }
    }
    server.stop().ended().await;
}

/// As far as is known it has left, which is what work after the response is told.
#[tokio::test]
async fn a_handler_runs_to_its_send() {
    let (app, signals, mut heard) = app();
    let server = Running::start(app).await;
    for _ in 0..MANY / AT_ONCE {
        for _ in 0..AT_ONCE {
            drop(half_closed(&server, "GET /finish", "").await);
        }
        signals.started(AT_ONCE).await;
    }
    // Where it has come to is not to be seen from here, but what the server hears next is later.
    drop(half_closed(&server, "GET /cancel", "").await);
    assert_eq!(hear(&mut heard, 1).await, [Told::Dropped]);
    signals.go_on();
    let told = hear(&mut heard, 2 * MANY).await;
    for (what, part) in [
        (Told::Sends, &told[..MANY]),
        (Told::AfterDropped, &told[MANY..]),
    ] {
        assert_eq!(
            part.iter().filter(|told| **told == what).count(),
            MANY,
            "{what:?}"
        );
    }
    server.stop().ended().await;
}

#[tokio::test]
async fn one_that_is_to_be_cancelled_is_dropped() {
    let (app, signals, mut heard) = app();
    let server = Running::start(app).await;
    // Neither more bytes behind the request nor a body that nobody reads hide the end.
    for (sent, body) in [
        ("", ""),
        ("GET /quick HTTP/1.1\r\nhost: test\r\n\r\n", ""),
        ("", "body"),
    ] {
        for resets in [false, true] {
            let mut wire = server.connect().await;
            wire.request("GET /cancel", &[], body).await;
            wire.write(sent).await;
            signals.started(1).await;
            match resets {
                true => wire.reset(),
                false => drop(wire),
            }
            assert_eq!(hear(&mut heard, 1).await, [Told::Dropped], "{sent} {body}");
        }
    }
    server.stop().ended().await;
}

#[tokio::test]
async fn no_more_run_on_than_the_limit_says() {
    let (app, signals, mut heard) = app();
    let server = Running::start_with(app, |server| server.finishing_limit(3).max_connections(4));
    let server = server.await;
    // More bytes behind the request do not hide the end.
    for more in ["", "G", "GET"] {
        let mut wire = server.connect().await;
        wire.request("GET /finish", &[], "").await;
        wire.write(more).await;
        signals.started(1).await;
        drop(wire);
    }
    // They have left their connections to others.
    let mut others = Vec::new();
    for _ in 0..4 {
        let mut wire = server.connect().await;
        wire.request("GET /quick", &[], "").await;
        assert_eq!(wire.answer(false).await.body, "quick");
        others.push(wire);
    }
    drop(others);
    for more in ["", "G"] {
        let mut wire = server.connect().await;
        wire.request("GET /finish", &[], "").await;
        wire.write(more).await;
        signals.started(1).await;
        drop(wire);
        assert_eq!(hear(&mut heard, 1).await, [Told::Dropped], "{more}");
    }
    signals.go_on();
    let told = hear(&mut heard, 6).await;
    assert_eq!(told[..3], [Told::Sends; 3]);
    server.stop().ended().await;
}

/// A response counts as one that runs on, too, until it is over.
#[tokio::test]
async fn a_response_for_who_has_left_has_the_same_limit() {
    let (app, signals, mut heard) = app();
    let server = Running::start_with(app, |server| server.finishing_limit(1)).await;
    let mut reader = half_closed(&server, "GET /long", "").await;
    signals.started(1).await;
    // What the server hears next is later.
    drop(half_closed(&server, "GET /cancel", "").await);
    assert_eq!(hear(&mut heard, 1).await, [Told::Dropped]);
    // The handler has answered, and its response goes on.
    signals.go_on();
    assert_eq!(hear(&mut heard, 1).await, [Told::Sends]);
    reader.head().await;
    drop(half_closed(&server, "GET /forever", "").await);
    assert_eq!(hear(&mut heard, 1).await, [Told::Dropped]);
    reader.reset();
    server.stop().ended().await;
}

/// A response that says nothing is not kept for a client that may have gone.
#[tokio::test]
async fn a_silent_response_ends() {
    let (app, signals, mut heard) = app();
    let server = Running::start(app).await;
    let mut wire = server.connect().await;
    wire.request("GET /silence", &[], "").await;
    wire.head().await;
    signals.started(1).await;
    wire.end().await;
    assert_eq!(in_time(heard.recv()).await, Some(Told::Dropped));
    assert_eq!(wire.rest().await, "");
    server.stop().ended().await;
}
