//! What is a status called? As RFC 9110 and the registry say, where the crate `http` has an older
//! name.

use axum_core::response::Response;
use http::StatusCode;
use hyper::ext::ReasonPhrase;

/// The phrase of a status; none if no RFC has given it one.
pub(crate) fn of(status: StatusCode) -> Option<&'static str> {
    renamed(status).or_else(|| status.canonical_reason())
}

/// The phrase of a status that `http` knows by another.
pub(crate) fn renamed(status: StatusCode) -> Option<&'static str> {
    match status.as_u16() {
        203 => Some("Non-Authoritative Information"),
        413 => Some("Content Too Large"),
        422 => Some("Unprocessable Content"),
        _ => None,
    }
}

/// Gives a response of HTTP/1.1 the phrase that hyper has not: it writes `<none>` where there is
/// none, which may be empty (RFC 9112 section 4).
pub(crate) fn name(response: &mut Response) {
    let status = response.status();
    if status == StatusCode::OK || renamed(status).is_none() && status.canonical_reason().is_some()
    {
        return;
    }
    let phrase = renamed(status).unwrap_or_default();
    let extensions = response.extensions_mut();
    extensions.get_or_insert_with(|| ReasonPhrase::from_static(phrase.as_bytes()));
}
