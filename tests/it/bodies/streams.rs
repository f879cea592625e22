//! Does the example `streams` hold no body as a whole?
//!
//! That a side waits shows only in what does not happen. So these tests count bytes until the count
//! rests while the server goes on to answer others, and then ask for far less than there was to
//! send: a count that is taken too early cannot fail a server that is right.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use bytes::Bytes;
use http::{HeaderMap, HeaderValue, Request};
use http_body_util::{BodyExt, Full};
use hyper::client::conn::http2;
use hyper_util::rt::{TokioExecutor, TokioIo};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use super::start;
use crate::support::example::Example;
use crate::support::wire::{Wire, in_time};

/// Of the lines 1, 2 and 3.
const DIGEST: &str = "sha-256=:FMXnTEuWzO9BzZTbc6nsM0gDisCU/spP2JfOz/oHza4=:";

/// A writer whose pipe has a reader and who was told to go on, after being refused while there was
/// no reader.
async fn writer(streams: &Example, length: usize, narrow: bool) -> Wire {
    let head = format!(
        "PUT /pipes/a HTTP/1.1\r\nhost: test\r\nexpect: 100-continue\r\ncontent-length: {length}\r\n\r\n"
    );
    in_time(async {
        loop {
            let mut writer = match narrow {
                true => Wire::connect_narrow(streams.address()).await.expect("room"),
                false => streams.connect().await,
            };
            writer.write(&head).await;
            let first = writer.head().await;
            if first.status == 100 {
                return writer;
            }
            assert_eq!(first.status, 404);
        }
    })
    .await
}

async fn reader(streams: &Example) -> Wire {
    let mut reader = streams.connect().await;
    reader.request("GET /pipes/a", &[], "").await;
    reader
}

/// Waits until a count rests for as long as the server takes for many answers.
async fn at_rest(streams: &Example, count: impl AsyncFn() -> usize) -> usize {
    const ANSWERS: usize = 50;
    let mut wire = streams.connect().await;
    let (mut last, mut unchanged) = (0, 0);
    in_time(async {
        while unchanged < ANSWERS {
            wire.request("GET /", &[], "").await;
            wire.answer(false).await;
            let now = count().await;
            unchanged = if now == last { unchanged + 1 } else { 0 };
            last = now;
        }
        last
    })
    .await
}

#[tokio::test]
async fn the_first_part_is_read_before_the_last_is_written() {
    let streams = start("streams", &[]).await;
    let mut reader = reader(&streams).await;
    let mut writer = writer(&streams, 10, false).await;
    assert_eq!(reader.head().await.status, 200);

    writer.write("first").await;
    assert_eq!(reader.chunk().await.as_deref(), Some("first"));
    writer.write("last!").await;
    assert_eq!(reader.chunk().await.as_deref(), Some("last!"));
    assert_eq!(reader.chunk().await, None);
    assert_eq!(writer.answer(false).await.status, 204);
}

/// Without a reader the writer is refused with its body still unsent and unasked for: no 100 comes
/// before the 404. With one, the 100 comes although nothing has been written.
#[tokio::test]
async fn a_body_is_asked_for_when_the_handler_reads_it() {
    let streams = start("streams", &[]).await;
    let expect = ["expect: 100-continue", "content-length: 5"];
    let mut refused = streams.connect().await;
    refused.request("PUT /pipes/a", &expect, "").await;
    let answer = refused.answer(false).await;
    assert_eq!(
        (answer.status, answer.body.as_str()),
        (404, "nobody reads this pipe")
    );
    // Nobody can tell whether the body comes after all, so the connection is of no more use.
    assert_eq!(refused.rest().await, "");

    let mut asked = streams.connect().await;
    asked.request("POST /digest", &expect, "").await;
    assert_eq!(asked.head().await.status, 100);
    asked.write("12345").await;
    assert_eq!(asked.answer(false).await.status, 200);
}

#[tokio::test]
async fn a_writer_who_breaks_off_breaks_the_response() {
    let streams = start("streams", &[]).await;
    let mut reader = reader(&streams).await;
    let mut writer = writer(&streams, 10, false).await;
    writer.write("first").await;
    assert_eq!(reader.head().await.status, 200);
    assert_eq!(reader.chunk().await.as_deref(), Some("first"));
    drop(writer);
    assert_eq!(reader.rest().await, "", "no last chunk");
}

#[tokio::test]
async fn a_reader_who_leaves_is_reported() {
    let streams = start("streams", &[]).await;
    let mut reader = reader(&streams).await;
    let mut writer = writer(&streams, 10, false).await;
    writer.write("first").await;
    assert_eq!(reader.head().await.status, 200);
    drop(reader);
    let answer = writer.answer(false).await;
    assert_eq!(
        (answer.status, answer.body.as_str()),
        (410, "the reader has left")
    );
}

