//! How long does a client that does nothing hold a connection? And does one that goes on, slowly?

use std::time::Duration;

use super::{LARGE, Smuggled, app};
use crate::support::clock::Clock;
use crate::support::page::check_table;
use crate::support::wire::{Running, Wire};

/// One row of the table in `docs/limits.md`.
struct Row {
    sends: &'static str,
    bytes: Vec<u8>,
    /// What is answered before the client falls silent.
    before: usize,
    seconds: u64,
    /// What is answered then, if the protocol has an answer.
    answer: Option<u16>,
}

fn row(
    sends: &'static str,
    bytes: impl AsRef<[u8]>,
    before: usize,
    seconds: u64,
    answer: Option<u16>,
) -> Row {
    Row {
        sends,
        bytes: bytes.as_ref().to_vec(),
        before,
        seconds,
        answer,
    }
}

const GET: &str = "GET / HTTP/1.1\r\nhost: test\r\n\r\n";
const ECHO: &str = "POST /echo HTTP/1.1\r\nhost: test\r\n";

fn rows() -> Vec<Row> {
    let echo = |rest: &str| format!("{ECHO}{rest}");
    let after = |rest: &str| format!("{GET}{rest}");
    vec![
        row("nothing", "", 0, 10, None),
        row("one byte", "G", 0, 10, Some(408)),
        row(
            "one byte that may be HTTP/2's preface or a `POST`",
            "P",
            0,
            10,
            Some(408),
        ),
        row("a half of HTTP/2's preface", "PRI * HTTP/2", 0, 10, None),
        row("empty lines", "\r\n\r\n", 0, 10, Some(408)),
        row("a half of a request line", "GET / HT", 0, 10, Some(408)),
        row(
            "a head without its empty line",
            "GET / HTTP/1.1\r\nhost: test\r\n",
            0,
            10,
            Some(408),
        ),
        row(
            "a request, and a half of a head at once",
            after("GET / HT"),
            1,
            10,
            Some(408),
        ),
        row(
            "a request with a body, and a half of a head at once",
            echo("content-length: 2\r\n\r\nabGET / HT"),
            1,
            10,
            Some(408),
        ),
        row("a request, and no other", GET, 1, 75, None),
        row(
            "a request with a body, and no other",
            echo("content-length: 2\r\n\r\nab"),
            1,
            75,
            None,
        ),
        row(
            "a request with chunks, and no other",
            echo("transfer-encoding: chunked\r\n\r\n0\r\n\r\n"),
            1,
            75,
            None,
        ),
        row(
            "a head, and nothing of the body",
            echo("content-length: 2\r\n\r\n"),
            0,
            30,
            Some(408),
        ),
        row(
            "a half of a body",
            echo("content-length: 2\r\n\r\na"),
            0,
            30,
            Some(408),
        ),
        row(
            "a half of a chunk",
            echo("transfer-encoding: chunked\r\n\r\n5\r\nab"),
            0,
            30,
            Some(408),
        ),
        row(
            "chunks without the last one",
            echo("transfer-encoding: chunked\r\n\r\n2\r\nab\r\n"),
            0,
            30,
            Some(408),
        ),
        row(
            "`Expect: 100-continue`, and then no body",
            echo("expect: 100-continue\r\ncontent-length: 2\r\n\r\n"),
            1,
            30,
            Some(408),
        ),
    ]
}

/// It is answered and closed after its time, and not a moment before.
async fn check(clock: &Clock, server: &Running, row: &Row) {
    let moment = Duration::from_millis(100);
    let mut wire = server.connect().await;
    wire.write(&row.bytes).await;
    for _ in 0..row.before {
        wire.answer(false).await;
    }
    let time = Duration::from_secs(row.seconds);
    clock.pass(time - moment, server).await;
    assert!(wire.is_silent(), "`{}` ends early", row.sends);
    clock.pass(2 * moment, server).await;
    assert!(!wire.is_silent(), "`{}` goes on", row.sends);
    if let Some(status) = row.answer {
        let answer = wire.answer(false).await;
        assert_eq!(answer.status, status, "{}", row.sends);
        assert_eq!(answer.header("connection"), Some("close"), "{}", row.sends);
        assert_eq!(
            answer.header("content-type"),
            Some("application/problem+json"),
            "{}",
            row.sends
        );
    }
    assert_eq!(wire.rest().await, "", "{}", row.sends);
}

#[tokio::test]
async fn who_falls_silent_is_closed_in_time() {
    let clock = Clock::stop();
    let server = Running::start(app(&Smuggled::default())).await;
    for row in rows() {
        check(&clock, &server, &row).await;
    }
    server.stop();
}

#[test]
fn the_table_in_the_documentation_is_this() {
    let rows: Vec<String> = rows()
        .iter()
        .map(|row| {
            let answer = row
                .answer
                .map_or("none".to_owned(), |status| status.to_string());
            format!("| {} | {} s | {answer} |", row.sends, row.seconds)
        })
        .collect();
    check_table("limits.md", "silence", &rows);
}

