//! How does a started handler come to its response?
//!
//! [`AppFuture`] polls what runs, and if it is dropped before the handler has ended, hands the
//! handler over to a task; [`Ending`] is what every response goes through: the format of problems,
//! and no body where `HEAD` asks for none.

use std::convert::Infallible;
use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::sync::{Arc, OnceLock};
use std::task::{Context, Poll, ready};

use axum_core::body::Body;
use axum_core::extract::Request;
use axum_core::response::{IntoResponse, Response};
use http::{HeaderValue, StatusCode, header};
use http_body::Body as _;

use crate::after::Unbound;
use crate::format::Format;
use crate::observe::Observation;
use crate::parameter::Captures;
use crate::problem::Problem;
use crate::route::HandlerFuture;
use crate::router::Endpoint;
use crate::running::{Running, Stay, Timer, Who};
use crate::serving::Serving;
use crate::settings::Settings;

/// The future of a response, made by an [`App`](crate::App).
///
/// If it is dropped while the handler runs, because the client has left or a layer gives up, the
/// handler runs on to its send, unless its route says `on_disconnect = cancel`.
pub struct AppFuture(State);

enum State {
    Ready(Option<Response>),
    Running(Running),
}

/// What becomes of a response before it is handed to the host.
pub(crate) struct Ending {
    /// The request's method is `HEAD`.
    pub(crate) to_head: bool,
    /// No layer is around it. What is inside answers `HEAD` with a body, which a layer may look at.
    pub(crate) is_last: bool,
    pub(crate) format: Option<Format>,
    pub(crate) serving: Serving,
    /// Somebody looks at the exchange.
    pub(crate) observation: Option<Box<Observation>>,
    /// The client has closed its side before there was a response.
    pub(crate) has_left: bool,
    /// What the layers have called in the end, if there are layers.
    pub(crate) entered: Option<Entered>,
}

/// How the handler inside the layers wants to be run, as soon as one is called.
pub(crate) type Entered = Arc<OnceLock<&'static Settings>>;

impl Ending {
    /// The format of the app that the response comes from, if it has its own.
    pub(crate) fn set_format(&mut self, format: Option<&Format>) {
        if let Some(format) = format {
            self.format = Some(format.clone());
        }
    }

    /// Does the body of a response with this status go to the client?
    pub(crate) fn is_sent_with_body(&self, status: StatusCode) -> bool {
        !self.to_head && !forbids_body(status)
    }

    pub(crate) fn apply(&mut self, mut response: Response) -> Response {
        let after = Unbound::from(&mut response);
        let response = match &self.format {
            Some(format) => format.apply(response),
            None => response,
        };
        let response = if self.to_head && self.is_last {
            strip_body(response)
        } else {
            without_forbidden_body(response)
        };
        let response = match after {
            Some(after) if self.has_left => {
                after.abort(&self.serving);
                response
            }
            Some(after) => after.bind(response, &self.serving),
            None => response,
        };
        match self.observation.take() {
            Some(observation) => observation.bind(response),
            None => response,
        }
    }

    /// Nobody gets this response; the work after it is told so.
    pub(crate) fn discard(&self, mut response: Response) {
        if let Some(after) = Unbound::from(&mut response) {
            after.abort(&self.serving);
        }
    }

    /// What is still sent may be read by nobody.
    pub(crate) fn client_left(&mut self) {
        self.has_left = true;
        if let Some(observation) = &mut self.observation {
            observation.client_left();
        }
    }
}

impl AppFuture {
    /// A response that needed no handler.
    pub(crate) fn ready(response: Response, mut ending: Ending) -> Self {
        AppFuture(State::Ready(Some(ending.apply(response))))
    }

    /// Calls what a route leads to.
    pub(crate) fn call(
        endpoint: &Endpoint,
        request: Request,
        captures: Captures,
        ending: Ending,
    ) -> Self {
        let (request, timer) = match ending.serving.timeout_of(endpoint.settings) {
            Some(timeout) => {
                let (request, timer) = Timer::of(request, timeout);
                (request, Some(timer))
            }
            None => (request, None),
        };
        if let Some(entered) = &ending.entered {
            // A layer may call it more than once.
            let _ = entered.set(endpoint.settings);
        }
        let future = (endpoint.respond)(request, captures);
        let who = Who::Handler(endpoint.info.handler, endpoint.settings);
        AppFuture(State::Running(Running::new(future, who, timer, ending)))
    }

    pub(crate) fn layer(future: HandlerFuture, name: &'static str, ending: Ending) -> Self {
        let who = Who::Layer(name);
        AppFuture(State::Running(Running::new(future, who, None, ending)))
    }

    /// The client has closed its side: how long does the handler go on?
    pub(crate) fn client_leaves(&mut self) -> Stay {
        match &mut self.0 {
            State::Running(running) => running.client_leaves(),
            State::Ready(_) => Stay::ForAMoment,
        }
    }

    /// Who answers: a handler, or the outermost layer around it; nobody if no route does.
    pub(crate) fn handler_name(&self) -> Option<&'static str> {
        match &self.0 {
            State::Running(running) => Some(running.name()),
            State::Ready(_) => None,
        }
    }
}

impl Future for AppFuture {
    type Output = Result<Response, Infallible>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        let response = match &mut self.0 {
            State::Ready(response) => response.take().unwrap_or_else(|| polled_again("the app")),
            State::Running(running) => ready!(running.poll_response(context)),
        };
        self.0 = State::Ready(None);
        Poll::Ready(Ok(response))
    }
}

impl Drop for AppFuture {
    fn drop(&mut self) {
        if let State::Running(running) = &self.0
            && running.is_to_finish()
            && let State::Running(running) = std::mem::replace(&mut self.0, State::Ready(None))
        {
            running.finish();
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
fn without_forbidden_body(mut response: Response) -> Response {
    if !forbids_body(response.status()) {
        return response;
    }
    if response.body().is_end_stream() {
        // RFC 9110 section 8.6.
        if response.status() == StatusCode::NO_CONTENT {
            response.headers_mut().remove(header::CONTENT_LENGTH);
        }
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
