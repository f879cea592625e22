//! When is a connection closed, once the server stops?
//!
//! HTTP/1.1: nobody can close an idle connection and be sure that no request is on its way (RFC 9112
//! section 9.5). hyper's `graceful_shutdown` closes at once, even over a request that the kernel
//! has. Here the connection goes on until it can be closed without a loss: a response that begins
//! from now on says `Connection: close`, after which the client sends no more; and a connection on
//! which nothing is answered, has begun or moves is closed when it has been [`QUIET`], unless the
//! kernel has something unread. So a client that sends one request after the other is always told. A
//! head that has begun is waited for while it goes on: until nothing of it has come for
//! [`LAST_MOMENT`], or its time is over.
//!
//! HTTP/2 has `GOAWAY`, which says what is answered, and hyper sends it.

use std::future::{Future, poll_fn};
use std::pin::{Pin, pin};
use std::task::{Poll, Waker};
use std::time::Duration;

use tokio::sync::watch;
use tokio::time::sleep;

use super::activity::{Activity, Wait};
use super::shutdown::{Phase, reached};

/// So long a connection of HTTP/1 has been silent before it is closed: time for a request that is
/// on its way, and for a client that just got a response to send the next one.
pub(super) const QUIET: Duration = Duration::from_millis(250);

/// So long a client has for what it has begun and no request is made of yet: the head of one, or
/// the handshake of TLS. A packet that was lost is sent again after one second (RFC 6298 section 2.1).
pub(super) const LAST_MOMENT: Duration = Duration::from_millis(1_500);

/// So long a client of HTTP/2 has to answer, when nothing else is left to do.
const QUIET_HTTP2: Duration = Duration::from_secs(5);

/// Runs what a connection does to its end, which comes sooner when the server stops. `None` if it
/// did not come to its end.
pub(super) async fn run<F: Future>(
    mut future: Pin<&mut F>,
    activity: &Activity,
    phase: &mut watch::Receiver<Phase>,
) -> Option<F::Output> {
    if let Some(end) = run_until_closing(future.as_mut(), phase).await {
        return Some(end);
    }
    activity.announce_the_end();
    tokio::select! {
        biased;
        () = reached(phase, Phase::Cut) => {
            activity.cut();
            None
        }
        end = close(future, activity) => end,
    }
}

/// This runs with every request, when to ask for the phase costs more than to see that it is the
/// same: to be woken it is enough to have asked once.
async fn run_until_closing<F: Future>(
    mut future: Pin<&mut F>,
    phase: &mut watch::Receiver<Phase>,
) -> Option<F::Output> {
    let news = phase.clone();
    let mut closing = pin!(reached(phase, Phase::Closing));
    let mut asked: Option<Waker> = None;
    poll_fn(|context| {
        let wakes = |waker: &Waker| waker.will_wake(context.waker());
        if !asked.as_ref().is_some_and(wakes) || news.has_changed().unwrap_or(true) {
            if closing.as_mut().poll(context).is_ready() {
                return Poll::Ready(None);
            }
            asked = Some(context.waker().clone());
        }
        future.as_mut().poll(context).map(Some)
    })
    .await
}

async fn close<F: Future>(mut future: Pin<&mut F>, activity: &Activity) -> Option<F::Output> {
    let mut still = Duration::ZERO;
    loop {
        let before = state(activity);
        tokio::select! {
            biased;
            end = future.as_mut() => return Some(end),
            () = sleep(QUIET) => {}
        }
        still = match state(activity) == before {
            true => still + QUIET,
            false => Duration::ZERO,
        };
        if still.is_zero() {
            continue;
        }
        if !activity.is_quiet() {
            if !activity.has_part_of_head() || still < LAST_MOMENT {
                continue;
            }
            // Told once before, it would have ended.
            if activity.end_head() {
                return None;
            }
        } else if !activity.is_http2() {
            if let Poll::Ready(end) = end_if_nothing_came(future.as_mut(), activity).await {
                return Some(end);
            }
        } else if still >= QUIET_HTTP2 {
            return None;
        }
    }
}

/// Lasts while nothing happens. Frames that are of no request are nothing, ours among them.
fn state(activity: &Activity) -> (Wait, usize) {
    let moves = match activity.is_http2() {
        true => 0,
        false => activity.moves(),
    };
    (activity.waits_for(), moves)
}

/// Lets an idle connection read the end, unless there is something else to read.
async fn end_if_nothing_came<F: Future>(
    mut future: Pin<&mut F>,
    activity: &Activity,
) -> Poll<F::Output> {
    activity.end_reads();
    let polled = poll_fn(|context| Poll::Ready(future.as_mut().poll(context))).await;
    // Whatever it has read, it asks no more: a later read may be in the midst of a request.
    activity.take_end();
    polled
}
