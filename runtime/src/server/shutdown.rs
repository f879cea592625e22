//! How far is a server on its way to its end?

use std::fmt;
use std::future::{Future, pending};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};
use std::time::Duration;

use tokio::sync::{OwnedSemaphorePermit, watch};
use tokio::time::{sleep, timeout};
use tokio_util::task::TaskTracker;

use super::activity::Activity;
use crate::serving::Serving;

/// The way from serving to the end. A server passes them in this order and may skip some.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Phase {
    Serving,
    /// It is to stop, and says so to those who ask; all else goes on.
    Draining,
    /// It accepts no connections and lets the open ones finish.
    Closing,
    /// It cuts off what is left.
    Cut,
}

/// Waits for a phase. A server whose future was dropped lets its connections finish.
pub(super) async fn reached(phase: &mut watch::Receiver<Phase>, wanted: Phase) {
    let dropped = phase.wait_for(|phase| *phase >= wanted).await.is_err();
    if dropped && wanted > Phase::Closing {
        pending::<()>().await;
    }
}

/// Whether a server is on its way to its end; [`Server::draining`](crate::Server::draining) gives
/// it.
///
/// For a handler that load balancers ask whether the server is ready, and for what would go on for
/// ever, such as a stream of events:
///
/// ```
/// use sendoff::{App, Draining, Server, State, handler, routes, send};
///
/// #[handler(GET "/ready")]
/// async fn ready(State(draining): State<Draining>) {
///     if draining.has_begun() {
///         send!(503, "stopping");
///     }
///     send!(200, "ready");
/// }
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> std::io::Result<()> {
/// let server = Server::bind("127.0.0.1:0").await?;
/// let app = App::new(server.draining()).routes(routes![ready]);
/// # let stop = std::future::ready(());
/// server.serve_until(app, stop).await
/// # }
/// ```
#[derive(Clone)]
pub struct Draining(watch::Receiver<Phase>);

impl Draining {
    pub(super) fn new(phase: watch::Receiver<Phase>) -> Self {
        Draining(phase)
    }

    /// Has the server been told to stop, or is it gone?
    #[must_use]
    pub fn has_begun(&self) -> bool {
        *self.0.borrow() >= Phase::Draining || self.0.has_changed().is_err()
    }

    /// Waits until the server is told to stop, or is gone.
    pub async fn begun(&self) {
        reached(&mut self.0.clone(), Phase::Draining).await;
    }
}

impl fmt::Debug for Draining {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Draining").field(&self.has_begun()).finish()
    }
}

/// The connections of one runtime, and what they are told.
#[derive(Clone)]
pub(super) struct Connections {
    phase: watch::Receiver<Phase>,
    tracker: TaskTracker,
    /// What runs on without a connection, on any runtime.
    serving: Serving,
    /// Responses that were cut off.
    cut: Arc<AtomicUsize>,
}

impl Connections {
    pub(super) fn new(phase: watch::Receiver<Phase>, serving: Serving) -> Self {
        Connections {
            phase,
            tracker: TaskTracker::new(),
            serving,
            cut: Arc::default(),
        }
    }

    /// A new connection, which has got its slot, if there was one.
    pub(super) fn begin(&self, slot: Option<OwnedSemaphorePermit>) -> Arc<Activity> {
        let cut = Arc::clone(&self.cut);
        let phase = self.phase.clone();
        Arc::new(Activity::new(self.tracker.token(), slot, cut, phase))
    }

    pub(super) fn phase(&self) -> watch::Receiver<Phase> {
        self.phase.clone()
    }

    pub(super) fn open(&self) -> usize {
        self.tracker.len()
    }

    /// Waits until they are, and until nothing runs on without one.
    pub(super) async fn closed(&self) {
        self.tracker.close();
        self.tracker.wait().await;
        self.serving.ended().await;
    }
}

/// Lets the connections finish; cuts off what is left when `timeout` or `hurry` ends.
pub(super) async fn finish(
    phase: &watch::Sender<Phase>,
    connections: &[Connections],
    serving: &Serving,
    deadline: Duration,
    hurry: impl Future<Output = ()>,
) {
    phase.send_replace(Phase::Closing);
    let closed = async {
        for connections in connections {
            connections.closed().await;
        }
    };
    tokio::select! {
        biased;
        () = closed => return,
        () = sleep(deadline) => {}
        () = hurry => {}
    }
    let open: usize = connections.iter().map(Connections::open).sum();
    let others = serving.len();
    serving.cut();
    phase.send_replace(Phase::Cut);
    // They are dropped when they are polled next; the handler of an upgraded one gets an error from
    // its transport, if it asks for anything.
    let dropped = async {
        for connections in connections {
            connections.closed().await;
        }
    };
    timeout(GIVING_UP, dropped).await.ok();
    let responses: usize = connections.iter().map(|c| c.cut.load(Relaxed)).sum();
    tracing::warn!(
        connections = open,
        responses,
        others,
        "stopped with connections still open, or handlers without a client or work after a response"
    );
}

/// The time for connections that are cut off to go.
const GIVING_UP: Duration = Duration::from_millis(500);
