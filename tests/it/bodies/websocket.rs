//! A client's WebSockets, over HTTP/1.1 and HTTP/2.

use std::net::SocketAddr;

use futures_util::StreamExt;
use http::Request;
use http_body_util::Empty;
use hyper::body::Bytes;
use hyper::client::conn::http2::{SendRequest, handshake};
use hyper::ext::Protocol;
use hyper::upgrade::Upgraded;
use hyper_util::rt::{TokioExecutor, TokioIo};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::protocol::Role;

use crate::support::wire::in_time;

/// Opens one at `/socket` on a connection of its own.
pub(super) async fn over_http1(address: SocketAddr) -> WebSocketStream<TcpStream> {
    over_http1_at(address, "/socket").await
}

pub(super) async fn over_http1_at(address: SocketAddr, path: &str) -> WebSocketStream<TcpStream> {
    let stream = TcpStream::connect(address).await.expect("it listens");
    let url = format!("ws://{address}{path}");
    let opened = in_time(tokio_tungstenite::client_async(url, stream)).await;
    opened.expect("a WebSocket").0
}

/// A connection on which a WebSocket may be one stream among others: the server has said so before
/// its first answer.
pub(crate) async fn http2(address: SocketAddr) -> SendRequest<Empty<Bytes>> {
    let stream = TcpStream::connect(address).await.expect("it listens");
    let (mut client, connection) = handshake(TokioExecutor::new(), TokioIo::new(stream))
        .await
        .expect("a handshake");
    tokio::spawn(connection);
    let first = Request::get("http://test/").body(Empty::new());
    let asked = client.send_request(first.expect("a request"));
    in_time(asked).await.expect("an answer");
    client
}

/// RFC 8441 section 4.
pub(crate) fn extended_connect(protocol: &'static str, path: &str) -> Request<Empty<Bytes>> {
    Request::connect(format!("http://test{path}"))
        .extension(Protocol::from_static(protocol))
        .header("sec-websocket-version", "13")
        .body(Empty::new())
        .expect("a request")
}

/// Opens one at `/socket` beside the other streams of a connection.
pub(super) async fn over_http2(
    client: &mut SendRequest<Empty<Bytes>>,
) -> WebSocketStream<TokioIo<Upgraded>> {
    over_http2_at(client, "/socket").await
}

pub(super) async fn over_http2_at(
    client: &mut SendRequest<Empty<Bytes>>,
    path: &str,
) -> WebSocketStream<TokioIo<Upgraded>> {
    let request = extended_connect("websocket", path);
    let asked = client.send_request(request);
    let answer = in_time(asked).await.expect("an answer");
    assert_eq!(answer.status(), 200);
    let upgraded = in_time(hyper::upgrade::on(answer)).await.expect("a tunnel");
    WebSocketStream::from_raw_socket(TokioIo::new(upgraded), Role::Client, None).await
}

/// Fails unless this comes next.
pub(super) async fn heard<S>(socket: &mut WebSocketStream<S>, expected: Message)
where
    S: AsyncRead + AsyncWrite + Unpin,
{
    let heard = in_time(socket.next()).await.expect("it is open");
    assert_eq!(heard.expect("a message"), expected);
}
