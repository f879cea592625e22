//! When is a connection closed, once the server stops?
//!
//! HTTP/1.1: nobody can close an idle connection and be sure that no request is on its way (RFC 9112
//! section 9.5). hyper's `graceful_shutdown` closes at once, even over a request that the kernel
//! has. Here the connection goes on until it can be closed without a loss: a response that begins
//! from now on says `Connection: close`, after which the client sends no more; and a connection on
//! which nothing is answered or moves is closed when it has been [`QUIET`], unless the kernel has
//! something unread. So a client that sends one request after the other is always told.
//!
//! HTTP/2 has `GOAWAY`, which says what is answered, and hyper sends it.

use std::future::poll_fn;
use std::pin::{Pin, pin};
use std::task::Poll;
use std::time::Duration;

use hyper_util::server::graceful::GracefulConnection;
use tokio::sync::watch;
use tokio::time::sleep;

use super::shutdown::{Phase, reached};
use super::traffic::Traffic;

/// So long a connection of HTTP/1 has been silent before it is closed: time for a request that is
/// on its way, and for a client that just got a response to send the next one.
const QUIET: Duration = Duration::from_millis(250);

/// So long a client of HTTP/2 has to answer, when nothing else is left to do.
const QUIET_HTTP2: Duration = Duration::from_secs(5);

/// Runs a connection to its end, which comes sooner when the server stops.
pub(super) async fn watch<C: GracefulConnection>(
    connection: C,
    traffic: &Traffic,
    mut phase: watch::Receiver<Phase>,
) -> Result<(), C::Error> {
    let mut connection = pin!(connection);
    tokio::select! {
        biased;
        () = reached(&mut phase, Phase::Closing) => {}
        end = connection.as_mut() => return end,
    }
    traffic.announce_the_end();
    tokio::select! {
        biased;
        () = reached(&mut phase, Phase::Cut) => {
            traffic.cut();
            Ok(())
        }
        end = close(connection, traffic) => end,
    }
}

async fn close<C: GracefulConnection>(
    mut connection: Pin<&mut C>,
    traffic: &Traffic,
) -> Result<(), C::Error> {
    while !traffic.is_http2() {
        let before = traffic.moves();
        tokio::select! {
            biased;
            end = connection.as_mut() => return end,
            () = sleep(QUIET) => {}
        }
        if traffic.is_idle()
            && traffic.moves() == before
            && let Poll::Ready(end) = end_if_nothing_came(connection.as_mut(), traffic).await
        {
            return end;
        }
    }
    connection.as_mut().graceful_shutdown();
    loop {
        let before = traffic.moves();
        tokio::select! {
            biased;
            end = connection.as_mut() => return end,
            () = sleep(QUIET_HTTP2) => {}
        }
        if traffic.is_idle() && traffic.moves() == before {
            return Ok(());
        }
    }
}

/// Lets an idle connection read the end, unless there is something else to read.
async fn end_if_nothing_came<C: GracefulConnection>(
    mut connection: Pin<&mut C>,
    traffic: &Traffic,
) -> Poll<Result<(), C::Error>> {
    traffic.end();
    let polled = poll_fn(|context| Poll::Ready(connection.as_mut().poll(context))).await;
    // Whatever it has read, it asks no more: a later read may be in the midst of a request.
    traffic.take_end();
    polled
}
