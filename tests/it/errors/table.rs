//! Is the table in `docs/errors.md` true? Every row is produced over a socket.

use std::collections::BTreeMap;

use axum::Extension;
use sendoff::{App, Form, Json, OrSend, Query, StatusCode, handler, routes, send};
use serde::{Deserialize, Serialize};

use super::PROBLEM;
use crate::support::log::Log;
use crate::support::wire::{Answer, Running};

const PAGE: &str = include_str!("../../../docs/errors.md");

#[derive(Deserialize, Serialize)]
struct Item {
    count: u8,
}

#[handler(GET "/path/{id}")]
async fn path(id: u8) {
    send!(200, id.to_string());
}

#[handler(GET "/query")]
async fn query(_: Query<Item>) {
    send!(204);
}

#[handler(POST "/json")]
async fn json(_: Json<Item>) {
    send!(204);
}

#[handler(POST "/form")]
async fn form(_: Form<Item>) {
    send!(204);
}

#[handler(GET "/form")]
async fn form_of_get(_: Form<Item>) {
    send!(204);
}

#[handler(POST "/text")]
async fn text(_: String) {
    send!(204);
}

#[handler(GET "/extension")]
async fn extension(_: Extension<u8>) {
    send!(204);
}

#[handler(GET "/panic")]
async fn panics() {
    panic!("secret")
}

#[handler(POST "/stalled", timeout = 1ms)]
async fn stalled(_: String) {
    send!(204);
}

#[handler(GET "/late", timeout = 1ms)]
async fn late() {
    std::future::pending::<()>().await;
    send!("never");
}

#[handler(GET "/or-500")]
async fn or_500() {
    std::fs::read("").or_500()?;
    send!(204);
}

#[handler(GET "/number/{n}")]
async fn number(n: u16) {
    send!(n, "secret");
}

#[handler(GET "/interim")]
async fn interim() {
    send!(StatusCode::PROCESSING);
}

#[handler(GET "/not-json")]
async fn not_json() {
    let map = BTreeMap::from([(vec![1], 1)]);
    send!(Json(map));
}

#[handler(GET "/not-a-header")]
async fn not_a_header() {
    send!(200, [("secret secret", "1")], "never");
}

#[handler(GET "/not-the-length")]
async fn not_the_length() {
    send!(200, [("content-length", "2")], "secret");
}

fn app() -> App {
    let arguments = routes![path, query, json, form, form_of_get, text, extension];
    App::new(()).routes(arguments).routes(routes![
        panics,
        late,
        stalled,
        or_500,
        number,
        interim,
        not_json,
        not_a_header,
        not_the_length
    ])
}

/// A row of the table: the status, when it is answered, and the body.
fn rows() -> Vec<(u16, &'static str, &'static str)> {
    let (_, table) = PAGE
        .split_once("| status | when | body |\n|---|---|---|\n")
        .expect("a table");
    let rows = table.lines().take_while(|line| line.starts_with('|'));
    rows.map(|row| {
        let cells = row.trim_matches('|').splitn(3, " | ");
        let cells: Vec<&str> = cells.map(str::trim).collect();
        let [status, when, body] = cells[..] else {
            panic!("`{row}` is no row")
        };
        let body = match body {
            "none" => "",
            body => body
                .strip_prefix('`')
                .and_then(|body| body.strip_suffix('`'))
                .expect("code"),
        };
        (status.parse().expect("a status"), when, body)
    })
    .collect()
}

/// The bytes of a request with a body of a type.
fn post(path: &str, media_type: &str, body: &[u8]) -> Vec<u8> {
    let length = body.len();
    let head = format!(
        "POST {path} HTTP/1.1\r\nhost: test\r\ncontent-type: {media_type}\r\ncontent-length: {length}\r\n\r\n"
    );
    [head.as_bytes(), body].concat()
}

fn get(path: &str) -> Vec<u8> {
    format!("GET {path} HTTP/1.1\r\nhost: test\r\n\r\n").into()
}

