//! Which responses go on? Server-sent events and WebSockets.

use std::sync::Arc;

use futures_util::{SinkExt as _, StreamExt as _};
use tokio::net::TcpStream;
use tokio_tungstenite::tungstenite::Message;

use crate::expect::{is, text};
use crate::http1::connect;
use crate::serve::Target;
use crate::support::wire::in_time;

/// All of them, or a client that has seen enough.
pub(crate) async fn events(target: Arc<Target>, turn: usize) -> usize {
    let mut wire = connect(&target, turn).await;
    let count = 1 + turn % 100;
    let event = |number| {
        let data = text(number, 50).replace('\n', "\ndata: ");
        format!("id: {number}\ndata: {data}\n\n")
    };
    wire.request(&format!("GET /events/{count}"), &[], "").await;
    let headers = [
        ("content-type", "text/event-stream"),
        ("cache-control", "no-cache"),
        ("transfer-encoding", "chunked"),
    ];
    if turn.is_multiple_of(3) {
        let head = wire.head().await;
        is(&head, 200, &headers, "");
        assert_eq!(wire.chunk().await, Some(event(0)));
        return 1;
    }
    let all: String = (0..count).map(event).collect();
    is(&wire.answer(false).await, 200, &headers, &all);
    1
}

/// Says things and hears them; some leave without a word.
pub(crate) async fn sockets(target: Arc<Target>, turn: usize) -> usize {
    let address = target.of(turn);
    let stream = TcpStream::connect(address).await.expect("it listens");
    let url = format!("ws://{address}/socket");
    let opened = in_time(tokio_tungstenite::client_async(url, stream)).await;
    let (mut socket, _) = opened.expect("a WebSocket");
    let lengths = [0, 1, 125, 126, 65_535, 65_536, 200_000];
    for length in lengths {
        let said = match length % 2 {
            0 => Message::text(text(turn, length)),
            _ => Message::binary(text(turn, length)),
        };
        in_time(socket.send(said.clone()))
            .await
            .expect("it is open");
        let heard = in_time(socket.next()).await.expect("it is open");
        assert!(
            heard.expect("a message") == said,
            "an echo of {length} bytes"
        );
    }
    if !turn.is_multiple_of(3) {
        in_time(socket.close(None)).await.expect("it is open");
        let last = in_time(socket.next()).await;
        assert!(matches!(last, Some(Ok(Message::Close(None)))), "{last:?}");
        assert!(in_time(socket.next()).await.is_none(), "the end");
    }
    lengths.len()
}
