//! Does the limit of a body hold, however it is read, and a route's own before the server's?

use futures_util::StreamExt;
use http::{HeaderValue, header};
use sendoff::extract::{Multipart, Request};
use sendoff::{App, Body, Bytes, Form, Json, OrSend, handler, routes, send};
use tower_http::set_header::SetResponseHeaderLayer;

use crate::errors::PROBLEM;
use crate::support::log::Log;
use crate::support::wire::{Answer, Running};

#[handler(POST "/bytes")]
async fn bytes(body: Bytes) {
    send!(200, body.len().to_string());
}

#[handler(POST "/string")]
async fn string(body: String) {
    send!(200, body.len().to_string());
}

#[handler(POST "/json")]
async fn json(body: Json<String>) {
    send!(200, (body.len() + 2).to_string());
}

#[handler(POST "/form")]
async fn form(body: Form<Vec<(String, String)>>) {
    send!(200, (body[0].1.len() + 2).to_string());
}

async fn read(body: Body) -> Result<usize, axum::Error> {
    let mut read = 0;
    let mut chunks = body.into_data_stream();
    while let Some(chunk) = chunks.next().await {
        read += chunk?.len();
    }
    Ok(read)
}

#[handler(POST "/stream")]
async fn stream(body: Body) {
    send!(200, read(body).await.or_500()?.to_string());
}

#[handler(POST "/request")]
async fn request(request: Request) {
    send!(200, read(request.into_body()).await.or_500()?.to_string());
}

#[handler(POST "/unread")]
async fn unread() {
    send!(200, "not read");
}

#[handler(POST "/more", body_limit = 3MB)]
async fn more(body: Bytes) {
    send!(200, body.len().to_string());
}

const ONE_KIB: usize = 1024;

#[handler(POST "/less", body_limit = ONE_KIB)]
async fn less(body: Bytes) {
    send!(200, body.len().to_string());
}

fn app() -> App {
    App::new(())
        .routes(routes![bytes, string, json, form])
        .routes(routes![stream, request, unread, more, less])
}

/// The body of a length for a path, and its media type.
fn body(path: &str, length: usize) -> (String, &'static str) {
    match path {
        "/json" => (
            format!("\"{}\"", "x".repeat(length - 2)),
            "application/json",
        ),
        "/form" => (
            format!("a={}", "x".repeat(length - 2)),
            "application/x-www-form-urlencoded",
        ),
        _ => ("x".repeat(length), "text/plain"),
    }
}

/// With a declared length.
async fn declared(server: &Running, path: &str, length: usize) -> Answer {
    let (body, media_type) = body(path, length);
    let media_type = format!("content-type: {media_type}");
    let mut wire = server.connect().await;
    wire.request(&format!("POST {path}"), &[&media_type], &body)
        .await;
    wire.answer(false).await
}

/// In chunks.
async fn chunked(server: &Running, path: &str, length: usize) -> Answer {
    let (body, media_type) = body(path, length);
    let mut wire = server.connect().await;
    wire.write(format!(
        "POST {path} HTTP/1.1\r\nhost: test\r\ncontent-type: {media_type}\r\ntransfer-encoding: chunked\r\n\r\n"
    ))
    .await;
    let (first, second) = body.split_at(length / 2);
    for chunk in [first, second, ""] {
        wire.write(format!("{:x}\r\n{chunk}\r\n", chunk.len()))
            .await;
    }
    wire.answer(false).await
}

#[track_caller]
fn check_too_large(answer: &Answer, what: &str) {
    assert_eq!(answer.status, 413, "{what}");
    assert_eq!(answer.header("content-type"), Some(PROBLEM), "{what}");
    assert!(
        answer.body.contains("the body is larger than the limit"),
        "{what}"
    );
}

/// A body as long as the limit is taken, and a longer one refused.
async fn check_limit(server: &Running, paths: &[&str], limit: usize) {
    for path in paths {
        for answer in [
            declared(server, path, limit).await,
            chunked(server, path, limit).await,
        ] {
            assert_eq!(
                (answer.status, answer.body),
                (200, limit.to_string()),
                "{path}"
            );
        }
        check_too_large(&declared(server, path, limit + 1).await, path);
        check_too_large(&chunked(server, path, limit + 1).await, path);
    }
}

const WAYS: [&str; 6] = ["/bytes", "/string", "/json", "/form", "/stream", "/request"];

#[tokio::test]
async fn the_default_holds_for_every_way_to_read_a_body() {
    let server = Running::start(app()).await;
    let log = Log::of_this_thread();
    check_limit(&server, &WAYS, 2 * 1024 * 1024).await;
    server.stop().ended().await;
    assert!(log.take_errors().is_empty());
}

#[tokio::test]
async fn a_routes_own_limit_wins() {
    let server = Running::start(app()).await;
    check_limit(&server, &["/more"], 3_000_000).await;
    check_limit(&server, &["/less"], 1024).await;
    server.stop().ended().await;
    let server = Running::start_with(app(), |server| server.body_limit(10)).await;
    check_limit(&server, &["/more"], 3_000_000).await;
    check_limit(&server, &["/less"], 1024).await;
    server.stop().ended().await;
}

