//! Which cookies has the app set? As a browser keeps them (RFC 6265bis section 5).
//!
//! The crates for this carry time zones and lists of domains into everybody's build, and an app
//! in process has neither.

use std::net::IpAddr;
use std::time::{Duration, SystemTime};

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
    /// `None` for the one host that has set it.
    domain: Option<String>,
    host: String,
}

impl Cookies {
    /// The value of `Cookie` for a path: there is one (section 5.8.3), the longer paths first, with what
    /// a request adds, which replaces what has the same name.
    pub(super) fn of(
        &self,
        host: &str,
        path: &str,
        added: Option<&HeaderValue>,
    ) -> Option<HeaderValue> {
        let added = added.and_then(|added| added.to_str().ok());
        let names = || {
            let pairs = added.iter().flat_map(|added| added.split(';'));
            pairs.map(|pair| pair.split('=').next().unwrap_or_default().trim())
        };
        let mut kept: Vec<&Cookie> = self.0.iter().filter(|it| it.is_for(host, path)).collect();
        kept.sort_by_key(|cookie| std::cmp::Reverse(cookie.path.len()));
        let pairs: Vec<String> = kept
            .into_iter()
            .filter(|cookie| names().all(|name| name != cookie.name))
            .map(|cookie| format!("{}={}", cookie.name, cookie.value))
            .chain(added.map(str::to_owned))
            .collect();
        (!pairs.is_empty()).then(|| HeaderValue::try_from(pairs.join("; ")).ok())?
    }

    /// Takes what an answer of this host to a request for this path sets.
    pub(super) fn set(&mut self, headers: &HeaderMap, host: &str, path: &str) {
        for value in headers.get_all(SET_COOKIE) {
            let Some((cookie, expired)) =
                value.to_str().ok().and_then(|text| parse(text, host, path))
            else {
                continue;
            };
            let same = |kept: &Cookie| {
                kept.name == cookie.name
                    && kept.path == cookie.path
                    && kept.domain() == cookie.domain()
                    && kept.domain.is_some() == cookie.domain.is_some()
            };
            match self.0.iter().position(same) {
                Some(at) if expired => drop(self.0.remove(at)),
                // In its place: it is as old as the one before.
                Some(at) => self.0.splice(at..=at, [cookie]).for_each(drop),
                None if expired => {}
                None => self.0.push(cookie),
            }
        }
    }
}

impl Cookie {
    fn domain(&self) -> &str {
        self.domain.as_deref().unwrap_or(&self.host)
    }

    fn is_for(&self, host: &str, path: &str) -> bool {
        let is_of_host = match &self.domain {
            Some(domain) => is_within(host, domain),
            None => host == self.host,
        };
        is_of_host && matches(&self.path, path)
    }

    /// What the prefix of its name promises (section 4.1.3). The path has to be written.
    fn keeps_its_word(&self, is_secure: bool, has_path: bool) -> bool {
        let name = self.name.to_ascii_lowercase();
        let is_of_host = self.domain.is_none() && has_path && self.path == "/";
        if name.starts_with("__host-") {
            return is_secure && is_of_host;
        }
        is_secure || !name.starts_with("__secure-")
    }
}

/// Is it this domain, or a part of it (section 5.1.3)? An address has no parts.
fn is_within(host: &str, domain: &str) -> bool {
    let is_part = |above: &str| above.ends_with('.') && host.parse::<IpAddr>().is_err();
    let above = host.strip_suffix(domain);
    above.is_some_and(|above| above.is_empty() || is_part(above))
}

/// The longest name and value that a browser keeps, in bytes.
const LONGEST: usize = 4096;

