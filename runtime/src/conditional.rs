//! Does a request still fit the state of what it is about? [`Preconditions`], by RFC 9110 section
//! 13.

mod entity_tag;
mod fields;
#[cfg(test)]
mod tests;
mod validators;

use std::time::{Duration, SystemTime};

use axum_core::extract::FromRequestParts;
use axum_core::response::IntoResponse;
use http::request::Parts;
use http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header};

pub use self::entity_tag::{EntityTag, InvalidEntityTag};
use self::fields::{IfRange, Malformed, Tags};
pub use self::validators::Validators;
use crate::problem::Problem;
use crate::reply::Reply;

/// The conditions that a request makes: an extractor for conditional requests (RFC 9110 section
/// 13).
///
/// A handler evaluates them against the present state of what it is about to send or to change, its
/// [`Validators`]. If they do not hold, `?` leaves: with a **304** if the client has it already, or
/// with a **412** if it has changed since the client read it.
///
/// ```
/// use sendoff::{App, EntityTag, Preconditions, State, Validators, handler, routes, send};
///
/// #[derive(Clone)]
/// struct Article {
///     version: u32,
///     text: &'static str,
/// }
///
/// impl Article {
///     fn validators(&self) -> Validators {
///         Validators::new().etag(EntityTag::strong(self.version))
///     }
/// }
///
/// #[handler(GET "/article")]
/// async fn show(preconditions: Preconditions, State(article): State<Article>) {
///     let current = article.validators();
///     preconditions.check(Some(&current))?;
///     send!(200, current, article.text);
/// }
///
/// #[handler(DELETE "/article")]
/// async fn delete(preconditions: Preconditions, State(article): State<Article>) {
///     preconditions.check(Some(&article.validators()))?;
///     // Deleted here, before anybody else can change it.
///     send!(204);
/// }
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() {
/// use sendoff::test::Client;
///
/// let article = Article { version: 7, text: "all of it" };
/// let client = Client::new(App::new(article).routes(routes![show, delete]));
/// client.get("/article").header("if-none-match", "\"6\", \"7\"").await.assert_status(304);
/// client.delete("/article").header("if-match", "\"6\"").await.assert_status(412);
/// client.delete("/article").header("if-match", "*").await.assert_status(204);
/// # }
/// ```
///
/// It takes no state and leaves the body alone, so it works in guards and on axum, too.
///
/// # Which field is asked for what
///
/// In this order (section 13.2.2), and no more after the first that does not hold:
///
/// | field | holds if | else |
/// |---|---|---|
/// | `If-Match` | one of its tags is that of the state now, both strong; `*`: there is a state | 412 |
/// | `If-Unmodified-Since`, without `If-Match` | the date of the last change is not later | 412 |
/// | `If-None-Match` | none of its tags is that of the state now, weak or strong; `*`: there is none | 304 to `GET` and `HEAD`, else 412 |
/// | `If-Modified-Since` of a `GET` or `HEAD` without `If-None-Match` | the date of the last change is later | 304 |
///
/// [`range`](Preconditions::range) looks at `If-Range`. The fields mean nothing with `CONNECT`,
/// `OPTIONS` and `TRACE`, where they are ignored (section 13.2.1).
///
/// # Fields that are malformed
///
/// * `If-Match` or `If-None-Match` that is no list of entity tags is refused with **400**: to ignore
///   it would be to do what the client may have forbidden. Only for the `If-None-Match` of a `GET`
///   or `HEAD` it costs no more than the bytes of a 200, so there it is ignored.
/// * A date that is none, or is there twice, is ignored, as sections 13.1.3 and 13.1.4 say; so is
///   one about something that has no date.
/// * An `If-Range` that is neither does not hold: the answer is the whole.
///
/// # When to check
///
/// After all else that may refuse the request, since a request that would be refused without
/// conditions gets that refusal (section 13.2.1): where there is nothing to delete, a 404. And in one
/// step with the change, as in a transaction: what comes between the two is what the client wants to
/// be safe from. `examples/notes` does both.
#[derive(Clone, Debug)]
pub struct Preconditions {
    asks: Asks,
    if_match: Option<Tags>,
    if_none_match: Option<Tags>,
    if_modified_since: Option<SystemTime>,
    if_unmodified_since: Option<SystemTime>,
    if_range: Option<IfRange>,
    range: Option<HeaderValue>,
}

/// What a method asks for, as far as it makes a difference here.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Asks {
    /// `GET` or `HEAD`.
    ToRead,
    ToAct,
    /// It selects no representation (RFC 9110 section 13.2.1).
    ForNone,
}

