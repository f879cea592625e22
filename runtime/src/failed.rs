//! What does a client get for a response that could not be made? A 500, a problem that says nothing of
//! why: the text of a library, such as serde's, is for the log.

use std::fmt::Display;
use std::panic::Location;

use axum_core::response::{IntoResponse, Response};
use http::StatusCode;
use http_body::Body as _;

use crate::after;
use crate::format::{as_failure, in_words};
use crate::problem::Problem;

/// Marks the 500 in place of a response that could not be made: no other status goes with it, also
/// where a tuple around it has set one.
#[derive(Clone, Copy)]
struct Failed;

/// Marks a 500.
pub(crate) fn marked(failure: impl IntoResponse) -> Response {
    let mut failure = failure.into_response();
    failure.extensions_mut().insert(Failed);
    failure
}

pub(crate) fn is_marked(response: &Response) -> bool {
    let extensions = response.extensions();
    !extensions.is_empty() && extensions.get::<Failed>().is_some()
}

/// The 500 for a value that cannot be sent, which the log is told about: the value, why, and the
/// place that it comes from.
pub(crate) fn cannot_be_sent(
    what: &'static str,
    error: &dyn Display,
    at: &Location<'_>,
) -> Response {
    tracing::error!(%error, %at, "{what} cannot be sent; answered 500");
    marked(Problem::failed())
}

/// What a value has become that was to be sent: text that says why it could not be is kept from the
/// client. `of` names the value's type.
#[track_caller]
pub(crate) fn checked(response: Response, of: fn() -> &'static str) -> Response {
    if response.status() != StatusCode::INTERNAL_SERVER_ERROR && response.extensions().is_empty() {
        return response;
    }
    let at = Location::caller();
    if response.status() == StatusCode::INTERNAL_SERVER_ERROR && is_of_axum(of()) {
        return marked(as_failure(response, at));
    }
    restored(response, || Some(at))
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

/// A response on its way to the client, of whoever made it.
pub(crate) fn restored<P: Display>(response: Response, at: impl FnOnce() -> Option<P>) -> Response {
    if response.status() == StatusCode::INTERNAL_SERVER_ERROR {
        let length = response.body().size_hint().exact();
        let may_be = OF_HTTP.iter().any(|text| length == Some(text.len() as u64));
        return match may_be {
            true => in_words(response, None, at, |text| OF_HTTP.contains(&text)),
            false => response,
        };
    }
    if !is_marked(&response) {
        return response;
    }
    instead_of(response)
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

/// The texts of axum-core's 500 for a header that is none. They are the http library's: nobody means them.
const OF_HTTP: [&str; 2] = ["failed to parse header value", "invalid HTTP header name"];
