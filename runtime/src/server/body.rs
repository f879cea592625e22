//! What do bodies tell their connection? A request body that does not come fails, and a response
//! body says whom it waits for, and when it is no more.

use std::future::Future;
use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use axum_core::BoxError;
use axum_core::body::Body;
use bytes::Bytes;
use http_body::{Frame, SizeHint};
use hyper::body::Incoming;
use tokio::time::{Instant, Sleep, sleep_until};

use super::activity::Activity;

/// A request body that fails when the client pauses for too long.
pub(super) struct RequestBody {
    incoming: Incoming,
    /// Dropped after the body, from which hyper knows that it is not wanted.
    open: Option<Open>,
    activity: Arc<Activity>,
    timeout: Duration,
    /// When the pause is over, if there is one, and what had come before it.
    pause: Option<(Instant, usize)>,
    /// Made at the first pause; set anew only when it fires.
    alarm: Option<Pin<Box<Sleep>>>,
    has_ended: bool,
}

impl RequestBody {
    pub(super) fn new(incoming: Incoming, activity: Arc<Activity>, timeout: Duration) -> Self {
        RequestBody {
            incoming,
            open: Open::of(&activity),
            activity,
            timeout,
            pause: None,
            alarm: None,
            has_ended: false,
        }
    }

    /// Ready when the pause, which begins now unless it has begun, is over.
    fn poll_pause(&mut self, context: &mut Context<'_>) -> Poll<()> {
        let (due, reads) = match self.pause {
            Some(pause) => pause,
            None => match Instant::now().checked_add(self.timeout) {
                Some(due) => (due, self.activity.reads()),
                None => return Poll::Pending,
            },
        };
        self.pause = Some((due, reads));
        let alarm = self.alarm.get_or_insert_with(|| Box::pin(sleep_until(due)));
        while alarm.as_mut().poll(context).is_ready() {
            if alarm.deadline() < due {
                alarm.as_mut().reset(due);
                continue;
            }
            // Bytes that make no data yet, such as a half of a chunk's size. On HTTP/2 they may be
            // another stream's.
            if self.activity.is_http2() || self.activity.reads() == reads {
                return Poll::Ready(());
            }
            self.pause = None;
            return self.poll_pause(context);
        }
        Poll::Pending
    }
}

impl http_body::Body for RequestBody {
    type Data = Bytes;
    type Error = BoxError;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, BoxError>>> {
        if self.has_ended {
            return Poll::Ready(None);
        }
        if let Poll::Ready(frame) = Pin::new(&mut self.incoming).poll_frame(context) {
            self.pause = None;
            // hyper does not say that it was the last one, if the response has been sent before.
            let is_last = match &frame {
                Some(Ok(frame)) => frame.is_trailers() || self.incoming.is_end_stream(),
                _ => true,
            };
            if is_last {
                self.has_ended = true;
                self.open = None;
            }
            return Poll::Ready(frame.map(|frame| frame.map_err(Into::into)));
        }
        if self.poll_pause(context).is_pending() {
            return Poll::Pending;
        }
        self.has_ended = true;
        self.activity.stall_body();
        tracing::debug!("a request body did not come in time");
        let fault = io::Error::new(
            io::ErrorKind::TimedOut,
            "the request body did not come in time",
        );
        Poll::Ready(Some(Err(fault.into())))
    }

    fn is_end_stream(&self) -> bool {
        self.has_ended || self.incoming.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.incoming.size_hint()
    }
}

/// On HTTP/1.1 the connection has nothing else to read while a body may go on.
struct Open(Arc<Activity>);

impl Open {
    fn of(activity: &Arc<Activity>) -> Option<Self> {
        if activity.is_http2() {
            return None;
        }
        activity.open_body();
        Some(Open(Arc::clone(activity)))
    }
}

impl Drop for Open {
    fn drop(&mut self) {
        self.0.close_body();
    }
}

/// A request, from its head to the end of its response.
pub(super) struct Running {
    pub(super) activity: Arc<Activity>,
    /// There is a response.
    pub(super) is_answered: bool,
    /// Who answers, if somebody does.
    pub(super) handler: Option<&'static str>,
}

impl Running {
    pub(super) fn begin(activity: &Arc<Activity>, has_length: bool) -> Self {
        activity.begin(has_length);
        Running {
            activity: Arc::clone(activity),
            is_answered: false,
            handler: None,
        }
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.activity.end(self.is_answered);
        if self.activity.count_cut() {
            let handler = self.handler.unwrap_or("none");
            tracing::warn!(handler, "a response was cut off by the end of the server");
        }
    }
}

/// A response body.
pub(super) struct ResponseBody {
    body: Body,
    running: Running,
    /// It waits for the transport.
    is_held: bool,
}

impl ResponseBody {
    pub(super) fn new(body: Body, running: Running) -> Self {
        let is_held = running.activity.is_http2();
        if is_held {
            running.activity.hold_body();
        }
        ResponseBody {
            body,
            running,
            is_held,
        }
    }
}

impl http_body::Body for ResponseBody {
    type Data = Bytes;
    type Error = axum_core::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum_core::Error>>> {
        let this = &mut *self;
        let polled = Pin::new(&mut this.body).poll_frame(context);
        if this.running.activity.is_http2() {
            let activity = &this.running.activity;
            match (this.is_held, polled.is_ready()) {
                (true, false) => activity.release_body(),
                (false, true) => activity.hold_body(),
                _ => activity.pull_body(),
            }
            this.is_held = polled.is_ready();
        }
        polled
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

impl Drop for ResponseBody {
    fn drop(&mut self) {
        if self.is_held {
            self.running.activity.release_body();
        }
    }
}
