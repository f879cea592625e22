//! Are the tables in `docs/input.md` true? Every row is produced, on each host.

use axum::Router;
use axum::routing::any;
use sendoff::extract::{Multipart, RawForm, WebSocketUpgrade};
use sendoff::{App, Form, Json, Query, handler, routes, send};
use serde::Deserialize;

use super::{Hosts, check_problem, over_http1};
use crate::support::wire::Answer;

const PAGE: &str = include_str!("../../../docs/input.md");

#[derive(Deserialize)]
#[allow(dead_code)]
struct Item {
    count: u8,
    share: Option<f64>,
    name: Option<String>,
    any: Option<serde_json::Value>,
}

super::hosts! {
    POST post "/json" json(_: Json<Item>) { send!(204); }
    POST post "/maybe" maybe(_: Option<Json<Item>>) { send!(204); }
    GET get "/query" query(_: Query<Item>) { send!(204); }
    POST post "/form" form(_: Form<Item>) { send!(204); }
    GET get "/form" form_of_get(_: Form<Item>) { send!(204); }
    POST post "/raw" raw(_: RawForm) { send!(204); }
    POST post "/multipart" multipart(mut form: Multipart) {
        while let Some(field) = form.next_field().await? {
            field.text().await?;
        }
        send!(204);
    }
}

/// The rows of a table, by its head.
fn rows(head: &str) -> Vec<Vec<&'static str>> {
    let (_, table) = PAGE.split_once(head).expect("a table");
    let rows = table
        .lines()
        .skip(1)
        .take_while(|line| line.starts_with('|'));
    rows.map(|row| {
        let row = row.strip_prefix('|').and_then(|row| row.strip_suffix('|'));
        row.expect("a row").split('|').map(str::trim).collect()
    })
    .collect()
}

#[track_caller]
fn check_row(answer: &Answer, status: &str, with: &str, detail: &str) {
    let mut answer_without_faults = Answer {
        status: answer.status,
        headers: answer.headers.clone(),
        body: answer.body.clone(),
    };
    let mut problem: serde_json::Value = serde_json::from_str(&answer.body).expect("JSON");
    problem.as_object_mut().expect("an object").remove("errors");
    answer_without_faults.body = problem.to_string();
    let status = status.parse().expect("a status");
    check_problem(&answer_without_faults, status, detail, None);
    if with.is_empty() {
        return;
    }
    let (name, value) = with.trim_matches('`').split_once(": ").expect("a field");
    assert_eq!(answer.header(&name.to_lowercase()), Some(value), "{detail}");
}

const JSON: &str = "content-type: application/json";
const FORM: &str = "content-type: application/x-www-form-urlencoded";
const PARTS: &str = "content-type: multipart/form-data; boundary=X";
const GZIP: &str = "content-encoding: gzip";

type Asked = (&'static str, Vec<&'static str>, Vec<u8>);

