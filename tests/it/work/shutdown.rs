//! Does a server that stops wait for handlers without clients, and for work after the response?

use std::time::Duration;

use sendoff::{App, State, after, handler, routes, send};
use tokio::sync::mpsc::UnboundedReceiver;

use super::{Signals, Told, hear};
use crate::support::log::Log;
use crate::support::wire::{Running, Stopping};

#[handler(GET "/finish")]
async fn finish(State(signals): State<Signals>) {
    signals.wait().await;
    send!("nobody reads this");
}

#[handler(GET "/after")]
async fn later(State(signals): State<Signals>) {
    send!(202, after(async move { signals.wait().await }));
}

async fn start(deadline: Duration) -> (Running, Signals, UnboundedReceiver<Told>) {
    let (signals, heard) = Signals::new();
    let app = App::new(signals.clone()).routes(routes![finish, later]);
    let server = Running::start_with(app, |server| server.shutdown_timeout(deadline)).await;
    (server, signals, heard)
}

/// A server that stops, with both waiting and no connection left.
async fn stopping(
    server: Running,
    signals: &Signals,
    heard: &mut UnboundedReceiver<Told>,
) -> Stopping {
    let mut leaving = server.connect().await;
    leaving.request("GET /finish", &[], "").await;
    signals.started(1).await;
    drop(leaving);
    assert_eq!(hear(heard, 1).await, [Told::RunsOn]);
    let mut staying = server.connect().await;
    staying.request("GET /after", &[], "").await;
    assert_eq!(staying.answer(false).await.status, 202);
    signals.started(1).await;
    let stopping = server.stop();
    staying.rest().await;
    stopping
}

#[tokio::test]
async fn it_waits_for_both() {
    let (server, signals, mut heard) = start(Duration::from_secs(3600)).await;
    let stopping = stopping(server, &signals, &mut heard).await;
    tokio::task::yield_now().await;
    assert!(!stopping.has_ended());
    signals.go_on();
    stopping.ended().await;
    assert_eq!(hear(&mut heard, 2).await, [Told::Sends; 2]);
}

#[tokio::test]
async fn it_gives_up_at_the_deadline() {
    let (server, signals, mut heard) = start(Duration::from_secs(10)).await;
    let stopping = stopping(server, &signals, &mut heard).await;
    let log = Log::of_this_thread();
    tokio::time::pause();
    stopping.ended().await;
    let log = log.take();
    assert_eq!(log.len(), 1, "{log:?}");
    assert_eq!(
        (log[0].field("connections"), log[0].field("others")),
        ("0", "2")
    );
    assert!(heard.try_recv().is_err());
}
