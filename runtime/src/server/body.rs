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
use axum_core::response::Response;
use bytes::Bytes;
use http_body::{Body as _, Frame, SizeHint};
use hyper::body::Incoming;
use tokio::time::{Instant, Sleep, sleep_until};

use super::activity::Activity;
use crate::running::{Stay, message};

/// A request body that fails when the client pauses for too long.
pub(super) struct RequestBody {
    /// Gone at its end.
    incoming: Option<Incoming>,
    /// Dropped after the body, from which hyper knows that it is not wanted.
    open: Option<Open>,
    activity: Arc<Activity>,
    timeout: Duration,
    /// When the pause is over, if there is one, and what had come before it.
    pause: Option<(Instant, usize)>,
    /// Made at the first pause; set anew only when it fires.
    alarm: Option<Pin<Box<Sleep>>>,
}

impl RequestBody {
    pub(super) fn new(incoming: Incoming, activity: Arc<Activity>, timeout: Duration) -> Self {
        RequestBody {
            incoming: Some(incoming),
            open: Open::of(&activity),
            activity,
            timeout,
            pause: None,
            alarm: None,
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
        let this = &mut *self;
        let Some(incoming) = &mut this.incoming else {
            return Poll::Ready(None);
        };
        if let Poll::Ready(frame) = Pin::new(&mut *incoming).poll_frame(context) {
            let frame = frame.map(|frame| check_trailers(frame?, &this.activity));
            this.pause = None;
            this.activity.want_body(false);
            if let Some(Err(_)) = frame {
                // What comes next cannot be told from what is left of it.
                this.activity.break_body();
            }
            // hyper does not say that it was the last one, if the response has been sent before.
            let is_last = match &frame {
                Some(Ok(frame)) => frame.is_trailers() || incoming.is_end_stream(),
                _ => true,
            };
            if is_last {
                this.incoming = None;
                this.open = None;
            }
            return Poll::Ready(frame);
        }
        this.activity.want_body(true);
        if this.poll_pause(context).is_pending() {
            return Poll::Pending;
        }
        this.incoming = None;
        this.activity.break_body();
        tracing::debug!("a request body did not come in time");
        let fault = io::Error::new(
            io::ErrorKind::TimedOut,
            "the request body did not come in time",
        );
        Poll::Ready(Some(Err(fault.into())))
    }

    fn is_end_stream(&self) -> bool {
        self.incoming.as_ref().is_none_or(Incoming::is_end_stream)
    }

    fn size_hint(&self) -> SizeHint {
        let incoming = self.incoming.as_ref();
        incoming.map_or(SizeHint::with_exact(0), Incoming::size_hint)
    }
}

impl Drop for RequestBody {
    fn drop(&mut self) {
        self.activity.want_body(false);
        if let Some(incoming) = self.incoming.take()
            && !incoming.is_end_stream()
        {
            self.activity.leave_body(incoming);
        }
    }
}

/// hyper takes a line that ends in a bare LF for the end of the trailers. If it is the first, it
/// gives none, which a body without trailers does not have.
fn check_trailers(frame: Frame<Bytes>, activity: &Activity) -> Result<Frame<Bytes>, BoxError> {
    match frame.trailers_ref() {
        Some(trailers) if !activity.is_http2() => {
            activity.take_trailers();
            if trailers.is_empty() {
                return Err("the request body ends in a bare LF".into());
            }
            Ok(frame)
        }
        _ => Ok(frame),
    }
}

/// A response that waits for what its handler has left of the request's body.
///
/// hyper closes the connection after a body that was not read to its end, without a word to the
/// client if the head of the response has gone already: the client's next request would be lost. So
/// what has come is read, which is often all; otherwise hyper learns of it first, and says `close`.
pub(super) struct Unread {
    response: Option<Response>,
    incoming: Option<Incoming>,
    activity: Arc<Activity>,
    /// How many bytes are still worth it.
    room: usize,
    /// Nothing had come when it was asked last.
    is_dry: bool,
    /// hyper has had its turn since.
    is_known: bool,
}

/// As much as Go's `net/http` reads.
const WORTH_READING: usize = 256 * 1024;

impl Unread {
    /// A client that expects 100 (Continue) is not to be asked for its body any more.
    pub(super) fn new(
        response: Response,
        incoming: Incoming,
        activity: &Arc<Activity>,
        is_expected: bool,
    ) -> Self {
        let least = usize::try_from(incoming.size_hint().lower()).unwrap_or(usize::MAX);
        Unread {
            response: Some(response),
            incoming: (!is_expected && least <= WORTH_READING).then_some(incoming),
            activity: Arc::clone(activity),
            room: WORTH_READING,
            is_dry: false,
            is_known: false,
        }
    }

    /// Ready once: when the body is read, or hyper knows that it will not be.
    pub(super) fn poll(&mut self, context: &mut Context<'_>) -> Poll<Response> {
        while let Some(incoming) = &mut self.incoming {
            match Pin::new(&mut *incoming).poll_frame(context) {
                Poll::Ready(Some(Ok(frame))) => {
                    if frame.is_trailers() {
                        self.activity.take_trailers();
                    }
                    let length = frame.data_ref().map_or(0, Bytes::len);
                    self.is_dry = false;
                    match self.room.checked_sub(length) {
                        Some(room) => self.room = room,
                        None => self.incoming = None,
                    }
                }
                Poll::Ready(_) => {
                    self.incoming = None;
                    self.is_known = true;
                }
                // hyper has its turn, and reads what there is.
                Poll::Pending if !self.is_dry => {
                    self.is_dry = true;
                    context.waker().wake_by_ref();
                    return Poll::Pending;
                }
                Poll::Pending => self.incoming = None,
            }
        }
        if !std::mem::replace(&mut self.is_known, true) {
            context.waker().wake_by_ref();
            return Poll::Pending;
        }
        match self.response.take() {
            Some(response) => Poll::Ready(response),
            None => Poll::Pending,
        }
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
    /// The client has left, and the connection has given its slot to another: it counts as one that
    /// runs on until nothing of the response is left.
    pub(super) stay: Option<Stay>,
}

impl Running {
    pub(super) fn begin(activity: &Arc<Activity>, has_length: bool) -> Self {
        activity.begin(has_length);
        Running {
            activity: Arc::clone(activity),
            is_answered: false,
            handler: None,
            stay: None,
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
                // It may be made of the request's, whose client has left.
                if self.running.activity.has_broken_body() {
                    tracing::debug!(handler, %fault, "the body of a response failed");
                } else {
                    tracing::warn!(handler, %fault, "the body of a response failed");
                }
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
