//! What must come out even on the server's side? What has begun and what has ended.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering::SeqCst};

use sendoff::{After, after};

/// Counted by the handlers.
#[derive(Debug, Default)]
pub(crate) struct Counts {
    /// Handlers, streams and sockets.
    pub(crate) started: AtomicUsize,
    pub(crate) ended: AtomicUsize,
    /// Handlers that wait, and are to come to their send whether the client is there or not.
    pub(crate) due: AtomicUsize,
    pub(crate) reached: AtomicUsize,
    /// Work after responses.
    pub(crate) promised: AtomicUsize,
    pub(crate) done: AtomicUsize,
}

/// Something runs until it is dropped.
pub(crate) struct Running(Arc<Counts>);

impl Counts {
    pub(crate) fn begin(self: &Arc<Self>) -> Running {
        self.started.fetch_add(1, SeqCst);
        Running(Arc::clone(self))
    }

    pub(crate) fn promise(self: &Arc<Self>) -> After {
        self.promised.fetch_add(1, SeqCst);
        let counts = Arc::clone(self);
        after(async move {
            tokio::task::yield_now().await;
            counts.done.fetch_add(1, SeqCst);
        })
    }

    /// Counts that are to be equal when nothing runs.
    pub(crate) fn pairs(&self) -> [(&'static str, usize, usize); 3] {
        let of = |counter: &AtomicUsize| counter.load(SeqCst);
        [
            ("handlers", of(&self.started), of(&self.ended)),
            ("finished", of(&self.due), of(&self.reached)),
            ("after", of(&self.promised), of(&self.done)),
        ]
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.0.ended.fetch_add(1, SeqCst);
    }
}
