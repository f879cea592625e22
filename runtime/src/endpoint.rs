//! How does a started handler come to its response?
//!
//! [`AppFuture`] polls the handler, or a layer around it, and contains its panic; [`Ending`] is what every response goes
//! through: the format of problems, and no body where `HEAD` asks for none.

use std::any::Any;
use std::convert::Infallible;
use std::fmt;
use std::future::Future;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::Pin;
use std::task::{Context, Poll};

use axum_core::body::Body;
use axum_core::response::{IntoResponse, Response};
use http::{HeaderValue, StatusCode, header};
use http_body::Body as _;

use crate::format::Format;
use crate::problem::Problem;
use crate::route::HandlerFuture;

/// The future of a response, made by an [`App`](crate::App).
pub struct AppFuture(State);

enum State {
    Ready(Option<Response>),
    Running {
        future: HandlerFuture,
        who: Who,
        ending: Ending,
    },
}

/// Who is to blame for a panic.
#[derive(Clone, Copy)]
enum Who {
    Handler(&'static str),
    Layer(&'static str),
}

impl Who {
    fn panicked(self, panic: &(dyn Any + Send)) {
        let panic = message(panic);
        match self {
            Who::Handler(handler) => tracing::error!(handler, panic, "handler panicked"),
            Who::Layer(layer) => tracing::error!(layer, panic, "layer panicked"),
        }
    }
}

/// What becomes of a response before it is handed to the host.
pub(crate) struct Ending {
    /// The request's method is `HEAD`.
    pub(crate) without_body: bool,
    pub(crate) format: Option<Format>,
}

impl Ending {
    /// The format of the app that the response comes from, if it has its own.
    pub(crate) fn set_format(&mut self, format: Option<&Format>) {
        if let Some(format) = format {
            self.format = Some(format.clone());
        }
    }

    fn apply(&self, response: Response) -> Response {
        let response = match &self.format {
            Some(format) => format.apply(response),
            None => response,
        };
        if self.without_body {
            strip_body(response)
        } else {
            without_forbidden_body(response)
        }
    }
}

impl AppFuture {
    /// A response that needed no handler.
    pub(crate) fn ready(response: Response, ending: &Ending) -> Self {
        AppFuture(State::Ready(Some(ending.apply(response))))
    }

    pub(crate) fn handler(future: HandlerFuture, name: &'static str, ending: Ending) -> Self {
        let who = Who::Handler(name);
        AppFuture(State::Running {
            future,
            who,
            ending,
        })
    }

    pub(crate) fn layer(future: HandlerFuture, name: &'static str, ending: Ending) -> Self {
        let who = Who::Layer(name);
        AppFuture(State::Running {
            future,
            who,
            ending,
        })
    }

    /// Who answers: a handler, or the outermost layer around it; nobody if no route does.
    pub(crate) fn handler_name(&self) -> Option<&'static str> {
        match &self.0 {
            State::Running { who, .. } => match who {
                Who::Handler(name) | Who::Layer(name) => Some(name),
            },
            State::Ready(_) => None,
        }
    }
}

impl Future for AppFuture {
    type Output = Result<Response, Infallible>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        let response = match &mut self.0 {
            State::Ready(response) => response.take().unwrap_or_else(|| polled_again("the app")),
            State::Running {
                future,
                who,
                ending,
            } => {
                // A handler that panicked is not polled again: the answer replaces it below.
                let polled = catch_unwind(AssertUnwindSafe(|| future.as_mut().poll(context)));
                let response = match polled {
                    Ok(Poll::Pending) => return Poll::Pending,
                    Ok(Poll::Ready(response)) => response,
                    Err(panic) => {
                        who.panicked(&*panic);
                        Problem::failed().into_response()
                    }
                };
                ending.apply(response)
            }
        };
        self.0 = State::Ready(None);
        Poll::Ready(Ok(response))
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
