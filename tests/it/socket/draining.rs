//! What does a server that is to stop tell, and to whom?

use std::future::pending;
use std::sync::Arc;
use std::time::Duration;

use futures_util::stream;
use sendoff::{App, Body, Draining, Server, State, handler, routes, send};
use tokio::sync::Notify;
use tokio::time::Instant;

use crate::support::log::Log;
use crate::support::wire::{Running, Wire, in_time};

#[derive(Clone)]
struct Site {
    draining: Draining,
    started: Arc<Notify>,
}

#[handler(GET "/ready")]
async fn ready(State(site): State<Site>) {
    if site.draining.has_begun() {
        send!(503);
    }
    send!(200, "ready");
}

/// One chunk at once, and the last one when the server is to stop.
#[handler(GET "/events")]
async fn events(State(site): State<Site>) {
    site.started.notify_one();
    let chunks = stream::unfold(0, move |turn| {
        let draining = site.draining.clone();
        async move {
            match turn {
                0 => Some((Ok::<_, std::io::Error>("first"), 1)),
                1 => {
                    draining.begun().await;
                    Some((Ok("last"), 2))
                }
                _ => None,
            }
        }
    });
    send!(200, Body::from_stream(chunks));
}

#[handler(GET "/never")]
async fn never(State(site): State<Site>) {
    site.started.notify_one();
    pending::<()>().await;
    send!("never");
}

#[handler(GET "/endless")]
async fn endless(State(site): State<Site>) {
    site.started.notify_one();
    let chunks = stream::repeat_with(|| Ok::<_, std::io::Error>("x".repeat(65_536)));
    send!(200, Body::from_stream(chunks));
}

async fn start(set: impl FnOnce(Server) -> Server) -> (Running, Arc<Notify>) {
    let server = set(Server::bind("127.0.0.1:0").await.expect("a free port"));
    let started = Arc::new(Notify::new());
    let site = Site {
        draining: server.draining(),
        started: Arc::clone(&started),
    };
    let app = App::new(site).routes(routes![ready, events, never, endless]);
    (Running::serve(server, app), started)
}

#[tokio::test]
async fn a_server_that_is_gone_is_not_ready() {
    let server = Server::bind("127.0.0.1:0").await.expect("a free port");
    let draining = server.draining();
    assert!(!draining.has_begun());
    drop(server);
    draining.begun().await;
    assert!(draining.has_begun());
}

#[tokio::test]
async fn it_is_not_ready_and_goes_on_for_a_while() {
    let hour = Duration::from_secs(3600);
    let (server, _) = start(|server| server.drain_delay(hour)).await;
    let address = server.address;
    let (mut used, mut events) = (server.connect().await, server.connect().await);
    used.request("GET /ready", &[], "").await;
    assert_eq!(used.answer(false).await.status, 200);
    events.request("GET /events", &[], "").await;

    let stopping = server.stop();
    // The stream's end shows that the server has heard of it.
    assert_eq!(events.answer(false).await.body, "firstlast");
    let mut fresh = Wire::connect(address).await.expect("it still listens");
    for wire in [&mut used, &mut fresh, &mut events] {
        wire.request("GET /ready", &[], "").await;
        let answer = wire.answer(false).await;
        assert_eq!((answer.status, answer.header("connection")), (503, None));
    }
    tokio::time::pause();
    tokio::time::advance(hour).await;
    assert_eq!(used.rest().await, "");
    stopping.ended().await;
}

/// The connection was not told of the end when its response began.
#[tokio::test]
async fn a_connection_with_a_stream_gets_more_answers() {
    let (server, started) = start(|server| server).await;
    let mut wire = server.connect().await;
    wire.request("GET /events", &[], "").await;
    in_time(started.notified()).await;
    let stopping = server.stop();
    let answer = wire.answer(false).await;
    assert_eq!(answer.body, "firstlast");
    assert_eq!(answer.header("connection"), None);
    in_time(async {
        loop {
            wire.request("GET /ready", &[], "").await;
            let answer = wire.answer(false).await;
            assert_eq!(answer.status, 503);
            if answer.header("connection") == Some("close") {
                break;
            }
        }
    })
    .await;
    stopping.ended().await;
}

