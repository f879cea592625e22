//! What do a connection and the end of its server tell each other?
//!
//! [`Watched`](super::socket::Watched) writes what moves; [`closing`](super::closing) reads it, and
//! says what is to be done.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering::Relaxed};

use tokio::sync::OwnedSemaphorePermit;
use tokio_util::task::task_tracker::TaskTrackerToken;

/// One connection, from its accept to its end; the end of what it was upgraded to, if it was.
///
/// No other memory is ordered by these, hence `Relaxed`.
pub(super) struct Traffic {
    /// Reads and writes that moved bytes.
    moves: AtomicUsize,
    /// Another protocol has taken over, such as WebSocket.
    upgraded: AtomicBool,
    /// Every response of HTTP/1 says that it is the last one.
    last: AtomicBool,
    /// A read that finds nothing is to find the end.
    ending: AtomicBool,
    /// It has.
    ended: AtomicBool,
    /// What still runs is cut off.
    cut: AtomicBool,
    /// Responses that were cut off, on all connections.
    all_cut: Arc<AtomicUsize>,
    /// Shutdown waits for it.
    _tracked: TaskTrackerToken,
    /// Its part of the connections that may be open; none if it came when the server stopped.
    _slot: Option<OwnedSemaphorePermit>,
}

impl Traffic {
    pub(super) fn new(
        tracked: TaskTrackerToken,
        all_cut: Arc<AtomicUsize>,
        slot: Option<OwnedSemaphorePermit>,
    ) -> Arc<Self> {
        Arc::new(Traffic {
            moves: AtomicUsize::new(0),
            upgraded: AtomicBool::new(false),
            last: AtomicBool::new(false),
            ending: AtomicBool::new(false),
            ended: AtomicBool::new(false),
            cut: AtomicBool::new(false),
            all_cut,
            _tracked: tracked,
            _slot: slot,
        })
    }

    /// Another number than before, if bytes have moved since.
    pub(super) fn moves(&self) -> usize {
        self.moves.load(Relaxed)
    }

    /// Bytes have moved. The transport is in one place, so there is one writer.
    pub(super) fn moved(&self) {
        self.moves.store(self.moves().wrapping_add(1), Relaxed);
    }

    pub(super) fn is_upgraded(&self) -> bool {
        self.upgraded.load(Relaxed)
    }

    pub(super) fn upgrade(&self) {
        self.upgraded.store(true, Relaxed);
    }

    /// Is every response of HTTP/1 to say `Connection: close`?
    pub(super) fn is_last(&self) -> bool {
        self.last.load(Relaxed)
    }

    pub(super) fn announce_the_end(&self) {
        self.last.store(true, Relaxed);
    }

    /// The next read that finds nothing is to find the end.
    pub(super) fn end(&self) {
        self.ending.store(true, Relaxed);
    }

    /// Is the end to be found? Asked once.
    pub(super) fn take_end(&self) -> bool {
        self.ending.load(Relaxed) && self.ending.swap(false, Relaxed)
    }

    /// Was the end found? Nothing is read any more.
    pub(super) fn has_ended(&self) -> bool {
        self.ended.load(Relaxed)
    }

    pub(super) fn set_ended(&self) {
        self.ended.store(true, Relaxed);
    }

    /// From now on a response that is dropped was cut off.
    pub(super) fn cut(&self) {
        self.cut.store(true, Relaxed);
    }

    /// A response is dropped; that of no handler has no name.
    pub(super) fn response_dropped(&self, handler: Option<&'static str>) {
        if self.cut.load(Relaxed) {
            self.all_cut.fetch_add(1, Relaxed);
            let handler = handler.unwrap_or("none");
            tracing::warn!(handler, "a response was cut off by the end of the server");
        }
    }
}
