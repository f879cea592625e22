//! Does a WebSocket outlive what ends an idle connection?

use std::time::Duration;

use futures_util::SinkExt;
use sendoff::extract::ws::{WebSocket, WebSocketUpgrade};
use sendoff::{App, handler, routes, send};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::time;
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::Message;

use super::websocket::{heard, http2, over_http1, over_http2};
use crate::support::wire::Running;

#[handler(GET "/socket")]
async fn echo(upgrade: WebSocketUpgrade) {
    send!(upgrade.on_upgrade(back));
}

async fn back(mut socket: WebSocket) {
    while let Some(Ok(message)) = socket.recv().await {
        if socket.send(message).await.is_err() {
            return;
        }
    }
}

/// Nothing is said for longer than a connection without a request is kept.
async fn outlives(mut socket: WebSocketStream<impl AsyncRead + AsyncWrite + Unpin>) {
    time::pause();
    for _ in 0..40 {
        // Less than after a PING may go unanswered: nobody answers while time flies.
        time::advance(Duration::from_secs(5)).await;
        for _ in 0..20 {
            tokio::task::yield_now().await;
        }
    }
    time::resume();
    let message = Message::text("still there");
    socket.send(message.clone()).await.expect("it is open");
    heard(&mut socket, message).await;
}

#[tokio::test]
async fn over_http1_and_http2() {
    let server = Running::start(App::new(()).routes(routes![echo])).await;
    outlives(over_http1(server.address).await).await;
    let mut client = http2(server.address).await;
    outlives(over_http2(&mut client).await).await;
}
