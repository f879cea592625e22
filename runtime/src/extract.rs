//! What can a handler take? axum's extractors, under the names axum gives them.
//!
//! The common ones are at the root of the crate too. `Path` and `MatchedPath` are not here: they
//! read what axum's own router leaves behind. In a routed handler a path parameter is an argument
//! of its name.
//!
//! In a routed handler a body of more than 2 MiB is refused with 413, whoever reads it:
//! [`Request`] and [`Body`](crate::Body) hold the limit as `Bytes`, `String`, [`Json`], [`Form`] and
//! `Multipart` do. `body_limit = ..` of the route and
//! [`Server::body_limit`](crate::Server::body_limit) are other limits. On an axum router axum's
//! [`DefaultBodyLimit`] holds, which [`Request`] and [`Body`](crate::Body) do not know.

pub use axum::extract::{
    ConnectInfo, DefaultBodyLimit, Form, Json, OriginalUri, Query, RawForm, RawQuery, State,
};
pub use axum_core::extract::{
    FromRef, FromRequest, FromRequestParts, OptionalFromRequest, OptionalFromRequestParts, Request,
};

pub use axum::extract::rejection;

/// `multipart/form-data`, the form that uploads files (RFC 7578). Needs the feature `multipart`.
///
/// ```
/// use sendoff::extract::Multipart;
/// use sendoff::{handler, send};
///
/// #[handler(POST "/sizes")]
/// async fn sizes(mut form: Multipart) {
///     let mut sizes = String::new();
///     while let Some(mut field) = form.next_field().await? {
///         let mut size = 0;
///         while let Some(chunk) = field.chunk().await? {
///             size += chunk.len();
///         }
///         sizes.push_str(&format!("{} {size}\n", field.name().unwrap_or("-")));
///     }
///     send!(sizes);
/// }
/// # let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
/// # let app = sendoff::App::new(()).routes(sendoff::routes![sizes]);
/// # let request = sendoff::http::Request::post("/sizes")
/// #     .header("content-type", "multipart/form-data; boundary=X")
/// #     .body(sendoff::Body::from(
/// #         "--X\r\ncontent-disposition: form-data; name=\"a\"\r\n\r\n12345\r\n--X--\r\n"))
/// #     .unwrap();
/// # let answer = runtime.block_on(tower_service::Service::call(&mut app.clone(), request)).unwrap();
/// # let body = http_body_util::BodyExt::collect(answer.into_body());
/// # assert_eq!(runtime.block_on(body).unwrap().to_bytes(), "a 5\n");
/// ```
#[cfg(feature = "multipart")]
pub use axum::extract::multipart;
#[cfg(feature = "multipart")]
pub use axum::extract::multipart::Multipart;

/// WebSockets (RFC 6455). Needs the feature `ws`.
///
/// A route for `GET` takes them over HTTP/1.1, and over HTTP/2 too, where the request is an
/// extended `CONNECT` (RFC 8441): a `GET` route answers it, unless `CONNECT` has its own.
///
/// The handler answers 101; the socket lives on in a task of its own. The graceful stop of a
/// [`Server`](crate::Server) waits for it as for a request, so let it close when
/// [`Draining`](crate::Draining) begins, as the example `live` does.
///
/// ```
/// use sendoff::extract::ws::{WebSocket, WebSocketUpgrade};
/// use sendoff::{handler, send};
///
/// #[handler(GET "/echo")]
/// async fn echo(upgrade: WebSocketUpgrade) {
///     send!(upgrade.on_upgrade(back));
/// }
///
/// async fn back(mut socket: WebSocket) {
///     while let Some(Ok(message)) = socket.recv().await {
///         if socket.send(message).await.is_err() {
///             return;
///         }
///     }
/// }
/// ```
#[cfg(feature = "ws")]
pub use axum::extract::ws;
#[cfg(feature = "ws")]
pub use axum::extract::ws::WebSocketUpgrade;
