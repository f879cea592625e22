//! Does work after the response run, once, and with the right outcome?

use std::net::SocketAddr;

use axum::Router;
use axum::routing::get;
use futures_util::{StreamExt, stream};
use sendoff::{App, Body, Json, Outcome, State, after, after_with, handler, reply, routes, send};
use tokio::net::TcpListener;
use tokio::sync::mpsc::UnboundedReceiver;

use super::{AT_ONCE, MANY, Signals, Told, hear};
use crate::support::log::Log;
use crate::support::wire::{Running, Wire};

const SENT: Told = Told::AfterSent;
const DROPPED: Told = Told::AfterDropped;

/// Work that tells its outcome.
fn telling(signals: &Signals) -> sendoff::After {
    let signals = signals.clone();
    after_with(move |outcome| async move {
        signals.tell(match outcome {
            Outcome::Complete => SENT,
            _ => DROPPED,
        });
    })
}

#[handler(GET "/text")]
async fn text(State(signals): State<Signals>) {
    send!(202, telling(&signals), [("x-part", "1")], Json("text"));
}

#[handler(GET "/empty")]
async fn empty(State(signals): State<Signals>) {
    send!(204, telling(&signals));
}

#[handler(GET "/no-body")]
async fn no_body(State(signals): State<Signals>) {
    send!(200, telling(&signals), "");
}

#[handler(GET "/not-modified")]
async fn not_modified(State(signals): State<Signals>) {
    send!(304, telling(&signals), [("etag", "\"1\"")]);
}

#[handler(GET "/stream")]
async fn streamed(State(signals): State<Signals>) {
    let chunks = stream::iter(["a", "b"].map(Ok::<_, std::io::Error>));
    send!(200, telling(&signals), Body::from_stream(chunks));
}

#[handler(GET "/known-length")]
async fn known_length(State(signals): State<Signals>) {
    let chunks = stream::iter(["a", "b"].map(Ok::<_, std::io::Error>));
    let length = [("content-length", "2")];
    send!(200, telling(&signals), length, Body::from_stream(chunks));
}

#[handler(GET "/fails")]
async fn fails(State(signals): State<Signals>) {
    let chunks = stream::iter([Ok("a"), Err(std::io::Error::other("cut"))]);
    send!(200, telling(&signals), Body::from_stream(chunks));
}

#[handler(GET "/endless")]
async fn endless(State(signals): State<Signals>) {
    let chunk = "x".repeat(1 << 16);
    let chunks = stream::repeat(chunk).map(Ok::<_, std::io::Error>);
    send!(200, telling(&signals), Body::from_stream(chunks));
}

#[handler(GET "/reply")]
async fn replied(State(signals): State<Signals>) {
    let sent = reply!(202, telling(&signals), "reply");
    drop(reply!(202, telling(&signals), "never sent"));
    send!(202, telling(&signals), sent);
}

#[handler(GET "/error")]
async fn error(State(signals): State<Signals>) {
    Err(reply!(400, telling(&signals), "no"))?;
    send!("never");
}

#[handler(GET "/problem")]
async fn problem(State(signals): State<Signals>) {
    send!(400, telling(&signals), sendoff::Problem::new(400));
}

#[handler(GET "/panics")]
async fn panics(State(signals): State<Signals>) {
    let bad = after(async { panic!("afterwards") });
    let worse = after_with(|_| -> std::future::Ready<()> { panic!("before there is a future") });
    send!(200, bad, worse, telling(&signals), "fine");
}

#[handler(GET "/slow")]
async fn slow(State(signals): State<Signals>) {
    signals.wait().await;
    send!(200, telling(&signals), "nobody reads this");
}

/// More than the kernel keeps for a client that does not read.
const LARGE: usize = 64 * 1024 * 1024;

#[handler(GET "/large")]
async fn large(State(signals): State<Signals>) {
    send!(200, telling(&signals), vec![b'x'; LARGE]);
}

#[handler(GET "/slow-and-empty")]
async fn slow_and_empty(State(signals): State<Signals>) {
    signals.wait().await;
    send!(204, telling(&signals));
}

fn app() -> (App<Signals>, Signals, UnboundedReceiver<Told>) {
    let (signals, heard) = Signals::new();
    let app = App::new(signals.clone())
        .routes(routes![text, empty, no_body, not_modified, streamed])
        .routes(routes![known_length, fails, endless, replied])
        .routes(routes![error, problem, panics, slow, slow_and_empty, large])
        .problems(|problem| problem.get_title().to_owned());
    (app, signals, heard)
}

async fn start() -> (Running, Signals, UnboundedReceiver<Told>) {
    let (app, signals, heard) = app();
    (Running::start(app).await, signals, heard)
}

/// Sends a request, and reads the response to its end.
async fn ask(address: SocketAddr, line: &str) {
    let mut wire = Wire::connect(address).await.expect("the server listens");
    wire.request(line, &[], "").await;
    wire.answer(line.starts_with("HEAD ")).await;
}

#[tokio::test]
async fn it_is_told_that_the_response_was_sent() {
    let (server, _, mut heard) = start().await;
    for (path, times) in [
        ("/text", 1),
        ("/empty", 1),
        ("/no-body", 1),
        ("/not-modified", 1),
        ("/stream", 1),
        ("/known-length", 1),
        ("/reply", 2),
        ("/error", 1),
        ("/problem", 1),
        ("/large", 1),
    ] {
        for method in ["GET", "HEAD"] {
            ask(server.address, &format!("{method} {path}")).await;
            let told = hear(&mut heard, times).await;
            assert_eq!(told, vec![SENT; times], "{method} {path}");
        }
    }
    server.stop().ended().await;
    assert!(heard.try_recv().is_err());
}

