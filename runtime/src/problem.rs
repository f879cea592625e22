//! What does an error say to a client? [`Problem`], in the format of RFC 9457.

use std::borrow::Cow;
use std::fmt;
use std::panic::Location;

use axum_core::BoxError;
use axum_core::response::{IntoResponse, Response};
use http::{HeaderName, HeaderValue, StatusCode, header};
use serde::Serialize;
use serde::ser::{SerializeMap, Serializer};
use serde_json::{Value, json};

use crate::body::{is_too_large, too_large};
use crate::phrase;
use crate::reply::{IntoStatus, Reply};

type Text = Cow<'static, str>;

/// An error for the client: RFC 9457's `application/problem+json`.
///
/// What sendoff answers by itself (an unknown path, a body that is no JSON, a panic, ..) is one,
/// and a handler can send one:
///
/// ```
/// use sendoff::{Problem, handler, send};
///
/// #[handler]
/// async fn buy(credit: u32) {
///     if credit < 30 {
///         send!(
///             Problem::new(403)
///                 .kind("https://example.com/problems/out-of-credit")
///                 .title("You do not have enough credit.")
///                 .detail(format!("Your credit is {credit}, but that costs 30."))
///                 .with("balance", credit)
///         );
///     }
///     send!(204);
/// }
///
/// # use sendoff::IntoResponse;
/// # let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
/// # let answer = runtime.block_on(buy(5)).into_response();
/// # assert_eq!(answer.status(), 403);
/// # assert_eq!(answer.headers()["content-type"], "application/problem+json");
/// ```
///
/// It is also an error that `?` leaves a handler with, and a helper that returns
/// `Result<T, `[`Reply`]`>`.
///
/// # Its members
///
/// | member | is |
/// |---|---|
/// | `type` | a URI of the kind of problem, `about:blank` if there is no more to say than the status |
/// | `title` | the kind of problem in words, the status's own if there are no others |
/// | `status` | the status |
/// | `detail` | what is wrong this time, in words; left out if there is nothing to say |
/// | `instance` | a URI of this occurrence; left out if there is none |
/// | `errors` | what is wrong where in the request, one object each: see [`fault`](Problem::fault) |
///
/// and whatever [`with`](Problem::with) adds. [`App::problems`](crate::App::problems) gives all
/// problems of an app another format.
#[must_use = "this reply is dropped: only `send!` sends [unsent-reply]"]
#[derive(Clone)]
// Boxed, so that `Result<T, Problem>` stays as small as its `T`.
pub struct Problem(Box<Members>);

#[derive(Clone)]
struct Members {
    status: StatusCode,
    kind: Option<Text>,
    title: Option<Text>,
    detail: Option<Text>,
    instance: Option<Text>,
    others: Vec<(Text, Value)>,
    /// Fields of the response.
    headers: Vec<(HeaderName, HeaderValue)>,
}

/// The member that [`Problem::fault`] fills.
const FAULTS: &str = "errors";

impl Problem {
    /// A problem that says no more than its status, which is a [`StatusCode`] or a number.
    ///
    /// A number that is no status of a final response becomes a 500, and an error in the log.
    #[track_caller]
    pub fn new(status: impl IntoStatus) -> Self {
        let at = Location::caller();
        let status = status.into_status().unwrap_or_else(|| {
            tracing::error!(%at, "a problem has a status that is none (200..=599); made it 500");
            StatusCode::INTERNAL_SERVER_ERROR
        });
        Problem(Box::new(Members {
            status,
            kind: None,
            title: None,
            detail: None,
            instance: None,
            others: Vec::new(),
            headers: Vec::new(),
        }))
    }

