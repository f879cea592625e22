//! What may still run when its connection is gone?
//!
//! Handlers whose clients have left, and work after the response. A server that stops waits for
//! both.

use std::future::Future;
use std::sync::Arc;

use tokio::runtime::Handle;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio_util::task::TaskTracker;
use tokio_util::task::task_tracker::TaskTrackerToken;

/// What runs on for one serving of an app. Clones are handles of the same.
#[derive(Clone, Debug)]
pub(crate) struct Work {
    tracker: TaskTracker,
    finishing: Arc<Semaphore>,
}

impl Work {
    /// `finishing_limit` is how many handlers may run on at once after their clients have left.
    pub(crate) fn new(finishing_limit: usize) -> Self {
        let permits = finishing_limit.min(Semaphore::MAX_PERMITS);
        Work {
            tracker: TaskTracker::new(),
            finishing: Arc::new(Semaphore::new(permits)),
        }
    }

    /// Room for one more handler whose client has left, if there is any.
    pub(crate) fn room_to_finish(&self) -> Option<OwnedSemaphorePermit> {
        Arc::clone(&self.finishing).try_acquire_owned().ok()
    }

    /// Runs a future to its end, on the runtime that the thread belongs to.
    pub(crate) fn spawn(
        &self,
        runtime: &Handle,
        future: impl Future<Output = ()> + Send + 'static,
    ) {
        self.tracker.spawn_on(future, runtime);
    }

    /// Makes [`ended`](Work::ended) wait until it is dropped.
    pub(crate) fn token(&self) -> TaskTrackerToken {
        self.tracker.token()
    }

    /// How much of it runs.
    pub(crate) fn len(&self) -> usize {
        self.tracker.len()
    }

    /// Waits until none of it runs.
    pub(crate) async fn ended(&self) {
        self.tracker.close();
        self.tracker.wait().await;
    }
}

/// The streams of HTTP/2 connections run in tasks of their own, which may outlive the connection's
/// for the moment in which a handler is handed over.
impl<F> hyper::rt::Executor<F> for Work
where
    F: Future<Output: Send> + Send + 'static,
{
    fn execute(&self, stream: F) {
        self.tracker.spawn(stream);
    }
}
