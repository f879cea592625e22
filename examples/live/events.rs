//! How does a page listen? By a response that does not end: server-sent events.

use std::convert::Infallible;

use futures_util::{StreamExt, stream};
use sendoff::extract::ws::Message;
use sendoff::response::Sse;
use sendoff::response::sse::{Event, KeepAlive};
use sendoff::{State, handler, send};
use tokio::sync::broadcast::error::RecvError;

use crate::room::Room;

/// Everything that is said from now on, and in silence a comment now and then: so proxies do not
/// take the connection for dead, and we find out about clients that are gone.
///
/// The stream ends when the room closes. Without that it would hold the server's graceful stop
/// until its deadline.
#[handler(GET "/events")]
pub(crate) async fn events(State(room): State<Room>) {
    let said = stream::unfold(room.listen(), |mut said| async {
        let event = loop {
            match said.recv().await {
                Ok(Message::Text(text)) => break Event::default().data(text.as_str()),
                // Events are text.
                Ok(_) => {}
                Err(RecvError::Lagged(missed)) => {
                    break Event::default().event("missed").data(missed.to_string());
                }
                Err(RecvError::Closed) => return None,
            }
        };
        Some((Ok::<_, Infallible>(event), said))
    });
    let keep_alive = KeepAlive::new().interval(room.keep_alive);
    let said = said.take_until(async move { room.closing.begun().await });
    send!(Sse::new(said).keep_alive(keep_alive));
}

/// Says the body.
#[handler(POST "/messages")]
pub(crate) async fn say(State(room): State<Room>, text: String) {
    let heard_by = room.say(Message::text(text));
    send!(202, format!("{heard_by} hear it\n"));
}

/// How many listen, by events and by sockets.
#[handler(GET "/listeners")]
pub(crate) async fn listeners(State(room): State<Room>) {
    send!(200, room.listeners().to_string());
}
