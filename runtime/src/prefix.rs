//! What may be mounted below which prefix, and what of the path does it see?

use std::sync::Arc;

use axum::extract::OriginalUri;
use axum_core::extract::Request;
use axum_core::response::Response;
use http::uri::PathAndQuery;
use http::{HeaderValue, Uri, header};

use crate::App;
use crate::route::{Routes, State};
use crate::router::{Call, Respond, Table};
use crate::spelling;

/// What [`App::nest`](crate::App::nest) takes: [`Routes`], which get the app's state, or an
/// [`App`], which has its own.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be nested in an app with the state `{S}`",
    label = "this is neither `routes![..]` nor an `App`",
    note = "`App::nest_service` takes any service, such as an axum `Router` or a `ServeDir`"
)]
pub trait Nested<S>: Sized {
    #[doc(hidden)]
    fn into_table(self, state: &Arc<S>) -> NestedTable;
}

/// A route table, for whom it may concern.
#[doc(hidden)]
#[allow(missing_debug_implementations)]
pub struct NestedTable(pub(crate) Table);

impl<S: State> Nested<S> for Routes<S> {
    fn into_table(self, state: &Arc<S>) -> NestedTable {
        let mut table = Table::default();
        self.mount(&mut table, state);
        NestedTable(table)
    }
}

impl<S, T: State> Nested<S> for App<T> {
    fn into_table(self, _: &Arc<S>) -> NestedTable {
        NestedTable(self.into_inner_table())
    }
}

/// Can routes stand below this prefix? The error says why not, and what to do.
pub(crate) fn check(prefix: &str) -> Result<(), String> {
    let fault = if prefix.is_empty() || prefix == "/" {
        "it has no segment; `App::merge` adds the routes of another app as they are"
    } else if !prefix.starts_with('/') {
        "it must start with `/`"
    } else if prefix.ends_with('/') {
        "it must not end with `/`, which the patterns below it start with"
    } else if prefix.contains("//") {
        "it has an empty segment"
    } else if prefix.contains(['{', '}']) {
        "it has a parameter, which no handler below it could take; write the parameter into the \
         pattern of each of them"
    } else if spelling::canonical(prefix).is_some_and(|it| it != spelling::escaped(prefix)) {
        "it has a segment `.` or `..`, which no path has when it is routed"
    } else if prefix.contains(['?', '#']) || prefix.contains(|c: char| c <= ' ' || c == '\x7F') {
        "it has a character that no path of a request has"
    } else {
        return Ok(());
    };
    Err(format!("`{prefix}` cannot be a prefix: {fault}"))
}

/// The pattern below the prefix. The root of what is nested is the prefix itself.
pub(crate) fn join(prefix: &str, pattern: &str) -> String {
    match pattern {
        "/" if !prefix.is_empty() => prefix.to_owned(),
        pattern => format!("{prefix}{pattern}"),
    }
}

/// Is the path below the prefix, or the prefix itself?
pub(crate) fn is_below(path: &str, prefix: &str) -> bool {
    path.strip_prefix(prefix)
        .is_some_and(|rest| rest.is_empty() || rest.starts_with('/') || prefix.is_empty())
}

/// A service that gets the path without the prefix, as axum does it: the whole URI is in the
/// request's extensions, as [`OriginalUri`].
pub(crate) fn stripping(prefix: &str, service: &Call) -> Respond {
    let (prefix, service) = (prefix.to_owned(), Arc::clone(service));
    Arc::new(move |mut request, _| {
        strip(&prefix, &mut request);
        if prefix.is_empty() && !request.uri().path().starts_with("//") {
            return service(request);
        }
        let (prefix, uri) = (prefix.clone(), request.uri().clone());
        let response = service(request);
        Box::pin(async move { with_prefix(&prefix, &uri, response.await) })
    })
}

