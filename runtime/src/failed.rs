//! What does a client get for a response that could not be made? A 500, whatever else was said of it,
//! and nothing of why: the text of a library, such as serde's, is for the log.
//!
//! axum-core's tuples take the response of their last member, and give it another status: `(201,
//! Json(value))` is 201 even where the value cannot be serialized. So such a response is marked, and
//! whoever passes a response on ([`settled`]) looks for the mark. Other responses have no
//! extensions, or few: the look costs next to nothing.

use std::fmt;
use std::panic::Location;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use axum_core::response::{IntoResponse, Response};
use http::StatusCode;
use http_body::Body as _;

use crate::after;
use crate::format::{as_failure, in_words};
use crate::problem::Problem;

/// Marks a response in place of one that could not be made.
#[derive(Clone)]
struct Failed(Arc<Fault>);

/// It is logged where the response is sent, which knows the place of the `send!`; and in the end by
/// itself, where nobody of ours sends it.
struct Fault {
    error: String,
    of: &'static str,
    made_at: &'static Location<'static>,
    is_logged: AtomicBool,
}

impl Fault {
    #[cold]
    fn log(&self, at: &'static Location<'static>) {
        if !self.is_logged.swap(true, Ordering::Relaxed) {
            let (text, of) = (&*self.error, self.of);
            tracing::error!(text, of, %at, "a response could not be made; answered 500");
        }
    }
}

impl Drop for Fault {
    fn drop(&mut self) {
        self.log(self.made_at);
    }
}

/// The response in place of one that could not be made of a value of the type `of`.
#[cold]
pub(crate) fn failed(
    error: &dyn fmt::Display,
    of: &'static str,
    made_at: &'static Location<'static>,
) -> Response {
    let fault = Fault {
        error: error.to_string(),
        of,
        made_at,
        is_logged: AtomicBool::new(false),
    };
    with(Problem::failed().into_response(), fault)
}

/// The response in place of one that could not be made, which is on record.
#[track_caller]
pub(crate) fn marked(response: Response) -> Response {
    let fault = Fault {
        error: String::new(),
        of: "",
        made_at: Location::caller(),
        is_logged: AtomicBool::new(true),
    };
    with(response, fault)
}

fn with(mut response: Response, fault: Fault) -> Response {
    response.extensions_mut().insert(Failed(Arc::new(fault)));
    response
}

/// Is this the response in place of one that could not be made?
pub(crate) fn has_failed(response: &Response) -> bool {
    let extensions = response.extensions();
    !extensions.is_empty() && extensions.get::<Failed>().is_some()
}

/// What a value has become that was to be sent; `of` names its type.
#[track_caller]
pub(crate) fn checked(response: Response, of: fn() -> &'static str) -> Response {
    let is_failure = response.status() == StatusCode::INTERNAL_SERVER_ERROR;
    if !is_failure && response.extensions().is_empty() {
        return response;
    }
    let at = Location::caller();
    if is_failure && !has_failed(&response) && is_of_axum(of()) {
        return marked(as_failure(response, at));
    }
    settled(response, Some(at))
}

/// Nothing but the type's name tells a 500 of axum's `Json` from one that is meant.
fn is_of_axum(value: &str) -> bool {
    [
        "axum::json::Json<",
        "axum::form::Form<",
        "axum::response::redirect::",
    ]
    .iter()
    .any(|name| value.starts_with(name))
}

/// The response as it may be sent, from a place if that is known: a 500 without anything else if it
/// could not be made.
pub(crate) fn settled(response: Response, at: Option<&'static Location<'static>>) -> Response {
    settled_of(response, at, || at)
}

/// As [`settled`], of a handler whose place is known.
pub(crate) fn settled_of<P: fmt::Display>(
    response: Response,
    at: Option<&'static Location<'static>>,
    place: impl FnOnce() -> Option<P>,
) -> Response {
    if !response.extensions().is_empty()
        && let Some(failed) = response.extensions().get::<Failed>()
    {
        failed.0.log(at.unwrap_or(failed.0.made_at));
        return match response.status() {
            StatusCode::INTERNAL_SERVER_ERROR => response,
            _ => instead_of(response),
        };
    }
    if response.status() != StatusCode::INTERNAL_SERVER_ERROR {
        return response;
    }
    let length = response.body().size_hint().exact();
    let may_be = OF_HTTP.iter().any(|text| length == Some(text.len() as u64));
    if !may_be {
        return response;
    }
    in_words(response, None, place, |text| OF_HTTP.contains(&text))
}

/// The 500 that is sent in the stead of a response. The work after that one is the work after this.
pub(crate) fn instead_of(mut response: Response) -> Response {
    after::unbind(&mut response);
    let mut failure = Problem::failed().into_response();
    let mut extensions = response.into_parts().0.extensions;
    // Of a problem that was to be sent the format knows nothing.
    extensions.remove::<Problem>();
    failure.extensions_mut().extend(extensions);
    failure
}

/// The texts of axum-core's 500 for a header that is none. They are the http library's: nobody means
/// them.
const OF_HTTP: [&str; 2] = ["failed to parse header value", "invalid HTTP header name"];
