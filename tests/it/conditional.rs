//! Are conditional requests answered as RFC 9110 section 13 says? Over sockets, of HTTP/1.1 and
//! HTTP/2, in an app and on an axum `Router`.

use std::net::SocketAddr;
use std::time::{Duration, SystemTime};

use axum::Router;
use bytes::Bytes;
use http::header::{CACHE_CONTROL, CONTENT_RANGE, VARY};
use http::{HeaderMap, HeaderValue, Request};
use http_body_util::{BodyExt, Empty};
use hyper_util::client::legacy::Client;
use hyper_util::rt::TokioExecutor;
use sendoff::{App, EntityTag, Preconditions, Validators, guard, handler, routes, send};
use tokio::net::TcpListener;

use crate::support::wire::{Running, in_time};

const DATE: &str = "Sun, 06 Nov 1994 08:49:37 GMT";
const TEXT: &str = "abcdefghij";

/// The state of what all routes here are about.
fn current() -> Validators {
    Validators::new()
        .etag(EntityTag::strong("7"))
        .last_modified(SystemTime::UNIX_EPOCH + Duration::from_secs(784_111_777))
        .with(CACHE_CONTROL, HeaderValue::from_static("max-age=60"))
        .with(VARY, HeaderValue::from_static("accept"))
}

#[handler(GET "/article")]
async fn show(preconditions: Preconditions) {
    let current = current();
    preconditions.check(Some(&current))?;
    // One range is enough to see whether there is to be one.
    if preconditions.range(&current).is_some() {
        send!(206, current, [(CONTENT_RANGE, "bytes 0-2/10")], &TEXT[..3]);
    }
    send!(200, current, TEXT);
}

#[handler(PUT | PATCH | DELETE | POST "/article")]
async fn change(preconditions: Preconditions) {
    preconditions.check(Some(&current()))?;
    send!(204);
}

#[handler(PUT "/careful")]
async fn change_carefully(preconditions: Preconditions) {
    preconditions.require(Some(&current()))?;
    send!(204);
}

#[handler(PUT "/new")]
async fn create(preconditions: Preconditions) {
    preconditions.check(None)?;
    send!(201, "new");
}

/// A precondition may be a guard's business.
#[guard(Unchanged)]
async fn unchanged(preconditions: Preconditions) {
    preconditions.require(Some(&current()))?;
}

#[handler(DELETE "/guarded")]
async fn delete_guarded(_: Unchanged) {
    send!(204);
}

fn app() -> App {
    App::new(()).routes(routes![
        show,
        change,
        change_carefully,
        create,
        delete_guarded
    ])
}

/// The same as functions, which is what axum's routes take.
mod plain {
    use super::*;

    #[handler]
    async fn show(preconditions: Preconditions) {
        let current = current();
        preconditions.check(Some(&current))?;
        if preconditions.range(&current).is_some() {
            send!(206, current, [(CONTENT_RANGE, "bytes 0-2/10")], &TEXT[..3]);
        }
        send!(200, current, TEXT);
    }

    #[handler]
    async fn change(preconditions: Preconditions) {
        preconditions.check(Some(&current()))?;
        send!(204);
    }

    /// As axum's own handlers are written.
    async fn change_carefully(preconditions: Preconditions) -> Result<(), sendoff::Reply> {
        preconditions.require(Some(&current()))
    }

    #[handler]
    async fn create(preconditions: Preconditions) {
        preconditions.check(None)?;
        send!(201, "new");
    }

    #[handler]
    async fn delete_guarded(_: Unchanged) {
        send!(204);
    }

    pub(super) fn router() -> Router {
        use axum::routing::{any, delete, get, put};

        Router::new()
            .route("/article", get(show).fallback(any(change)))
            .route("/careful", put(change_carefully))
            .route("/new", put(create))
            .route("/guarded", delete(delete_guarded))
    }
}

struct Answer {
    status: u16,
    headers: HeaderMap,
    body: String,
}

