//! What is answered to a malformed HTTP/1.1 request, and does the server live on?

use std::sync::atomic::Ordering::Relaxed;

use super::requests::{Row, Then, tables};
use super::{Smuggled, app, serves};
use crate::support::clock::Clock;
use crate::support::page::check_table;
use crate::support::wire::{Answer, Running};

/// What the client sends after the row's bytes; it is answered if the connection goes on.
const LAST: &str = "GET /host HTTP/1.1\r\nhost: last\r\nconnection: close\r\n\r\n";

#[track_caller]
fn check_refusal(answer: &Answer, sends: &str) {
    if answer.status < 400 {
        return;
    }
    assert_eq!(
        answer.header("content-type"),
        Some("application/problem+json"),
        "{sends}"
    );
    let status = format!("\"status\":{}", answer.status);
    assert!(answer.body.contains(&status), "{sends}: {}", answer.body);
    assert!(answer.header("date").is_some(), "{sends}");
}

async fn check(server: &Running, row: &Row) {
    let Row { sends, bytes, .. } = row;
    let mut wire = server.connect().await;
    wire.write(bytes).await;
    let mut says_close = false;
    for status in row.answers {
        let answer = wire.answer(false).await;
        assert_eq!(answer.status, *status, "{sends}: {}", answer.body);
        check_refusal(&answer, sends);
        says_close = answer.header("connection") == Some("close");
    }
    wire.try_write(LAST).await;
    let rest = wire.rest().await;
    let then = match rest.is_empty() {
        true => Then::Closes,
        false => Then::GoesOn,
    };
    assert_eq!(then, row.then, "{sends}: {rest}");
    // HTTP/1.0 closes anyway, and what comes after a whole request is read when it is answered.
    let is_known = says_close || sends.contains("HTTP/1.0") || sends.contains("after a request");
    assert!(is_known || then == Then::GoesOn, "{sends}: closed unsaid");
    if then == Then::GoesOn {
        assert!(rest.starts_with("HTTP/1.1 200 OK\r\n"), "{sends}: {rest}");
        assert!(rest.ends_with("\r\n\r\nlast"), "{sends}: {rest}");
    }
    serves(server).await;
}

#[tokio::test]
async fn every_malformed_request_has_its_answer() {
    let smuggled = Smuggled::default();
    let server = Running::start(app(&smuggled)).await;
    for (_, rows) in tables() {
        for row in rows {
            check(&server, &row).await;
        }
    }
    assert_eq!(smuggled.load(Relaxed), 0, "a smuggled request was answered");
    server.stop().ended().await;
}

/// A client's bytes come one at a time, too.
#[tokio::test]
async fn the_answer_is_the_same_for_bytes_that_come_one_by_one() {
    let smuggled = Smuggled::default();
    let server = Running::start(app(&smuggled)).await;
    for (_, rows) in tables() {
        for row in rows {
            let is_whole = row.bytes.windows(3).any(|bytes| bytes == b"\n\r\n");
            if !is_whole || row.bytes.len() > 200 {
                continue;
            }
            let mut wire = server.connect().await;
            for byte in &row.bytes {
                wire.try_write([*byte]).await;
                tokio::task::yield_now().await;
            }
            for status in row.answers {
                let answer = wire.answer(false).await;
                assert_eq!(answer.status, *status, "{}: {}", row.sends, answer.body);
                check_refusal(&answer, row.sends);
            }
        }
    }
    assert_eq!(smuggled.load(Relaxed), 0, "a smuggled request was answered");
    server.stop().ended().await;
}

#[test]
fn the_tables_in_the_documentation_are_these() {
    for (name, rows) in tables() {
        let rows: Vec<String> = rows.iter().map(line).collect();
        check_table("limits.md", name, &rows);
    }
}

fn line(row: &Row) -> String {
    let answer = match row.answers {
        [status, others @ ..] if others.len() > 1 => format!("{} times {status}", others.len() + 1),
        statuses => {
            let statuses: Vec<String> = statuses.iter().map(u16::to_string).collect();
            statuses.join(", ")
        }
    };
    let then = match row.then {
        Then::Closes => "closes",
        Then::GoesOn => "goes on",
    };
    format!("| {} | {answer} | {then} |", row.sends)
}

