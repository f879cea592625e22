//! Which state is a representation in now? [`Validators`], for a response and for what a request
//! makes its conditions about.

use std::convert::Infallible;
use std::time::{Duration, SystemTime};

use axum_core::response::{IntoResponseParts, ResponseParts};
use http::{HeaderMap, HeaderName, HeaderValue, header};
use httpdate::HttpDate;

use super::EntityTag;

/// The state that a representation is in now: its entity tag and its date of modification, as far
/// as it has them (RFC 9110 section 8.8).
///
/// [`Preconditions`](super::Preconditions) are evaluated against it; and as a part of a response it
/// is the fields `ETag` and `Last-Modified`, so that clients can make conditions about what they
/// got:
///
/// ```
/// use std::time::{Duration, SystemTime};
/// use sendoff::http::{HeaderValue, header};
/// use sendoff::{EntityTag, Validators, handler, send};
///
/// #[handler]
/// async fn article() {
///     let changed = SystemTime::UNIX_EPOCH + Duration::from_secs(784_111_777);
///     let current = Validators::new()
///         .etag(EntityTag::strong(7))
///         .last_modified(changed)
///         .with(header::CACHE_CONTROL, HeaderValue::from_static("max-age=60"));
///     send!(200, current, "all of it");
/// }
///
/// # use sendoff::IntoResponse;
/// # let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
/// # let answer = runtime.block_on(article()).into_response();
/// # assert_eq!(answer.headers()["etag"], "\"7\"");
/// # assert_eq!(answer.headers()["last-modified"], "Sun, 06 Nov 1994 08:49:37 GMT");
/// # assert_eq!(answer.headers()["cache-control"], "max-age=60");
/// ```
#[derive(Clone, Debug, Default)]
pub struct Validators {
    pub(super) etag: Option<EntityTag>,
    pub(super) modified: Option<SystemTime>,
    /// What else a 304 has to say.
    fields: HeaderMap,
}

/// The last second that an HTTP date can name: the end of the year 9999.
const LAST_SECOND: Duration = Duration::from_secs(253_402_300_799);

impl Validators {
    /// Of a representation that is there, and of which no more is known: `*` matches it.
    pub fn new() -> Self {
        Validators::default()
    }

    /// With this entity tag.
    #[must_use]
    pub fn etag(mut self, tag: EntityTag) -> Self {
        self.etag = Some(tag);
        self
    }

    /// With this date of its last change. HTTP counts whole seconds: what is left of them is cut
    /// off. A date in the future is sent as the present (RFC 9110 section 8.8.2.1).
    #[must_use]
    pub fn last_modified(mut self, time: SystemTime) -> Self {
        self.modified = Some(whole_seconds(time));
        self
    }

    /// With another field that a 304 must repeat if a 200 has it: `Cache-Control`,
    /// `Content-Location`, `Expires` or `Vary` (RFC 9110 section 15.4.5). It is sent with both.
    ///
    /// `Vary` and `Cache-Control` are added to those that the response has; others replace them.
    #[must_use]
    pub fn with(mut self, name: HeaderName, value: HeaderValue) -> Self {
        self.fields.append(name, value);
        self
    }

    fn date(&self) -> Option<HeaderValue> {
        let date = self.modified?.min(SystemTime::now());
        HeaderValue::try_from(HttpDate::from(date).to_string()).ok()
    }

    fn fill(self, date: Option<HeaderValue>, headers: &mut HeaderMap) {
        if let Some(date) = date {
            headers.insert(header::LAST_MODIFIED, date);
        }
        if let Some(tag) = self.etag {
            headers.insert(header::ETAG, tag.into());
        }
        for name in self.fields.keys() {
            if *name != header::VARY && *name != header::CACHE_CONTROL {
                headers.remove(name);
            }
            for value in self.fields.get_all(name) {
                headers.append(name.clone(), value.clone());
            }
        }
    }

    /// The fields of a 304. A date only where there is no tag: a 304 guides caches, which need no
    /// more than one of them (RFC 9110 section 15.4.5).
    pub(super) fn not_modified(self) -> HeaderMap {
        let mut headers = HeaderMap::new();
        let date = match self.etag {
            Some(_) => None,
            None => self.date(),
        };
        self.fill(date, &mut headers);
        headers
    }
}

/// What an HTTP date can say of a time.
fn whole_seconds(time: SystemTime) -> SystemTime {
    let since = time.duration_since(SystemTime::UNIX_EPOCH);
    let seconds = since.unwrap_or_default().min(LAST_SECOND).as_secs();
    SystemTime::UNIX_EPOCH + Duration::from_secs(seconds)
}

/// Of a representation with this tag.
impl From<EntityTag> for Validators {
    fn from(tag: EntityTag) -> Self {
        Validators::new().etag(tag)
    }
}

/// The fields `ETag` and `Last-Modified`, and those of [`with`](Validators::with).
impl IntoResponseParts for Validators {
    type Error = Infallible;

    fn into_response_parts(self, mut parts: ResponseParts) -> Result<ResponseParts, Infallible> {
        let date = self.date();
        self.fill(date, parts.headers_mut());
        Ok(parts)
    }
}
