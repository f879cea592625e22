//! How is a handler run: its limits, what its client's leaving does, and work after its response?

mod after;
mod disconnect;
mod half_closed;
mod layers;
mod limits;
mod replaced;
mod shutdown;
mod timeouts;

use std::future::poll_fn;
use std::pin::pin;
use std::sync::Arc;

use tokio::sync::Semaphore;
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};

use crate::support::wire::in_time;

/// As many as the acceptance asks for.
pub(crate) const MANY: usize = 1_000;

/// As many connections at once: a process may have no more than 1,024 files open.
pub(crate) const AT_ONCE: usize = 100;

/// What handlers and their test tell each other.
#[derive(Clone)]
pub(crate) struct Signals {
    started: Arc<Semaphore>,
    /// Closed to let all handlers go on.
    gate: Arc<Semaphore>,
    told: UnboundedSender<Told>,
}

/// What a handler, or work after it, has to tell.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Told {
    /// It runs in another task than it started in: without its connection.
    RunsOn,
    /// It came to its send.
    Sends,
    /// It was dropped before.
    Dropped,
    /// The work after it ran, and its response was sent.
    AfterSent,
    /// The work after it ran, and its response was dropped.
    AfterDropped,
}

impl Signals {
    pub(crate) fn new() -> (Self, UnboundedReceiver<Told>) {
        let (told, heard) = unbounded_channel();
        let signals = Signals {
            started: Arc::new(Semaphore::new(0)),
            gate: Arc::new(Semaphore::new(0)),
            told,
        };
        (signals, heard)
    }

    pub(crate) fn tell(&self, told: Told) {
        // A test that has heard enough is no fault of the handler's.
        self.told.send(told).ok();
    }

    /// In a handler: says that it has started, and waits for the test.
    pub(crate) async fn wait(&self) {
        let guard = TellsWhenDropped(self.clone());
        self.started.add_permits(1);
        let home = tokio::task::try_id();
        let mut has_moved = false;
        let mut gate = pin!(self.gate.acquire());
        let opened = poll_fn(|context| {
            if tokio::task::try_id() != home && !has_moved {
                has_moved = true;
                self.tell(Told::RunsOn);
            }
            gate.as_mut().poll(context)
        });
        opened.await.expect_err("never opened, only closed");
        std::mem::forget(guard);
        self.tell(Told::Sends);
    }

    /// Waits until as many handlers have started as were not waited for yet.
    pub(crate) async fn started(&self, handlers: usize) {
        let handlers = u32::try_from(handlers).expect("not that many");
        let started = in_time(self.started.acquire_many(handlers)).await;
        started.expect("never closed").forget();
    }

    pub(crate) fn go_on(&self) {
        self.gate.close();
    }
}

/// A handler that is dropped while it waits says so.
struct TellsWhenDropped(Signals);

impl Drop for TellsWhenDropped {
    fn drop(&mut self) {
        self.0.tell(Told::Dropped);
    }
}

/// The next that was told, as many as asked for.
pub(crate) async fn hear(heard: &mut UnboundedReceiver<Told>, count: usize) -> Vec<Told> {
    let mut all = Vec::new();
    while all.len() < count {
        all.push(in_time(heard.recv()).await.expect("somebody tells"));
    }
    all.sort();
    all
}