/// What the target says holds (RFC 9112 section 3.2.2).
#[tokio::test]
async fn the_host_of_a_whole_uri_replaces_the_header() {
    let server = Running::start(app(&Smuggled::default())).await;
    let mut wire = server.connect().await;
    wire.write("GET http://one:80/host HTTP/1.1\r\nhost: two\r\n\r\n")
        .await;
    assert_eq!(wire.answer(false).await.body, "one:80");
    server.stop().ended().await;
}

/// Not even where it is the parser that refuses (RFC 9110 section 9.3.2).
#[tokio::test]
async fn a_refused_head_gets_no_body() {
    let server = Running::start_with(app(&Smuggled::default()), |server| {
        server.head_timeout(std::time::Duration::from_millis(200))
    })
    .await;
    for (head, status) in [
        ("HEAD / HTTP/1.1\r\na: b\r\n\r\n".to_owned(), 400),
        ("HEAD / HTTP/1.1\r\na b\r\n\r\n".to_owned(), 400),
        (format!("HEAD /{} HTTP/1.1\r\n", "x".repeat(20_000)), 414),
        (
            format!("HEAD / HTTP/1.1\r\na: {}\r\n", "x".repeat(20_000)),
            431,
        ),
        ("HEAD / HTTP/1.1\r\nho".to_owned(), 408),
    ] {
        let mut wire = server.connect().await;
        wire.write(&head).await;
        let answer = wire.rest().await;
        let begins = format!("HTTP/1.1 {status} ");
        assert!(answer.starts_with(&begins), "{answer}");
        assert!(answer.ends_with("\r\n\r\n"), "{answer}");
        assert!(!answer.contains("content-length: 0"), "{answer}");
    }
    server.stop().ended().await;
}

/// A refusal is one of the app's problems, in its format.
#[tokio::test]
async fn refusals_have_the_format_of_the_app() {
    let app = app(&Smuggled::default())
        .problems(|problem| format!("sorry: {}", problem.get_detail().unwrap_or_default()));
    let server = Running::start(app).await;
    for (bytes, status, body) in [
        (
            "GET\r\n\r\n",
            400,
            "sorry: the request is not valid HTTP/1.1",
        ),
        (
            "GET / HTTP/1.1\r\n\r\n",
            400,
            "sorry: the request has no Host",
        ),
    ] {
        let mut wire = server.connect().await;
        wire.write(bytes).await;
        let answer = wire.answer(false).await;
        assert_eq!((answer.status, &*answer.body), (status, body));
        assert_eq!(wire.rest().await, "");
    }
    server.stop().ended().await;
}

/// It looks like the parser's, which is replaced.
#[tokio::test]
async fn a_bare_refusal_of_a_handler_stays_as_it_is() {
    let _clock = Clock::stop();
    let server = Running::start(app(&Smuggled::default())).await;
    let mut wire = server.connect().await;
    wire.request("GET /bare", &["connection: close"], "").await;
    let answer = wire.answer(false).await;
    assert_eq!((answer.status, &*answer.body), (404, ""));
    assert_eq!(answer.header("content-type"), None);
    // At once: no time passes in which the server waits for the client.
    assert_eq!(wire.rest().await, "");
    server.stop();
}

/// A client that has said all it will say gets an answer to what it said.
#[tokio::test]
async fn a_request_that_ends_early_is_answered() {
    let server = Running::start(app(&Smuggled::default())).await;
    for bytes in [
        "GET / HT",
        "GET / HTTP/1.1\r\nhost: te",
        "POST /echo HTTP/1.1\r\nhost: test\r\ncontent-length: 5\r\n\r\nab",
        "POST /echo HTTP/1.1\r\nhost: test\r\ntransfer-encoding: chunked\r\n\r\n5\r\nab",
    ] {
        let mut wire = server.connect().await;
        wire.write(bytes).await;
        wire.end().await;
        let answer = wire.answer(false).await;
        assert_eq!(answer.status, 400, "{bytes}");
        assert_eq!(wire.rest().await, "", "{bytes}");
    }
    serves(&server).await;
    server.stop().ended().await;
}