/// A cookie, and whether it is to be forgotten (section 5.6).
fn parse(text: &str, host: &str, path: &str) -> Option<(Cookie, bool)> {
    let mut attributes = text.split(';');
    let (name, value) = attributes.next()?.split_once('=')?;
    let mut cookie = Cookie {
        name: name.trim().to_owned(),
        value: value.trim().to_owned(),
        path: default_path(path).to_owned(),
        domain: None,
        host: host.to_owned(),
    };
    let (mut expires, mut max_age) = (None, None);
    let (mut is_secure, mut has_path, mut is_cross_site) = (false, false, false);
    for attribute in attributes {
        let (name, value) = attribute.split_once('=').unwrap_or((attribute, ""));
        match name.trim().to_ascii_lowercase().as_str() {
            "path" => {
                has_path = true;
                let written = Some(value.trim()).filter(|path| path.starts_with('/'));
                written
                    .unwrap_or(default_path(path))
                    .clone_into(&mut cookie.path);
            }
            "expires" => {
                let is_past = |date| date <= SystemTime::now();
                expires = date(value).map(is_past).or(expires);
            }
            "max-age" => max_age = is_over(value.trim()).or(max_age),
            "domain" => {
                let domain = value.trim().trim_start_matches('.').to_ascii_lowercase();
                cookie.domain = (!domain.is_empty()).then_some(domain);
            }
            "secure" => is_secure = true,
            "samesite" => is_cross_site = value.trim().eq_ignore_ascii_case("none"),
            _ => {}
        }
    }
    let is_foreign = cookie
        .domain
        .as_ref()
        .is_some_and(|domain| !is_within(host, domain));
    let is_too_long = cookie.name.len() + cookie.value.len() > LONGEST;
    // Section 5.7, steps 19 to 21.
    let is_kept = cookie.keeps_its_word(is_secure, has_path) && (is_secure || !is_cross_site);
    if cookie.name.is_empty() || is_foreign || is_too_long || !is_kept {
        return None;
    }
    Some((cookie, max_age.or(expires).unwrap_or(false)))
}

/// Does `Max-Age` say that the cookie is to be forgotten? It may be any number of digits.
fn is_over(seconds: &str) -> Option<bool> {
    let digits = seconds.strip_prefix('-').unwrap_or(seconds);
    let is_number = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
    let is_zero = digits.bytes().all(|byte| byte == b'0');
    is_number.then_some(is_zero || seconds.starts_with('-'))
}

/// A date in any order that servers have ever written, with spaces, dashes or colons (section
/// 5.1.1). One before 1970 is 1970: it has passed.
fn date(text: &str) -> Option<SystemTime> {
    const MONTHS: &str = "janfebmaraprmayjunjulaugsepoctnovdec";
    let is_divider = |c: char| !(c.is_ascii_alphanumeric() || c == ':');
    let (mut time, mut day, mut month, mut year) = (None, None, None, None);
    for token in text.split(is_divider).filter(|token| !token.is_empty()) {
        let digits = token.bytes().take_while(u8::is_ascii_digit).count();
        let number = token
            .get(..digits)
            .and_then(|digits| digits.parse::<u64>().ok());
        let name = token.get(..3).map(str::to_ascii_lowercase);
        let named = name.and_then(|name| MONTHS.find(&name).filter(|at| at % 3 == 0));
        match number {
            _ if time.is_none() && token.contains(':') => time = seconds(token),
            Some(number) if day.is_none() && digits <= 2 => day = Some(number),
            Some(number) if year.is_none() && (digits == 2 || digits == 4) => {
                year = Some(match number {
                    0..=69 => number + 2000,
                    70..=99 => number + 1900,
                    number => number,
                });
            }
            None if month.is_none() => month = named.map(|at| at as u64 / 3 + 1),
            _ => {}
        }
    }
    let (time, day, month, year) = (time?, day?, month?, year?);
    if !(1..=31).contains(&day) || year < 1601 {
        return None;
    }
    let passed = days(year, month, day) * 86_400 + time;
    SystemTime::UNIX_EPOCH.checked_add(Duration::from_secs(passed))
}

/// `hh:mm:ss`, in seconds.
fn seconds(time: &str) -> Option<u64> {
    let mut parts = time.split(':').map(|part| part.parse::<u64>().ok());
    let (hours, minutes, seconds) = (parts.next()??, parts.next()??, parts.next()??);
    let is_time = hours < 24 && minutes < 60 && seconds < 60;
    is_time.then_some(hours * 3600 + minutes * 60 + seconds)
}

/// The days from 1970 to a date of the Gregorian calendar, in which a year begins in March.
fn days(year: u64, month: u64, day: u64) -> u64 {
    let (year, month) = if month > 2 {
        (year, month - 3)
    } else {
        (year - 1, month + 9)
    };
    let days = year * 365 + year / 4 - year / 100 + year / 400 + (month * 153 + 2) / 5 + day - 1;
    days.saturating_sub(719_468)
}

/// Section 5.1.4: up to the last `/`.
fn default_path(path: &str) -> &str {
    match path.rfind('/') {
        Some(0) | None => "/",
        Some(last) => path.get(..last).unwrap_or("/"),
    }
}

