//! `Json<T>`: a body in JSON, taken and sent.

use std::panic::Location;

use axum_core::body::Body;
use axum_core::extract::{FromRequest, OptionalFromRequest, Request};
use axum_core::response::{IntoResponse, Response};
use bytes::{BufMut, Bytes, BytesMut};
use http::{HeaderMap, HeaderValue, header};
use http_body::Body as _;
use http_body_util::BodyExt as _;
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::media_type;
use crate::failed;
use crate::problem::Problem;
use crate::rejection::{invalid_json, unread};

/// A body in JSON (RFC 8259): as an argument, the value in it; in a `send!`, the body.
///
/// ```
/// use sendoff::{App, Json, handler, routes, send};
/// use serde::{Deserialize, Serialize};
///
/// #[derive(Deserialize, Serialize)]
/// struct Note {
///     title: String,
/// }
///
/// #[handler(POST "/notes")]
/// async fn store(Json(note): Json<Note>) {
///     send!(201, Json(note));
/// }
/// # let app: App = App::new(()).routes(routes![store]);
/// # let _ = app;
/// ```
///
/// # What it takes
///
/// A body whose content type is `application/json` or has the suffix `+json`, in any case and with
/// any parameters (RFC 9110 section 8.3.1, RFC 6839), in UTF-8, and without a content coding: a
/// layer, such as tower-http's `RequestDecompressionLayer`, may take one off. Values may be nested
/// 127 deep. What it refuses, and how, is in [the page on input](crate::extract#input).
///
/// `Option<Json<T>>` is `None` for a request without a body and without a content type.
///
/// serde keeps what it reads of a `#[serde(flatten)]`, an untagged or an internally tagged type, in
/// between, where numbers have 64 bits: there is no `i128` or `u128` in those.
///
/// # What it sends
///
/// The value, with the content type `application/json`. Where it cannot be serialized (a map whose
/// keys are no text, an error of a `Serialize` of your own) the answer is 500 without serde's text,
/// which is logged, whatever other status stands beside it.
///
/// On an axum `Router` it works in the same way; there a value that cannot be serialized keeps a
/// status that stands beside it, unless a plain [`handler`](macro@crate::handler) sends it.
#[derive(Clone, Copy, Debug, Default)]
#[must_use]
pub struct Json<T>(pub T);

axum_core::__impl_deref!(Json);

impl<T> From<T> for Json<T> {
    fn from(value: T) -> Self {
        Json(value)
    }
}

impl<T: DeserializeOwned> Json<T> {
    /// Reads a body that is at hand.
    ///
    /// # Errors
    ///
    /// The problem for the client: 400 if it is not JSON, 422 if it is no `T`.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, Problem> {
        let mut deserializer = serde_json::Deserializer::from_slice(bytes);
        let value = serde_path_to_error::deserialize(&mut deserializer);
        let value = value.map_err(|fault| invalid_json(fault.inner(), Some(fault.path())))?;
        // After the end there is no path.
        let end = deserializer.end();
        end.map_err(|fault| invalid_json(&fault, None))?;
        Ok(Json(value))
    }
}

impl<T: DeserializeOwned, S: Send + Sync> FromRequest<S> for Json<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, state: &S) -> Result<Self, Problem> {
        check_head(request.headers())?;
        let bytes = Bytes::from_request(request, state).await;
        Self::from_bytes(&bytes.map_err(|rejection| unread(&rejection))?)
    }
}

impl<T: DeserializeOwned, S: Send + Sync> OptionalFromRequest<S> for Json<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, state: &S) -> Result<Option<Self>, Problem> {
        if request.headers().contains_key(header::CONTENT_TYPE) {
            let json = <Self as FromRequest<S>>::from_request(request, state);
            return Ok(Some(json.await?));
        }
        if is_empty(request.into_body()).await {
            return Ok(None);
        }
        Err(unsupported())
    }
}

/// Is there nothing in a body? One that cannot be read is not empty.
pub(super) async fn is_empty(mut body: Body) -> bool {
    while !body.is_end_stream() {
        match body.frame().await {
            Some(Ok(frame)) if frame.data_ref().is_none_or(Bytes::is_empty) => {}
            Some(_) => return false,
            None => return true,
        }
    }
    true
}

fn check_head(headers: &HeaderMap) -> Result<(), Problem> {
    if !media_type::of(headers).is_some_and(|found| found.is_json()) {
        return Err(unsupported());
    }
    media_type::check_coding(headers)
}

fn unsupported() -> Problem {
    media_type::unsupported("application/json")
}

impl<T: Serialize> IntoResponse for Json<T> {
    #[track_caller]
    fn into_response(self) -> Response {
        // As much as a small object takes, so that it need not grow.
        let mut body = BytesMut::with_capacity(128).writer();
        match serde_json::to_writer(&mut body, &self.0) {
            Ok(()) => {
                let media_type = HeaderValue::from_static("application/json");
                let headers = [(header::CONTENT_TYPE, media_type)];
                (headers, body.into_inner().freeze()).into_response()
            }
            Err(error) => failed::failed(&error, std::any::type_name::<T>(), Location::caller()),
        }
    }
}