async fn ask(
    address: SocketAddr,
    over_http2: bool,
    line: &str,
    headers: &[(&'static str, &str)],
) -> Answer {
    let (method, path) = line.split_once(' ').expect("a method and a path");
    let mut request = Request::builder()
        .method(method)
        .uri(format!("http://{address}{path}"));
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    let request = request.body(Empty::<Bytes>::new()).expect("a request");
    let client = Client::builder(TokioExecutor::new())
        .http2_only(over_http2)
        .build_http();
    let answer = in_time(client.request(request)).await.expect("an answer");
    let (head, body) = answer.into_parts();
    let body = in_time(body.collect()).await.expect("a whole body");
    Answer {
        status: head.status.as_u16(),
        headers: head.headers,
        body: String::from_utf8(body.to_bytes().into()).expect("text"),
    }
}

/// Asks everything of a server.
async fn check_all(address: SocketAddr, over_http2: bool) {
    for (line, headers, status) in [
        ("GET /article", &[][..], 200),
        ("GET /article", &[("if-none-match", "\"7\"")], 304),
        ("HEAD /article", &[("if-none-match", "W/\"7\"")], 304),
        ("GET /article", &[("if-none-match", "\"6\", \"7\"")], 304),
        ("GET /article", &[("if-none-match", "*")], 304),
        ("GET /article", &[("if-none-match", "\"6\"")], 200),
        ("GET /article", &[("if-none-match", "7")], 200),
        ("GET /article", &[("if-modified-since", DATE)], 304),
        ("GET /article", &[("if-match", "\"6\"")], 412),
        ("GET /article", &[("if-match", "7")], 400),
        ("PUT /article", &[("if-match", "\"7\"")], 204),
        ("PATCH /article", &[("if-match", "\"6\",\"7\"")], 204),
        (
            "PATCH /article",
            &[("if-match", "\"6\""), ("if-match", "\"7\"")],
            204,
        ),
        ("DELETE /article", &[("if-match", "*")], 204),
        ("DELETE /article", &[("if-match", "W/\"7\"")], 412),
        ("DELETE /article", &[("if-match", "7")], 400),
        ("PUT /article", &[("if-none-match", "*")], 412),
        ("PUT /article", &[("if-none-match", "7")], 400),
        ("POST /article", &[("if-unmodified-since", DATE)], 204),
        ("PUT /careful", &[], 428),
        ("PUT /careful", &[("if-match", "\"6\"")], 412),
        ("PUT /new", &[("if-none-match", "*")], 201),
        ("PUT /new", &[("if-match", "*")], 412),
        ("DELETE /guarded", &[], 428),
        ("DELETE /guarded", &[("if-match", "\"6\"")], 412),
        ("DELETE /guarded", &[("if-match", "\"7\"")], 204),
        ("GET /article", &[("range", "bytes=0-2")], 206),
        (
            "GET /article",
            &[("range", "bytes=0-2"), ("if-range", "\"7\"")],
            206,
        ),
        (
            "GET /article",
            &[("range", "bytes=0-2"), ("if-range", DATE)],
            206,
        ),
        (
            "GET /article",
            &[("range", "bytes=0-2"), ("if-range", "\"6\"")],
            200,
        ),
    ] {
        let answer = ask(address, over_http2, line, headers).await;
        assert_eq!(answer.status, status, "{line} {headers:?}");
        check_fields(&answer, &format!("{line} {headers:?}"));
    }
}

/// RFC 9110 section 15.4.5 for a 304, and RFC 9457 for what is refused.
fn check_fields(answer: &Answer, asked: &str) {
    let text = |name: &str| {
        answer
            .headers
            .get(name)
            .map(|value| value.to_str().expect("text"))
    };
    match answer.status {
        200 | 206 | 304 => {
            assert_eq!(text("etag"), Some("\"7\""), "{asked}");
            assert_eq!(text("cache-control"), Some("max-age=60"), "{asked}");
            assert_eq!(text("vary"), Some("accept"), "{asked}");
            let date = (answer.status != 304).then_some(DATE);
            assert_eq!(text("last-modified"), date, "{asked}");
            assert!(answer.status != 304 || answer.body.is_empty(), "{asked}");
        }
        400 | 412 | 428 => {
            let problem = Some("application/problem+json");
            assert_eq!(text("content-type"), problem, "{asked}");
            assert!(answer.body.contains("If-"), "{asked} {}", answer.body);
        }
        _ => {}
    }
}

#[tokio::test]
async fn in_an_app() {
    let server = Running::start(app()).await;
    for over_http2 in [false, true] {
        check_all(server.address, over_http2).await;
    }
    server.stop();
}

#[tokio::test]
async fn on_axum() {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let address = listener.local_addr().expect("an address");
    tokio::spawn(async { axum::serve(listener, plain::router()).await });
    check_all(address, false).await;
}

#[tokio::test]
async fn a_refusal_has_the_format_of_the_app() {
    let app = app().problems(|problem| format!("{}!", problem.get_status().as_u16()));
    let server = Running::start(app).await;
    for (value, body) in [("7", "400!"), ("\"6\"", "412!")] {
        let headers = [("if-match", value)];
        let answer = ask(server.address, false, "DELETE /article", &headers).await;
        assert_eq!(answer.body, body);
    }
    server.stop();
}

/// The example's own tests call its handlers; these are its routes.
#[tokio::test]
async fn in_the_example_notes() {
    let flags = ["--addr", "127.0.0.1:0", "--db", ":memory:"];
    let notes = crate::support::example::Example::start("cargo run --bin notes", &flags).await;
    let draft = "{\"title\": \"New\"}";
    let json = "content-type: application/json";
    for (line, conditions, status) in [
        ("GET /notes/1", "if-none-match: \"1\"", 304),
        ("HEAD /notes/1", "if-none-match: \"1\"", 304),
        ("GET /notes/1", "if-none-match: \"2\"", 200),
        ("GET /notes/9", "if-none-match: *", 404),
        ("PUT /notes/1", "x-none: 1", 428),
        ("PUT /notes/1", "if-none-match: *", 412),
        ("PUT /notes/1", "if-match: \"2\"", 412),
        ("PUT /notes/1", "if-match: 1", 400),
        ("PUT /notes/1", "if-match: \"0\", \"1\"", 200),
        ("PUT /notes/1", "if-match: *", 200),
        ("DELETE /notes/1", "if-match: \"1\"", 412),
        ("DELETE /notes/1", "if-match: 3", 400),
        ("DELETE /notes/1", "if-match: \"3\"", 204),
        ("DELETE /notes/1", "if-match: \"3\"", 404),
        ("DELETE /notes/2", "x-none: 1", 204),
    ] {
        let body = if line.starts_with("PUT") { draft } else { "" };
        let answer = notes.ask(line, &[json, conditions], body).await;
        assert_eq!(answer.status, status, "{line} {conditions} {}", answer.body);
        if status == 304 {
            assert_eq!(answer.header("etag"), Some("\"1\""), "{line}");
        }
    }
}
