//! How does a started handler come to its response?
//!
//! [`AppFuture`] polls the handler, contains its panic and ends it when its time is up; if it is
//! dropped before the handler has ended, the handler runs on in a task. [`Ending`] is what every
//! response goes through: the format of problems, and no body where `HEAD` asks for none.

use std::any::Any;
use std::convert::Infallible;
use std::fmt;
use std::future::Future;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use axum_core::body::Body;
use axum_core::response::{IntoResponse, Response};
use http::{HeaderValue, StatusCode, header};
use http_body::Body as _;
use tokio::runtime::Handle;
use tokio::sync::OwnedSemaphorePermit;
use tokio::time::{Sleep, sleep};

use crate::after::Unbound;
use crate::format::Format;
use crate::problem::Problem;
use crate::route::HandlerFuture;
use crate::settings::{Defaults, Settings};
use crate::work::Work;

/// The future of a response, made by an [`App`](crate::App).
///
/// If it is dropped while the handler runs, because the client has left, the handler runs on to its
/// send, unless its route says `on_disconnect = cancel`.
pub struct AppFuture(State);

enum State {
    Ready(Option<Response>),
    Handler(Running),
}

/// What all requests of an app share.
#[derive(Clone)]
pub(crate) struct Common {
    pub(crate) format: Option<Format>,
    pub(crate) defaults: Defaults,
    pub(crate) work: Work,
}

impl Default for Common {
    fn default() -> Self {
        let defaults = Defaults::default();
        Common {
            format: None,
            defaults,
            work: Work::new(defaults.finishing_limit),
        }
    }
}

/// What becomes of a response before it is handed to the host.
pub(crate) struct Ending {
    /// The request's method is `HEAD`.
    pub(crate) without_body: bool,
    pub(crate) common: Arc<Common>,
}

impl Ending {
    fn apply(&self, mut response: Response) -> Response {
        let after = Unbound::from(&mut response);
        let response = match &self.common.format {
            Some(format) => format.apply(response),
            None => response,
        };
        let response = if self.without_body {
            strip_body(response)
        } else {
            without_forbidden_body(response)
        };
        match after {
            Some(after) => after.bind(response, &self.common.work),
            None => response,
        }
    }

    /// Nobody gets this response; the work after it is told so.
    fn discard(&self, mut response: Response) {
        if let Some(after) = Unbound::from(&mut response) {
            drop(after.bind(response, &self.common.work));
        }
    }
}

/// A handler that has been called.
struct Running {
    future: HandlerFuture,
    name: &'static str,
    settings: &'static Settings,
    ending: Ending,
    is_started: bool,
    /// Set when the handler first waits, if its time is limited.
    timer: Option<Pin<Box<Sleep>>>,
}

impl Running {
    /// Never to be polled again once it is ready.
    fn poll(&mut self, context: &mut Context<'_>) -> Poll<Response> {
        self.is_started = true;
        match catch_unwind(AssertUnwindSafe(|| self.future.as_mut().poll(context))) {
            Ok(Poll::Ready(response)) => Poll::Ready(response),
            Ok(Poll::Pending) => self.poll_timer(context),
            Err(panic) => Poll::Ready(self.panicked(&*panic)),
        }
    }

    fn poll_timer(&mut self, context: &mut Context<'_>) -> Poll<Response> {
        let Some(timeout) = self.ending.common.defaults.timeout_of(self.settings) else {
            return Poll::Pending;
        };
        let timer = self.timer.get_or_insert_with(|| Box::pin(sleep(timeout)));
        match timer.as_mut().poll(context) {
            Poll::Pending => Poll::Pending,
            Poll::Ready(()) => Poll::Ready(self.timed_out(timeout)),
        }
    }

    #[cold]
    fn panicked(&self, panic: &(dyn Any + Send)) -> Response {
        tracing::error!(
            handler = self.name,
            at = self.settings.place(),
            panic = message(panic),
            "handler panicked"
        );
        Problem::failed().into_response()
    }

    #[cold]
    fn timed_out(&mut self, timeout: Duration) -> Response {
        let late = std::mem::replace(&mut self.future, Box::pin(std::future::pending()));
        // What it drops may panic, too.
        if let Err(panic) = catch_unwind(AssertUnwindSafe(|| drop(late))) {
            let _ = self.panicked(&*panic);
        }
        tracing::error!(
            handler = self.name,
            at = self.settings.place(),
            ?timeout,
            "handler took too long; dropped it"
        );
        Problem::new(StatusCode::SERVICE_UNAVAILABLE)
            .detail("the handler took too long to answer")
            .into_response()
    }

