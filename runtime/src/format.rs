//! How is a [`Problem`] written? As `App::problems` says; and what is plain text becomes one.

use std::fmt;
use std::panic::Location;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, Waker};

use axum_core::body::Body;
use axum_core::response::{IntoResponse, Response};
use http::response::Parts;
use http::{StatusCode, header};
use http_body::Body as _;

use crate::extract::media_type::MediaType;
use crate::failed;
use crate::problem::Problem;

/// An app's own format of problems.
#[derive(Clone)]
pub(crate) struct Format(Arc<dyn Fn(Problem) -> Response + Send + Sync>);

impl Format {
    pub(crate) fn new<R: IntoResponse>(
        format: impl Fn(Problem) -> R + Send + Sync + 'static,
    ) -> Self {
        let formatted = move |problem| format(problem).into_response();
        Format(Arc::new(move |problem| {
            failed::checked(formatted(problem), std::any::type_name::<R>)
        }))
    }

    /// The response, in this format if it is a problem.
    pub(crate) fn apply(&self, mut response: Response) -> Response {
        if !is_error(response.status()) {
            return response;
        }
        let Some(mut problem) = response.extensions_mut().remove::<Problem>() else {
            return response;
        };
        problem.set_status(response.status());
        // User code, after the handler's panics are caught.
        match catch_unwind(AssertUnwindSafe(|| (self.0)(problem))) {
            // The log has why.
            Ok(formatted) if failed::has_failed(&formatted) => response,
            Ok(formatted) => in_place_of(response.into_parts().0, formatted),
            Err(_) => {
                tracing::error!("the format of problems panicked; answered in the default format");
                response
            }
        }
    }
}

/// The same function, not one that does the same.
impl PartialEq for Format {
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
    }
}

impl fmt::Debug for Format {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Format")
    }
}

fn is_error(status: StatusCode) -> bool {
    status.is_client_error() || status.is_server_error()
}

/// Another body for a response that keeps its headers (`Allow`, `Set-Cookie`, ..), its extensions,
/// and its status, unless the other says one.
fn in_place_of(old: Parts, mut new: Response) -> Response {
    if new.status() == StatusCode::OK {
        *new.status_mut() = old.status;
    }
    let headers = new.headers_mut();
    for name in old.headers.keys() {
        let is_of_the_body = [
            header::CONTENT_TYPE,
            header::CONTENT_LENGTH,
            header::CONTENT_ENCODING,
        ]
        .contains(name);
        if is_of_the_body || headers.contains_key(name) {
            continue;
        }
        for value in old.headers.get_all(name) {
            headers.append(name.clone(), value.clone());
        }
    }
    let mut extensions = old.extensions;
    extensions.extend(std::mem::take(new.extensions_mut()));
    *new.extensions_mut() = extensions;
    new
}

/// What an extractor refuses in plain text, or without any, as a problem.
pub(crate) fn as_problem(response: Response, rejection: &'static str) -> Response {
    in_words(response, Some(rejection), || None::<&str>, |_| true)
}

/// What a client cannot mend it is not told. The log says whose text it was.
pub(crate) fn in_words<P: fmt::Display>(
    response: Response,
    rejection: Option<&'static str>,
    at: impl FnOnce() -> Option<P>,
    is_meant: fn(&str) -> bool,
) -> Response {
    if !is_error(response.status()) || !is_plain(&response) {
        return response;
    }
    let (parts, body) = response.into_parts();
    let text = read(body);
    if !is_meant(&text) {
        return Response::from_parts(parts, Body::from(text));
    }
    let mut problem = Problem::new(parts.status);
    if parts.status.is_server_error() {
        tracing::error!(
            status = %parts.status,
            text,
            rejection,
            at = at().map(tracing::field::display),
            "kept the text of an error from the client"
        );
    } else if !text.is_empty() {
        problem = problem.detail(text);
    }
    in_place_of(parts, problem.into_response())
}

/// A body or a part that could not be made: its text says why, which is for the log. It was to be
/// sent there.
pub(crate) fn as_failure(response: Response, at: &'static Location<'static>) -> Response {
    if !response.status().is_server_error() {
        return response;
    }
    in_words(response, None, || Some(at), |_| true)
}

/// Text that is there as a whole, or nothing.
fn is_plain(response: &Response) -> bool {
    let headers = response.headers();
    let length = response.body().size_hint().exact();
    match headers.get(header::CONTENT_TYPE) {
        Some(_) if headers.contains_key(header::CONTENT_ENCODING) => false,
        Some(media_type) => {
            let media_type = MediaType::parse(media_type.as_bytes());
            length.is_some() && media_type.is_some_and(|found| found.is("text", "plain"))
        }
        None => length == Some(0),
    }
}

/// The text of a body that is there as a whole.
pub(crate) fn read(mut body: Body) -> String {
    let mut text = Vec::new();
    let mut context = Context::from_waker(Waker::noop());
    while let Poll::Ready(Some(Ok(frame))) = Pin::new(&mut body).poll_frame(&mut context) {
        if let Ok(data) = frame.into_data() {
            text.extend_from_slice(&data);
        }
    }
    String::from_utf8_lossy(&text).into_owned()
}
