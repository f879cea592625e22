//! Does a response have the body that its `Content-Length` says?
//!
//! HTTP libraries trust the header. A wrong one makes the client wait for bytes that never come, or
//! take those of the next response for them, and on a connection that is shared it is the way to
//! response splitting (RFC 9110 section 8.6).

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use axum_core::BoxError;
use axum_core::body::Body;
use axum_core::response::Response;
use bytes::Bytes;
use http::{HeaderMap, HeaderValue, header};
use http_body::{Body as HttpBody, Frame, SizeHint};

use crate::failed;

/// The response of `handler`, or a 500 if its length is wrong from the start. A body that does not
/// know its length is held to what the head says.
pub(crate) fn checked(response: Response, handler: &'static str) -> Response {
    // Most have one or two headers: to compare their names is less than to hash one.
    let mut names = response.headers().keys();
    if !names.any(|name| *name == header::CONTENT_LENGTH) {
        return response;
    }
    let hint = response.body().size_hint();
    let Some(length) = declared(response.headers()) else {
        return refused(response, handler, "no number of bytes");
    };
    let is_possible = hint.lower() <= length && hint.upper().is_none_or(|most| length <= most);
    if !is_possible {
        return refused(response, handler, "not the length of the body");
    }
    if hint.exact().is_some() {
        return response;
    }
    response.map(|body| {
        Body::new(Declared {
            body,
            left: length,
            handler,
        })
    })
}

/// What the head says, if all lines of it say the same.
fn declared(headers: &HeaderMap) -> Option<u64> {
    let mut lengths = headers.get_all(header::CONTENT_LENGTH).iter().map(number);
    let first = lengths.next()??;
    lengths.all(|other| other == Some(first)).then_some(first)
}

/// Digits alone: `u64::from_str` takes a sign, too.
fn number(value: &HeaderValue) -> Option<u64> {
    let text = value.to_str().ok()?;
    let is_number = text.bytes().all(|byte| byte.is_ascii_digit());
    is_number.then(|| text.parse().ok())?
}

#[cold]
fn refused(response: Response, handler: &'static str, why: &'static str) -> Response {
    let length = response.body().size_hint().exact();
    tracing::error!(
        handler,
        why,
        length,
        "handler sent a wrong content-length; answered 500"
    );
    failed::instead_of(response)
}

/// A body that does not know its length, and whose head does.
struct Declared {
    body: Body,
    /// In bytes.
    left: u64,
    handler: &'static str,
}

impl Declared {
    /// The error that is the last frame of a body which ends too early.
    fn too_short(&mut self) -> BoxError {
        let left = std::mem::take(&mut self.left);
        let fault = format!("the body ends {left} bytes before its content-length");
        self.body = Body::empty();
        io::Error::new(io::ErrorKind::UnexpectedEof, fault).into()
    }
}

impl HttpBody for Declared {
    type Data = Bytes;
    type Error = BoxError;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, BoxError>>> {
        let this = &mut *self;
        let frame = match ready!(Pin::new(&mut this.body).poll_frame(context)) {
            Some(Ok(frame)) => frame,
            Some(Err(fault)) => return Poll::Ready(Some(Err(fault.into_inner()))),
            None if this.left > 0 => return Poll::Ready(Some(Err(this.too_short()))),
            None => return Poll::Ready(None),
        };
        let mut data = match frame.into_data() {
            Ok(data) => data,
            Err(trailers) if this.left == 0 => return Poll::Ready(Some(Ok(trailers))),
            Err(_) => return Poll::Ready(Some(Err(this.too_short()))),
        };
        let length = data.len() as u64;
        if length > this.left {
            tracing::error!(
                handler = this.handler,
                "handler sent a body longer than its content-length; cut it off there"
            );
            data.truncate(usize::try_from(this.left).unwrap_or(usize::MAX));
        }
        this.left = this.left.saturating_sub(length);
        Poll::Ready(Some(Ok(Frame::data(data))))
    }

    fn is_end_stream(&self) -> bool {
        self.left == 0 && self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        SizeHint::with_exact(self.left)
    }
}
