//! What do extractors take, and what do they refuse? Asked over HTTP/1.1, over HTTP/2, and on an
//! axum `Router`, where the answers are the same.

mod fields;
mod handshake;
mod json;
mod media_types;
mod multipart;
mod phrases;
mod sent;
mod table;
mod theirs;

use std::net::SocketAddr;

use axum::Router;
use bytes::Bytes;
use http_body_util::{BodyExt, Full};
use hyper::client::conn::http2::{SendRequest, handshake};
use hyper_util::rt::{TokioExecutor, TokioIo};
use sendoff::App;
use serde_json::Value;
use tokio::net::{TcpListener, TcpStream};

use crate::support::wire::{Answer, Running, Wire, in_time};

/// Makes the same functions routed handlers of an app and plain handlers of an axum `Router`.
macro_rules! hosts {
    ($($method:ident $on:ident $path:literal $name:ident($($argument:tt)*) { $($body:tt)* })*) => {
        $(
            #[sendoff::handler($method $path)]
            async fn $name($($argument)*) { $($body)* }
        )*

        mod plain {
            use super::*;

            $(
                #[sendoff::handler]
                pub(super) async fn $name($($argument)*) { $($body)* }
            )*
        }

        async fn hosts() -> crate::input::Hosts {
            let app = sendoff::App::new(()).routes(sendoff::routes![$($name),*]);
            let router = axum::Router::new()
                $(.route($path, axum::routing::$on(plain::$name)))*;
            crate::input::Hosts::start(app, router).await
        }
    };
}

use hosts;

/// The same handlers on two hosts.
struct Hosts {
    ours: Running,
    http2: SendRequest<Full<Bytes>>,
    axum: SocketAddr,
}

impl Hosts {
    async fn start(app: App, router: Router) -> Self {
        let ours = Running::start(app).await;
        let stream = TcpStream::connect(ours.address).await.expect("it listens");
        let (http2, connection) = handshake(TokioExecutor::new(), TokioIo::new(stream))
            .await
            .expect("a handshake");
        tokio::spawn(connection);
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let axum = listener.local_addr().expect("an address");
        tokio::spawn(async { axum::serve(listener, router).await });
        Hosts { ours, http2, axum }
    }

    /// The answer over HTTP/1.1, which is also that over HTTP/2 and that of axum.
    async fn ask(&self, line: &str, headers: &[&str], body: impl AsRef<[u8]>) -> Answer {
        let body = body.as_ref();
        let answer = over_http1(self.ours.address, line, headers, body).await;
        let other = over_http1(self.axum, line, headers, body).await;
        assert_same(&answer, &other, &format!("{line} {headers:?} on axum"));
        let other = self.over_http2(line, headers, body).await;
        assert_same(&answer, &other, &format!("{line} {headers:?} over HTTP/2"));
        answer
    }

    async fn over_http2(&self, line: &str, headers: &[&str], body: &[u8]) -> Answer {
        let (method, path) = line.split_once(' ').expect("a method and a path");
        let mut request = http::Request::builder()
            .method(method)
            .uri(format!("http://test{path}"));
        for header in headers {
            let (name, value) = header.split_once(": ").expect("a header");
            request = request.header(name, value);
        }
        let body = Full::new(Bytes::copy_from_slice(body));
        let request = request.body(body).expect("a request");
        let answered = in_time(self.http2.clone().send_request(request)).await;
        let (head, body) = answered.expect("an answer").into_parts();
        let body = in_time(body.collect()).await.expect("a whole body");
        let text = |value: &http::HeaderValue| value.to_str().expect("text").to_owned();
        let headers = head.headers.iter();
        Answer {
            status: head.status.as_u16(),
            headers: headers
                .map(|(name, value)| (name.to_string(), text(value)))
                .collect(),
            body: String::from_utf8(body.to_bytes().to_vec()).expect("text"),
        }
    }
}

async fn over_http1(address: SocketAddr, line: &str, headers: &[&str], body: &[u8]) -> Answer {
    let mut wire = Wire::connect(address).await.expect("it listens");
    let mut head = format!("{line} HTTP/1.1\r\nhost: test\r\n");
    for header in headers {
        head.push_str(header);
        head.push_str("\r\n");
    }
    if !body.is_empty() {
        head.push_str(&format!("content-length: {}\r\n", body.len()));
    }
    head.push_str("\r\n");
    wire.write([head.as_bytes(), body].concat()).await;
    wire.answer(line.starts_with("HEAD ")).await
}

#[track_caller]
fn assert_same(one: &Answer, other: &Answer, of: &str) {
    let seen = |answer: &Answer| {
        let fields = ["content-type", "accept", "accept-encoding"];
        let fields = fields.map(|name| answer.header(name).map(str::to_owned));
        (answer.status, answer.body.clone(), fields)
    };
    assert_eq!(seen(one), seen(other), "{of}");
}

/// Fails unless the answer is a problem with this status and this `detail`, and says this of a part
/// of the request.
#[track_caller]
fn check_problem(answer: &Answer, status: u16, detail: &str, fault: Option<[&str; 3]>) {
    assert_eq!(answer.status, status, "{}", answer.body);
    let media_type = answer.header("content-type");
    assert_eq!(media_type, Some("application/problem+json"));
    let problem: Value = serde_json::from_str(&answer.body).expect("JSON");
    assert_eq!(problem["detail"], detail, "{problem}");
    let fault = fault.map(|[part, pointer, detail]| {
        serde_json::json!([{"in": part, "pointer": pointer, "detail": detail}])
    });
    assert_eq!(problem["errors"], fault.unwrap_or_default(), "{problem}");
}
