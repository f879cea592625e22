//! Does one connection carry many requests?

use futures_util::stream;
use sendoff::{App, Body, StatusCode, handler, routes, send};

use super::start;

#[handler(GET "/{n}")]
async fn number(n: u32) {
    if n == 0 {
        send!(404, "zero");
    }
    send!(200, n.to_string());
}

#[handler(POST "/unread")]
async fn unread() {
    send!("not read");
}

#[handler(POST "/read")]
async fn read(body: String) {
    send!(body);
}

#[handler(GET "/stream")]
async fn streamed() {
    let parts = ["a", "bc", "def"].map(Ok::<_, std::io::Error>);
    send!(200, Body::from_stream(stream::iter(parts)));
}

#[handler(GET "/no-content")]
async fn no_content() {
    send!(StatusCode::NO_CONTENT, "ignored");
}

fn app() -> App {
    App::new(()).routes(routes![number, unread, read, streamed, no_content])
}

#[tokio::test]
async fn requests_one_after_the_other() {
    let server = start(app()).await;
    let mut wire = server.connect().await;
    for n in 1..50 {
        wire.request(&format!("GET /{n}"), &[], "").await;
        assert_eq!(wire.answer(false).await.body, n.to_string());
    }
    server.stop().ended().await;
}

#[tokio::test]
async fn pipelined_requests_are_answered_in_order() {
    let server = start(app()).await;
    let mut wire = server.connect().await;
    let get = |n: u32| format!("GET /{n} HTTP/1.1\r\nhost: test\r\n\r\n");
    wire.write(get(1) + &get(0) + &get(3)).await;
    let answers = [
        wire.answer(false).await,
        wire.answer(false).await,
        wire.answer(false).await,
    ];
    assert_eq!(
        answers.map(|answer| (answer.status, answer.body)),
        [(200, "1".into()), (404, "zero".into()), (200, "3".into())]
    );
    server.stop().ended().await;
}

#[tokio::test]
async fn every_kind_of_response_leaves_the_connection_usable() {
    let server = start(app()).await;
    let mut wire = server.connect().await;
    for (line, body, status, expected) in [
        ("GET /stream", "", 200, "abcdef"),
        (
            "GET /unknown/path",
            "",
            404,
            r#"{"type":"about:blank","title":"Not Found","status":404,"detail":"nothing has this path"}"#,
        ),
        (
            "GET /x",
            "",
            400,
            r##"{"type":"about:blank","title":"Bad Request","status":400,"detail":"the path parameter `n` is not valid","errors":[{"detail":"does not have the expected form","in":"path","pointer":"#/n"}]}"##,
        ),
        (
            "PUT /1",
            "body of no use",
            405,
            r#"{"type":"about:blank","title":"Method Not Allowed","status":405,"detail":"this path answers GET, HEAD only"}"#,
        ),
        ("POST /unread", "body of no use", 200, "not read"),
        ("POST /read", "body", 200, "body"),
        ("GET /no-content", "", 204, ""),
        ("GET /7", "", 200, "7"),
    ] {
        wire.request(line, &[], body).await;
        let answer = wire.answer(false).await;
        assert_eq!(
            (answer.status, answer.body.as_str()),
            (status, expected),
            "{line}"
        );
    }
    for line in [
        "HEAD /stream",
        "HEAD /1",
        "HEAD /0",
        "HEAD /unknown/path",
        "HEAD /no-content",
    ] {
        wire.request(line, &[], "").await;
        let answer = wire.answer(true).await;
        if line == "HEAD /stream" {
            assert_eq!(answer.header("content-length"), None, "{line}");
        }
    }
    wire.request("GET /8", &["connection: close"], "").await;
    assert_eq!(wire.answer(false).await.body, "8");
    assert_eq!(wire.rest().await, "");
    server.stop().ended().await;
}

#[tokio::test]
async fn what_is_no_http_is_refused() {
    let server = start(app()).await;
    let mut wire = server.connect().await;
    wire.write("GET / HTTP/1.1\r\nbroken header\r\n\r\n").await;
    assert_eq!(wire.answer(false).await.status, 400);
    assert_eq!(wire.rest().await, "");
    server.stop().ended().await;
}
