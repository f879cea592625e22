//! What is not answered as it was asked? Requests that are wrong, and bytes that are none.

use std::sync::Arc;

use crate::expect::is_body;
use crate::http1::connect;
use crate::serve::Target;
use crate::support::wire::{Answer, Wire};

/// A status, its name, and what is wrong, if that is said.
type Problem = (u16, &'static str, Option<&'static str>);

const INVALID: Problem = bad("the request is not valid HTTP/1.1");
const TOO_LARGE: Problem = (
    413,
    "Content Too Large",
    Some("the body is larger than the limit"),
);

const fn bad(detail: &'static str) -> Problem {
    (400, "Bad Request", Some(detail))
}

/// Fails unless it is this problem, to the byte.
#[track_caller]
fn is_problem(answer: &Answer, (status, title, detail): Problem) {
    let detail = detail.map_or_else(String::new, |detail| format!(r#","detail":"{detail}""#));
    let body = format!(r#"{{"type":"about:blank","title":"{title}","status":{status}{detail}}}"#);
    let kind = answer.header("content-type");
    assert_eq!(
        (answer.status, kind),
        (status, Some("application/problem+json"))
    );
    is_body(answer.body.as_bytes(), body.as_bytes());
}

/// A connection goes on after each of these.
pub(crate) async fn requests(target: Arc<Target>, turn: usize) -> usize {
    let mut wire = connect(&target, turn).await;
    let long = "x".repeat(1_001);
    let cases: [(&str, &str, Problem); 4] = [
        (
            "GET /nowhere",
            "",
            (404, "Not Found", Some("nothing has this path")),
        ),
        (
            "DELETE /text/1/2",
            "",
            (
                405,
                "Method Not Allowed",
                Some("this path answers GET, HEAD only"),
            ),
        ),
        ("POST /short", &long, TOO_LARGE),
        ("GET /panic", "", (500, "Internal Server Error", None)),
    ];
    for (line, body, problem) in cases {
        wire.request(line, &[], body).await;
        is_problem(&wire.answer(false).await, problem);
    }
    cases.len()
}

/// A connection ends after each of these.
pub(crate) async fn malformed(target: Arc<Target>, turn: usize) -> usize {
    const HEAD: &str = "HTTP/1.1\r\nhost: test\r\n";
    let path = "x".repeat(9_000);
    let many = "x: y\r\n".repeat(4_000);
    let cases: [(String, Problem); 9] = [
        ("\u{16}\u{3}\u{1} a handshake\r\n\r\n".to_owned(), INVALID),
        (format!("GET /a b {HEAD}\r\n"), INVALID),
        (
            format!("POST /short {HEAD}content-length: 2\r\ncontent-length: 3\r\n\r\nabc"),
            INVALID,
        ),
        (
            "GET / HTTP/1.1\r\n\r\n".to_owned(),
            bad("the request has no Host"),
        ),
        (
            format!("GET / {HEAD}host: test\r\n\r\n"),
            bad("the request has more than one Host"),
        ),
        (
            format!("POST /short {HEAD}transfer-encoding: chunked\r\n\r\nzz\r\n"),
            bad("the body could not be read to its end"),
        ),
        (
            format!("POST /short {HEAD}transfer-encoding: gzip, chunked\r\n\r\n0\r\n\r\n"),
            (
                501,
                "Not Implemented",
                Some("`chunked` is the only transfer coding that is known here"),
            ),
        ),
        (
            format!("GET /{path} {HEAD}\r\n"),
            (
                414,
                "URI Too Long",
                Some("the URI is longer than the limit"),
            ),
        ),
        (
            format!("GET / {HEAD}{many}\r\n"),
            (
                431,
                "Request Header Fields Too Large",
                Some("the head of the request is larger than the limit"),
            ),
        ),
    ];
    let count = cases.len();
    for (bytes, problem) in cases {
        let mut wire: Wire = connect(&target, turn).await;
        wire.try_write(bytes).await;
        is_problem(&wire.answer(false).await, problem);
        assert_eq!(wire.rest().await, "", "the end");
    }
    count
}
