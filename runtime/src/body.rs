//! How much of a request's body is read? No more than its limit, however it is read.
//!
//! The limit is in the body itself, so that it holds for every extractor and for a handler that
//! reads the stream. A body that declares a length within the limit needs nothing: the HTTP library
//! holds the client to it.

use std::error::Error;
use std::pin::Pin;
use std::task::{Context, Poll, Waker, ready};

use axum_core::BoxError;
use axum_core::body::Body;
use axum_core::extract::DefaultBodyLimit;
use bytes::Bytes;
use http::{Request, StatusCode, Version, header};
use http_body::{Body as HttpBody, Frame, SizeHint};
use http_body_util::{BodyExt, Full, LengthLimitError, Limited};
use tokio::runtime::Handle;

use crate::problem::Problem;

/// The limit that axum-core's extractors have by themselves.
const LIMIT_OF_EXTRACTORS: usize = 2 * 1024 * 1024;

/// As much of a refused body as is read and thrown away. A client that still sends when the
/// connection is closed may lose the answer (RFC 9112 section 9.6).
const MOST_DISCARDED: usize = 16 * 1024 * 1024;

/// The request with a body that cannot be read past the limit, in bytes.
pub(crate) fn limited<B>(request: Request<B>, limit: usize) -> Request<Body>
where
    B: HttpBody<Data = Bytes> + Send + 'static,
    B::Error: Into<BoxError>,
{
    // Most requests have none, and `Body::empty` does not allocate.
    if request.body().is_end_stream() {
        return request.map(|_| Body::empty());
    }
    let bytes = |length: u64| usize::try_from(length).unwrap_or(usize::MAX);
    let declared = request.body().size_hint();
    let longest = declared.upper().map_or(usize::MAX, bytes);
    let mut request = if longest <= limit {
        request.map(Body::new)
    } else {
        let is_too_long = bytes(declared.lower()) > limit;
        // Who asks before sending has nothing on the way, and HTTP/2 resets the stream.
        let asks = request.headers().contains_key(header::EXPECT);
        let is_discarded = request.version() <= Version::HTTP_11 && !(is_too_long && asks);
        request.map(|body| {
            Body::new(LimitedBody {
                body: Some(Box::pin(body)),
                left: limit,
                is_too_long,
                is_discarded,
            })
        })
    };
    // One limit, not two: neither axum-core's own, nor that of a host.
    if longest.min(limit) > LIMIT_OF_EXTRACTORS || !request.extensions().is_empty() {
        DefaultBodyLimit::disable().apply(&mut request);
    }
    request
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

/// A body that does not say, or says that it is longer than its limit.
struct LimitedBody<B> {
    /// Gone once it has been too long.
    body: Option<Pin<Box<B>>>,
    left: usize,
    /// It says so itself.
    is_too_long: bool,
    /// Its rest is on the way when it has been too long.
    is_discarded: bool,
}

impl<B> HttpBody for LimitedBody<B>
where
    B: HttpBody<Data = Bytes> + Send + 'static,
    B::Error: Into<BoxError>,
{
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
            let frame = ready!(body.as_mut().poll_frame(context));
            let length = match &frame {
                Some(Ok(frame)) => frame.data_ref().map_or(0, Bytes::len),
                Some(Err(_)) | None => 0,
            };
            if let Some(left) = this.left.checked_sub(length) {
                this.left = left;
                return Poll::Ready(frame.map(|frame| frame.map_err(Into::into)));
            }
        }
        if let Some(body) = this.body.take()
            && this.is_discarded
        {
            discard(body);
        }
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

/// The error that axum's extractors answer 413 to. Only `Limited` can make it.
fn length_limit_error() -> BoxError {
    let mut too_long = Limited::new(Full::new(Bytes::from_static(b"-")), 0);
    let polled = Pin::new(&mut too_long).poll_frame(&mut Context::from_waker(Waker::noop()));
    match polled {
        Poll::Ready(Some(Err(error))) => error,
        _ => "length limit exceeded".into(),
    }
}

/// Reads the rest of a body that nobody wants.
fn discard<B>(mut body: Pin<Box<B>>)
where
    B: HttpBody<Data = Bytes> + Send + 'static,
{
    // Elsewhere than on tokio the host sees to it.
    let Ok(runtime) = Handle::try_current() else {
        return;
    };
    runtime.spawn(async move {
        let mut left = MOST_DISCARDED;
        while let Some(Ok(frame)) = body.frame().await {
            let length = frame.data_ref().map_or(0, Bytes::len);
            match left.checked_sub(length) {
                Some(rest) => left = rest,
                None => return,
            }
        }
    });
}
