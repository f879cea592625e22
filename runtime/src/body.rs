//! How much of a request's body is read? No more than its limit, however it is read.
//!
//! The limit is in the body itself, so that it holds for every extractor and for a handler that
//! reads the stream. A body that declares a length within the limit needs nothing: the HTTP library
//! holds the client to it.

use std::error::Error;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll, Waker, ready};

use axum_core::BoxError;
use axum_core::body::Body;
use axum_core::extract::{DefaultBodyLimit, Request};
use bytes::Bytes;
use http::StatusCode;
use http_body::{Body as HttpBody, Frame, SizeHint};
use http_body_util::{Full, LengthLimitError, Limited};

use crate::problem::Problem;

/// The limit that axum-core's extractors have by themselves.
const LIMIT_OF_EXTRACTORS: usize = 2 * 1024 * 1024;

/// Gives the request a body that cannot be read past the limit, in bytes.
pub(crate) fn limit(request: &mut Request, limit: usize, is_layered: bool) {
    if request.body().is_end_stream() {
        return;
    }
    let bytes = |length: u64| usize::try_from(length).unwrap_or(usize::MAX);
    let longest = request.body().size_hint().upper().map_or(usize::MAX, bytes);
    // For axum's extractors: one limit, not two. Theirs is switched off where it would be the lower
    // one, where a host may have said another, and where a layer may make more of the body. And
    // where a body can be too long: their limit would wrap ours, and `Multipart` does not know an
    // error in an error.
    let is_lower = longest.min(limit) > LIMIT_OF_EXTRACTORS;
    if is_lower || longest > limit || is_layered || !request.extensions().is_empty() {
        DefaultBodyLimit::disable().apply(request);
    }
    limit_body(request, limit);
}

/// Gives the request a body that cannot be read past the limit, whatever is said of extractors. A
/// layer may have made more of the body, or wrapped its error.
pub(crate) fn limit_body(request: &mut Request, limit: usize) {
    let bytes = |length: u64| usize::try_from(length).unwrap_or(usize::MAX);
    let declared = request.body().size_hint();
    if declared.upper().map_or(usize::MAX, bytes) <= limit {
        return;
    }
    let is_too_long = bytes(declared.lower()) > limit;
    let body = std::mem::take(request.body_mut());
    *request.body_mut() = Body::new(LimitedBody {
        body: Some(body),
        left: limit,
        is_too_long,
    });
}

/// The request with a body that says whether it is waited for.
pub(crate) fn watched(request: Request, is_waited_for: &Arc<AtomicBool>) -> Request {
    if request.body().is_end_stream() {
        return request;
    }
    request.map(|body| {
        Body::new(WatchedBody {
            body,
            is_waited_for: Arc::clone(is_waited_for),
        })
    })
}

/// The answer to a body that is longer than its limit.
pub(crate) fn too_large() -> Problem {
    Problem::new(StatusCode::PAYLOAD_TOO_LARGE).detail("the body is larger than the limit")
}

/// Is this the error, or the source of the error, of reading a body that is too long?
pub(crate) fn is_too_large(error: &(dyn Error + 'static)) -> bool {
    let mut next = Some(error);
    while let Some(error) = next {
        let source = error.source();
        // Not any such error: a handler may limit what it reads of others, too.
        if let (true, Some(source)) = (error.is::<axum_core::Error>(), source)
            && source.is::<LengthLimitError>()
        {
            return true;
        }
        next = source;
    }
    false
}

/// A body that does not say how long it is, or says that it is longer than its limit.
struct LimitedBody {
    /// Gone once it has been too long.
    body: Option<Body>,
    left: usize,
    /// Whether the length that the body declares is beyond the limit.
    is_too_long: bool,
}

impl HttpBody for LimitedBody {
    type Data = Bytes;
    type Error = BoxError;

    fn poll_frame(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, BoxError>>> {
        let this = self.get_mut();
        let Some(body) = &mut this.body else {
            return Poll::Ready(None);
        };
        if !this.is_too_long {
            let frame = ready!(Pin::new(body).poll_frame(context));
            let length = match &frame {
                Some(Ok(frame)) => frame.data_ref().map_or(0, Bytes::len),
                Some(Err(_)) | None => 0,
            };
            if let Some(left) = this.left.checked_sub(length) {
                this.left = left;
                return Poll::Ready(frame.map(|frame| frame.map_err(axum_core::Error::into_inner)));
            }
        }
        this.body = None;
        Poll::Ready(Some(Err(length_limit_error())))
    }

    fn is_end_stream(&self) -> bool {
        self.body.as_ref().is_none_or(HttpBody::is_end_stream)
    }

    fn size_hint(&self) -> SizeHint {
        // A length that is too long is of no use to who reads it.
        SizeHint::default()
    }
}

struct WatchedBody {
    body: Body,
    is_waited_for: Arc<AtomicBool>,
}

impl HttpBody for WatchedBody {
    type Data = Bytes;
    type Error = BoxError;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, BoxError>>> {
        let polled = Pin::new(&mut self.body).poll_frame(context);
        self.is_waited_for
            .store(polled.is_pending(), Ordering::Relaxed);
        polled.map_err(axum_core::Error::into_inner)
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

impl Drop for WatchedBody {
    fn drop(&mut self) {
        self.is_waited_for.store(false, Ordering::Relaxed);
    }
}

/// The error that axum's extractors answer 413 to. Only `Limited` can make it.
fn length_limit_error() -> BoxError {
    let mut too_long = Limited::new(Full::new(Bytes::from_static(b"-")), 0);
    let polled = Pin::new(&mut too_long).poll_frame(&mut Context::from_waker(Waker::noop()));
    match polled {
        Poll::Ready(Some(Err(error))) => error,
        _ => "length limit exceeded".into(),
    }
}
