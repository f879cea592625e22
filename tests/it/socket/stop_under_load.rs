//! Is every request answered that came before the client was told to stop?

use std::io::Write;
use std::net::TcpStream;
use std::sync::atomic::Ordering::SeqCst;
use std::time::Duration;

use sendoff::{App, Workers, handler, routes, send};
use tokio::io::{AsyncReadExt, AsyncWriteExt};

use super::start;
use crate::support::load::{self, Counts, Load};
use crate::support::wire::{Running, Wire, in_time};

async fn check(load: Load) {
    let counts = Counts::default();
    for _ in 0..3 {
        load::run(load, &counts)
            .await
            .expect("the server ends well");
    }
    assert_eq!(counts.lost.load(SeqCst), 0, "{counts:?}");
    assert!(
        counts.answered.load(SeqCst) >= 3 * load.requests,
        "{counts:?}"
    );
    assert!(
        counts.last.load(SeqCst) >= 3 * load.connections,
        "{counts:?}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn connections_that_are_kept() {
    for workers in [Workers::CallersRuntime, Workers::PerCore] {
        check(Load {
            connections: 16,
            requests: 200,
            fresh: false,
            workers,
        })
        .await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn connections_for_one_request() {
    for workers in [Workers::CallersRuntime, Workers::PerCore] {
        check(Load {
            connections: 16,
            requests: 200,
            fresh: true,
            workers,
        })
        .await;
    }
}

#[handler(GET "/")]
async fn quick() {
    send!("quick");
}

const LARGE: usize = 300_000;

#[handler(GET "/large")]
async fn large() {
    send!("x".repeat(LARGE));
}

async fn serve() -> Running {
    start(App::new(()).routes(routes![quick, large])).await
}

const GET: &[u8] = b"GET / HTTP/1.1\r\nhost: test\r\n\r\n";

/// The kernel has the request, and the server, which shares this thread, has not.
fn write_unnoticed(stream: &mut TcpStream) {
    stream.write_all(GET).expect("the kernel has room");
}

async fn check_last_answer(stream: TcpStream) {
    stream.set_nonblocking(true).expect("an option");
    let stream = tokio::net::TcpStream::from_std(stream).expect("a runtime");
    let mut wire = Wire::new(stream);
    let answer = wire.answer(false).await;
    assert_eq!(answer.body, "quick");
    assert_eq!(wire.rest().await, "");
}

#[tokio::test]
async fn a_request_that_nobody_has_read_yet() {
    let server = serve().await;
    let mut wire = server.connect().await;
    wire.write(GET).await;
    assert_eq!(wire.answer(false).await.body, "quick");
    let mut stream = wire.into_std();
    write_unnoticed(&mut stream);
    let stopping = server.stop();
    check_last_answer(stream).await;
    stopping.ended().await;
}

#[tokio::test]
async fn connections_that_nobody_has_accepted_yet() {
    let server = serve().await;
    let streams: Vec<TcpStream> = (0..50)
        .map(|_| {
            let mut stream = TcpStream::connect(server.address).expect("the kernel accepts");
            write_unnoticed(&mut stream);
            stream
        })
        .collect();
    let stopping = server.stop();
    for stream in streams {
        check_last_answer(stream).await;
    }
    stopping.ended().await;
}

/// A client that has just got a response, and does not know of the stop, has time for its next
/// request.
#[tokio::test]
async fn a_request_a_moment_after_the_stop() {
    let server = serve().await;
    let mut wire = server.connect().await;
    wire.write(GET).await;
    assert_eq!(wire.answer(false).await.body, "quick");
    tokio::time::pause();
    let stopping = server.stop();
    // What the server does then takes some turns.
    for _ in 0..20 {
        tokio::time::advance(Duration::from_millis(10)).await;
    }
    wire.write(GET).await;
    let answer = wire.answer(false).await;
    assert_eq!(answer.body, "quick");
    assert_eq!(answer.header("connection"), Some("close"));
    stopping.ended().await;
}

/// What a client sends behind its last request is not answered, and does not cost it the answer:
/// a socket closed over unread bytes would be reset, and forget what it still had to send.
#[tokio::test]
async fn what_comes_after_the_last_request_does_no_harm() {
    let server = serve().await;
    let socket = tokio::net::TcpSocket::new_v4().expect("a socket");
    // Most of the response waits on the server's side.
    socket.set_recv_buffer_size(4096).expect("an option");
    let mut client = socket.connect(server.address).await.expect("it listens");
    let last = "GET /large HTTP/1.1\r\nhost: test\r\nconnection: close\r\n\r\n";
    let behind = "GET / HTTP/1.1\r\nhost: test\r\n\r\n".repeat(5_000);
    let all = last.to_owned() + &behind;
    let (mut answers, mut requests) = client.split();
    let mut answered = Vec::new();
    let (read, written) = tokio::join!(
        in_time(answers.read_to_end(&mut answered)),
        in_time(requests.write_all(all.as_bytes()))
    );
    written.expect("the server takes all of it");
    read.expect("no reset");
    let answered = String::from_utf8(answered).expect("text");
    assert_eq!(answered.matches("HTTP/1.1 200 OK").count(), 1);
    let (_, body) = answered.split_once("\r\n\r\n").expect("a head");
    assert_eq!(body.len(), LARGE);
    drop(client);
    server.stop().ended().await;
}
