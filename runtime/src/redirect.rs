//! Where does a response send the client to? [`Redirect`].

use std::panic::Location;

use axum_core::response::{IntoResponse, Response};
use http::{HeaderValue, StatusCode, header};
use percent_encoding::{AsciiSet, CONTROLS, utf8_percent_encode};

use crate::failed::failed;

/// What no URI can hold (RFC 3986 section 2), and no header can say in words of its own. A `%` is
/// taken for an escape that is there.
const NEITHER: &AsciiSet = &CONTROLS
    .remove(b'\t')
    .remove(b'\n')
    .remove(b'\r')
    .remove(0)
    .add(b' ')
    .add(b'"')
    .add(b'<')
    .add(b'>')
    .add(b'\\')
    .add(b'^')
    .add(b'`')
    .add(b'{')
    .add(b'|')
    .add(b'}');

/// A response that sends the client elsewhere, with the field `Location` (RFC 9110 section 10.2.2).
///
/// What a URI cannot hold as it is (a space, `ä`, a backslash) is percent-encoded. A line break or a NUL is not sent at
/// all, since it may be an attempt to write another header: it is a 500, and an error in the log.
///
/// **The client goes wherever this says.** Do not pass on what the client has sent, such as
/// `?next=..`, unless it is one of the places that you know: `//evil.com` is another host.
///
/// ```
/// use sendoff::{Redirect, handler, send};
///
/// #[handler(POST "/notes")]
/// async fn create() {
///     send!(Redirect::to("/notes/7"));
/// }
///
/// # use sendoff::IntoResponse;
/// # let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
/// # let answer = runtime.block_on(create()).into_response();
/// # assert_eq!((answer.status().as_u16(), &answer.headers()["location"]), (303, &"/notes/7".parse().unwrap()));
/// ```
#[must_use = "this reply is dropped: only `send!` sends [unsent-reply]"]
#[derive(Clone, Debug)]
pub struct Redirect {
    status: StatusCode,
    location: String,
    /// Where it was made: a tuple around it says no place of the user's.
    made_at: &'static Location<'static>,
}

impl Redirect {
    /// 303: the client asks there with `GET`, also after a `POST` (RFC 9110 section 15.4.4).
    #[track_caller]
    pub fn to(uri: &str) -> Self {
        Self::with(StatusCode::SEE_OTHER, uri)
    }

    /// 307: the client asks there for now, with the same method and body (RFC 9110 section 15.4.8).
    #[track_caller]
    pub fn temporary(uri: &str) -> Self {
        Self::with(StatusCode::TEMPORARY_REDIRECT, uri)
    }

    /// 308: the client asks there from now on, with the same method and body (RFC 9110 section
    /// 15.4.9).
    #[track_caller]
    pub fn permanent(uri: &str) -> Self {
        Self::with(StatusCode::PERMANENT_REDIRECT, uri)
    }

    #[track_caller]
    fn with(status: StatusCode, uri: &str) -> Self {
        let location = utf8_percent_encode(uri, NEITHER).to_string();
        Redirect {
            status,
            location,
            made_at: Location::caller(),
        }
    }

    /// Its status.
    #[must_use]
    pub fn status_code(&self) -> StatusCode {
        self.status
    }

    /// The value of `Location`, percent-encoded.
    #[must_use]
    pub fn location(&self) -> &str {
        &self.location
    }
}

impl IntoResponse for Redirect {
    fn into_response(self) -> Response {
        match HeaderValue::try_from(self.location) {
            Ok(location) => (self.status, [(header::LOCATION, location)]).into_response(),
            Err(error) => failed(&error, "Redirect", self.made_at),
        }
    }
}