    /// Runs on without a client, in a task of its own.
    #[cold]
    fn finish(self) {
        let Ok(runtime) = Handle::try_current() else {
            let handler = self.name;
            tracing::warn!(
                handler,
                "a client left, and no runtime is here; dropped the handler"
            );
            return;
        };
        let work = self.ending.common.work.clone();
        match work.room_to_finish() {
            Some(room) => work.spawn(
                &runtime,
                Finishing {
                    handler: self,
                    _room: room,
                },
            ),
            None => tracing::warn!(
                handler = self.name,
                limit = self.ending.common.defaults.finishing_limit,
                "a client left, and too many handlers run on already; dropped this one"
            ),
        }
    }
}

/// A handler whose client has left.
struct Finishing {
    handler: Running,
    _room: OwnedSemaphorePermit,
}

impl Future for Finishing {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<()> {
        let response = std::task::ready!(self.handler.poll(context));
        self.handler.ending.discard(response);
        Poll::Ready(())
    }
}

impl AppFuture {
    /// A response that needed no handler.
    pub(crate) fn ready(response: Response, ending: &Ending) -> Self {
        AppFuture(State::Ready(Some(ending.apply(response))))
    }

    pub(crate) fn handler(
        future: HandlerFuture,
        name: &'static str,
        settings: &'static Settings,
        ending: Ending,
    ) -> Self {
        AppFuture(State::Handler(Running {
            future,
            name,
            settings,
            ending,
            is_started: false,
            timer: None,
        }))
    }
}

impl Future for AppFuture {
    type Output = Result<Response, Infallible>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        let response = match &mut self.0 {
            State::Ready(response) => response.take().unwrap_or_else(|| polled_again("the app")),
            State::Handler(handler) => {
                let response = std::task::ready!(handler.poll(context));
                handler.ending.apply(response)
            }
        };
        self.0 = State::Ready(None);
        Poll::Ready(Ok(response))
    }
}

impl Drop for AppFuture {
    fn drop(&mut self) {
        if let State::Handler(handler) = &self.0
            && handler.is_started
            && handler.settings.finishes()
            && let State::Handler(handler) = std::mem::replace(&mut self.0, State::Ready(None))
        {
            handler.finish();
        }
    }
}

impl fmt::Debug for AppFuture {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AppFuture").finish_non_exhaustive()
    }
}

fn polled_again(who: &str) -> Response {
    tracing::error!("the future of {who} was polled after it had answered");
    Problem::failed().into_response()
}

/// What a panic said.
pub(crate) fn message(panic: &(dyn Any + Send)) -> &str {
    panic
        .downcast_ref::<&'static str>()
        .copied()
        .or_else(|| panic.downcast_ref::<String>().map(String::as_str))
        .unwrap_or("no message")
}

/// The headers that `GET` would have had, without the body (RFC 9110 section 9.3.2).
fn strip_body(mut response: Response) -> Response {
    if let Some(length) = response.body().size_hint().exact()
        && !response.headers().contains_key(header::CONTENT_LENGTH)
        && !forbids_body(response.status())
    {
        response
            .headers_mut()
            .insert(header::CONTENT_LENGTH, HeaderValue::from(length));
    }
    response.map(|_| Body::empty())
}

/// A body with a status that has none would be a protocol error on HTTP/2, and is dropped.
fn without_forbidden_body(response: Response) -> Response {
    if !forbids_body(response.status()) || response.body().is_end_stream() {
        return response;
    }
    tracing::warn!(status = %response.status(), "a response of this status has no body; dropped it");
    let mut response = response.map(|_| Body::empty());
    // With 304 these say what a 200 would have had (RFC 9110 section 15.4.5).
    if response.status() != StatusCode::NOT_MODIFIED {
        response.headers_mut().remove(header::CONTENT_LENGTH);
        response.headers_mut().remove(header::CONTENT_TYPE);
    }
    response
}

/// RFC 9110 sections 15.3.5, 15.3.6 and 15.4.5.
fn forbids_body(status: StatusCode) -> bool {
    matches!(
        status,
        StatusCode::NO_CONTENT | StatusCode::RESET_CONTENT | StatusCode::NOT_MODIFIED
    )
}
