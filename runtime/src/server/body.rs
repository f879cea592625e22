//! What do bodies tell their connection? A request body that does not come fails, and a response
//! body says whom it waits for, and when it is no more.

use std::future::Future;
use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind};
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
use crate::running::message;

/// A request body that fails when the client pauses for too long.
pub(super) struct RequestBody {
    incoming: Incoming,
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
            self.has_ended = !matches!(frame, Some(Ok(_)));
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

    /// Its faults are the handler's, and the client sees no more of them than a response that
    /// breaks off.
    fn poll_body(
        &mut self,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum_core::Error>>> {
        let body = Pin::new(&mut self.body);
        let handler = self.running.handler;
        match catch_unwind(AssertUnwindSafe(|| {
            http_body::Body::poll_frame(body, context)
        })) {
            Ok(Poll::Ready(Some(Err(fault)))) => {
                tracing::warn!(handler, %fault, "the body of a response failed");
                Poll::Ready(Some(Err(fault)))
            }
            Ok(polled) => polled,
            Err(panic) => {
                let panic = message(&*panic);
                tracing::error!(handler, panic, "the body of a response panicked");
                self.body = Body::empty();
                let fault = io::Error::other("the body of the response panicked");
                Poll::Ready(Some(Err(axum_core::Error::new(fault))))
            }
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
        let polled = this.poll_body(context);
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