/// Ends at the deadline, and the log tells what was cut off.
async fn check_cut(path: &str, handler: &str) {
    let log = Log::of_this_thread();
    let deadline = Duration::from_secs(7);
    let (server, started) = start(|server| server.shutdown_timeout(deadline)).await;
    let mut wire = server.connect().await;
    wire.request(&format!("GET {path}"), &[], "").await;
    in_time(started.notified()).await;
    let stopping = server.stop();
    tokio::time::pause();
    let before = Instant::now();
    stopping.ended().await;
    let elapsed = before.elapsed();
    assert!((7..10).contains(&elapsed.as_secs()), "{elapsed:?}");
    let lines = log.take();
    let cut: Vec<_> = lines
        .iter()
        .filter(|line| !line.field("handler").is_empty())
        .collect();
    assert_eq!(cut.len(), 1, "{lines:?}");
    assert!(cut[0].field("handler").ends_with(handler), "{lines:?}");
    let summary = lines.last().expect("a summary");
    assert_eq!(
        (summary.field("connections"), summary.field("responses")),
        ("1", "1")
    );
    drop(wire);
}

#[tokio::test]
async fn a_handler_that_does_not_end_is_cut_off() {
    check_cut("/never", "::never").await;
}

#[tokio::test]
async fn a_client_that_does_not_read_is_cut_off() {
    check_cut("/endless", "::endless").await;
}

/// Its client does not even answer to the end of it.
#[tokio::test]
async fn a_silent_http2_connection_is_not_waited_for() {
    let (server, _) = start(|server| server).await;
    let mut wire = server.connect().await;
    wire.write(b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\x04\0\0\0\0\0")
        .await;
    // The settings of the server, which it sends first.
    wire.read(9).await;
    let stopping = server.stop();
    tokio::time::pause();
    let before = Instant::now();
    stopping.ended().await;
    let elapsed = before.elapsed();
    assert!((4_900..5_600).contains(&elapsed.as_millis()), "{elapsed:?}");
    drop(wire);
}

/// Nor are PINGs of its own a reason to wait.
#[tokio::test]
async fn an_http2_connection_that_only_pings_is_not_waited_for() {
    let (server, _) = start(|server| server).await;
    let mut wire = server.connect().await;
    wire.write(b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\x04\0\0\0\0\0")
        .await;
    wire.read(9).await;
    let stopping = server.stop();
    tokio::time::pause();
    let before = Instant::now();
    let pings = async {
        loop {
            wire.try_write(b"\0\0\x08\x06\0\0\0\0\0pingping").await;
            tokio::time::sleep(Duration::from_millis(700)).await;
        }
    };
    tokio::select! {
        () = stopping.ended() => {}
        () = pings => {}
    }
    let elapsed = before.elapsed();
    assert!((4_900..5_600).contains(&elapsed.as_millis()), "{elapsed:?}");
}

/// How long a server is held by a client that has sent this, and what the client gets.
async fn hold_with(begun: &str) -> (Duration, String) {
    let (server, _) = start(|server| server).await;
    let (mut wire, mut used) = (server.connect().await, server.connect().await);
    wire.write(begun).await;
    used.request("GET /ready", &[], "").await;
    assert_eq!(used.answer(false).await.status, 200);
    drop(used);
    tokio::time::pause();
    let before = Instant::now();
    server.stop().ended().await;
    let elapsed = before.elapsed();
    tokio::time::resume();
    (elapsed, wire.rest().await)
}

#[tokio::test]
async fn a_head_that_does_not_go_on_is_not_waited_for() {
    let requests = [
        "GET /ready HTTP/1.1\r\nho",
        "GET /ready HTTP/1.1\r\nhost: test\r\n\r\nGET /re",
    ];
    for begun in requests {
        let (elapsed, answer) = hold_with(begun).await;
        assert!((1_400..2_000).contains(&elapsed.as_millis()), "{elapsed:?}");
        assert!(answer.contains("HTTP/1.1 408"), "{answer}");
    }
    for begun in ["P", "PRI * HTTP/2"] {
        let (elapsed, _) = hold_with(begun).await;
        assert!((1_400..2_000).contains(&elapsed.as_millis()), "{elapsed:?}");
    }
}

#[tokio::test]
async fn a_head_that_goes_on_is_waited_for() {
    let (server, _) = start(|server| server).await;
    let (mut wire, mut used) = (server.connect().await, server.connect().await);
    wire.write("GET /ready HTTP/1.1\r\n").await;
    used.request("GET /ready", &[], "").await;
    assert_eq!(used.answer(false).await.status, 200);
    drop(used);
    let stopping = server.stop();
    tokio::time::pause();
    for part in ["ho", "st", ": ", "te", "st", "\r\n\r\n"] {
        tokio::time::sleep(Duration::from_secs(1)).await;
        wire.write(part).await;
    }
    let answer = wire.answer(false).await;
    assert_eq!(
        (answer.status, answer.header("connection")),
        (503, Some("close"))
    );
    drop(wire);
    stopping.ended().await;
}
