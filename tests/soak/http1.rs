//! What do clients of HTTP/1.1 ask?

use std::sync::Arc;

use tokio::io::AsyncWriteExt as _;

use crate::expect::{is, is_text, sum, text};
use crate::serve::Target;
use crate::support::wire::{Wire, in_time};

/// From nothing to more than any buffer holds.
const LENGTHS: [usize; 8] = [0, 1, 100, 1_000, 8_192, 16_385, 65_537, 300_000];

pub(crate) async fn connect(target: &Target, turn: usize) -> Wire {
    let connected = Wire::connect(target.of(turn)).await;
    connected.expect("the server listens")
}

/// One request after the other.
pub(crate) async fn kept_alive(target: Arc<Target>, turn: usize) -> usize {
    let mut wire = connect(&target, turn).await;
    for (index, length) in LENGTHS.into_iter().enumerate() {
        let seed = turn + index;
        wire.request(&format!("GET /text/{seed}/{length}"), &[], "")
            .await;
        is_text(&wire.answer(false).await, 200, text(seed, length));

        wire.request(&format!("HEAD /text/{seed}/{length}"), &[], "")
            .await;
        let (kind, length) = ("text/plain; charset=utf-8", length.to_string());
        let headers = [("content-type", kind), ("content-length", &length)];
        is(&wire.answer(true).await, 200, &headers, "");
    }
    2 * LENGTHS.len()
}

/// A connection for one request.
pub(crate) async fn fresh(target: Arc<Target>, turn: usize) -> usize {
    let length = LENGTHS[turn % LENGTHS.len()];
    let mut wire = connect(&target, turn).await;
    let line = format!("GET /text/{turn}/{length}");
    wire.request(&line, &["connection: close"], "").await;
    let answer = wire.answer(false).await;
    let (kind, expected) = ("text/plain; charset=utf-8", text(turn, length));
    let length = length.to_string();
    let headers = [
        ("content-type", kind),
        ("connection", "close"),
        ("content-length", &length),
    ];
    is(&answer, 200, &headers, expected);
    assert_eq!(wire.rest().await, "");
    1
}

/// Many requests before the first answer.
pub(crate) async fn pipelined(target: Arc<Target>, turn: usize) -> usize {
    let mut wire = connect(&target, turn).await;
    let count = 1 + turn % 40;
    let mut all = String::new();
    for index in 0..count {
        let host = "HTTP/1.1\r\nhost: test\r\n";
        let said = text(index, index);
        all += &match index % 3 {
            0 => format!("GET /text/{index}/{index} {host}\r\n"),
            1 => format!("POST /short {host}content-length: {index}\r\n\r\n{said}"),
            _ => format!(
                "POST /short {host}transfer-encoding: chunked\r\n\r\n{index:x}\r\n{said}\r\n0\r\n\r\n"
            ),
        };
    }
    wire.write(all).await;
    for index in 0..count {
        let answer = wire.answer(false).await;
        let (expected, length) = (text(index, index), index.to_string());
        if index % 3 == 0 {
            is_text(&answer, 200, expected);
        } else {
            is_bytes(&answer, &length, expected);
        }
    }
    count
}

#[track_caller]
fn is_bytes(answer: &crate::support::wire::Answer, length: &str, expected: &str) {
    let kind = ("content-type", "application/octet-stream");
    is(answer, 200, &[kind, ("content-length", length)], expected);
}

/// A body that is written in chunks and comes back while it is written.
pub(crate) async fn chunked_upload(target: Arc<Target>, turn: usize) -> usize {
    let mut wire = connect(&target, turn).await;
    for length in [0, 10, 70_000, 400_000] {
        let body = text(turn, length);
        let mut chunks =
            "POST /echo HTTP/1.1\r\nhost: test\r\ntransfer-encoding: chunked\r\n\r\n".to_owned();
        let (mut rest, mut size) = (body, 1 + turn % 7);
        while !rest.is_empty() {
            let (chunk, after) = rest.split_at(size.min(rest.len()));
            chunks += &format!("{:x}\r\n{chunk}\r\n", chunk.len());
            (rest, size) = (after, size * 5 % 60_013);
        }
        chunks += "0\r\n\r\n";
        wire = both_ways(wire, chunks, None, body).await;
    }
    4
}

/// Megabytes with a length, some to a server that says when to go on.
pub(crate) async fn large_upload(target: Arc<Target>, turn: usize) -> usize {
    let mut wire = connect(&target, turn).await;
    let body = text(turn, 3_000_000 + turn % 1_000);
    let length = body.len();
    let head = format!("HTTP/1.1\r\nhost: test\r\ncontent-length: {length}\r\n");
    wire.write(format!("POST /sum {head}expect: 100-continue\r\n\r\n"))
        .await;
    assert_eq!(wire.head().await.status, 100);
    wire.write(body).await;
    let expected = format!("{length} {}", sum(body.as_bytes()));
    is_text(&wire.answer(false).await, 200, &expected);

    wire.write(format!("POST /echo {head}\r\n")).await;
    both_ways(wire, body, Some(length), body).await;
    2
}

/// Writes while it reads; the echo has a length if the body has.
async fn both_ways(
    wire: Wire,
    written: impl AsRef<[u8]> + Send + 'static,
    length: Option<usize>,
    expected: &str,
) -> Wire {
    let (read, mut write) = wire.into_split();
    let writing = tokio::spawn(async move {
        in_time(write.write_all(written.as_ref()))
            .await
            .expect("the server reads");
        write
    });
    let mut read = Wire::new(tokio::io::join(read, tokio::io::empty()));
    let answer = read.answer(false).await;
    let length = length.map(|length| length.to_string());
    let headers = match &length {
        Some(length) => ("content-length", length.as_str()),
        None => ("transfer-encoding", "chunked"),
    };
    is(&answer, 200, &[headers], expected);
    let write = writing.await.expect("it writes");
    let read = read.into_inner().into_inner().0;
    let stream = read
        .into_inner()
        .reunite(write)
        .expect("they are of one socket");
    Wire::new(stream)
}

/// Many connections on which nothing happens between two requests.
pub(crate) async fn idle(target: Arc<Target>, turn: usize) -> usize {
    let mut wires = Vec::new();
    for index in 0..100 {
        wires.push(connect(&target, turn + index).await);
    }
    for round in 0..3 {
        // The last tenth has sent nothing yet.
        for (index, wire) in wires
            .iter_mut()
            .enumerate()
            .skip(if round == 0 { 10 } else { 0 })
        {
            wire.request(&format!("GET /text/{index}/100"), &[], "")
                .await;
            is_text(&wire.answer(false).await, 200, text(index, 100));
        }
        if round < 2 {
            tokio::time::sleep(target.pause).await;
        }
    }
    290
}