/// Each times out ten times sooner with a limit of its own.
#[tokio::test]
async fn every_time_can_be_set() {
    let clock = Clock::stop();
    let server = Running::start_with(app(&Smuggled::default()), |server| {
        server
            .head_timeout(Duration::from_secs(1))
            .idle_timeout(Duration::from_millis(7500))
            .body_timeout(Duration::from_secs(3))
    })
    .await;
    for row in rows() {
        let mut wire = server.connect().await;
        wire.write(&row.bytes).await;
        for _ in 0..row.before {
            wire.answer(false).await;
        }
        let time = Duration::from_secs(row.seconds) / 10;
        clock.pass(time + Duration::from_millis(10), &server).await;
        assert!(!wire.is_silent(), "`{}` goes on", row.sends);
    }
    server.stop();
}

#[tokio::test]
async fn no_time_is_no_limit() {
    let clock = Clock::stop();
    let server = Running::start_with(app(&Smuggled::default()), |server| {
        server
            .head_timeout(Duration::MAX)
            .idle_timeout(Duration::MAX)
            .body_timeout(Duration::MAX)
            .write_timeout(Duration::MAX)
    })
    .await;
    for row in rows() {
        let mut wire = server.connect().await;
        wire.write(&row.bytes).await;
        for _ in 0..row.before {
            wire.answer(false).await;
        }
        clock.pass(Duration::from_secs(86_400), &server).await;
        assert!(wire.is_silent(), "`{}` ends", row.sends);
    }
    server.stop();
}

/// A head that takes nine seconds, after nine seconds of nothing and again after a minute.
#[tokio::test]
async fn a_slow_head_is_served() {
    let clock = Clock::stop();
    let server = Running::start(app(&Smuggled::default())).await;
    let mut wire = server.connect().await;
    for pause in [0, 60] {
        clock.pass(Duration::from_secs(pause), &server).await;
        for part in GET.as_bytes().chunks(GET.len() / 8) {
            wire.write(part).await;
            clock.pass(Duration::from_secs(1), &server).await;
        }
        assert_eq!(wire.answer(false).await.body, "hello");
    }
    server.stop();
}

/// A minute is the limit of no request, only of the pause in it.
#[tokio::test]
async fn a_slow_body_is_served() {
    let clock = Clock::stop();
    let server = Running::start(app(&Smuggled::default())).await;
    let mut wire = server.connect().await;
    wire.write(format!("{ECHO}content-length: 10\r\n\r\n"))
        .await;
    for byte in "slow, slow".bytes() {
        clock.pass(Duration::from_secs(29), &server).await;
        wire.write([byte]).await;
    }
    assert_eq!(wire.answer(false).await.body, "slow, slow");

    wire.write(format!("{ECHO}transfer-encoding: chunked\r\n\r\n"))
        .await;
    for part in ["1\r", "\na", "\r\n0", "\r\n\r\n"] {
        clock.pass(Duration::from_secs(29), &server).await;
        wire.write(part).await;
    }
    assert_eq!(wire.answer(false).await.body, "a");
    server.stop();
}

/// Eight minutes, but never idle for more than 74 seconds.
#[tokio::test]
async fn a_connection_that_is_used_stays_open() {
    let clock = Clock::stop();
    let server = Running::start(app(&Smuggled::default())).await;
    let mut wire = server.connect().await;
    for _ in 0..7 {
        wire.write(GET).await;
        assert_eq!(wire.answer(false).await.body, "hello");
        clock.pass(Duration::from_secs(74), &server).await;
    }
    server.stop();
}

async fn ask_for_much(server: &Running) -> Wire {
    let mut wire = server.connect().await;
    wire.write("GET /large HTTP/1.1\r\nhost: test\r\nconnection: close\r\n\r\n")
        .await;
    wire
}

/// The server has written all that the sockets hold, and then waits.
#[tokio::test]
async fn who_does_not_read_is_cut() {
    let clock = Clock::stop();
    let server = Running::start(app(&Smuggled::default())).await;
    let mut wire = ask_for_much(&server).await;
    clock.pass(Duration::from_secs(29), &server).await;
    clock.pass(Duration::from_secs(2), &server).await;
    let length = wire.rest().await.len();
    assert!(length < LARGE, "{length} bytes came");
    server.stop();
}

#[tokio::test]
async fn who_reads_slowly_gets_all() {
    let clock = Clock::stop();
    let server = Running::start(app(&Smuggled::default())).await;
    let mut wire = ask_for_much(&server).await;
    let part = 4 * 1024 * 1024;
    // The kernel takes its time to tell one side what the other has read: a pause is a third of what
    // it may be.
    for _ in 0..12 {
        clock.pass(Duration::from_secs(9), &server).await;
        assert_eq!(wire.read(part).await, part);
    }
    let length = 12 * part + wire.rest().await.len();
    assert!(length > LARGE, "only {length} bytes came");
    server.stop();
}

/// The kernel would keep megabytes for this client, and say that there is room again when it has
/// read a third of them.
#[cfg(any(target_os = "linux", target_os = "android"))]
#[tokio::test]
async fn who_reads_very_slowly_gets_all() {
    let clock = Clock::stop();
    let server = Running::start(app(&Smuggled::default())).await;
    let mut wire = ask_for_much(&server).await;
    let part = 256 * 1024;
    for _ in 0..12 {
        clock.pass(Duration::from_secs(9), &server).await;
        assert_eq!(wire.read(part).await, part);
    }
    let length = 12 * part + wire.rest().await.len();
    assert!(length > LARGE, "only {length} bytes came");
    server.stop();
}
