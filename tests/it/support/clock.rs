//! How does a test wait for a minute? It stops the clock, and moves it.

use std::sync::mpsc::{self, Sender};
use std::time::Duration;

use super::wire::Running;

/// The clock of this test's runtime. It stands still until it is moved.
///
/// Tokio moves a stopped clock by itself when nothing else is to be done, and bytes on their way
/// through a socket are nothing to tokio. It leaves the clock alone while a blocking task runs.
pub(crate) struct Clock {
    _blocks: Sender<()>,
}

impl Clock {
    pub(crate) fn stop() -> Self {
        let (blocks, blocked) = mpsc::channel::<()>();
        // After a minute of real time the clock runs, so that a test that waits in vain ends.
        tokio::task::spawn_blocking(move || blocked.recv_timeout(Duration::from_secs(60)));
        tokio::time::pause();
        Clock { _blocks: blocks }
    }

    /// Lets the server do what it has to do, then time pass, then the server again.
    pub(crate) async fn pass(&self, time: Duration, server: &Running) {
        settle(server).await;
        tokio::time::advance(time).await;
        settle(server).await;
    }
}

/// Waits until a server has read what was sent to it: it has when it answers what was sent later,
/// over another connection.
async fn settle(server: &Running) {
    let mut wire = server.connect().await;
    wire.request("GET /", &["connection: close"], "").await;
    wire.answer(false).await;
    wire.rest().await;
}