/// A service that sends the client to the folder that it has asked for, such as `ServeDir`, names the
/// path that it knows, with a `/` behind it. Where else it sends the client is its own affair.
fn with_prefix(prefix: &str, asked: &Uri, mut response: Response) -> Response {
    if response.status().is_redirection()
        && let Some(location) = response.headers().get(header::LOCATION)
        && let Some(location) = location_of_folder(prefix, asked, location)
    {
        response.headers_mut().insert(header::LOCATION, location);
    }
    response
}

/// Where the folder is for the client, if it was sent to the one that it has asked for.
fn location_of_folder(prefix: &str, asked: &Uri, location: &HeaderValue) -> Option<HeaderValue> {
    let location = Uri::try_from(location.as_bytes()).ok()?;
    let is_folder = location.path().strip_suffix('/') == Some(asked.path());
    if !is_folder
        || location
            .authority()
            .is_some_and(|it| Some(it) != asked.authority())
    {
        return None;
    }
    let path = location.path_and_query()?.as_str();
    // With two slashes before it, a path is the name of a host (RFC 3986 section 4.2).
    let path = match prefix {
        "" => format!("/{}", path.trim_start_matches('/')),
        prefix => format!("{prefix}{path}"),
    };
    let mut parts = location.clone().into_parts();
    parts.path_and_query = Some(path.parse().ok()?);
    HeaderValue::try_from(Uri::from_parts(parts).ok()?.to_string()).ok()
}

fn strip(prefix: &str, request: &mut Request) {
    let original = request.uri();
    let stripped = without(prefix, original).unwrap_or_else(|| original.clone());
    let original = std::mem::replace(request.uri_mut(), stripped);
    let extensions = request.extensions_mut();
    if extensions.get::<OriginalUri>().is_none() {
        extensions.insert(OriginalUri(original));
    }
}

fn without(prefix: &str, uri: &Uri) -> Option<Uri> {
    let path = uri.path_and_query()?.as_str().strip_prefix(prefix)?;
    let path = if path.starts_with('/') {
        PathAndQuery::try_from(path)
    } else {
        PathAndQuery::try_from(format!("/{path}"))
    };
    let mut parts = uri.clone().into_parts();
    parts.path_and_query = Some(path.ok()?);
    Uri::from_parts(parts).ok()
}

#[cfg(test)]
mod tests {
    use super::{check, is_below, without};

    #[test]
    fn what_is_below_a_prefix() {
        assert!(is_below("/api", "/api"));
        assert!(is_below("/api/", "/api"));
        assert!(is_below("/api/users", "/api"));
        assert!(!is_below("/apis", "/api"));
        assert!(!is_below("/", "/api"));
        assert!(is_below("/", ""));
        assert!(is_below("*", ""));
    }

    #[test]
    fn a_prefix_is_taken_off() {
        for (uri, stripped) in [
            ("/a/b?c=d", "/b?c=d"),
            ("/a", "/"),
            ("/a/", "/"),
            ("/a?c", "/?c"),
            ("/a//b", "//b"),
            ("http://host:1/a/b?c", "http://host:1/b?c"),
            ("http://host:1/a", "http://host:1/"),
        ] {
            let found = without("/a", &uri.parse().expect("a URI")).expect("a path");
            assert_eq!(found.to_string(), stripped, "{uri}");
        }
    }

    #[test]
    fn prefixes_are_checked() {
        for prefix in ["/a", "/a/b", "/ä", "/a.b~c"] {
            assert_eq!(check(prefix), Ok(()));
        }
        for (prefix, fault) in [
            ("", "has no segment"),
            ("/", "has no segment"),
            ("a", "start with `/`"),
            ("/a/", "not end with `/`"),
            ("/a//b", "empty segment"),
            ("/{a}", "a parameter"),
            ("/{{a}}", "a parameter"),
            ("/a?b", "no path of a request"),
            ("/a b", "no path of a request"),
            ("/a/../b", "a segment `.` or `..`"),
            ("/%2E/b", "a segment `.` or `..`"),
        ] {
            let found = check(prefix).expect_err(prefix);
            assert!(found.contains(fault), "{prefix}: {found}");
        }
    }
}