impl Asks {
    fn of(method: &Method) -> Self {
        match *method {
            Method::GET | Method::HEAD => Asks::ToRead,
            Method::CONNECT | Method::OPTIONS | Method::TRACE => Asks::ForNone,
            _ => Asks::ToAct,
        }
    }
}

impl Preconditions {
    /// Those of a request with this method and these headers. An extractor does this; so can a test
    /// that calls a handler:
    ///
    /// ```
    /// use sendoff::http::{HeaderMap, Method};
    /// use sendoff::{EntityTag, Preconditions};
    ///
    /// let headers = HeaderMap::from_iter([("if-match".parse()?, "\"7\"".parse()?)]);
    /// let preconditions = Preconditions::new(&Method::PUT, &headers).expect("a list of tags");
    /// let current = EntityTag::strong(8).into();
    /// assert_eq!(preconditions.check(Some(&current)).unwrap_err().status(), 412);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    ///
    /// Returns a 400 for `If-Match` or `If-None-Match` that is [malformed](#fields-that-are-malformed).
    pub fn new(method: &Method, headers: &HeaderMap) -> Result<Self, Problem> {
        let asks = Asks::of(method);
        if asks == Asks::ForNone {
            return Ok(Preconditions::none(asks));
        }
        let if_match = read_tags(headers, &header::IF_MATCH)?;
        let if_none_match = match read_tags(headers, &header::IF_NONE_MATCH) {
            Err(_) if asks == Asks::ToRead => None,
            read => read?,
        };
        // Where there is an `If-None-Match`, the date does not count, whatever the tags are.
        let date_counts = asks == Asks::ToRead && !headers.contains_key(header::IF_NONE_MATCH);
        let if_modified_since = match date_counts {
            true => fields::date(headers, &header::IF_MODIFIED_SINCE),
            false => None,
        };
        let range = match *method {
            Method::GET => fields::only(headers, &header::RANGE).cloned(),
            _ => None,
        };
        Ok(Preconditions {
            asks,
            if_match,
            if_none_match,
            if_modified_since,
            if_unmodified_since: fields::date(headers, &header::IF_UNMODIFIED_SINCE),
            if_range: fields::if_range(headers),
            range,
        })
    }

    fn none(asks: Asks) -> Self {
        Preconditions {
            asks,
            if_match: None,
            if_none_match: None,
            if_modified_since: None,
            if_unmodified_since: None,
            if_range: None,
            range: None,
        }
    }

    /// Do they hold for what is there now? `None` says that nothing is.
    ///
    /// # Errors
    ///
    /// Returns what `?` leaves a handler with: a 304 with the fields of `current` that section
    /// 15.4.5 asks for, or a 412, which is a [`Problem`].
    pub fn check(&self, current: Option<&Validators>) -> Result<(), Reply> {
        match self.evaluate(current) {
            Ok(()) => Ok(()),
            Err(name) if self.asks == Asks::ToRead && is_for_caches(&name) => {
                let headers = current.cloned().unwrap_or_default().not_modified();
                let response = (StatusCode::NOT_MODIFIED, headers).into_response();
                Err(Reply::new(response))
            }
            Err(name) => Err(failed(&name, current.is_some()).into()),
        }
    }

    /// As [`check`](Preconditions::check), for a change that nobody may ask for without having read
    /// what is there: a request that makes no condition about it is refused (RFC 6585 section 3).
    ///
    /// `If-Match` and `If-None-Match` are such conditions, and `If-Unmodified-Since` where
    /// `current` has a date.
    ///
    /// # Errors
    ///
    /// As [`check`](Preconditions::check); and a 428, which is a [`Problem`], where there is no
    /// condition.
    pub fn require(&self, current: Option<&Validators>) -> Result<(), Reply> {
        let has_date = current.is_some_and(|current| current.modified.is_some());
        let is_conditional = self.if_match.is_some()
            || self.if_none_match.is_some()
            || has_date && self.if_unmodified_since.is_some();
        if !is_conditional {
            let detail = "say which version this is about: send its ETag as If-Match";
            return Err(Problem::new(428).detail(detail).into());
        }
        self.check(current)
    }

