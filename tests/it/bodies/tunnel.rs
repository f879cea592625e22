//! Does a WebSocket outlive what ends an idle connection, and does it end with the server?

use std::time::Duration;

use futures_util::{SinkExt, StreamExt};
use sendoff::extract::ws::{self, WebSocket, WebSocketUpgrade};
use sendoff::{App, Server, State, handler, routes, send};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::sync::mpsc;
use tokio::time::{self, Instant};
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::Message;

use super::websocket::{heard, http2, over_http1, over_http1_at, over_http2, over_http2_at};
use crate::support::log::Log;
use crate::support::wire::{Running, in_time};

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

/// Tells when a handler has ended.
type Ends = mpsc::UnboundedSender<()>;

#[handler(GET "/socket")]
async fn endless(upgrade: WebSocketUpgrade, State(ends): State<Ends>) {
    send!(upgrade.on_upgrade(async move |mut socket| {
        while let Some(Ok(_)) = socket.recv().await {}
        ends.send(()).ok();
    }));
}

/// Listens without a word, as one that was written by hand may.
#[handler(GET "/listen")]
async fn listen(upgrade: WebSocketUpgrade, State(ends): State<Ends>) {
    send!(upgrade.on_upgrade(async move |socket| {
        let (mut writer, mut reader) = socket.split();
        let reads = tokio::spawn(async move { while let Some(Ok(_)) = reader.next().await {} });
        let message = ws::Message::Binary(vec![b'x'; 1 << 20].into());
        while writer.send(message.clone()).await.is_ok() {}
        reads.await.expect("no panic");
        ends.send(()).ok();
    }));
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

/// Its client says nothing, and does not close.
#[tokio::test]
async fn it_is_cut_off_with_the_server() {
    for path in ["/socket", "/listen"] {
        for is_http2 in [false, true] {
            let log = Log::of_this_thread();
            let (ends, mut ended) = mpsc::unbounded_channel();
            let app = App::new(ends).routes(routes![endless, listen]);
            let set = |server: Server| server.shutdown_timeout(Duration::from_secs(7));
            let server = Running::start_with(app, set).await;
            let client: Box<dyn std::any::Any> = if is_http2 {
                let mut client = http2(server.address).await;
                let socket = over_http2_at(&mut client, path).await;
                Box::new((client, socket))
            } else {
                Box::new(over_http1_at(server.address, path).await)
            };
            let stopping = server.stop();
            time::pause();
            let before = Instant::now();
            stopping.ended().await;
            time::resume();
            let elapsed = before.elapsed();
            assert!((7..8).contains(&elapsed.as_secs()), "{elapsed:?}");
            in_time(ended.recv()).await.expect("its handler has ended");
            let lines = log.take();
            let said = if is_http2 {
                "a connection that had WebSockets was cut off by the end of the server"
            } else {
                "an upgraded connection was cut off by the end of the server"
            };
            let line = lines.iter().find(|line| line.field("message") == said);
            let line = line.unwrap_or_else(|| panic!("{said}: {lines:?}"));
            if !is_http2 {
                let handler = line.field("handler");
                assert!(handler.ends_with(if path == "/socket" {
                    "endless"
                } else {
                    "listen"
                }));
            }
            drop(client);
        }
    }
}