#[tokio::test]
async fn a_servers_limit_holds_for_every_way_to_read_a_body() {
    for limit in [10, 2_500_000] {
        let server = Running::start_with(app(), |server| server.body_limit(limit)).await;
        check_limit(&server, &WAYS, limit).await;
        server.stop().ended().await;
    }
}

/// Whoever reads it is told at once, and whoever does not read it need not care.
#[tokio::test]
async fn a_declared_length_is_refused_before_the_body_is_read() {
    let server = Running::start_with(app(), |server| server.body_limit(10)).await;
    let declared = "content-length: 11";
    for path in WAYS {
        let mut wire = server.connect().await;
        let media_type = format!("content-type: {}", body(path, 10).1);
        wire.request(&format!("POST {path}"), &[declared, &media_type], "")
            .await;
        check_too_large(&wire.answer(false).await, path);
    }
    let mut wire = server.connect().await;
    wire.request("POST /unread", &[declared], "").await;
    assert_eq!(wire.answer(false).await.body, "not read");
    // The answer comes in place of `100 Continue`.
    let mut wire = server.connect().await;
    wire.request("POST /bytes", &[declared, "expect: 100-continue"], "")
        .await;
    check_too_large(&wire.answer(false).await, "the client that asks first");
    assert_eq!(wire.rest().await, "");
    server.stop().ended().await;
}

/// A client that sends all of a large body before it reads gets its answer.
#[tokio::test]
async fn what_is_refused_is_read_all_the_same() {
    let server = Running::start_with(app(), |server| server.body_limit(10)).await;
    for path in ["/bytes", "/stream"] {
        check_too_large(&declared(&server, path, 8_000_000).await, path);
        check_too_large(&chunked(&server, path, 8_000_000).await, path);
    }
    server.stop().ended().await;
}

#[tokio::test]
async fn it_holds_over_http2() {
    let server = Running::start_with(app(), |server| server.body_limit(4)).await;
    let client = crate::socket::http2::connect(server.address).await;
    for (body, status) in [("1234", 200), ("12345", 413)] {
        let response = client.request("POST", "/bytes", body).await;
        assert_eq!(response.status(), status, "{body}");
    }
    drop(client);
    server.stop().ended().await;
}

/// axum's own limit neither adds to it nor takes from it.
#[tokio::test]
async fn it_holds_where_axum_hosts_the_app() {
    use axum::extract::DefaultBodyLimit;
    use tower::ServiceExt;

    for layer in [DefaultBodyLimit::max(10), DefaultBodyLimit::disable()] {
        let router = axum::Router::new().fallback_service(app()).layer(layer);
        for (path, length, status) in [
            ("/bytes", 2_097_152, 200),
            ("/bytes", 2_097_153, 413),
            ("/more", 3_000_000, 200),
            ("/more", 3_000_001, 413),
            ("/less", 1024, 200),
            ("/less", 1025, 413),
        ] {
            let request = http::Request::post(path).body(Body::from(vec![b'x'; length]));
            let answer = router.clone().oneshot(request.expect("a request")).await;
            let answer = answer.expect("a response");
            assert_eq!(answer.status(), status, "{path} {length} {layer:?}");
        }
    }
}

#[handler(POST "/parts")]
async fn parts(mut form: Multipart) {
    let mut length = 0;
    while let Some(mut field) = form.next_field().await? {
        while let Some(chunk) = field.chunk().await? {
            length += chunk.len();
        }
    }
    send!(200, length.to_string());
}

/// axum answers this error of a form, which it knows only if nothing is around it.
#[tokio::test]
async fn a_form_that_is_too_large_needs_no_mapping() {
    let layer =
        || SetResponseHeaderLayer::overriding(header::SERVER, HeaderValue::from_static("x"));
    for app in [App::new(()), App::new(()).layer(layer())] {
        let server =
            Running::start_with(app.routes(routes![parts]), |server| server.body_limit(1000)).await;
        for (length, status) in [(500, 200), (1000, 413)] {
            let text = "x".repeat(length);
            let form = format!(
                "--XX\r\ncontent-disposition: form-data; name=\"file\"\r\n\r\n{text}\r\n--XX--\r\n"
            );
            let media_type = "content-type: multipart/form-data; boundary=XX";
            let mut wire = server.connect().await;
            wire.request("POST /parts", &[media_type], &form).await;
            let declared = wire.answer(false).await;
            assert_eq!(declared.status, status, "{}", declared.body);

            let mut wire = server.connect().await;
            let chunked = [media_type, "transfer-encoding: chunked"];
            wire.request("POST /parts", &chunked, "").await;
            wire.write(format!("{:x}\r\n{form}\r\n0\r\n\r\n", form.len()))
                .await;
            let chunked = wire.answer(false).await;
            assert_eq!(chunked.status, status, "{}", chunked.body);
        }
        server.stop().ended().await;
    }
}