    /// The 500 for an error that is not the client's business: the log gets the error, all its
    /// sources, and the line of this call; the client gets none of it.
    ///
    /// One error is the client's business: that of reading a request body that is longer than its
    /// limit, which is answered 413.
    ///
    /// [`or_500`](crate::OrSend::or_500) does this to a `Result`. By itself it is for the
    /// [`IntoResponse`] of an error type of your own:
    ///
    /// ```
    /// use sendoff::{IntoResponse, Problem, Response};
    ///
    /// enum AppError {
    ///     NotFound,
    ///     Io(std::io::Error),
    /// }
    ///
    /// impl IntoResponse for AppError {
    ///     fn into_response(self) -> Response {
    ///         match self {
    ///             AppError::NotFound => Problem::new(404).into_response(),
    ///             AppError::Io(error) => Problem::internal(error).into_response(),
    ///         }
    ///     }
    /// }
    /// # let _ = AppError::NotFound;
    /// # let error = AppError::Io(std::io::Error::other("secret"));
    /// # assert_eq!(error.into_response().status(), 500);
    /// ```
    #[track_caller]
    pub fn internal(error: impl Into<BoxError>) -> Self {
        let error = error.into();
        if is_too_large(&*error) {
            return too_large();
        }
        let mut chain = Vec::new();
        let mut source = error.source();
        while let Some(error) = source {
            chain.push(error.to_string());
            source = error.source();
        }
        tracing::error!(
            %error,
            chain = (!chain.is_empty()).then(|| tracing::field::display(chain.join(": "))),
            at = %Location::caller(),
            "answered 500"
        );
        Self::failed()
    }

    /// The 500 for a fault that is on record.
    pub(crate) fn failed() -> Self {
        Problem::new(StatusCode::INTERNAL_SERVER_ERROR)
    }

    /// Sets `type`: a URI that names the kind of problem, best one that explains it.
    pub fn kind(mut self, uri: impl Into<Cow<'static, str>>) -> Self {
        self.0.kind = Some(uri.into());
        self
    }

    /// Sets `title`: the kind of problem in words, the same each time it occurs.
    pub fn title(mut self, title: impl Into<Cow<'static, str>>) -> Self {
        self.0.title = Some(title.into());
        self
    }

    /// Sets `detail`: what is wrong this time, in words, and best how to mend it.
    pub fn detail(mut self, detail: impl Into<Cow<'static, str>>) -> Self {
        self.0.detail = Some(detail.into());
        self
    }

    /// Sets `instance`: a URI that names this occurrence.
    pub fn instance(mut self, uri: impl Into<Cow<'static, str>>) -> Self {
        self.0.instance = Some(uri.into());
        self
    }

    /// Sets a member of another name.
    ///
    /// The members that have a method of their own, and a value that cannot be serialized, are left
    /// out, with an error in the log.
    pub fn with(mut self, name: impl Into<Cow<'static, str>>, value: impl Serialize) -> Self {
        let name = name.into();
        if ["type", "title", "status", "detail", "instance"].contains(&&*name) {
            tracing::error!(%name, "this member of a problem has a method of its own; left it out");
            return self;
        }
        match serde_json::to_value(value) {
            Ok(value) => self.set(name, value),
            Err(error) => {
                tracing::error!(%name, %error, "a member of a problem cannot be sent; left it out");
            }
        }
        self
    }

    fn set(&mut self, name: Text, value: Value) {
        match self.0.others.iter_mut().find(|(other, _)| *other == name) {
            Some((_, old)) => *old = value,
            None => self.0.others.push((name, value)),
        }
    }