/// A request for each "when".
fn requests() -> BTreeMap<&'static str, Vec<u8>> {
    const FORM: &str = "application/x-www-form-urlencoded";
    const JSON: &str = "application/json";

    let long = format!("/{}", "x".repeat(8 * 1024));
    let headers = "a: b\r\n".repeat(101);
    let cut = "POST /text HTTP/1.1\r\nhost: test\r\ntransfer-encoding: chunked\r\n\r\nsecret\r\n";
    let stalled = "POST /stalled HTTP/1.1\r\nhost: test\r\ncontent-length: 1\r\n\r\n";
    let large = vec![b'x'; 2 * 1024 * 1024 + 1];
    let to_handlers = [
        ("a handler panics, which is logged", "/panic"),
        ("`.or_500()` has an error, which is logged", "/or-500"),
        (
            "a handler takes longer than its timeout, which is logged",
            "/late",
        ),
        (
            "a handler sends a `u16` that is no status from 200 to 599, which is logged",
            "/number/199",
        ),
        (
            "a handler sends a response of a status below 200, which is logged",
            "/interim",
        ),
        (
            "a handler sends a `Json` that cannot be serialized, which is logged",
            "/not-json",
        ),
        (
            "a handler sends a header that is none, which is logged",
            "/not-a-header",
        ),
        (
            "a handler sends a wrong `Content-Length`, which is logged",
            "/not-the-length",
        ),
        (
            "another extractor refuses with 500 and a text, which is logged",
            "/extension",
        ),
        ("the URI is longer than 8 KiB", &long),
        ("no route has this path", "/unknown"),
        ("a path parameter does not parse", "/path/x"),
        ("a path parameter is not UTF-8 when decoded", "/path/%FF"),
        ("`Query` does not fit", "/query?count=x"),
        ("`Form` of a `GET` does not fit", "/form?count=x"),
    ];
    let others = [
        ("the head is not HTTP", b"secret\r\n\r\n".to_vec()),
        (
            "the head has more than 100 headers",
            format!("GET / HTTP/1.1\r\n{headers}\r\n").into(),
        ),
        (
            "a request of HTTP/1.1 has no `Host`",
            b"GET / HTTP/1.1\r\n\r\n".to_vec(),
        ),
        (
            "before a body `Expect` asks for more than `100-continue`",
            b"POST /text HTTP/1.1\r\nhost: test\r\nexpect: tea\r\ncontent-length: 1\r\n\r\n".to_vec(),
        ),
        (
            "`CONNECT`, but for a WebSocket",
            b"CONNECT test:80 HTTP/1.1\r\nhost: test:80\r\n\r\n".to_vec(),
        ),
        (
            "a transfer coding other than `chunked`",
            b"POST /text HTTP/1.1\r\nhost: test\r\ntransfer-encoding: gzip, chunked\r\n\r\n0\r\n\r\n"
                .to_vec(),
        ),
        (
            "`OPTIONS *`",
            b"OPTIONS * HTTP/1.1\r\nhost: test\r\n\r\n".to_vec(),
        ),
        (
            "the routes of this path have other methods (`Allow` names them)",
            post("/query", JSON, b"{}"),
        ),
        (
            "`Json` without its content type",
            post("/json", FORM, b"{}"),
        ),
        ("`Json` of a body that is none", post("/json", JSON, b"{")),
        (
            "`Json` does not fit",
            post("/json", JSON, b"{\"count\":256}"),
        ),
        (
            "`Form` without its content type",
            post("/form", JSON, b"a=b"),
        ),
        ("`Form` does not fit", post("/form", FORM, b"count=x")),
        (
            "a body is larger than its limit, 2 MiB by default",
            post("/text", JSON, &large),
        ),
        ("a body cannot be read to its end", cut.into()),
        (
            "a handler's timeout ends while it waits for the body",
            stalled.into(),
        ),
        (
            "`String` of a body that is not UTF-8",
            post("/text", JSON, b"\xFF"),
        ),
    ];
    let to_handlers = to_handlers.map(|(when, path)| (when, get(path)));
    to_handlers.into_iter().chain(others).collect()
}

async fn answer(server: &Running, request: &[u8]) -> Answer {
    let mut wire = server.connect().await;
    wire.write(request).await;
    wire.answer(false).await
}

#[tokio::test]
async fn every_row_is_what_is_answered() {
    let server = Running::start(app()).await;
    let mut requests = requests();
    for (status, when, body) in rows() {
        let request = requests.remove(when);
        let request = request.unwrap_or_else(|| panic!("nothing produces `{when}`"));
        let log = Log::of_this_thread();
        let answer = answer(&server, &request).await;
        assert_eq!((answer.status, &*answer.body), (status, body), "{when}");
        let media_type = (!body.is_empty()).then_some(PROBLEM);
        assert_eq!(answer.header("content-type"), media_type, "{when}");
        assert_eq!(answer.header("allow").is_some(), status == 405, "{when}");
        let is_logged = !log.take_errors().is_empty();
        assert_eq!(is_logged, when.ends_with("which is logged"), "{when}");
        assert_eq!(is_logged, status >= 500 && status != 501, "{when}");
    }
    assert!(requests.is_empty(), "no row for {:?}", requests.keys());
    server.stop().ended().await;
}
