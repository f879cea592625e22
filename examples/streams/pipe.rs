//! How does one client's upload become another's download?
//!
//! The body of the one request is the body of the other's response. So the writer is as fast as the
//! reader, and a writer who breaks off breaks the reader's response too: it cannot be taken for
//! whole.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use futures_util::stream;
use http_body_util::{BodyExt, StreamBody};
use sendoff::{Body, State, handler, send};
use tokio::sync::oneshot;

use crate::Shared;

/// The readers who wait for a writer, by the names of their pipes.
#[derive(Clone, Default)]
pub(crate) struct Pipes(Arc<Mutex<HashMap<String, oneshot::Sender<Body>>>>);

impl Pipes {
    /// Waits for a writer. `None` if somebody else does already.
    fn wait(&self, name: String) -> Option<oneshot::Receiver<Body>> {
        let mut waiting = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        // Who has left waits no longer.
        waiting.retain(|_, reader| !reader.is_closed());
        if waiting.contains_key(&name) {
            return None;
        }
        let (reader, writer) = oneshot::channel();
        waiting.insert(name, reader);
        Some(writer)
    }

    /// Ends the wait of the reader.
    fn take(&self, name: &str) -> Option<oneshot::Sender<Body>> {
        let mut waiting = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        waiting.remove(name)
    }
}

/// Waits for a writer, and gets what that one sends. Who leaves waits no longer.
#[handler(GET "/pipes/{name}", on_disconnect = cancel)]
pub(crate) async fn read(name: String, State(shared): State<Shared>) {
    let Some(writer) = shared.pipes.wait(name) else {
        send!(409, "somebody else reads this pipe");
    };
    let Ok(body) = writer.await else {
        send!(500);
    };
    send!(body);
}

/// Sends to the reader, and answers when that one has all of it.
///
/// Where nobody reads it answers at once, and has not asked for the body: a client that sent
/// `Expect: 100-continue` keeps it.
#[handler(PUT "/pipes/{name}", body_limit = usize::MAX)]
pub(crate) async fn write(name: String, State(shared): State<Shared>, body: Body) {
    let Some(reader) = shared.pipes.take(&name) else {
        send!(404, "nobody reads this pipe");
    };
    let (done, finished) = oneshot::channel();
    if reader.send(noting_its_end(body, done)).is_err() || finished.await.is_err() {
        send!(410, "the reader has left");
    }
    send!(204);
}

/// The same body, which says when it has been read to its end.
fn noting_its_end(body: Body, done: oneshot::Sender<()>) -> Body {
    let frames = stream::unfold((body, done), |(mut body, done)| async {
        let Some(frame) = body.frame().await else {
            // The writer may have left since it sent the end.
            done.send(()).ok();
            return None;
        };
        Some((frame, (body, done)))
    });
    Body::new(StreamBody::new(frames))
}
