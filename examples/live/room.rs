//! Who hears whom, and when does the room close?

use std::time::Duration;

use sendoff::extract::ws::Message;
use tokio::sync::broadcast;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use tokio_util::task::task_tracker::TaskTrackerToken;

/// Who is more messages behind misses the oldest.
const CAPACITY: usize = 64;

#[derive(Clone)]
pub(crate) struct Room {
    said: broadcast::Sender<Message>,
    sockets: TaskTracker,
    /// Cancelled when the process is asked to stop.
    pub(crate) closing: CancellationToken,
    /// The silence after which listeners get a sign of life.
    pub(crate) keep_alive: Duration,
}

impl Room {
    pub(crate) fn new(
        closing: CancellationToken,
        sockets: TaskTracker,
        keep_alive: Duration,
    ) -> Self {
        Room {
            said: broadcast::Sender::new(CAPACITY),
            sockets,
            closing,
            keep_alive,
        }
    }

    /// What is said from now on.
    pub(crate) fn listen(&self) -> broadcast::Receiver<Message> {
        self.said.subscribe()
    }

    /// Says something to all who listen, and returns how many those are.
    pub(crate) fn say(&self, message: Message) -> usize {
        self.said.send(message).unwrap_or(0)
    }

    /// How many listen.
    pub(crate) fn listeners(&self) -> usize {
        self.said.receiver_count()
    }

    /// Makes the end of the process wait, for as long as the token is there.
    pub(crate) fn stay(&self) -> TaskTrackerToken {
        self.sockets.token()
    }
}