    /// Adds to `errors` what is wrong with one part of the request, as sendoff says it of a body or
    /// a parameter that does not parse:
    ///
    /// | member | is |
    /// |---|---|
    /// | `in` | the part of the request: `body`, `query`, or `path` |
    /// | `pointer` | where in it, a JSON pointer as a URI fragment (RFC 6901): `#/notes/0/title`; a parameter is `#/name`, the whole is `#` |
    /// | `detail` | what is wrong there, in words |
    ///
    /// ```
    /// use sendoff::Problem;
    ///
    /// let problem = Problem::new(422)
    ///     .detail("the order is not valid")
    ///     .fault("body", "#/items/0/count", "must not be zero")
    ///     .fault("query", "#/currency", "is not one that we take");
    /// assert_eq!(problem.get("errors").unwrap()[0]["pointer"], "#/items/0/count");
    /// ```
    pub fn fault(
        mut self,
        part: impl Into<Cow<'static, str>>,
        pointer: impl Into<Cow<'static, str>>,
        detail: impl Into<Cow<'static, str>>,
    ) -> Self {
        let fault = json!({
            "in": part.into(),
            "pointer": pointer.into(),
            "detail": detail.into(),
        });
        let faults = self.0.others.iter_mut().find(|(name, _)| name == FAULTS);
        match faults {
            Some((_, Value::Array(faults))) => faults.push(fault),
            _ => self.set(FAULTS.into(), Value::Array(vec![fault])),
        }
        self
    }

    /// Adds a field to the response: what an RFC says that a response of this status carries.
    pub(crate) fn header(mut self, name: HeaderName, value: HeaderValue) -> Self {
        self.0.headers.push((name, value));
        self
    }

    /// Its `status`.
    pub fn get_status(&self) -> StatusCode {
        self.0.status
    }

    /// Its `type`.
    pub fn get_kind(&self) -> &str {
        self.0.kind.as_deref().unwrap_or("about:blank")
    }

    /// Its `title`.
    pub fn get_title(&self) -> &str {
        // RFC 9457 section 4.2.1: the title of `about:blank` is the status's phrase.
        let phrase = || phrase::of(self.0.status).unwrap_or("Error");
        self.0.title.as_deref().unwrap_or_else(phrase)
    }

    /// Its `detail`, if it has one.
    pub fn get_detail(&self) -> Option<&str> {
        self.0.detail.as_deref()
    }

    /// Its `instance`, if it has one.
    pub fn get_instance(&self) -> Option<&str> {
        self.0.instance.as_deref()
    }

    /// A member that [`with`](Problem::with) or [`fault`](Problem::fault) has set.
    pub fn get(&self, name: &str) -> Option<&Value> {
        let found = self.0.others.iter().find(|(other, _)| other == name);
        found.map(|(_, value)| value)
    }

    pub(crate) fn set_status(&mut self, status: StatusCode) {
        self.0.status = status;
    }
}

/// The JSON that is sent.
impl Serialize for Problem {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("type", self.get_kind())?;
        map.serialize_entry("title", self.get_title())?;
        map.serialize_entry("status", &self.0.status.as_u16())?;
        for (name, value) in [
            ("detail", self.get_detail()),
            ("instance", self.get_instance()),
        ] {
            if let Some(value) = value {
                map.serialize_entry(name, value)?;
            }
        }
        for (name, value) in &self.0.others {
            map.serialize_entry(name, value)?;
        }
        map.end()
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        // Strings and JSON values: there is nothing that cannot be serialized.
        let body = serde_json::to_vec(&self).unwrap_or_default();
        let media_type = HeaderValue::from_static("application/problem+json");
        let headers = [(header::CONTENT_TYPE, media_type)];
        let mut response = (self.0.status, headers, body).into_response();
        for (name, value) in &self.0.headers {
            response.headers_mut().append(name.clone(), value.clone());
        }
        // For `App::problems`, which may write it in another format.
        response.extensions_mut().insert(self);
        response
    }
}

/// So that `?` on a `Result<T, Problem>` leaves a helper too.
impl From<Problem> for Reply {
    fn from(problem: Problem) -> Self {
        Reply::new(problem.into_response())
    }
}

impl fmt::Debug for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut shown = f.debug_struct("Problem");
        shown
            .field("status", &self.0.status)
            .field("kind", &self.get_kind())
            .field("title", &self.get_title())
            .field("detail", &self.get_detail())
            .field("instance", &self.get_instance());
        for (name, value) in &self.0.others {
            shown.field(name, value);
        }
        shown.finish()
    }
}
