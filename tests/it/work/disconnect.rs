//! Does a handler run on when its client leaves?

use sendoff::{App, State, handler, routes, send};
use tokio::sync::mpsc::UnboundedReceiver;

use super::{AT_ONCE, MANY, Signals, Told, hear};
use crate::socket::http2;
use crate::support::log::Log;
use crate::support::wire::{Running, Wire};

#[handler(GET "/default")]
async fn by_default(State(signals): State<Signals>) {
    signals.wait().await;
    send!("nobody reads this");
}

#[handler(GET "/finish", on_disconnect = finish)]
async fn finish(State(signals): State<Signals>) {
    signals.wait().await;
    send!("nobody reads this");
}

#[handler(GET "/cancel", on_disconnect = cancel)]
async fn cancel(State(signals): State<Signals>) {
    signals.wait().await;
    send!("nobody reads this");
}

#[handler(GET "/panics")]
async fn panics(State(signals): State<Signals>) {
    signals.wait().await;
    panic!("alone")
}

#[handler(GET "/late", timeout = 1h)]
async fn late(State(signals): State<Signals>) {
    signals.wait().await;
    send!("never");
}

#[handler(GET "/quick")]
async fn quick() {
    send!("quick");
}

fn app() -> (App<Signals>, Signals, UnboundedReceiver<Told>) {
    let (signals, heard) = Signals::new();
    let app =
        App::new(signals.clone()).routes(routes![by_default, finish, cancel, panics, late, quick]);
    (app, signals, heard)
}

/// Starts as many handlers as asked for, leaves each of them for good, and hears what becomes of it.
async fn leave(
    server: &Running,
    (signals, heard): (&Signals, &mut UnboundedReceiver<Told>),
    path: &str,
    handlers: usize,
) -> Vec<Told> {
    let mut told = Vec::new();
    let mut left = handlers;
    while left > 0 {
        let now = left.min(AT_ONCE);
        let mut wires: Vec<Wire> = Vec::new();
        for _ in 0..now {
            let mut wire = server.connect().await;
            wire.request(&format!("GET {path}"), &[], "").await;
            wires.push(wire);
        }
        signals.started(now).await;
        wires.into_iter().for_each(Wire::reset);
        told.extend(hear(heard, now).await);
        left -= now;
    }
    told.sort();
    told
}

#[tokio::test]
async fn all_that_have_started_reach_their_send() {
    for path in ["/default", "/finish"] {
        let (app, signals, mut heard) = app();
        let server = Running::start(app).await;
        let told = leave(&server, (&signals, &mut heard), path, MANY).await;
        assert_eq!(told, vec![Told::RunsOn; MANY]);
        signals.go_on();
        assert_eq!(hear(&mut heard, MANY).await, vec![Told::Sends; MANY]);
        server.stop().ended().await;
        assert!(heard.try_recv().is_err(), "{path}");
    }
}

#[tokio::test]
async fn none_of_those_that_are_to_be_cancelled_does() {
    let (app, signals, mut heard) = app();
    let server = Running::start(app).await;
    let told = leave(&server, (&signals, &mut heard), "/cancel", MANY).await;
    assert_eq!(told, vec![Told::Dropped; MANY]);
    signals.go_on();
    server.stop().ended().await;
    assert!(heard.try_recv().is_err());
}

#[tokio::test]
async fn a_reset_stream_leaves_too() {
    let (app, signals, mut heard) = app();
    let server = Running::start(app).await;
    let client = http2::connect(server.address).await;
    for (path, told) in [("/finish", Told::RunsOn), ("/cancel", Told::Dropped)] {
        tokio::select! {
            _ = client.get(path) => panic!("it waits"),
            () = signals.started(1) => {}
        }
        assert_eq!(hear(&mut heard, 1).await, [told]);
        // The connection is still there.
        assert_eq!(client.get("/quick").await.1, "quick");
    }
    signals.go_on();
    assert_eq!(hear(&mut heard, 1).await, [Told::Sends]);
    drop(client);
    server.stop().ended().await;
}

#[tokio::test]
async fn no_more_run_on_than_the_limit_says() {
    let (app, signals, mut heard) = app();
    let server = Running::start_with(app, |server| server.finishing_limit(3)).await;
    let log = Log::of_this_thread();
    let told = leave(&server, (&signals, &mut heard), "/finish", 5).await;
    assert_eq!(told[..3], [Told::RunsOn; 3]);
    assert_eq!(told[3..], [Told::Dropped; 2]);
    let mut log = log.take();
    log.retain(|line| line.level == tracing::Level::WARN);
    assert_eq!(log.len(), 2, "{log:?}");
    for line in log {
        assert!(line.field("handler").ends_with("disconnect::finish"));
        assert_eq!(line.field("limit"), "3");
    }
    signals.go_on();
    assert_eq!(hear(&mut heard, 3).await, [Told::Sends; 3]);
    server.stop().ended().await;
}

#[tokio::test]
async fn a_panic_of_one_that_runs_on_is_logged() {
    let (app, signals, mut heard) = app();
    let server = Running::start(app).await;
    let log = Log::of_this_thread();
    leave(&server, (&signals, &mut heard), "/panics", 1).await;
    signals.go_on();
    assert_eq!(hear(&mut heard, 1).await, [Told::Sends]);
    let mut wire = server.connect().await;
    wire.request("GET /quick", &[], "").await;
    assert_eq!(wire.answer(false).await.body, "quick");
    drop(wire);
    server.stop().ended().await;
    let errors = log.take_errors();
    assert_eq!(errors.len(), 1, "{errors:?}");
    assert_eq!(errors[0].field("panic"), "alone");
}

/// It is dropped in its task, when nobody waits for an answer any more.
#[tokio::test]
async fn a_timeout_ends_one_that_runs_on() {
    let (app, signals, mut heard) = app();
    let server = Running::start(app).await;
    let told = leave(&server, (&signals, &mut heard), "/late", 1).await;
    assert_eq!(told, [Told::RunsOn]);
    tokio::time::pause();
    // Nothing else to do, so the clock goes on to the next timer.
    assert_eq!(heard.recv().await, Some(Told::Dropped));
    server.stop().ended().await;
}
