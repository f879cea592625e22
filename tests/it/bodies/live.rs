//! Does the example `live` talk while both sides listen? Server-sent events and WebSockets.

use futures_util::{SinkExt, StreamExt};
use hyper::body::Bytes;
use tokio::net::TcpStream;
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::protocol::{CloseFrame, frame::coding::CloseCode};

use super::websocket::{extended_connect, heard, http2, over_http1, over_http2};
use super::{ask_until, start};
use crate::support::example::{Ended, Example};
use crate::support::wire::{Wire, in_time};

async fn events(live: &Example) -> Wire {
    let mut events = live.connect().await;
    events.request("GET /events", &[], "").await;
    let head = events.head().await;
    assert_eq!(head.header("content-type"), Some("text/event-stream"));
    events
}

async fn say(live: &Example, text: &str, heard_by: usize) {
    let headers = ["content-type: text/plain"];
    let answer = live.ask("POST /messages", &headers, text).await;
    assert_eq!(
        (answer.status, answer.body),
        (202, format!("{heard_by} hear it\n"))
    );
}

async fn socket(live: &Example) -> WebSocketStream<TcpStream> {
    over_http1(live.address()).await
}

#[cfg(unix)]
fn ended_well(ended: &Ended) {
    assert_eq!((ended.code, ended.output.as_str()), (Some(0), ""));
    let fault = ended.log.contains("WARN") || ended.log.contains("ERROR");
    assert!(!fault, "{}", ended.log);
}

#[tokio::test]
async fn events_come_one_by_one() {
    let live = start("live", &[]).await;
    let mut first = events(&live).await;
    say(&live, "one", 1).await;
    assert_eq!(first.chunk().await.as_deref(), Some("data: one\n\n"));
    let mut second = events(&live).await;
    say(&live, "two\nlines", 2).await;
    for listener in [&mut first, &mut second] {
        let event = listener.chunk().await;
        assert_eq!(event.as_deref(), Some("data: two\ndata: lines\n\n"));
    }
}

#[tokio::test]
async fn silence_is_broken_by_comments_and_pings() {
    let live = start("live", &["--keep-alive", "20"]).await;
    let mut events = events(&live).await;
    let mut socket = socket(&live).await;
    for _ in 0..2 {
        assert_eq!(events.chunk().await.as_deref(), Some(":\n\n"));
        heard(&mut socket, Message::Ping(Bytes::new())).await;
    }
}

#[tokio::test]
async fn who_leaves_listens_no_longer() {
    let live = start("live", &[]).await;
    let (events, socket) = (events(&live).await, socket(&live).await);
    ask_until(&live, "GET /listeners", "2").await;
    drop(events);
    ask_until(&live, "GET /listeners", "1").await;
    drop(socket);
    ask_until(&live, "GET /listeners", "0").await;
}

#[tokio::test]
async fn a_socket_hears_itself_and_the_others() {
    let live = start("live", &[]).await;
    let mut events = events(&live).await;
    let (mut ann, mut bob) = (socket(&live).await, socket(&live).await);
    ask_until(&live, "GET /listeners", "3").await;
    for message in [Message::text("hello"), Message::binary(vec![0, 255])] {
        ann.send(message.clone()).await.expect("it is open");
        heard(&mut ann, message.clone()).await;
        heard(&mut bob, message).await;
    }
    say(&live, "from outside", 3).await;
    heard(&mut bob, Message::text("from outside")).await;
    // Events are text, and the bytes are none.
    assert_eq!(events.chunk().await.as_deref(), Some("data: hello\n\n"));
    assert_eq!(
        events.chunk().await.as_deref(),
        Some("data: from outside\n\n")
    );
}

#[tokio::test]
async fn pings_and_closes_are_answered() {
    let live = start("live", &[]).await;
    let mut socket = socket(&live).await;
    let ping = Message::Ping(Bytes::from_static(b"are you there"));
    socket.send(ping).await.expect("it is open");
    let pong = Message::Pong(Bytes::from_static(b"are you there"));
    heard(&mut socket, pong).await;

    let goodbye = CloseFrame {
        code: CloseCode::Normal,
        reason: "goodbye".into(),
    };
    let closed = socket.close(Some(goodbye.clone())).await;
    closed.expect("it is open");
    heard(&mut socket, Message::Close(Some(goodbye))).await;
    assert!(in_time(socket.next()).await.is_none(), "the end");
    ask_until(&live, "GET /listeners", "0").await;
}

#[tokio::test]
async fn a_message_that_is_too_long_ends_the_socket_alone() {
    let live = start("live", &[]).await;
    let (mut ann, mut bob) = (socket(&live).await, socket(&live).await);
    ask_until(&live, "GET /listeners", "2").await;
    let long = Message::text("x".repeat((64 << 10) + 1));
    ann.send(long).await.expect("it is open");
    let end = in_time(ann.next()).await;
    assert!(!matches!(end, Some(Ok(Message::Text(_)))), "{end:?}");
    ask_until(&live, "GET /listeners", "1").await;
    say(&live, "still there", 1).await;
    heard(&mut bob, Message::text("still there")).await;
}

#[tokio::test]
async fn what_is_no_handshake_is_refused() {
    let live = start("live", &[]).await;
    let answer = live.ask("GET /socket", &[], "").await;
    assert_eq!(answer.status, 426);
    assert_eq!(answer.header("upgrade"), Some("websocket"));
}

/// RFC 8441. The route is the one for `GET`.
#[tokio::test]
async fn http2_carries_sockets_too() {
    let live = start("live", &[]).await;
    let mut client = http2(live.address()).await;
    let mut socket = over_http2(&mut client).await;
    ask_until(&live, "GET /listeners", "1").await;

    socket
        .send(Message::text("hello"))
        .await
        .expect("it is open");
    heard(&mut socket, Message::text("hello")).await;

    for (protocol, path, status) in [
        ("connect-udp", "/socket", 405),
        ("websocket", "/messages", 405),
        ("websocket", "/unknown", 404),
    ] {
        let request = extended_connect(protocol, path);
        let answer = in_time(client.send_request(request))
            .await
            .expect("an answer");
        assert_eq!(answer.status(), status, "{protocol} {path}");
    }
    socket.close(None).await.expect("it is open");
    ask_until(&live, "GET /listeners", "0").await;
}

/// Neither streams of events nor sockets hold the end up: both are told.
#[cfg(unix)]
#[tokio::test]
async fn the_end_is_announced() {
    let live = start("live", &[]).await;
    let (mut events, mut socket) = (events(&live).await, socket(&live).await);
    ask_until(&live, "GET /listeners", "2").await;
    let (ended, ()) = tokio::join!(in_time(live.terminate()), async {
        assert_eq!(events.chunk().await, None, "the response is whole");
        let farewell = CloseFrame {
            code: CloseCode::Away,
            reason: "the server stops".into(),
        };
        heard(&mut socket, Message::Close(Some(farewell))).await;
        assert!(in_time(socket.next()).await.is_none(), "the end");
    });
    ended_well(&ended);
}