/// A request for each "when" of an extractor.
fn request(extractor: &str, when: &str) -> Asked {
    let (line, media_type) = match extractor {
        "`Json`" => ("POST /json", JSON),
        "`Option<Json>`" => ("POST /maybe", JSON),
        "`Query`" => ("GET /query", "a: b"),
        "`Form`" => ("POST /form", FORM),
        "`RawForm`" => ("POST /raw", FORM),
        "`Multipart`" => ("POST /multipart", PARTS),
        "any of a body" => ("POST /json", JSON),
        _ => panic!("there is no `{extractor}`"),
    };
    let body = |body: &[u8]| (line, vec![media_type], body.to_vec());
    match (extractor, when) {
        ("`Json`", "no content type, or another") => (line, vec![], b"{}".to_vec()),
        (_, "a content coding") => (line, vec![media_type, GZIP], b"x".to_vec()),
        (_, "another content type") => (line, vec!["content-type: text/plain"], b"x".to_vec()),
        (_, "not JSON") => body(b"{"),
        (_, "nested deeper than 127") => {
            let nested = format!("{{\"any\":{}", "[".repeat(128));
            body(nested.as_bytes())
        }
        (_, "a number such as `1e400`") => body(b"{\"share\":1e400}"),
        (_, "half of a surrogate pair, `\"\\ud800\"`") => body(b"{\"name\":\"\\ud800\"}"),
        ("`Query`", "not a `T`") => ("GET /query?count=x", vec![], vec![]),
        (_, "not a `T`, in the query of a `GET`") => ("GET /form?count=x", vec![], vec![]),
        ("`Json`", "not a `T`") => body(b"{\"count\":256}"),
        (_, "not a `T`") => body(b"count=256"),
        (_, "a body without a content type") => (line, vec![], b"{}".to_vec()),
        ("`Query`", "`%FF`, or `%` without two digits") => ("GET /query?count=%FF", vec![], vec![]),
        (_, "`%FF`, or `%` without two digits") => body(b"count=%"),
        (_, "no boundary of 1 to 70 characters (RFC 2046 section 5.1.1)") => (
            line,
            vec!["content-type: multipart/form-data"],
            b"--X--".to_vec(),
        ),
        (_, "the form ends early") => body(b"--X\r\n"),
        (_, "more than 16 KiB before the first part") => body(&vec![b'x'; 17 * 1024]),
        (_, "a head of more than 16 KiB") => {
            body(&[b"--X\r\n", &vec![b'x'; 17 * 1024][..]].concat())
        }
        (_, "a head that is none") => body(b"--X\r\nno field\r\n\r\n\r\n--X--"),
        (_, "a name of a field that is not UTF-8") => {
            body(b"--X\r\ncontent-disposition: form-data; name=\"\xFF\"\r\n\r\n\r\n--X--")
        }
        (_, "`text()` of what is not UTF-8") => {
            body(b"--X\r\ncontent-disposition: form-data; name=a\r\n\r\n\xFF\r\n--X--")
        }
        (_, "a body that is larger than its limit") => body(&vec![b' '; 2 * 1024 * 1024 + 1]),
        _ => panic!("nothing produces `{when}` of {extractor}"),
    }
}

#[tokio::test]
async fn every_row_is_what_is_answered() {
    let hosts = hosts().await;
    let rows = rows("| extractor | when | status | with | detail |\n");
    assert_eq!(rows.len(), 26);
    for row in rows {
        let [extractor, when, status, with, detail] = row[..] else {
            panic!("{row:?} is no row")
        };
        let (line, headers, body) = request(extractor, when);
        let answer = if status == "413" {
            // The server closes, which the other hosts do not.
            over_http1(hosts.ours.address, line, &headers, &body).await
        } else {
            hosts.ask(line, &headers, &body).await
        };
        check_row(&answer, status, with, detail);
    }
}

#[handler(GET | POST "/")]
async fn socket(upgrade: WebSocketUpgrade) {
    send!(upgrade.on_upgrade(async |_| {}));
}

#[handler]
async fn plain_socket(upgrade: WebSocketUpgrade) {
    send!(upgrade.on_upgrade(async |_| {}));
}

#[tokio::test]
async fn every_row_of_a_handshake_is_what_is_answered() {
    let app = App::new(()).routes(routes![socket]);
    let hosts = Hosts::start(app, Router::new().route("/", any(plain_socket))).await;
    let asks = ["connection: upgrade", "upgrade: websocket"];
    let key = "sec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==";
    for row in rows("\n| when | status | with | detail |\n") {
        let [when, status, with, detail] = row[..] else {
            panic!("{row:?} is no row")
        };
        let (line, headers) = match when {
            "the request does not ask for a WebSocket" => ("GET /", vec![]),
            "another version than 13" => (
                "GET /",
                [&asks[..], &[key, "sec-websocket-version: 8"]].concat(),
            ),
            "no version, or two" => ("GET /", [&asks[..], &[key]].concat()),
            "no key of 16 bytes, or two" => (
                "GET /",
                [&asks[..], &["sec-websocket-version: 13"]].concat(),
            ),
            "another method than `GET`, over HTTP/1.1" => ("POST /", vec![]),
            _ => {
                let answer = hosts.over_http2("GET /", &[], b"").await;
                check_row(&answer, status, with, detail);
                continue;
            }
        };
        for address in [hosts.ours.address, hosts.axum] {
            let answer = over_http1(address, line, &headers, b"").await;
            check_row(&answer, status, with, detail);
        }
    }
}
