//! How is an app served? What holds where a route says nothing, and what runs on without a
//! connection: handlers whose clients have left, and work after the response.

use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use tokio::runtime::Handle;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio_util::task::TaskTracker;
use tokio_util::task::task_tracker::TaskTrackerToken;

use crate::settings::Settings;

/// What holds for every route that does not say otherwise.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Defaults {
    /// The time a handler has.
    pub(crate) timeout: Option<Duration>,
    /// In bytes.
    pub(crate) body_limit: usize,
    /// How many handlers may run on at once after their clients have left.
    pub(crate) finishing_limit: usize,
}

impl Default for Defaults {
    fn default() -> Self {
        Defaults {
            timeout: None,
            body_limit: 2 * 1024 * 1024,
            finishing_limit: 10_000,
        }
    }
}

/// One serving of an app, which all its requests share. Clones are handles of the same.
#[derive(Clone, Debug)]
pub(crate) struct Serving(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    defaults: Defaults,
    tracker: TaskTracker,
    finishing: Arc<Semaphore>,
}

/// That of a host which is no [`Server`](crate::Server).
impl Default for Serving {
    fn default() -> Self {
        Serving::new(Defaults::default())
    }
}

impl Serving {
    pub(crate) fn new(defaults: Defaults) -> Self {
        let permits = defaults.finishing_limit.min(Semaphore::MAX_PERMITS);
        Serving(Arc::new(Inner {
            defaults,
            tracker: TaskTracker::new(),
            finishing: Arc::new(Semaphore::new(permits)),
        }))
    }

    pub(crate) fn defaults(&self) -> &Defaults {
        &self.0.defaults
    }

    /// The time that the handler of a route has.
    pub(crate) fn timeout_of(&self, route: &Settings) -> Option<Duration> {
        route.timeout.or(self.0.defaults.timeout)
    }

    /// How many bytes the body of a request for a route may have.
    pub(crate) fn body_limit_of(&self, route: &Settings) -> usize {
        route.body_limit.unwrap_or(self.0.defaults.body_limit)
    }

    /// Room for one more handler whose client has left, if there is any.
    pub(crate) fn room_to_finish(&self) -> Option<OwnedSemaphorePermit> {
        Arc::clone(&self.0.finishing).try_acquire_owned().ok()
    }

    /// Runs a future to its end.
    pub(crate) fn spawn(
        &self,
        runtime: &Handle,
        future: impl Future<Output = ()> + Send + 'static,
    ) {
        self.0.tracker.spawn_on(future, runtime);
    }

    /// Makes [`ended`](Serving::ended) wait until it is dropped.
    pub(crate) fn token(&self) -> TaskTrackerToken {
        self.0.tracker.token()
    }

    /// How much runs on.
    pub(crate) fn len(&self) -> usize {
        self.0.tracker.len()
    }

    /// Waits until nothing runs on.
    pub(crate) async fn ended(&self) {
        self.0.tracker.close();
        self.0.tracker.wait().await;
    }
}

/// For the streams of HTTP/2 connections, which are tasks of their own: one may hand its handler
/// over a moment after the task of its connection has ended.
impl<F> hyper::rt::Executor<F> for Serving
where
    F: Future<Output: Send> + Send + 'static,
{
    fn execute(&self, stream: F) {
        self.0.tracker.spawn(stream);
    }
}
