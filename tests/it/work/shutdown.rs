//! Does a server that stops wait for handlers without clients, and for work after the response?

use std::num::NonZeroUsize;
use std::time::Duration;

use sendoff::{App, Server, State, Workers, after, handler, routes, send};
use tokio::sync::mpsc::UnboundedReceiver;

use super::{Signals, Told, hear};
use crate::support::log::Log;
use crate::support::wire::{Running, Wire};

const TWO: NonZeroUsize = NonZeroUsize::MIN.saturating_add(1);

#[handler(GET "/finish")]
async fn finish(State(signals): State<Signals>) {
    signals.wait().await;
    send!("nobody reads this");
}

#[handler(GET "/after")]
async fn later(State(signals): State<Signals>) {
    send!(202, after(async move { signals.wait().await }));
}

async fn start(
    configure: impl FnOnce(Server) -> Server,
) -> (Running, Signals, UnboundedReceiver<Told>) {
    let (signals, heard) = Signals::new();
    let app = App::new(signals.clone()).routes(routes![finish, later]);
    (Running::start_with(app, configure).await, signals, heard)
}

/// A handler whose client has left, and work after a response.
async fn start_both(
    server: &Running,
    signals: &Signals,
    heard: &mut UnboundedReceiver<Told>,
) -> Wire {
    let mut leaving = server.connect().await;
    leaving.request("GET /finish", &[], "").await;
    signals.started(1).await;
    leaving.reset();
    assert_eq!(hear(heard, 1).await, [Told::RunsOn]);
    let mut staying = server.connect().await;
    staying.request("GET /after", &[], "").await;
    assert_eq!(staying.answer(false).await.status, 202);
    signals.started(1).await;
    staying
}

#[tokio::test]
async fn it_waits_for_both() {
    for workers in [Workers::CallersRuntime, Workers::Threads(TWO)] {
        let (server, signals, mut heard) = start(|server| server.workers(workers)).await;
        let mut staying = start_both(&server, &signals, &mut heard).await;
        let stopping = server.stop();
        // No connection is left.
        staying.rest().await;
        tokio::task::yield_now().await;
        assert!(!stopping.has_ended());
        signals.go_on();
        assert_eq!(hear(&mut heard, 2).await, [Told::Sends; 2]);
        stopping.ended().await;
    }
}

#[tokio::test]
async fn it_drops_them_at_the_deadline() {
    let deadline = Duration::from_secs(10);
    let (server, signals, mut heard) = start(|server| server.shutdown_timeout(deadline)).await;
    let mut staying = start_both(&server, &signals, &mut heard).await;
    // A handler with a client does not run on then, either.
    staying.request("GET /finish", &[], "").await;
    signals.started(1).await;
    let log = Log::of_this_thread();
    let stopping = server.stop();
    tokio::time::pause();
    stopping.ended().await;
    assert_eq!(hear(&mut heard, 3).await, [Told::Dropped; 3]);
    let log = log.take();
    let end = log.last().expect("it says so");
    assert_eq!(end.field("connections"), "1", "{log:?}");
    assert_eq!(end.field("responses"), "1", "{log:?}");
    assert_eq!(end.field("others"), "2", "{log:?}");
    drop(signals);
    assert!(heard.recv().await.is_none());
}
