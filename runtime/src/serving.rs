//! How is an app served? What holds where a route says nothing, and what runs on without a
//! connection: handlers whose clients have left, and work after the response.

use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use http::HeaderMap;
use tokio::runtime::Handle;
use tokio::sync::{OwnedSemaphorePermit, Semaphore, TryAcquireError};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use tokio_util::task::task_tracker::TaskTrackerToken;

use crate::peer::Peer;
use crate::proxies::Proxies;
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
    /// Whose word for who asks is taken.
    proxies: Option<Proxies>,
    /// Handlers whose clients have left, and work after responses.
    running: TaskTracker,
    finishing: Arc<Semaphore>,
    cut: CancellationToken,
    /// Streams of HTTP/2 connections.
    streams: TaskTracker,
}

/// That of a host which is no [`Server`](crate::Server).
impl Default for Serving {
    fn default() -> Self {
        Serving::new(Defaults::default(), None)
    }
}

impl Serving {
    pub(crate) fn new(defaults: Defaults, proxies: Option<Proxies>) -> Self {
        let permits = defaults.finishing_limit.min(Semaphore::MAX_PERMITS);
        Serving(Arc::new(Inner {
            defaults,
            proxies,
            running: TaskTracker::new(),
            finishing: Arc::new(Semaphore::new(permits)),
            cut: CancellationToken::new(),
            streams: TaskTracker::new(),
        }))
    }

    pub(crate) fn defaults(&self) -> &Defaults {
        &self.0.defaults
    }

    /// Who asks, where a peer that is trusted may say so.
    pub(crate) fn client(&self, peer: Peer, headers: &HeaderMap) -> Peer {
        let Some(proxies) = &self.0.proxies else {
            return peer;
        };
        let address = match peer {
            Peer::Address(address) => Some(address),
            #[cfg(unix)]
            Peer::Process(_) => None,
        };
        proxies.client(address, headers).map_or(peer, Peer::Address)
    }

    /// The time that the handler of a route has.
    pub(crate) fn timeout_of(&self, route: &Settings) -> Option<Duration> {
        route.timeout.or(self.0.defaults.timeout)
    }

    /// How many bytes the body of a request for a route may have.
    pub(crate) fn body_limit_of(&self, route: &Settings) -> usize {
        route.body_limit.unwrap_or(self.0.defaults.body_limit)
    }

    /// Room for one more handler whose client has left.
    pub(crate) fn room_to_finish(&self) -> Result<OwnedSemaphorePermit, TryAcquireError> {
        Arc::clone(&self.0.finishing).try_acquire_owned()
    }

    /// Runs a future to its end, or until it is cut off.
    pub(crate) fn spawn(
        &self,
        runtime: &Handle,
        future: impl Future<Output = ()> + Send + 'static,
    ) {
        let cut = self.0.cut.clone();
        let until_cut = async move {
            cut.run_until_cancelled_owned(future).await;
        };
        self.0.running.spawn_on(until_cut, runtime);
    }

    /// Makes [`ended`](Serving::ended) wait until it is dropped.
    pub(crate) fn token(&self) -> TaskTrackerToken {
        self.0.running.token()
    }

    /// How much runs on.
    pub(crate) fn len(&self) -> usize {
        self.0.running.len()
    }

    /// Waits until nothing runs on.
    pub(crate) async fn ended(&self) {
        // A stream may hand its handler over at its end.
        for tracker in [&self.0.streams, &self.0.running] {
            tracker.close();
            tracker.wait().await;
        }
    }

    /// Drops what runs on, and lets nothing more run on.
    pub(crate) fn cut(&self) {
        self.0.finishing.close();
        self.0.cut.cancel();
    }
}

/// For the streams of HTTP/2 connections, which are tasks of their own: one may hand its handler
/// over a moment after the task of its connection has ended.
impl<F> hyper::rt::Executor<F> for Serving
where
    F: Future<Output: Send> + Send + 'static,
{
    fn execute(&self, stream: F) {
        self.0.streams.spawn(stream);
    }
}
