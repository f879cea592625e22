//! How much of a request's body is read? No more than its limit, however it is read.
//!
//! The limit is in the body itself, so that it holds for every extractor and for a handler that
//! reads the stream. A body whose length is declared needs nothing: what is too long is refused
//! before it is read, and the HTTP library holds the client to the rest.

use std::error::Error;
use std::pin::Pin;
use std::task::{Context, Poll};

use axum_core::BoxError;
use axum_core::body::Body;
use axum_core::extract::DefaultBodyLimit;
use bytes::Bytes;
use http::{Request, StatusCode, Version, header};
use http_body::{Body as HttpBody, Frame, SizeHint};
use http_body_util::{BodyExt, LengthLimitError, Limited};
use tokio::runtime::Handle;

use crate::problem::Problem;

/// The limit that axum-core's extractors have by themselves.
const LIMIT_OF_EXTRACTORS: usize = 2_097_152;

/// As much of a refused body as is read and thrown away. A client that still sends when the
/// connection is closed may lose the answer (RFC 9112 section 9.6).
const MOST_DISCARDED: u64 = 16 * 1024 * 1024;

/// The request with a body that is no longer than the limit, in bytes; the answer to one that says
/// that it is longer.
pub(crate) fn limited<B>(request: Request<B>, limit: usize) -> Result<Request<Body>, Problem>
where
    B: HttpBody<Data = Bytes> + Send + 'static,
    B::Error: Into<BoxError>,
{
    // Most requests have none, and `Body::empty` does not allocate.
    if request.body().is_end_stream() {
        return Ok(request.map(|_| Body::empty()));
    }
    let bytes = |length: u64| usize::try_from(length).unwrap_or(usize::MAX);
    let declared = request.body().size_hint();
    if bytes(declared.lower()) > limit {
        refuse(request);
        return Err(too_large());
    }
    let longest = declared.upper().map_or(usize::MAX, bytes);
    let mut request = if longest <= limit {
        request.map(Body::new)
    } else {
        request.map(|body| Body::new(LimitedBody::new(body, limit)))
    };
    // One limit, not two: neither axum-core's own, nor that of a host.
    if longest.min(limit) > LIMIT_OF_EXTRACTORS || !request.extensions().is_empty() {
        DefaultBodyLimit::disable().apply(&mut request);
    }
    Ok(request)
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

/// Does away with a request whose body is not wanted.
fn refuse<B>(request: Request<B>)
where
    B: HttpBody + Send + 'static,
{
    // HTTP/2 resets the stream. Who asks before sending has nothing on the way.
    let sends =
        request.version() <= Version::HTTP_11 && !request.headers().contains_key(header::EXPECT);
    if sends {
        discard(request.into_body());
    }
}

/// Reads the rest of a body that nobody wants.
fn discard<B>(body: B)
where
    B: HttpBody + Send + 'static,
{
    // Elsewhere than on tokio the host sees to it.
    let Ok(runtime) = Handle::try_current() else {
        return;
    };
    runtime.spawn(async move {
        let mut body = Box::pin(body);
        let mut left = MOST_DISCARDED;
        while let Some(Ok(frame)) = body.frame().await {
            let length = frame
                .data_ref()
                .map_or(0, |data| bytes::Buf::remaining(data) as u64);
            match left.checked_sub(length) {
                Some(rest) => left = rest,
                None => return,
            }
        }
    });
}

/// A body of unknown length, up to its limit.
struct LimitedBody<B> {
    /// Gone once it has been too long.
    body: Option<Pin<Box<B>>>,
    left: usize,
}

impl<B: HttpBody> LimitedBody<B> {
    fn new(body: B, limit: usize) -> Self {
        LimitedBody {
            body: Some(Box::pin(body)),
            left: limit,
        }
    }
}

impl<B> HttpBody for LimitedBody<B>
where
    B: HttpBody<Data = Bytes> + Send + 'static,
    B::Error: Into<BoxError>,
{
    type Data = Bytes;
    type Error = BoxError;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, BoxError>>> {
        let left = self.left;
        let Some(body) = &mut self.body else {
            return Poll::Ready(None);
        };
        // What `Limited` says is what axum's extractors answer 413 to.
        let polled = Pin::new(&mut Limited::new(body.as_mut(), left)).poll_frame(context);
        match &polled {
            Poll::Ready(Some(Ok(frame))) => {
                let read = frame.data_ref().map_or(0, Bytes::len);
                self.left -= read;
            }
            Poll::Ready(Some(Err(fault))) if fault.is::<LengthLimitError>() => {
                if let Some(body) = self.body.take() {
                    discard(body);
                }
            }
            _ => {}
        }
        polled
    }

    fn is_end_stream(&self) -> bool {
        self.body.as_ref().is_none_or(HttpBody::is_end_stream)
    }

    fn size_hint(&self) -> SizeHint {
        // Of an unknown length, or one that is longer: the declared ones are refused before.
        SizeHint::default()
    }
}
