//! Is every request answered that came before the client was told to stop?

use std::io::Write;
use std::net::TcpStream;
use std::sync::atomic::Ordering::SeqCst;

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

async fn serve() -> Running {
    start(App::new(()).routes(routes![quick])).await
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

/// After the last response the client may go on to send: the connection still ends well.
#[tokio::test]
async fn what_comes_after_the_last_request_does_no_harm() {
    let server = serve().await;
    let mut stream = TcpStream::connect(server.address).expect("the kernel accepts");
    let request = "GET / HTTP/1.1\r\nhost: test\r\nconnection: close\r\n\r\n";
    let behind = "GET / HTTP/1.1\r\nhost: test\r\n\r\n".repeat(5_000);
    stream.set_nonblocking(true).expect("an option");
    stream.write_all(request.as_bytes()).expect("there is room");
    let mut stream = tokio::net::TcpStream::from_std(stream).expect("a runtime");
    let (mut answers, mut requests) = stream.split();
    let mut all = Vec::new();
    let (read, written) = tokio::join!(
        in_time(answers.read_to_end(&mut all)),
        in_time(requests.write_all(behind.as_bytes()))
    );
    written.expect("the server takes all of it");
    read.expect("no reset");
    let all = String::from_utf8(all).expect("text");
    assert_eq!(all.matches("HTTP/1.1 200 OK").count(), 1, "{all}");
    assert!(all.ends_with("\r\n\r\nquick"), "{all}");
    drop(stream);
    server.stop().ended().await;
}
