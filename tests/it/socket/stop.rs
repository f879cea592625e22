//! How does a server end?

use std::sync::Arc;

use sendoff::{App, State, handler, routes, send};
use tokio::sync::{Notify, Semaphore};

use super::{http2, start};
use crate::support::wire::{Running, Wire, in_time};

/// What a slow handler and its test tell each other.
#[derive(Clone)]
struct Signals {
    started: Arc<Semaphore>,
    go_on: Arc<Notify>,
}

#[handler(GET "/slow")]
async fn slow(State(signals): State<Signals>) {
    let go_on = signals.go_on.notified();
    signals.started.add_permits(1);
    go_on.await;
    send!("finished");
}

#[handler(GET "/quick")]
async fn quick() {
    send!("quick");
}

async fn serve() -> (Running, Signals) {
    let signals = Signals {
        started: Arc::new(Semaphore::new(0)),
        go_on: Arc::new(Notify::new()),
    };
    let app = App::new(signals.clone()).routes(routes![slow, quick]);
    (start(app).await, signals)
}

impl Signals {
    async fn wait_for(&self, handlers: u32) {
        let started = in_time(self.started.acquire_many(handlers)).await;
        started.expect("open").forget();
    }
}

/// Connects until it is refused. What came before is served.
async fn refused(address: std::net::SocketAddr) {
    in_time(async {
        while let Ok(wire) = Wire::connect(address).await {
            drop(wire);
            tokio::task::yield_now().await;
        }
    })
    .await;
}

#[tokio::test]
async fn a_running_request_is_finished_and_new_ones_are_refused() {
    let (server, signals) = serve().await;
    let address = server.address;
    let mut wire = server.connect().await;
    wire.request("GET /slow", &[], "").await;
    signals.wait_for(1).await;

    let stopping = server.stop();
    refused(address).await;
    assert!(!stopping.has_ended());

    signals.go_on.notify_waiters();
    assert_eq!(wire.answer(false).await.body, "finished");
    assert_eq!(wire.rest().await, "");
    stopping.ended().await;
}

#[tokio::test]
async fn running_streams_are_finished() {
    let (server, signals) = serve().await;
    let client = http2::connect(server.address).await;
    let requests = async { tokio::join!(client.get("/slow"), client.get("/slow")) };
    let end = async {
        signals.wait_for(2).await;
        let address = server.address;
        let stopping = server.stop();
        refused(address).await;
        signals.go_on.notify_waiters();
        stopping
    };
    let (answers, stopping) = tokio::join!(requests, end);
    assert_eq!(
        answers,
        ((200, "finished".into()), (200, "finished".into()))
    );
    stopping.ended().await;
}

#[tokio::test]
async fn idle_connections_are_closed() {
    let (server, _signals) = serve().await;
    let mut used = server.connect().await;
    used.request("GET /quick", &[], "").await;
    assert_eq!(used.answer(false).await.body, "quick");
    let client = http2::connect(server.address).await;
    assert_eq!(client.get("/quick").await.1, "quick");

    let stopping = server.stop();
    assert_eq!(used.rest().await, "");
    stopping.ended().await;
}

#[tokio::test]
async fn the_response_after_the_signal_says_close() {
    let (server, signals) = serve().await;
    let mut wire = server.connect().await;
    wire.request("GET /slow", &[], "").await;
    signals.wait_for(1).await;
    let address = server.address;
    let stopping = server.stop();
    refused(address).await;
    signals.go_on.notify_waiters();
    let answer = wire.answer(false).await;
    assert_eq!(answer.header("connection"), Some("close"));
    stopping.ended().await;
}

#[tokio::test]
async fn a_server_without_connections_ends_at_once() {
    let (server, _signals) = serve().await;
    server.stop().ended().await;
}

/// It is answered before the connection closes, however long the pause in its head.
#[tokio::test]
async fn a_request_of_which_a_part_has_come_is_answered() {
    let (server, _signals) = serve().await;
    let mut used = server.connect().await;
    used.request("GET /quick", &[], "").await;
    assert_eq!(used.answer(false).await.body, "quick");
    let (mut first, mut second) = (server.connect().await, server.connect().await);
    first.write("GET /quick HTTP/1.1\r\nho").await;
    second.write("P").await;

    let stopping = server.stop();
    // An idle connection is closed in this time.
    assert_eq!(used.rest().await, "");
    for (wire, rest, status) in [
        (&mut first, "st: test\r\n\r\n", 200),
        (&mut second, "UT /quick HTTP/1.1\r\nhost: test\r\n\r\n", 405),
    ] {
        wire.write(rest).await;
        let answer = wire.answer(false).await;
        assert_eq!(answer.status, status);
        assert_eq!(answer.header("connection"), Some("close"));
        assert_eq!(wire.rest().await, "");
    }
    drop((used, first, second));
    stopping.ended().await;
}
