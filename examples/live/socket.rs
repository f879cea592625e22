//! How does a page listen and talk? Over a WebSocket.

use sendoff::extract::ws::{CloseFrame, Message, WebSocket, WebSocketUpgrade, close_code};
use sendoff::{Bytes, State, handler, send};
use tokio::sync::broadcast::error::RecvError;
use tokio::time::{Instant, interval_at};

use crate::room::Room;

/// In bytes. The default is 64 MiB, which each client could make us hold.
const MAX_MESSAGE: usize = 64 << 10;

/// Everything that is said comes out, what comes in is said.
///
/// Any page may open this socket, with the visitor's cookies: where those mean something, let a
/// guard look at `Origin` first, as `SameSite` of the example `members` does.
#[handler(GET "/socket")]
pub(crate) async fn socket(upgrade: WebSocketUpgrade, State(room): State<Room>) {
    let staying = room.stay();
    let upgrade = upgrade.max_message_size(MAX_MESSAGE);
    send!(upgrade.on_upgrade(async move |socket| {
        talk(socket, &room).await;
        drop(staying);
    }));
}

async fn talk(mut socket: WebSocket, room: &Room) {
    let mut said = room.listen();
    let mut silence = interval_at(Instant::now() + room.keep_alive, room.keep_alive);
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
            () = room.closing.cancelled() => break,
        };
        if socket.send(message).await.is_err() {
            return;
        }
    }
    let farewell = CloseFrame {
        code: close_code::AWAY,
        reason: "the server stops".into(),
    };
    if socket.send(Message::Close(Some(farewell))).await.is_ok() {
        // The client's close is the end.
        while let Some(Ok(_)) = socket.recv().await {}
    }
}
