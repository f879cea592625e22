//! Who hears whom, and when does the room close?

use std::time::Duration;

use sendoff::Draining;
use sendoff::extract::ws::Message;
use tokio::sync::broadcast;

/// Who is more messages behind misses the oldest.
const CAPACITY: usize = 64;

#[derive(Clone)]
pub(crate) struct Room {
    said: broadcast::Sender<Message>,
    /// The room closes when the server is to stop: it would wait for all who listen.
    pub(crate) closing: Draining,
    /// The silence after which listeners get a sign of life.
    pub(crate) keep_alive: Duration,
}

impl Room {
    pub(crate) fn new(closing: Draining, keep_alive: Duration) -> Self {
        Room {
            said: broadcast::Sender::new(CAPACITY),
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
}
