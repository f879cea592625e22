//! What can a handler send? axum's responses, under the names axum gives them.
//!
//! The common ones are at the root of the crate too. Text, bytes, `Option` and `Result` of
//! responses, tuples of a status, headers and a body are responses as they are.
//!
//! A body that is made on demand is [`Body::from_stream`](crate::Body::from_stream): the stream is
//! asked for more when the client has read what it was sent.

pub use axum::response::{AppendHeaders, Form, Html, Json, NoContent, Sse};
pub use axum_core::response::{
    ErrorResponse, IntoResponse, IntoResponseParts, Response, ResponseParts,
};

pub use crate::redirect::Redirect;
pub use crate::site::SendSite;

/// Server-sent events: a response of a stream of events, which browsers read with `EventSource`.
///
/// ```
/// use std::convert::Infallible;
///
/// use futures_util::stream;
/// use sendoff::response::Sse;
/// use sendoff::response::sse::{Event, KeepAlive};
/// use sendoff::{handler, send};
///
/// #[handler(GET "/countdown")]
/// async fn countdown() {
///     let numbers = (0..3).rev().map(|n| Ok::<_, Infallible>(Event::default().data(n.to_string())));
///     send!(Sse::new(stream::iter(numbers)).keep_alive(KeepAlive::default()));
/// }
/// # let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
/// # runtime.block_on(async {
/// # let response = sendoff::IntoResponse::into_response(countdown().await);
/// # let body = http_body_util::BodyExt::collect(response.into_body()).await.unwrap();
/// # assert_eq!(body.to_bytes(), "data: 2\n\ndata: 1\n\ndata: 0\n\n");
/// # });
/// ```
pub use axum::response::sse;
