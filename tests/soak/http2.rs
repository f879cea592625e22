//! What do clients of HTTP/2 ask?

use std::sync::Arc;

use bytes::Bytes;
use futures_util::future::join_all;
use futures_util::stream;
use http::{Request, Response};
use http_body_util::BodyExt as _;
use hyper::body::Incoming;
use hyper::client::conn::http2::{SendRequest, handshake};
use hyper_util::rt::{TokioExecutor, TokioIo};
use sendoff::Body;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;

use crate::expect::{is_body, is_http2, text};
use crate::serve::Target;
use crate::support::wire::in_time;

/// One connection.
pub(crate) struct Client(SendRequest<Body>);

impl Client {
    pub(crate) async fn connect(target: &Target, turn: usize) -> Self {
        let stream = TcpStream::connect(target.of(turn)).await;
        Client::on(stream.expect("the server listens")).await
    }

    pub(crate) async fn on(stream: impl AsyncRead + AsyncWrite + Unpin + Send + 'static) -> Self {
        let shaken = in_time(handshake(TokioExecutor::new(), TokioIo::new(stream))).await;
        let (client, connection) = shaken.expect("a handshake");
        tokio::spawn(connection);
        Client(client)
    }

    async fn request(&self, method: &str, path: &str, body: Body) -> Response<Incoming> {
        let request = Request::builder()
            .method(method)
            .uri(format!("http://test{path}"));
        let request = request.body(body).expect("a request");
        in_time(self.0.clone().send_request(request))
            .await
            .expect("an answer")
    }

    pub(crate) async fn check_text(&self, seed: usize, length: usize) {
        let path = format!("/text/{seed}/{length}");
        let (head, body) = self.request("GET", &path, Body::empty()).await.into_parts();
        let body = in_time(body.collect())
            .await
            .expect("a whole body")
            .to_bytes();
        is_http2(
            head.status.as_u16(),
            &head.headers,
            &body,
            text(seed, length),
        );
    }
}

/// Many requests at once.
pub(crate) async fn many_streams(target: Arc<Target>, turn: usize) -> usize {
    let client = Client::connect(&target, turn).await;
    for round in 0..3 {
        let lengths = (0..40).map(|index| (index * index * 37) % 70_000 + round);
        join_all(lengths.map(|length| client.check_text(turn, length))).await;
    }
    120
}

/// Bodies that come back while they are written.
pub(crate) async fn uploads(target: Arc<Target>, turn: usize) -> usize {
    let client = &Client::connect(&target, turn).await;
    let echoes = (0..8).map(|index| async move {
        let expected = text(turn, index * 50_000);
        let pieces: Vec<_> = expected
            .as_bytes()
            .chunks(9_000 + index)
            .map(Bytes::copy_from_slice)
            .collect();
        let body = Body::from_stream(stream::iter(
            pieces.into_iter().map(Ok::<_, std::io::Error>),
        ));
        let answer = client.request("POST", "/echo", body).await;
        assert_eq!(answer.status(), 200);
        let body = in_time(answer.into_body().collect())
            .await
            .expect("a whole body");
        is_body(&body.to_bytes(), expected.as_bytes());
    });
    join_all(echoes).await.len()
}

/// Some requests are taken back, before and in their answers; the others do not notice.
pub(crate) async fn resets(target: Arc<Target>, turn: usize) -> usize {
    let client = &Client::connect(&target, turn).await;
    for round in 0..5 {
        let dropped = (0..6).map(|index| async move {
            let path = ["/slow/20", "/cancelled/20", "/text/1/300000", "/endless"][index % 4];
            let asked = client.request("GET", path, Body::empty());
            tokio::select! {
                biased;
                answer = asked => drop(answer.into_body().frame().await),
                () = yields(round * 8 + index) => {}
            }
        });
        let kept = (0..6).map(|index| client.check_text(turn, index * 7_000));
        tokio::join!(join_all(dropped), join_all(kept));
    }
    30
}

async fn yields(count: usize) {
    for _ in 0..count {
        tokio::task::yield_now().await;
    }
}