#[tokio::test]
async fn it_is_told_so_over_http2() {
    let (server, _, mut heard) = start().await;
    let client = crate::socket::http2::connect(server.address).await;
    for path in ["/text", "/empty", "/no-body", "/stream", "/known-length"] {
        client.get(path).await;
        assert_eq!(hear(&mut heard, 1).await, [SENT], "{path}");
    }
    drop(client);
    server.stop().ended().await;
    assert!(heard.try_recv().is_err());
}

#[tokio::test]
async fn it_is_told_that_the_response_was_cut_off() {
    let (server, signals, mut heard) = start().await;
    let client = crate::socket::http2::connect(server.address).await;
    for path in ["/endless", "/large"] {
        let mut wire = server.connect().await;
        wire.request(&format!("GET {path}"), &[], "").await;
        wire.head().await;
        drop(wire);
        assert_eq!(hear(&mut heard, 1).await, [DROPPED], "{path}");
        drop(client.request("GET", path, "").await);
        assert_eq!(hear(&mut heard, 1).await, [DROPPED], "{path} over HTTP/2");
    }
    drop(client);

    let mut wire = server.connect().await;
    wire.request("GET /fails", &[], "").await;
    wire.rest().await;
    assert_eq!(hear(&mut heard, 1).await, [DROPPED]);

    // Nothing is left to send, but nobody has taken even the head.
    let mut wire = server.connect().await;
    wire.request("GET /slow-and-empty", &[], "").await;
    signals.started(1).await;
    wire.reset();
    assert_eq!(hear(&mut heard, 1).await, [Told::RunsOn]);
    signals.go_on();
    assert_eq!(hear(&mut heard, 2).await, [Told::Sends, DROPPED]);
    server.stop().ended().await;
}

#[tokio::test]
async fn a_panic_is_logged_and_harms_nothing_else() {
    let (server, _, mut heard) = start().await;
    let log = Log::of_this_thread();
    ask(server.address, "GET /panics").await;
    assert_eq!(hear(&mut heard, 1).await, [SENT]);
    ask(server.address, "GET /text").await;
    assert_eq!(hear(&mut heard, 1).await, [SENT]);
    server.stop().ended().await;
    let errors = log.take_errors();
    let panics: Vec<_> = errors.iter().map(|line| line.field("panic")).collect();
    assert_eq!(panics, ["afterwards", "before there is a future"]);
    for line in errors {
        let place = line.field("after").to_owned();
        assert!(place.contains("after.rs:"), "{place}");
    }
}

/// Half of the clients read their responses, half leave while the handler runs.
async fn each_runs_once(
    address: SocketAddr,
    signals: &Signals,
    heard: &mut UnboundedReceiver<Told>,
) {
    let half = AT_ONCE / 2;
    for _ in 0..MANY / AT_ONCE {
        for _ in 0..half {
            ask(address, "GET /text").await;
        }
        assert_eq!(hear(heard, half).await, vec![SENT; half]);
        let mut leaving = Vec::new();
        for _ in 0..half {
            let mut wire = Wire::connect(address).await.expect("the server listens");
            wire.request("GET /slow", &[], "").await;
            leaving.push(wire);
        }
        signals.started(half).await;
        leaving.into_iter().for_each(Wire::reset);
        assert_eq!(hear(heard, half).await, vec![Told::RunsOn; half]);
    }
    signals.go_on();
    let told = hear(heard, MANY).await;
    assert_eq!(told[..MANY / 2], vec![Told::Sends; MANY / 2]);
    assert_eq!(told[MANY / 2..], vec![DROPPED; MANY / 2]);
}

#[tokio::test]
async fn each_runs_once_whether_the_client_stays_or_leaves() {
    let (server, signals, mut heard) = start().await;
    each_runs_once(server.address, &signals, &mut heard).await;
    server.stop().ended().await;
    assert!(heard.try_recv().is_err());
}

/// A listener that axum serves.
async fn on_axum(router: Router) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let address = listener.local_addr().expect("an address");
    tokio::spawn(async { axum::serve(listener, router).await });
    address
}

#[tokio::test]
async fn each_runs_once_where_axum_hosts_the_app() {
    let (app, signals, mut heard) = app();
    let address = on_axum(Router::new().fallback_service(app)).await;
    each_runs_once(address, &signals, &mut heard).await;
}

#[handler]
async fn plain(State(signals): State<Signals>) {
    send!(202, telling(&signals), "plain");
}

#[tokio::test]
async fn a_plain_handler_on_axum_has_it_too() {
    let (signals, mut heard) = Signals::new();
    let router = Router::new()
        .route("/plain", get(plain))
        .with_state(signals);
    let address = on_axum(router).await;
    for _ in 0..MANY {
        ask(address, "GET /plain").await;
    }
    assert_eq!(hear(&mut heard, MANY).await, vec![SENT; MANY]);
    // axum has thrown the body away.
    ask(address, "HEAD /plain").await;
    assert_eq!(hear(&mut heard, 1).await, [DROPPED]);
}

/// The body of a response outlives the runtime that made it.
#[test]
fn a_body_may_be_dropped_where_no_runtime_is() {
    use sendoff::IntoResponse;

    let (signals, mut heard) = Signals::new();
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build();
    let runtime = runtime.expect("a runtime");
    let response = runtime
        .block_on(plain(State(signals.clone())))
        .into_response();
    let started = runtime.block_on(async { plain(State(signals.clone())).await.into_response() });
    let log = Log::of_this_thread();
    drop(response);
    assert_eq!(log.take_errors().len(), 1);
    // This one knows its runtime.
    drop(started);
    assert_eq!(log.take_errors().len(), 0);
    assert_eq!(runtime.block_on(hear(&mut heard, 1)), [DROPPED]);
}
