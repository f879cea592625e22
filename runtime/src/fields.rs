//! Which fields of a response may stand several times? Those are added to what is there; all others
//! replace it.

use http::{HeaderMap, HeaderName};

/// Fields whose definition says that they are a list, or, as `Set-Cookie`, that several lines of them
/// mean several things (RFC 9110 section 5.3). `Content-Encoding` and `Content-Language` are lists,
/// too, but say what the one body is.
pub(crate) fn is_repeatable(name: &HeaderName) -> bool {
    matches!(
        name.as_str(),
        "accept-ch"
            | "accept-patch"
            | "accept-post"
            | "accept-ranges"
            | "access-control-allow-headers"
            | "access-control-allow-methods"
            | "access-control-expose-headers"
            | "allow"
            | "alt-svc"
            | "cache-control"
            | "cache-status"
            | "cdn-cache-control"
            | "clear-site-data"
            | "content-security-policy"
            | "content-security-policy-report-only"
            | "link"
            | "permissions-policy"
            | "proxy-authenticate"
            | "reporting-endpoints"
            | "server-timing"
            | "set-cookie"
            | "timing-allow-origin"
            | "trailer"
            | "vary"
            | "via"
            | "warning"
            | "www-authenticate"
            | "x-robots-tag"
    )
}

/// Takes out of the headers what the next part may only add to.
pub(crate) fn set_aside(headers: &mut HeaderMap) -> Option<HeaderMap> {
    if !headers.keys().any(is_repeatable) {
        return None;
    }
    let mut aside = HeaderMap::new();
    for (name, value) in &*headers {
        if is_repeatable(name) {
            aside.append(name.clone(), value.clone());
        }
    }
    for name in aside.keys() {
        headers.remove(name);
    }
    Some(aside)
}

/// Puts it back, before what has been added since.
pub(crate) fn put_back(headers: &mut HeaderMap, aside: HeaderMap) {
    let mut joined = aside;
    for (name, value) in &*headers {
        if is_repeatable(name) {
            joined.append(name.clone(), value.clone());
        }
    }
    // Each name of it replaces what is there.
    headers.extend(joined);
}
