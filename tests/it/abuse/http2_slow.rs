//! How long does an HTTP/2 client that does nothing hold a connection? And does one that goes on?

use std::time::Duration;

use super::frames::{
    ACK, Connection, DATA, END_HEADERS, END_STREAM, Frame, GOAWAY, HEADERS, PING, RST_STREAM,
    WINDOW_UPDATE, frame, get, request,
};
use super::{Smuggled, app, serves};
use crate::support::clock::Clock;
use crate::support::wire::Running;

const SECOND: Duration = Duration::from_secs(1);
const MOMENT: Duration = Duration::from_millis(100);

/// Answers PINGs until a frame of a kind comes, or the end.
async fn find(connection: &mut Connection, kind: u8) -> Option<Frame> {
    loop {
        let next = connection.next().await?;
        if next.kind == PING && next.flags & ACK == 0 {
            connection.write(frame(PING, ACK, 0, &next.payload)).await;
        }
        if next.kind == kind {
            return Some(next);
        }
    }
}

/// Answers what has come, and fails if the connection is told to end.
async fn is_alive(connection: &mut Connection) {
    connection.write(frame(PING, 0, 0, b"is alive")).await;
    loop {
        let next = connection.next().await.expect("the connection is open");
        assert_ne!(next.kind, GOAWAY, "the connection is told to end");
        match (next.kind, next.flags & ACK) {
            (PING, 0) => connection.write(frame(PING, ACK, 0, &next.payload)).await,
            (PING, _) if *next.payload == *b"is alive" => return,
            _ => {}
        }
    }
}

#[tokio::test]
async fn an_idle_connection_is_told_to_end() {
    let clock = Clock::stop();
    let server = Running::start(app(&Smuggled::default())).await;
    for with_a_request in [false, true] {
        let mut connection = Connection::start(&server, &[]).await;
        if with_a_request {
            connection.write(get(1)).await;
            find(&mut connection, HEADERS).await.expect("an answer");
        }
        clock.pass(60 * SECOND + MOMENT, &server).await;
        is_alive(&mut connection).await;
        clock.pass(15 * SECOND - 2 * MOMENT, &server).await;
        is_alive(&mut connection).await;
        clock.pass(2 * MOMENT, &server).await;
        let end = find(&mut connection, GOAWAY).await.expect("a GOAWAY");
        assert_eq!(end.code(), 0);
        assert!(find(&mut connection, HEADERS).await.is_none(), "it ends");
    }
    server.stop();
}

/// Who does not even answer to that is cut.
#[tokio::test]
async fn an_idle_connection_that_is_told_to_end_ends() {
    let clock = Clock::stop();
    let server = Running::start(app(&Smuggled::default())).await;
    let mut connection = Connection::start(&server, &[]).await;
    clock.pass(60 * SECOND + MOMENT, &server).await;
    is_alive(&mut connection).await;
    clock.pass(15 * SECOND, &server).await;
    while connection.next().await.expect("a GOAWAY").kind != GOAWAY {}
    clock.pass(30 * SECOND + MOMENT, &server).await;
    connection.rest().await;
    server.stop();
}

#[tokio::test]
async fn who_does_not_answer_a_ping_is_cut() {
    let clock = Clock::stop();
    let server = Running::start_with(app(&Smuggled::default()), |server| {
        server.ping(10 * SECOND, 2 * SECOND)
    })
    .await;
    let mut connection = Connection::start(&server, &[]).await;
    clock.pass(9 * SECOND, &server).await;
    is_alive(&mut connection).await;
    clock.pass(10 * SECOND + MOMENT, &server).await;
    clock.pass(2 * SECOND + MOMENT, &server).await;
    connection.rest().await;
    server.stop();
}

#[tokio::test]
async fn no_time_is_no_limit() {
    let clock = Clock::stop();
    let server = Running::start_with(app(&Smuggled::default()), |server| {
        server
            .idle_timeout(Duration::MAX)
            .ping(Duration::MAX, Duration::MAX)
    })
    .await;
    let mut connection = Connection::start(&server, &[]).await;
    clock.pass(86_400 * SECOND, &server).await;
    is_alive(&mut connection).await;
    server.stop();
}