/// Section 5.1.4.
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
        check_of("app.example.com", "/a/b", set, to, expected);
    }

    /// The same by an answer of this host for this path.
    #[track_caller]
    fn check_of(host: &str, at: &str, set: &[&'static str], to: &str, expected: Option<&str>) {
        let mut cookies = Cookies::default();
        for set in set {
            let value = HeaderValue::from_static(set);
            let headers = HeaderMap::from_iter([(SET_COOKIE, value)]);
            cookies.set(&headers, host, at);
        }
        let sent = cookies.of(host, to, None);
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
        check(&["x=1", "y=2", "x=3; HttpOnly"], "/a", Some("x=3; y=2"));
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
    fn dates_are_read_as_servers_write_them() {
        for date in [
            "Thu, 01 Jan 1970 00:00:00 GMT",
            "Thu, 01-Jan-1970 00:00:01 GMT",
            "Thursday, 01-Jan-70 00:00:01 GMT",
            "Thu Jan  1 00:00:01 1970",
            "Wed, 31-Dec-69 23:59:59 GMT",
            "1 Jan 2020 00:00:00",
        ] {
            let is_past = super::date(date).map(|date| date <= std::time::SystemTime::now());
            // The year 69 is 2069.
            assert_eq!(is_past, Some(!date.contains("-69 ")), "{date}");
        }
        for date in [
            "",
            "soon",
            "32 Jan 2020 00:00:00",
            "1 Jan 2020",
            "1 Jan 2020 25:00:00",
        ] {
            assert_eq!(super::date(date), None, "{date}");
        }
        let first = super::date("Thu, 29 Feb 2024 12:34:56 GMT");
        assert_eq!(
            first,
            httpdate::parse_http_date("Thu, 29 Feb 2024 12:34:56 GMT").ok()
        );
        check(
            &["x=1", "x=; Expires=Thu, 01-Jan-1970 00:00:00 GMT"],
            "/a",
            None,
        );
        check(&["x=1; Max-Age=99999999999999999999"], "/a", Some("x=1"));
        check(&["x=1; Max-Age=-99999999999999999999"], "/a", None);
        check(&["x=1; Max-Age=soon"], "/a", Some("x=1"));
    }

    #[test]
    fn longer_paths_come_first() {
        check(
            &["x=1; Path=/", "y=2; Path=/a/b", "z=3; Path=/a"],
            "/a/b/c",
            Some("y=2; z=3; x=1"),
        );
    }

    #[test]
    fn a_cookie_is_of_its_domain() {
        check(&["x=1; Domain=example.com"], "/a", Some("x=1"));
        check(&["x=1; Domain=.Example.com"], "/a", Some("x=1"));
        check(&["x=1; Domain=app.example.com"], "/a", Some("x=1"));
        check(&["x=1; Domain=other.com"], "/a", None);
        check(&["x=1; Domain=ample.com"], "/a", None);
        check(&["x=1; Domain=deep.app.example.com"], "/a", None);
        check(&["x=1; Domain="], "/a", Some("x=1"));
        // One of the host alone is another (section 5.7, step 23).
        check(
            &["x=1", "x=2; Domain=app.example.com"],
            "/a",
            Some("x=1; x=2"),
        );
        check_of("127.0.0.1", "/", &["x=1; Domain=0.0.1"], "/", None);
        check_of(
            "127.0.0.1",
            "/",
            &["x=1; Domain=127.0.0.1"],
            "/",
            Some("x=1"),
        );
    }

    #[test]
    fn one_for_other_sites_is_secure() {
        check(&["x=1; SameSite=None"], "/a", None);
        check(&["x=1; SameSite=None; Secure"], "/a", Some("x=1"));
        check(&["x=1; SameSite=Lax"], "/a", Some("x=1"));
    }

    #[test]
    fn a_prefix_is_kept() {
        check(&["__Host-x=1; Secure; Path=/"], "/a", Some("__Host-x=1"));
        check(&["__Host-x=1; Path=/"], "/a", None);
        check(&["__host-x=1; Secure"], "/a", None);
        check(
            &["__Host-x=1; Secure; Path=/; Domain=example.com"],
            "/a",
            None,
        );
        check(&["__Secure-x=1; Secure"], "/a", Some("__Secure-x=1"));
        check(&["__Secure-x=1"], "/a", None);
        // The path of a request to `/login` is not enough: it has to be written.
        check_of("localhost", "/login", &["__Host-x=1; Secure"], "/", None);
    }

    #[test]
    fn what_is_no_cookie_is_left() {
        check(&["x", "=1", ""], "/a", None);
    }
}
