//! Does HTTP/2 work on the same port, with many requests at once?

use std::net::SocketAddr;
use std::sync::Arc;

use bytes::Bytes;
use futures_util::future::join_all;
use http_body_util::{BodyExt, Full};
use hyper::client::conn::http2::{SendRequest, handshake};
use hyper_util::rt::{TokioExecutor, TokioIo};
use sendoff::{App, State, handler, routes, send};
use tokio::net::TcpStream;
use tokio::sync::Barrier;

use super::start;
use crate::support::wire::in_time;

/// One HTTP/2 connection, with prior knowledge.
pub(crate) struct Client(SendRequest<Full<Bytes>>);

pub(crate) async fn connect(address: SocketAddr) -> Client {
    let stream = TcpStream::connect(address)
        .await
        .expect("the server listens");
    let (client, connection) = handshake(TokioExecutor::new(), TokioIo::new(stream))
        .await
        .expect("a handshake");
    tokio::spawn(connection);
    Client(client)
}

impl Client {
    pub(crate) async fn get(&self, path: &str) -> (u16, String) {
        let response = self.request("GET", path, "").await;
        let status = response.status().as_u16();
        let body = response.into_body().collect().await.expect("a whole body");
        let body = String::from_utf8(body.to_bytes().to_vec()).expect("text");
        (status, body)
    }

    pub(crate) async fn request(
        &self,
        method: &str,
        path: &str,
        body: &'static str,
    ) -> http::Response<hyper::body::Incoming> {
        let response = self.try_request(method, path, body).await;
        response.expect("a response")
    }

    pub(crate) async fn try_request(
        &self,
        method: &str,
        path: &str,
        body: &'static str,
    ) -> hyper::Result<http::Response<hyper::body::Incoming>> {
        let request = http::Request::builder()
            .method(method)
            .uri(format!("http://test{path}"))
            .body(Full::from(body))
            .expect("a request");
        in_time(self.0.clone().send_request(request)).await
    }
}

#[handler(GET "/together/{n}")]
async fn together(n: usize, State(barrier): State<Arc<Barrier>>) {
    barrier.wait().await;
    send!(200, n.to_string());
}

#[handler(POST "/length")]
async fn length(body: Bytes) {
    send!(200, [("x-length", body.len().to_string())], body);
}

fn app(streams: usize) -> App<Arc<Barrier>> {
    App::new(Arc::new(Barrier::new(streams))).routes(routes![together, length])
}

/// None of them ends before all have started.
#[tokio::test]
async fn streams_run_at_once() {
    let server = start(app(20)).await;
    let client = connect(server.address).await;
    let paths: Vec<String> = (0..20).map(|n| format!("/together/{n}")).collect();
    let answers = join_all(paths.iter().map(|path| client.get(path))).await;
    let expected: Vec<_> = (0..20).map(|n| (200, n.to_string())).collect();
    assert_eq!(answers, expected);
    drop(client);
    server.stop().ended().await;
}

#[tokio::test]
async fn methods_bodies_and_faults() {
    let server = start(app(1)).await;
    let client = connect(server.address).await;
    assert_eq!(client.get("/unknown").await.0, 404);
    assert_eq!(client.get("/together/x").await.0, 400);
    assert_eq!(client.get("/length").await.0, 405);

    let response = client.request("POST", "/length", "12345").await;
    assert_eq!(response.headers().get("x-length").expect("a length"), "5");

    let unknown = client.request("HEAD", "/unknown", "").await;
    assert_eq!(unknown.status(), 404);
    assert!(unknown.headers().contains_key("content-length"));
    let body = unknown.into_body().collect().await.expect("a whole body");
    assert!(body.to_bytes().is_empty());

    let head = client.request("HEAD", "/together/12", "").await;
    assert_eq!(head.status(), 200);
    assert_eq!(head.headers().get("content-length").expect("a length"), "2");
    let body = head.into_body().collect().await.expect("a whole body");
    assert!(body.to_bytes().is_empty());

    let (mut http1, get) = (server.connect().await, "GET /together/1");
    http1.request(get, &[], "").await;
    assert_eq!(http1.answer(false).await.body, "1");
    drop((client, http1));
    server.stop().ended().await;
}
