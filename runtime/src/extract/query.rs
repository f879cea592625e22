//! `Query<T>`: the query of a URI.

use axum_core::extract::FromRequestParts;
use http::Uri;
use http::request::Parts;
use serde::de::DeserializeOwned;

use super::fields::Fields;
use crate::problem::Problem;
use crate::rejection::{Refused, invalid_fields};

/// The query of the request's URI, as HTML forms write it: `?page=2&tag=a&tag=b`.
///
/// ```
/// use sendoff::{App, Query, handler, routes, send};
/// use serde::Deserialize;
///
/// #[derive(Deserialize)]
/// struct Search {
///     text: String,
///     page: Option<u32>,
///     #[serde(default)]
///     tag: Vec<String>,
/// }
///
/// #[handler(GET "/search")]
/// async fn search(Query(search): Query<Search>) {
///     let page = search.page.unwrap_or(1);
///     send!(200, format!("{} {page} {:?}", search.text, search.tag));
/// }
/// # let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
/// # runtime.block_on(async {
/// # let client = sendoff::test::Client::new(App::new(()).routes(routes![search]));
/// client.get("/search?text=a+b&page=&tag=x&tag=y").await.assert_text("a b 1 [\"x\", \"y\"]");
/// client.get("/search?text=%FF").await.assert_status(400);
/// # });
/// ```
///
/// # What it takes
///
/// A struct, a map, or a list of pairs. In it,
///
/// | the type | takes |
/// |---|---|
/// | `String`, a number (also of 128 bits), `char`, an enum without fields | its text |
/// | `bool` | `true`, `false`, and the `on` of a checkbox |
/// | `Option<T>` | `None` if the field is not there **or is empty** (`?page=`), as HTML forms send what was left empty: so an `Option<String>` is never `Some("")` |
/// | `Vec<T>`, or a set | each value of a field that is there several times; with `#[serde(default)]`, none |
///
/// A field of another type may be there only once, also in a map. Fields that the struct does not
/// have are skipped. What it refuses, and how, is in [the page on input](crate::extract#input).
///
/// # Flattened structs
///
/// What serde reads for a `#[serde(flatten)]`, an untagged or an internally tagged type it keeps in
/// between as text, since a query does not say what is a number. There, name a function for each
/// field that is none (the same is `DisplayFromStr` of the crate `serde_with`):
///
/// ```
/// use sendoff::{App, Query, handler, routes, send};
/// use serde::{Deserialize, Deserializer, de::Error};
///
/// #[derive(Deserialize)]
/// struct Pages {
///     #[serde(deserialize_with = "parsed")]
///     page: u32,
/// }
///
/// fn parsed<'de, D: Deserializer<'de>>(deserializer: D) -> Result<u32, D::Error> {
///     String::deserialize(deserializer)?.parse().map_err(Error::custom)
/// }
///
/// #[derive(Deserialize)]
/// struct Search {
///     text: String,
///     #[serde(flatten)]
///     pages: Pages,
/// }
///
/// #[handler(GET "/search")]
/// async fn search(Query(search): Query<Search>) {
///     send!(200, format!("{} {}", search.text, search.pages.page));
/// }
/// # let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
/// # runtime.block_on(async {
/// # let client = sendoff::test::Client::new(App::new(()).routes(routes![search]));
/// client.get("/search?text=a&page=2").await.assert_text("a 2");
/// # });
/// ```
#[derive(Clone, Copy, Debug, Default)]
pub struct Query<T>(pub T);

axum_core::__impl_deref!(Query);

impl<T: DeserializeOwned> Query<T> {
    /// Reads the query of a URI that is at hand.
    ///
    /// # Errors
    ///
    /// The problem for the client: 400.
    pub fn try_from_uri(uri: &Uri) -> Result<Self, Problem> {
        match Fields::read(uri.query().unwrap_or_default().as_bytes()) {
            Ok(value) => Ok(Query(value)),
            Err(refused) => Err(invalid_query(&refused)),
        }
    }
}

#[cold]
fn invalid_query(refused: &Refused) -> Problem {
    let problem = Problem::new(400).detail("the query does not have the expected form");
    invalid_fields(problem, "query", refused)
}

impl<T: DeserializeOwned, S: Send + Sync> FromRequestParts<S> for Query<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        Self::try_from_uri(&parts.uri)
    }
}
