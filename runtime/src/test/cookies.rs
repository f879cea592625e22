//! Which cookies has the app set? As a browser keeps them, for one host (RFC 6265 section 5).
//!
//! The crates for this carry time zones and lists of domains into everybody's build, and an app
//! in process has neither.

use std::time::SystemTime;

use http::header::SET_COOKIE;
use http::{HeaderMap, HeaderValue};

/// The cookies of a client.
#[derive(Debug, Default)]
pub(super) struct Cookies(Vec<Cookie>);

#[derive(Debug, PartialEq, Eq)]
struct Cookie {
    name: String,
    value: String,
    path: String,
}

impl Cookies {
    /// The value of `Cookie` for a path: there is one (RFC 6265 section 5.4), with what a request
    /// adds, which replaces what has the same name.
    pub(super) fn of(&self, path: &str, added: Option<&HeaderValue>) -> Option<HeaderValue> {
        let added = added.and_then(|added| added.to_str().ok());
        let names = || {
            let pairs = added.iter().flat_map(|added| added.split(';'));
            pairs.map(|pair| pair.split('=').next().unwrap_or_default().trim())
        };
        let pairs: Vec<String> = self
            .0
            .iter()
            .filter(|cookie| matches(&cookie.path, path))
            .filter(|cookie| names().all(|name| name != cookie.name))
            .map(|cookie| format!("{}={}", cookie.name, cookie.value))
            .chain(added.map(str::to_owned))
            .collect();
        (!pairs.is_empty()).then(|| HeaderValue::try_from(pairs.join("; ")).ok())?
    }

    /// Takes what an answer to a request for this path sets.
    pub(super) fn set(&mut self, headers: &HeaderMap, path: &str) {
        for value in headers.get_all(SET_COOKIE) {
            let Some((cookie, expired)) = value.to_str().ok().and_then(|text| parse(text, path))
            else {
                continue;
            };
            let same = |kept: &Cookie| kept.name == cookie.name && kept.path == cookie.path;
            self.0.retain(|kept| !same(kept));
            if !expired {
                self.0.push(cookie);
            }
        }
    }
}

/// A cookie, and whether it is to be forgotten (RFC 6265 section 5.2).
fn parse(text: &str, path: &str) -> Option<(Cookie, bool)> {
    let mut attributes = text.split(';');
    let (name, value) = attributes.next()?.split_once('=')?;
    let mut cookie = Cookie {
        name: name.trim().to_owned(),
        value: value.trim().to_owned(),
        path: default_path(path).to_owned(),
    };
    let (mut expires, mut max_age) = (None, None);
    for attribute in attributes {
        let (name, value) = attribute.split_once('=').unwrap_or((attribute, ""));
        match name.trim().to_ascii_lowercase().as_str() {
            "path" if value.trim().starts_with('/') => value.trim().clone_into(&mut cookie.path),
            "expires" => {
                let date = httpdate::parse_http_date(value.trim()).ok();
                expires = date.map(|date| date <= SystemTime::now());
            }
            "max-age" => max_age = value.trim().parse().ok().map(|seconds: i64| seconds <= 0),
            _ => {}
        }
    }
    let expired = max_age.or(expires).unwrap_or(false);
    (!cookie.name.is_empty()).then_some((cookie, expired))
}

/// RFC 6265 section 5.1.4: up to the last `/`.
fn default_path(path: &str) -> &str {
    match path.rfind('/') {
        Some(0) | None => "/",
        Some(last) => path.get(..last).unwrap_or("/"),
    }
}

/// RFC 6265 section 5.1.4.
fn matches(cookie: &str, path: &str) -> bool {
    path.strip_prefix(cookie)
        .is_some_and(|rest| rest.is_empty() || cookie.ends_with('/') || rest.starts_with('/'))
}

#[cfg(test)]
mod tests {
    use http::header::SET_COOKIE;
    use http::{HeaderMap, HeaderValue};

    use super::Cookies;

    /// What is sent to `to` after these were set by an answer for `/a/b`.
    #[track_caller]
    fn check(set: &[&'static str], to: &str, expected: Option<&str>) {
        let mut cookies = Cookies::default();
        for set in set {
            let value = HeaderValue::from_static(set);
            cookies.set(&HeaderMap::from_iter([(SET_COOKIE, value)]), "/a/b");
        }
        let sent = cookies.of(to, None);
        let sent = sent.as_ref().map(|value| value.to_str().expect("text"));
        assert_eq!(sent, expected, "{set:?} for {to}");
    }

    #[test]
    fn a_path_limits_a_cookie() {
        check(&["x=1"], "/a/c", Some("x=1"));
        check(&["x=1"], "/a", Some("x=1"));
        check(&["x=1"], "/ab", None);
        check(&["x=1; Path=/"], "/", Some("x=1"));
        check(&["x=1; path=/c/"], "/c/d", Some("x=1"));
        check(&["x=1; Path=c"], "/a/x", Some("x=1"));
    }

    #[test]
    fn the_last_one_counts() {
        check(&["x=1", "y=2", "x=3; HttpOnly"], "/a", Some("y=2; x=3"));
        check(&["x=1", "x=; Max-Age=0"], "/a", None);
        check(
            &["x=1", "x=; Expires=Thu, 01 Jan 1970 00:00:00 GMT"],
            "/a",
            None,
        );
        check(
            &["x=1; Max-Age=5; Expires=Thu, 01 Jan 1970 00:00:00 GMT"],
            "/a",
            Some("x=1"),
        );
        check(
            &["x=1; Expires=Thu, 01 Jan 2970 00:00:00 GMT"],
            "/a",
            Some("x=1"),
        );
        check(&["x=1", "x=2; Path=/"], "/a", Some("x=1; x=2"));
    }

    #[test]
    fn what_is_no_cookie_is_left() {
        check(&["x", "=1", ""], "/a", None);
    }
}
