//! How does a page listen and talk? Over a WebSocket.

use std::pin::pin;
use std::time::Duration;

use sendoff::extract::ws::{CloseFrame, Message, WebSocket, WebSocketUpgrade, close_code};
use sendoff::{Bytes, State, handler, send};
use tokio::sync::broadcast::error::RecvError;
use tokio::time::{Instant, interval_at, timeout};

use crate::room::Room;

/// In bytes. The default is 64 MiB, which each client could make us hold.
const MAX_MESSAGE: usize = 64 << 10;

/// How long a client may take to read a message, and to close at the end.
const PATIENCE: Duration = Duration::from_secs(5);

/// Everything that is said comes out, what comes in is said.
///
/// Any page may open this socket, with the visitor's cookies: where those mean something, let a
/// guard look at `Origin` first, as `SameSite` of the example `members` does.
#[handler(GET "/socket")]
pub(crate) async fn socket(upgrade: WebSocketUpgrade, State(room): State<Room>) {
    let upgrade = upgrade.max_message_size(MAX_MESSAGE);
    send!(upgrade.on_upgrade(async move |socket| talk(socket, &room).await));
}

async fn talk(mut socket: WebSocket, room: &Room) {
    let mut said = room.listen();
    let mut silence = interval_at(Instant::now() + room.keep_alive, room.keep_alive);
    let mut closing = pin!(room.closing.begun());
    loop {
        let message = tokio::select! {
            received = socket.recv() => match received {
                Some(Ok(message @ (Message::Text(_) | Message::Binary(_)))) => {
                    room.say(message);
                    continue;
                }
                // Pings and the client's close are answered by the next `recv`.
                Some(Ok(_)) => continue,
                Some(Err(_)) | None => return,
            },
            said = said.recv() => match said {
                Ok(message) => message,
                Err(RecvError::Lagged(missed)) => Message::text(format!("({missed} missed)")),
                Err(RecvError::Closed) => return,
            },
            _ = silence.tick() => Message::Ping(Bytes::new()),
            () = &mut closing => break,
        };
        let sent = timeout(PATIENCE, socket.send(message));
        if !matches!(sent.await, Ok(Ok(()))) {
            return;
        }
    }
    let farewell = CloseFrame {
        code: close_code::AWAY,
        reason: "the server stops".into(),
    };
    let goodbye = async {
        if socket.send(Message::Close(Some(farewell))).await.is_ok() {
            // The client's close is the end.
            while let Some(Ok(_)) = socket.recv().await {}
        }
    };
    // Who does not answer may not hold the server up for as long as it waits for requests.
    timeout(PATIENCE, goodbye).await.ok();
}