    /// The `Range` to send a part for, if the request is a `GET` that has one, and its `If-Range`,
    /// if it has one, holds (RFC 9110 section 13.1.5). Without it the whole is to be sent.
    ///
    /// To be asked after [`check`](Preconditions::check). `If-Range` holds if it is the entity tag
    /// of `current`, both strong, or exactly its date, if that is a second ago: within the same
    /// second there may be another change (section 8.8.2.2).
    ///
    /// ```
    /// use sendoff::http::{HeaderMap, Method};
    /// use sendoff::{EntityTag, Preconditions};
    ///
    /// let headers = HeaderMap::from_iter([
    ///     ("range".parse()?, "bytes=100-".parse()?),
    ///     ("if-range".parse()?, "\"7\"".parse()?),
    /// ]);
    /// let preconditions = Preconditions::new(&Method::GET, &headers).expect("no list is wrong");
    /// let range = preconditions.range(&EntityTag::strong(7).into());
    /// assert_eq!(range.unwrap(), "bytes=100-");
    /// assert_eq!(preconditions.range(&EntityTag::strong(8).into()), None);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn range(&self, current: &Validators) -> Option<&HeaderValue> {
        let range = self.range.as_ref()?;
        let holds = match &self.if_range {
            None => true,
            Some(IfRange::Tag(tag)) => current.etag.as_ref().is_some_and(|now| tag.strong_eq(now)),
            Some(IfRange::Date(date)) => current
                .modified
                .is_some_and(|modified| modified == *date && is_strong(modified)),
            Some(IfRange::Neither) => false,
        };
        holds.then_some(range)
    }

    /// The first field that does not hold (RFC 9110 section 13.2.2).
    fn evaluate(&self, current: Option<&Validators>) -> Result<(), HeaderName> {
        let etag = current.and_then(|current| current.etag.as_ref());
        let modified = current.and_then(|current| current.modified);
        let matches = |tags: &Tags, same: fn(&EntityTag, &EntityTag) -> bool| match tags {
            Tags::Any => current.is_some(),
            Tags::These(tags) => etag.is_some_and(|now| tags.iter().any(|tag| same(tag, now))),
        };
        if let Some(tags) = &self.if_match {
            if !matches(tags, EntityTag::strong_eq) {
                return Err(header::IF_MATCH);
            }
        } else if let (Some(date), Some(modified)) = (self.if_unmodified_since, modified)
            && modified > date
        {
            return Err(header::IF_UNMODIFIED_SINCE);
        }
        if let Some(tags) = &self.if_none_match
            && matches(tags, EntityTag::weak_eq)
        {
            return Err(header::IF_NONE_MATCH);
        }
        match (self.if_modified_since, modified) {
            (Some(date), Some(modified)) if modified <= date => Err(header::IF_MODIFIED_SINCE),
            _ => Ok(()),
        }
    }
}

fn read_tags(headers: &HeaderMap, name: &HeaderName) -> Result<Option<Tags>, Problem> {
    fields::tags(headers, name).map_err(|Malformed| {
        let takes = format!("{} is `*`, or a list of ETags such as \"1\"", written(name));
        Problem::new(400).detail(takes)
    })
}

/// Does the field say what the client has, not what it wants to be safe from?
fn is_for_caches(name: &HeaderName) -> bool {
    *name == header::IF_NONE_MATCH || *name == header::IF_MODIFIED_SINCE
}

#[cold]
fn failed(name: &HeaderName, is_there: bool) -> Problem {
    let detail = match *name {
        header::IF_NONE_MATCH => "is there already",
        _ if is_there => "has changed since; read it again",
        _ => "is not there",
    };
    let detail = format!("{} does not hold: what it is about {detail}", written(name));
    Problem::new(412).detail(detail)
}

/// The name of a field as people write it.
fn written(name: &HeaderName) -> &'static str {
    match *name {
        header::IF_MATCH => "If-Match",
        header::IF_NONE_MATCH => "If-None-Match",
        header::IF_MODIFIED_SINCE => "If-Modified-Since",
        _ => "If-Unmodified-Since",
    }
}

/// Is a date of modification that of one state only? Not while its second lasts.
fn is_strong(modified: SystemTime) -> bool {
    let since = SystemTime::now().duration_since(modified);
    since.is_ok_and(|since| since >= Duration::from_secs(1))
}

impl<S: Sync> FromRequestParts<S> for Preconditions {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        Preconditions::new(&parts.method, &parts.headers)
    }
}