#[tokio::test]
async fn a_body_that_does_not_come_is_408() {
    let clock = Clock::stop();
    let server = Running::start(app(&Smuggled::default())).await;
    let mut connection = Connection::start(&server, &[]).await;
    let head = frame(HEADERS, END_HEADERS, 1, request("POST", "/echo", &[]));
    connection.write(head).await;
    // Slow is no fault.
    for _ in 0..3 {
        clock.pass(29 * SECOND, &server).await;
        is_alive(&mut connection).await;
        connection.write(frame(DATA, 0, 1, b"a")).await;
    }
    clock.pass(30 * SECOND + MOMENT, &server).await;
    let answer = find(&mut connection, HEADERS).await.expect("an answer");
    assert_eq!(answer.status(), 408);
    // The connection is not the stream's.
    connection.write(get(3)).await;
    let answer = find(&mut connection, HEADERS).await.expect("an answer");
    assert_eq!(answer.status(), 200);
    server.stop();
}

/// `SETTINGS_INITIAL_WINDOW_SIZE`
const WINDOW: u16 = 4;

/// A client that answers PINGs and opens no window.
#[tokio::test]
async fn who_lets_no_response_be_sent_is_cut() {
    let clock = Clock::stop();
    let server = Running::start(app(&Smuggled::default())).await;
    let mut connection = Connection::start(&server, &[(WINDOW, 0)]).await;
    connection.write(get(1)).await;
    find(&mut connection, HEADERS).await.expect("a head");
    clock.pass(30 * SECOND - MOMENT, &server).await;
    is_alive(&mut connection).await;
    clock.pass(2 * MOMENT, &server).await;
    connection.rest().await;
    serves(&server).await;
    server.stop();
}

/// A window of one byte each 29 seconds. A body that is no stream would be with HTTP/2 as a whole.
#[tokio::test]
async fn who_lets_a_response_be_sent_slowly_gets_all() {
    let clock = Clock::stop();
    let server = Running::start(app(&Smuggled::default())).await;
    let mut connection = Connection::start(&server, &[(WINDOW, 0)]).await;
    let block = request("GET", "/bytes", &[]);
    connection
        .write(frame(HEADERS, END_HEADERS | END_STREAM, 1, block))
        .await;
    find(&mut connection, HEADERS).await.expect("a head");
    for byte in b"hello" {
        clock.pass(29 * SECOND, &server).await;
        is_alive(&mut connection).await;
        connection
            .write(frame(WINDOW_UPDATE, 0, 1, [0, 0, 0, 1]))
            .await;
        let data = find(&mut connection, DATA).await.expect("a byte");
        assert_eq!(*data.payload, [*byte]);
    }
    server.stop();
}

/// Each is taken back when its handler runs, which HTTP/2's own limits do not count.
#[tokio::test]
async fn who_takes_back_one_request_after_the_other_is_cut() {
    let server = Running::start(app(&Smuggled::default())).await;
    let mut connection = Connection::start(&server, &[]).await;
    let mut stream = 1;
    for n in 0..=100 {
        let flags = END_HEADERS | END_STREAM;
        let head = frame(HEADERS, flags, stream, request("GET", "/never", &[]));
        connection.write(head).await;
        is_alive(&mut connection).await;
        connection
            .write(frame(RST_STREAM, 0, stream, [0, 0, 0, 8]))
            .await;
        stream += 2;
        if n < 100 {
            is_alive(&mut connection).await;
        }
    }
    connection.rest().await;
    serves(&server).await;
    server.stop();
}

/// A page that is left while its images load.
#[tokio::test]
async fn who_takes_back_half_of_the_requests_is_served() {
    let server = Running::start(app(&Smuggled::default())).await;
    let mut connection = Connection::start(&server, &[]).await;
    for n in 0..300 {
        let (stream, flags) = (4 * n + 1, END_HEADERS | END_STREAM);
        let head = frame(HEADERS, flags, stream, request("GET", "/never", &[]));
        connection.write(head).await;
        is_alive(&mut connection).await;
        connection
            .write(frame(RST_STREAM, 0, stream, [0, 0, 0, 8]))
            .await;
        connection.write(get(stream + 2)).await;
        let answer = find(&mut connection, HEADERS).await.expect("an answer");
        assert_eq!(answer.status(), 200);
    }
    server.stop();
}

#[tokio::test]
async fn one_stream_too_many_is_refused() {
    let server = Running::start(app(&Smuggled::default())).await;
    let mut connection = Connection::start(&server, &[]).await;
    for n in 0..=200 {
        let (stream, flags) = (2 * n + 1, END_HEADERS | END_STREAM);
        let head = frame(HEADERS, flags, stream, request("GET", "/never", &[]));
        connection.write(head).await;
    }
    let refused = find(&mut connection, RST_STREAM).await.expect("a refusal");
    assert_eq!((refused.stream, refused.code()), (401, 7));
    is_alive(&mut connection).await;
    server.stop();
}
