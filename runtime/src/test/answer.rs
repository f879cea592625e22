//! What did the app answer? [`Answer`], which prints itself whole when it is not as expected.

use std::fmt;

use axum_core::response::Response;
use bytes::{Bytes, BytesMut};
use http::response::Parts;
use http::{Extensions, HeaderMap, StatusCode};
use http_body::Frame;
use http_body_util::BodyExt;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::response::SendSite;

/// An answer with its whole body, to a request of a [`Client`](super::Client).
///
/// The assertions return the answer, so that one can follow another. When one fails, the test
/// prints the whole answer and, where a handler sent it, the line of the `send!`:
///
/// ```text
/// the status is 404, and not 200
///
///   GET /users/9
///
///   404 Not Found
///   content-type: text/plain; charset=utf-8
///
///   no such user
///
///   sent at src/users.rs:12:9
/// ```
#[must_use = "an answer proves nothing until it is looked at"]
pub struct Answer {
    asked: String,
    parts: Parts,
    /// What has come of it.
    body: Bytes,
    /// What broke the body off.
    fault: Option<String>,
}

impl Answer {
    pub(super) async fn read(asked: String, response: Response) -> Self {
        let (parts, mut body) = response.into_parts();
        let (mut whole, mut fault) = (BytesMut::new(), None);
        while let Some(frame) = body.frame().await {
            match frame.map(Frame::into_data) {
                Ok(Ok(data)) => whole.extend_from_slice(&data),
                // Trailers.
                Ok(Err(_)) => {}
                Err(broken) => {
                    fault = Some(broken.to_string());
                    break;
                }
            }
        }
        Answer {
            asked,
            parts,
            body: whole.freeze(),
            fault,
        }
    }

    /// The body, if the client has got all of it.
    #[track_caller]
    fn whole(&self) -> &Bytes {
        if let Some(fault) = &self.fault {
            panic!("the body broke off: {fault}\n\n{self}");
        }
        &self.body
    }

    /// The status.
    pub fn status(&self) -> StatusCode {
        self.parts.status
    }

    /// The headers.
    pub fn headers(&self) -> &HeaderMap {
        &self.parts.headers
    }

    /// The extensions, among them the [`SendSite`].
    pub fn extensions(&self) -> &Extensions {
        &self.parts.extensions
    }

    /// The body.
    ///
    /// # Panics
    ///
    /// Panics if the body broke off, so that a client would not take it for whole. All methods that
    /// look at the body do.
    #[track_caller]
    pub fn bytes(&self) -> &Bytes {
        self.whole()
    }

    /// The body as text.
    ///
    /// # Panics
    ///
    /// Panics if the body is not UTF-8.
    #[track_caller]
    pub fn text(&self) -> &str {
        match std::str::from_utf8(self.whole()) {
            Ok(text) => text,
            Err(fault) => panic!("the body is no text: {fault}\n\n{self}"),
        }
    }

    /// The body, from JSON.
    ///
    /// # Panics
    ///
    /// Panics if the body is not JSON, or not that of a `T`.
    #[track_caller]
    pub fn json<T: DeserializeOwned>(&self) -> T {
        match serde_json::from_slice(self.whole()) {
            Ok(value) => value,
            Err(fault) => panic!(
                "the body is no JSON for `{}`: {fault}\n\n{self}",
                std::any::type_name::<T>()
            ),
        }
    }

    /// Asserts that the status is `expected`.
    ///
    /// # Panics
    ///
    /// Panics if the status is another one, and shows the response.
    #[track_caller]
    pub fn assert_status(&self, expected: u16) -> &Self {
        let status = self.status().as_u16();
        assert!(
            status == expected,
            "the status is {status}, and not {expected}\n\n{self}"
        );
        self
    }

    /// Asserts that the response has this header, and that one of its values is `expected`.
    ///
    /// # Panics
    ///
    /// Panics if no value of the header is `expected`, and shows the response.
    #[track_caller]
    pub fn assert_header(&self, name: &str, expected: impl AsRef<[u8]>) -> &Self {
        let expected = expected.as_ref();
        let mut values = self.headers().get_all(name).iter();
        assert!(
            values.any(|value| value.as_bytes() == expected),
            "there is no `{name}: {}`\n\n{self}",
            String::from_utf8_lossy(expected)
        );
        self
    }

    /// Asserts that the response does not have this header.
    ///
    /// # Panics
    ///
    /// Panics if it has the header, and shows the response.
    #[track_caller]
    pub fn assert_no_header(&self, name: &str) -> &Self {
        assert!(
            !self.headers().contains_key(name),
            "there is a `{name}`\n\n{self}"
        );
        self
    }

    /// The body is this text.
    #[track_caller]
    pub fn assert_text(&self, expected: &str) -> &Self {
        assert!(
            self.text() == expected,
            "the body is not {expected:?}\n\n{self}"
        );
        self
    }

    /// The body is JSON of this value; the order of its members does not matter.
    #[track_caller]
    pub fn assert_json(&self, expected: &(impl Serialize + ?Sized)) -> &Self {
        let expected = match serde_json::to_value(expected) {
            Ok(expected) => expected,
            Err(fault) => panic!("what is expected cannot be JSON: {fault}"),
        };
        let body: Value = self.json();
        assert!(body == expected, "the body is not {expected:#}\n\n{self}");
        self
    }
}

/// The whole answer, and where it was sent.
impl fmt::Display for Answer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "  {}\n\n  {}", self.asked, self.status())?;
        for (name, value) in self.headers() {
            writeln!(f, "  {name}: {}", String::from_utf8_lossy(value.as_bytes()))?;
        }
        match std::str::from_utf8(&self.body) {
            Ok("") => {}
            Ok(text) => {
                writeln!(f)?;
                for line in pretty(text).lines() {
                    writeln!(f, "  {line}")?;
                }
            }
            Err(_) => writeln!(f, "\n  ({} bytes that are no text)", self.body.len())?,
        }
        if let Some(fault) = &self.fault {
            writeln!(f, "\n  (the body broke off: {fault})")?;
        }
        if let Some(site) = self.extensions().get::<SendSite>() {
            writeln!(f, "\n  sent at {site}")?;
        }
        Ok(())
    }
}

impl fmt::Debug for Answer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// JSON over several lines; anything else as it is.
fn pretty(text: &str) -> String {
    match serde_json::from_str::<Value>(text) {
        Ok(value @ (Value::Object(_) | Value::Array(_))) => format!("{value:#}"),
        _ => text.to_owned(),
    }
}