#[tokio::test]
async fn a_writer_waits_for_a_reader_who_is_slow() {
    const PART: usize = 64 << 10;
    const PARTS: usize = 512;

    let streams = start("streams", &[]).await;
    let mut reader = Wire::connect_narrow(streams.address()).await.expect("room");
    reader.request("GET /pipes/a", &[], "").await;
    let writer = writer(&streams, PART * PARTS, true).await;
    let (mut answer, mut body) = writer.into_split();
    let written = Arc::new(AtomicUsize::new(0));
    let count = Arc::clone(&written);
    let writing = tokio::spawn(async move {
        for _ in 0..PARTS {
            body.write_all(&[b'x'; PART]).await.expect("a reader");
            count.fetch_add(PART, Ordering::Relaxed);
        }
        body
    });

    let rest = at_rest(&streams, async || written.load(Ordering::Relaxed)).await;
    assert!(rest < PART * PARTS / 2, "{rest} bytes were taken unread");

    assert_eq!(reader.head().await.status, 200);
    let mut read = 0;
    while let Some(chunk) = reader.chunk().await {
        read += chunk.len();
    }
    assert_eq!(read, PART * PARTS);
    let _open = in_time(writing).await.expect("no panic");
    let mut status = [0; 12];
    in_time(answer.read_exact(&mut status))
        .await
        .expect("an answer");
    assert_eq!(&status, b"HTTP/1.1 204");
}

#[tokio::test]
async fn a_body_without_end_is_made_as_it_is_read() {
    let streams = start("streams", &[]).await;
    let made = async || {
        let made = streams.ask("GET /numbers/made", &[], "").await.body;
        made.parse().expect("a number")
    };
    let mut reader = Wire::connect_narrow(streams.address()).await.expect("room");
    reader.request("GET /numbers", &[], "").await;

    // It comes to rest, which a list without end does not of itself.
    let unread = at_rest(&streams, made).await;
    assert!(unread > 0, "nothing was made");
    assert_eq!(reader.head().await.status, 200);
    let mut read = 0;
    while read <= unread {
        read += reader.chunk().await.expect("no end").len();
    }
    assert!(made().await > unread);
}

#[tokio::test]
async fn trailers_follow_a_response() {
    let streams = start("streams", &[]).await;
    let mut wire = streams.connect().await;
    // RFC 9110 section 6.5.1: to those who say that they read them.
    for (headers, expected) in [
        (
            &["te: trailers"][..],
            vec![("content-digest".to_owned(), DIGEST.to_owned())],
        ),
        (&[], vec![]),
    ] {
        wire.request("GET /numbers?to=3", headers, "").await;
        assert_eq!(wire.head().await.header("trailer"), Some("content-digest"));
        assert_eq!(wire.chunk().await.as_deref(), Some("1\n2\n3\n"));
        assert_eq!(wire.chunk().await, None);
        assert_eq!(wire.trailers().await, expected);
    }
}

#[tokio::test]
async fn trailers_of_a_request_are_read() {
    let streams = start("streams", &[]).await;
    for (trailer, status, body) in [
        (format!("content-digest: {DIGEST}\r\n"), 200, DIGEST),
        (String::new(), 200, DIGEST),
        (
            "content-digest: sha-256=:bm90IHRoZSBkaWdlc3Q=:\r\n".to_owned(),
            422,
            "the body is not the one of the trailer `Content-Digest`",
        ),
    ] {
        let headers = ["transfer-encoding: chunked", "trailer: content-digest"];
        let mut wire = streams.connect().await;
        wire.request("POST /digest", &headers, "").await;
        wire.write(format!("4\r\n1\n2\n\r\n2\r\n3\n\r\n0\r\n{trailer}\r\n"))
            .await;
        let answer = wire.answer(false).await;
        assert_eq!((answer.status, answer.body.as_str()), (status, body));
    }
}

#[tokio::test]
async fn trailers_go_both_ways_over_http2() {
    let streams = start("streams", &[]).await;
    let stream = TcpStream::connect(streams.address())
        .await
        .expect("it listens");
    let (mut client, connection) = http2::handshake(TokioExecutor::new(), TokioIo::new(stream))
        .await
        .expect("a handshake");
    tokio::spawn(connection);

    let body = Full::new(Bytes::from("1\n2\n3\n"));
    for (digest, status) in [(DIGEST, 200), ("sha-256=::", 422)] {
        let mut trailers = HeaderMap::new();
        trailers.insert("content-digest", HeaderValue::from_static(digest));
        let body = body.clone().with_trailers(async { Some(Ok(trailers)) });
        let request = Request::post("http://test/digest").body(body.boxed());
        let asked = client.send_request(request.expect("a request"));
        let answer = in_time(asked).await.expect("an answer");
        assert_eq!(answer.status(), status);
    }

    let request = Request::get("http://test/numbers?to=3").body(Full::default().boxed());
    let asked = client.send_request(request.expect("a request"));
    let answer = in_time(asked).await.expect("an answer");
    let whole = in_time(answer.into_body().collect()).await.expect("a body");
    let trailers = whole.trailers().expect("trailers").clone();
    assert_eq!(trailers["content-digest"], DIGEST);
    assert_eq!(whole.to_bytes(), "1\n2\n3\n");
}
