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

use std::future::Future;
use std::pin::Pin;
use std::time::Duration;

use tokio::sync::watch;
use tokio::time::sleep;

use super::activity::Phase as Waits;
use super::connection::{Driven, End};
use super::shutdown::{Phase, reached};
use super::traffic::Traffic;
use super::watch::Over;

/// So long a connection of HTTP/1 has been silent before it is closed: time for a request that is
/// on its way, and for a client that just got a response to send the next one.
const QUIET: Duration = Duration::from_millis(250);

/// Runs a connection to its end, which comes sooner when the server stops.
pub(super) async fn run<C>(driven: &mut Driven<'_, C>, phase: &mut watch::Receiver<Phase>) -> End
where
    C: Future<Output = hyper::Result<()>>,
{
    tokio::select! {
        biased;
        () = reached(phase, Phase::Closing) => {}
        end = driven.run() => return end,
    }
    driven.activity.traffic.announce_the_end();
    tokio::select! {
        biased;
        () = reached(phase, Phase::Cut) => {
            driven.activity.traffic.cut();
            End::Over(Over::Cut)
        }
        end = close(driven) => end,
    }
}

async fn close<C>(driven: &mut Driven<'_, C>) -> End
where
    C: Future<Output = hyper::Result<()>>,
{
    if driven.activity.is_http2 {
        driven.close();
        return driven.run().await;
    }
    loop {
        let before = driven.activity.traffic.moves();
        tokio::select! {
            biased;
            end = driven.run() => return end,
            () = sleep(QUIET) => {}
        }
        // A request that has begun to come has the time that every request has.
        let is_idle = matches!(driven.activity.phase(), Waits::Idle(_));
        if is_idle && driven.activity.traffic.moves() == before {
            driven.ask_to_end();
        }
    }
}

/// Waits for the first bytes of a connection, which are given up on when the server stops and
/// none come. `None`: the server waits for nothing more.
pub(super) async fn first<B: Future>(
    mut begins: Pin<&mut B>,
    traffic: &Traffic,
    phase: &mut watch::Receiver<Phase>,
) -> Option<B::Output> {
    tokio::select! {
        biased;
        begun = begins.as_mut() => return Some(begun),
        () = reached(phase, Phase::Closing) => {}
    }
    let come = async {
        loop {
            tokio::select! {
                biased;
                begun = begins.as_mut() => return begun,
                () = sleep(QUIET) => traffic.end(),
            }
        }
    };
    tokio::select! {
        biased;
        () = reached(phase, Phase::Cut) => None,
        begun = come => Some(begun),
    }
}
