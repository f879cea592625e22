//! `Multipart`: forms that upload files, part by part.
//!
//! The parser is our own, because the one that axum uses searches what has come anew with each byte
//! that comes, and keeps without a limit what stands before the first part and at the head of one:
//! one slow client keeps a core busy.

mod head;
mod parser;

use std::error::Error;
use std::fmt;
use std::future::poll_fn;
use std::pin::Pin;
use std::task::{Context, Poll};

use axum_core::RequestExt as _;
use axum_core::extract::{FromRequest, OptionalFromRequest, Request};
use axum_core::response::{IntoResponse, Response};
use bytes::{Bytes, BytesMut};
use futures_core::Stream;
use http::{HeaderMap, StatusCode, header};

use self::head::Head;
use self::parser::Parser;
use super::json::is_empty;
use super::media_type;
use crate::problem::Problem;
use crate::reply::Reply;

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
///
/// It reads no further than the field that is asked for: a client that sends faster than the handler
/// reads has to wait. What stands before the first part, and the head of each part, may have 16 KiB
/// each. `Content-Transfer-Encoding` is ignored (RFC 7578 section 4.7).
///
/// A request without a body and without a content type is `None` for an `Option<Multipart>`. What
/// is refused, and how, is in [the page on input](crate::extract#input).
#[derive(Debug)]
pub struct Multipart(Parser);

impl Multipart {
    /// The next field, and `None` after the last. What has not been read of the one before is
    /// skipped.
    ///
    /// # Errors
    ///
    /// The form is malformed or breaks off, or its body cannot be read or is longer than its limit.
    pub async fn next_field(&mut self) -> Result<Option<Field<'_>>, MultipartError> {
        let head = poll_fn(|context| self.0.poll_head(context)).await?;
        Ok(head.map(|head| Field { head, form: self }))
    }
}

impl<S: Send + Sync> FromRequest<S> for Multipart {
    type Rejection = Problem;

    async fn from_request(request: Request, _: &S) -> Result<Self, Problem> {
        let boundary = boundary(request.headers())?;
        let body = request.with_limited_body().into_body();
        Ok(Multipart(Parser::new(body, &boundary)))
    }
}

impl<S: Send + Sync> OptionalFromRequest<S> for Multipart {
    type Rejection = Problem;

    async fn from_request(request: Request, state: &S) -> Result<Option<Self>, Problem> {
        if request.headers().contains_key(header::CONTENT_TYPE) {
            let form = <Self as FromRequest<S>>::from_request(request, state);
            return Ok(Some(form.await?));
        }
        if is_empty(request.into_body()).await {
            return Ok(None);
        }
        Err(unsupported())
    }
}

fn unsupported() -> Problem {
    media_type::unsupported("multipart/form-data")
}

/// What stands between the parts (RFC 2046 section 5.1.1).
fn boundary(headers: &HeaderMap) -> Result<Vec<u8>, Problem> {
    let media_type = media_type::of(headers);
    let media_type = media_type.filter(|found| found.is("multipart", "form-data"));
    let media_type = media_type.ok_or_else(unsupported)?;
    media_type::check_coding(headers)?;
    let is_of_one = |byte: &u8| byte.is_ascii_alphanumeric() || b"'()+_,-./:=? ".contains(byte);
    let boundary = media_type.parameter("boundary").filter(|boundary| {
        (1..=70).contains(&boundary.len())
            && boundary.iter().all(is_of_one)
            && !boundary.ends_with(b" ")
    });
    let boundary = boundary.ok_or_else(|| {
        Problem::new(400).detail("the content type multipart/form-data has no valid boundary")
    })?;
    Ok(boundary.into_owned())
}

/// A field of a form: a text, or a file.
///
/// It is a [`Stream`] of the chunks of its content, too.
#[derive(Debug)]
pub struct Field<'a> {
    head: Head,
    form: &'a mut Multipart,
}

impl Field<'_> {
    /// Its name.
    pub fn name(&self) -> Option<&str> {
        self.head.name.as_deref()
    }

    /// The name of the file, as the client says it: it may be `""`, where no file was chosen, hold
    /// `/` or `..`, and be that of another file. Do not make a path of it.
    ///
    /// It is `Some` for each part that has a file name, also for one that is not UTF-8: what cannot
    /// be read of it is U+FFFD.
    pub fn file_name(&self) -> Option<&str> {
        self.head.file_name.as_deref()
    }

    /// Its content type, as the client says it.
    pub fn content_type(&self) -> Option<&str> {
        self.head.headers.get(header::CONTENT_TYPE)?.to_str().ok()
    }

    /// The fields of its head.
    pub fn headers(&self) -> &HeaderMap {
        &self.head.headers
    }

    /// The next piece of its content, and `None` at its end.
    ///
    /// # Errors
    ///
    /// As those of [`Multipart::next_field`].
    pub async fn chunk(&mut self) -> Result<Option<Bytes>, MultipartError> {
        poll_fn(|context| self.form.0.poll_chunk(context)).await
    }

    /// All of its content.
    ///
    /// # Errors
    ///
    /// As those of [`Multipart::next_field`].
    pub async fn bytes(mut self) -> Result<Bytes, MultipartError> {
        let Some(first) = self.chunk().await? else {
            return Ok(Bytes::new());
        };
        let Some(second) = self.chunk().await? else {
            return Ok(first);
        };
        let mut content = BytesMut::from(first);
        content.extend_from_slice(&second);
        while let Some(chunk) = self.chunk().await? {
            content.extend_from_slice(&chunk);
        }
        Ok(content.freeze())
    }

    /// All of its content, which is text in UTF-8 whatever its content type says.
    ///
    /// # Errors
    ///
    /// It is not UTF-8; or as those of [`Multipart::next_field`].
    pub async fn text(self) -> Result<String, MultipartError> {
        let detail = match self.name() {
            Some(name) => format!("the field `{name}` of the form is not valid UTF-8"),
            None => "a field of the form is not valid UTF-8".to_owned(),
        };
        let content = self.bytes().await?;
        String::from_utf8(content.into()).map_err(|_| Problem::new(400).detail(detail).into())
    }
}

impl Stream for Field<'_> {
    type Item = Result<Bytes, MultipartError>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        self.form.0.poll_chunk(context).map(Result::transpose)
    }
}

/// What is wrong with a form. It is a response, so `?` leaves a handler with it.
#[derive(Debug)]
pub struct MultipartError {
    problem: Problem,
    source: Option<axum_core::Error>,
}

impl MultipartError {
    /// The status that it is answered with.
    pub fn status(&self) -> StatusCode {
        self.problem.get_status()
    }

    /// What is wrong, in words for the client.
    pub fn body_text(&self) -> String {
        self.problem.get_detail().unwrap_or_default().to_owned()
    }
}

impl From<Problem> for MultipartError {
    fn from(problem: Problem) -> Self {
        MultipartError {
            problem,
            source: None,
        }
    }
}

impl From<MultipartError> for Problem {
    fn from(error: MultipartError) -> Self {
        error.problem
    }
}

impl From<MultipartError> for Reply {
    fn from(error: MultipartError) -> Self {
        error.problem.into()
    }
}

impl IntoResponse for MultipartError {
    fn into_response(self) -> Response {
        self.problem.into_response()
    }
}

impl fmt::Display for MultipartError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.problem.get_detail().unwrap_or("the form is not valid"))
    }
}

impl Error for MultipartError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        self.source.as_ref().map(|source| source as _)
    }
}
