//! Who is served when as many connections are open as may be? `abuse::limits` has the plain case.

use std::num::NonZeroUsize;
use std::sync::Arc;

use sendoff::{App, Server, State, Workers, handler, routes, send};
use tokio::sync::Notify;

use crate::support::wire::{Running, Wire, in_time};

#[derive(Clone, Default)]
struct Signals {
    started: Arc<Notify>,
    go_on: Arc<Notify>,
}

#[handler(GET "/slow")]
async fn slow(State(signals): State<Signals>) {
    let go_on = signals.go_on.notified();
    signals.started.notify_one();
    go_on.await;
    send!("slow");
}

#[handler(GET "/quick")]
async fn quick() {
    send!("quick");
}

/// With room for one connection.
fn start(server: Server) -> (Running, Signals) {
    let signals = Signals::default();
    let app = App::new(signals.clone()).routes(routes![slow, quick]);
    (Running::serve(server.max_connections(1), app), signals)
}

async fn bind() -> Server {
    Server::bind("127.0.0.1:0").await.expect("a free port")
}

async fn ask(wire: &mut Wire, path: &str) {
    wire.request(&format!("GET {path}"), &[], "").await;
}

/// Two workers, and two addresses, have room for one together.
#[tokio::test]
async fn workers_and_addresses_share_the_room() {
    let other = bind().await;
    let address = other.local_addr().expect("an address");
    let two = Workers::Threads(NonZeroUsize::new(2).expect("two"));
    let (server, _) = start(bind().await.workers(two).and(other));
    let mut first = server.connect().await;
    ask(&mut first, "/quick").await;
    assert_eq!(first.answer(false).await.body, "quick");
    let mut second = Wire::connect(address).await.expect("it listens");
    ask(&mut second, "/quick").await;
    for _ in 0..50 {
        ask(&mut first, "/quick").await;
        assert_eq!(first.answer(false).await.body, "quick");
    }
    assert!(second.is_silent(), "there is room for two");
    drop(first);
    assert_eq!(second.answer(false).await.body, "quick");
    drop(second);
    server.stop().ended().await;
}

/// The room is never there while the first handler runs, and the others do not wait for it.
#[tokio::test]
async fn who_waits_at_the_end_is_answered() {
    let (server, signals) = start(bind().await);
    let mut first = server.connect().await;
    ask(&mut first, "/slow").await;
    in_time(signals.started.notified()).await;
    let mut others = Vec::new();
    for _ in 0..5 {
        let mut wire = server.connect().await;
        ask(&mut wire, "/quick").await;
        others.push(wire);
    }
    let stopping = server.stop();
    for mut wire in others {
        let answer = wire.answer(false).await;
        assert_eq!(answer.body, "quick");
        assert_eq!(answer.header("connection"), Some("close"));
    }
    assert!(!stopping.has_ended());
    signals.go_on.notify_one();
    assert_eq!(first.answer(false).await.body, "slow");
    drop(first);
    stopping.ended().await;
}
