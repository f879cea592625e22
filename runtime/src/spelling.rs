//! When are two paths the same, and which paths could a service take for the same?
//!
//! Paths are compared in one spelling (RFC 3986 sections 6.2.2.1 to 6.2.2.3): escapes of what needs
//! none are decoded, the hex digits of all others are in upper case, what cannot stand in a path is
//! escaped, and there are no dot segments. Patterns and prefixes are kept in it.

use axum::extract::OriginalUri;
use axum_core::extract::Request;
use http::Uri;
use percent_encoding::{percent_decode_str, percent_encode};

use crate::link::SEGMENT;

/// The path in the one spelling, unless it is in it: that of nearly all requests is.
pub(crate) fn canonical(path: &str) -> Option<String> {
    let mut last = 0;
    let is_plain = path.bytes().all(|byte| {
        let is_dot_segment = byte == b'.' && last == b'/';
        last = byte;
        is_plain(byte) && !is_dot_segment
    });
    if is_plain || !path.starts_with('/') {
        return None;
    }
    let path_now = without_dot_segments(&escaped(path));
    (path_now != path).then_some(path_now)
}

/// What means itself in a path, but for the dot segments.
pub(crate) const fn is_plain(byte: u8) -> bool {
    matches!(byte, b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'/' | b'-' | b'.' | b'_' | b'~' | b'@'
        | b'!' | b'$' | b'&' | b'\'' | b'(' | b')' | b'*' | b'+' | b',' | b';' | b'=' | b':')
}

/// RFC 3986 section 2.3.
pub(crate) const fn is_unreserved(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'~')
}

/// With the escapes that it needs, and no others. A `%` that begins none stays.
pub(crate) fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, behind)) = rest.split_once('%') {
        escaped.extend(percent_encode(before.as_bytes(), NOT_IN_A_PATH));
        let digits = behind
            .get(..2)
            .filter(|it| it.bytes().all(|it| it.is_ascii_hexdigit()));
        match digits.and_then(|digits| u8::from_str_radix(digits, 16).ok()) {
            Some(byte) if is_unreserved(byte) => escaped.push(char::from(byte)),
            Some(_) => {
                escaped.push('%');
                escaped.push_str(&digits.unwrap_or_default().to_ascii_uppercase());
            }
            None => escaped.push('%'),
        }
        rest = behind.get(digits.map_or(0, str::len)..).unwrap_or_default();
    }
    escaped.extend(percent_encode(rest.as_bytes(), NOT_IN_A_PATH));
    escaped
}

/// An escape stays one.
const NOT_IN_A_PATH: &percent_encoding::AsciiSet = &SEGMENT.remove(b'/').remove(b'%');

/// What somebody has typed, as a client sends it: with escapes for what cannot stand in a path or a query.
pub(crate) fn written(text: &str) -> String {
    const NOT_SENT: &percent_encoding::AsciiSet = &percent_encoding::CONTROLS
        .add(b' ')
        .add(b'"')
        .add(b'<')
        .add(b'>')
        .add(b'`');
    percent_encoding::utf8_percent_encode(text, NOT_SENT).to_string()
}

/// RFC 3986 section 5.2.4.
fn without_dot_segments(path: &str) -> String {
    let mut kept: Vec<&str> = Vec::new();
    let mut segments = path.split('/').skip(1).peekable();
    while let Some(segment) = segments.next() {
        let is_last = segments.peek().is_none();
        match segment {
            "." => {}
            ".." => {
                kept.pop();
            }
            segment => {
                kept.push(segment);
                continue;
            }
        }
        if is_last {
            kept.push("");
        }
    }
    format!("/{}", kept.join("/"))
}

/// Gives a request the one spelling of its path, so that its route, guards, layers and handlers see the
/// same one. What was sent is its [`OriginalUri`].
///
/// # Errors
///
/// With the escapes that it needs, the path may be longer than a URI can be.
pub(crate) fn respell(request: &mut Request) -> Result<(), TooLong> {
    let Some(path) = canonical(request.uri().path()) else {
        return Ok(());
    };
    let uri = with_path(request.uri(), path).ok_or(TooLong)?;
    let original = std::mem::replace(request.uri_mut(), uri);
    let extensions = request.extensions_mut();
    if extensions.get::<OriginalUri>().is_none() {
        extensions.insert(OriginalUri(original));
    }
    Ok(())
}

/// A path that has no place in a URI.
#[derive(Debug)]
pub(crate) struct TooLong;

/// The URI with another path, if that fits.
fn with_path(uri: &Uri, path: String) -> Option<Uri> {
    let path_and_query = match uri.query() {
        Some(query) => format!("{path}?{query}"),
        None => path,
    };
    let mut parts = uri.clone().into_parts();
    parts.path_and_query = Some(path_and_query.parse().ok()?);
    Uri::from_parts(parts).ok()
}

/// What a service may take a path for that decodes it, and joins the segments that it gets: nothing
/// else, for a path without escapes and empty segments.
pub(crate) fn readings(path: &str) -> Vec<String> {
    let is_whole = path.starts_with('/') || path.is_empty() || path == "*";
    if is_whole && !path.contains('%') && !path.contains("//") {
        return Vec::new();
    }
    let decoded: Vec<u8> = percent_decode_str(path).collect();
    let is_slash = |byte: &u8| *byte == b'/';
    let mut readings = vec![
        // It leaves out empty segments, and decodes nothing, or decodes all; on some systems a
        // backslash divides, too.
        joined(path.split('/').filter(|it| !it.is_empty()), path),
        segments(&decoded, is_slash),
        segments(&decoded, is_divider),
    ];
    // A `/` at the end is another path, but one too many, or one that is escaped, may be none.
    let is_end_clear = match &*decoded {
        [.., before, b'/'] => path.ends_with('/') && !is_divider(before),
        [.., last] => !is_divider(last),
        [] => true,
    };
    if !is_end_clear {
        let without = |reading: &String| reading.trim_end_matches('/').to_owned();
        let shorter: Vec<_> = readings.iter().map(without).collect();
        readings.extend(shorter);
    }
    readings.retain(|reading| reading != path && !reading.is_empty());
    readings
}

/// Is there a `..` behind escaped slashes? Where it leads is for whoever decodes them to say.
pub(crate) fn hides_dots(path: &str) -> bool {
    if !path.contains('%') {
        return false;
    }
    let decoded: Vec<u8> = percent_decode_str(path).collect();
    decoded.split(is_divider).any(|segment| segment == b"..")
}

fn is_divider(byte: &u8) -> bool {
    matches!(byte, b'/' | b'\\')
}

/// A decoded path without empty and dot segments.
fn segments(decoded: &[u8], divides: impl Fn(&u8) -> bool) -> String {
    let mut kept: Vec<String> = Vec::new();
    for segment in decoded.split(&divides) {
        match segment {
            b"" | b"." => {}
            b".." => {
                kept.pop();
            }
            segment => kept.push(percent_encode(segment, SEGMENT).to_string()),
        }
    }
    let end = if decoded.last().is_some_and(divides) {
        "/"
    } else {
        ""
    };
    joined(kept.iter().map(String::as_str), end)
}

/// The path of these segments, with a `/` at its end if `like` has one.
fn joined<'a>(segments: impl Iterator<Item = &'a str>, like: &str) -> String {
    let mut path = String::new();
    for segment in segments {
        path.push('/');
        path.push_str(segment);
    }
    if path.is_empty() || like.ends_with('/') {
        path.push('/');
    }
    path
}

/// `/users/{id}` becomes `/users/{0}`: two handlers may name the same place differently. The rest is
/// in the one spelling.
pub(crate) fn numbered(pattern: &str) -> String {
    let mut numbered = String::with_capacity(pattern.len());
    let mut literal = String::new();
    let mut count = 0_usize;
    let mut chars = pattern.chars().peekable();
    while let Some(c) = chars.next() {
        let is_brace = c == '{' || c == '}';
        if !is_brace || chars.next_if_eq(&c).is_some() {
            literal.push(c);
        } else if c == '{' {
            numbered.push_str(&escaped(&std::mem::take(&mut literal)));
            let star = if chars.next_if_eq(&'*').is_some() {
                "*"
            } else {
                ""
            };
            while chars.next_if(|c| *c != '}').is_some() {}
            numbered.push_str(&format!("{{{star}{count}"));
            count += 1;
        } else {
            numbered.push('}');
        }
    }
    numbered + &escaped(&literal)
}

#[cfg(test)]
mod tests {
    use super::{canonical, hides_dots, numbered, readings};

    #[test]
    fn equal_paths_have_one_spelling() {
        for (path, same) in [
            ("/%61", "/a"),
            ("/%7Euser", "/~user"),
            ("/a%2fb", "/a%2Fb"),
            ("/{x}", "/%7Bx%7D"),
            ("/ä", "/%C3%A4"),
            ("/a/./b", "/a/b"),
            ("/a/../b", "/b"),
            ("/../../b", "/b"),
            ("/a/%2e%2E/b", "/b"),
            ("/a/..", "/"),
            ("/a/b/.", "/a/b/"),
        ] {
            assert_eq!(canonical(path).as_deref(), Some(same), "{path}");
            assert_eq!(canonical(same), None, "{same}");
        }
        for path in [
            "/",
            "/a//b",
            "//a",
            "/%C3%A4",
            "/a%2Fb",
            "/.well-known/x",
            "/...",
            "*",
            "",
            "/%",
            "/a%zz",
        ] {
            assert_eq!(canonical(path), None, "{path}");
        }
    }

    #[test]
    fn what_a_service_may_read() {
        for (path, read) in [
            ("//a/b", "/a/b"),
            ("/a%2Fb", "/a/b"),
            ("/a%5Cb", "/a/b"),
            ("/x%2F..%2Fa", "/a"),
            ("/x%5Cy%2F..%2Fa", "/a"),
            ("//a/x%2F..%2F..%2Fb", "/a/x%2F..%2F..%2Fb"),
            ("/a//", "/a/"),
            ("/a//", "/a"),
            ("/a%2F", "/a/"),
            ("/a%2F", "/a"),
            ("/a%2F/", "/a"),
            ("/a%3Ab", "/a:b"),
            ("//", "/"),
            ("a/b", "/a/b"),
        ] {
            let readings = readings(path);
            assert!(readings.iter().any(|it| it == read), "{path}: {readings:?}");
        }
        for path in [
            "/", "/a/b", "/a/", "/%C3%A4", "/%C3%A4/", "/a%20b", "/%252F", "*", "",
        ] {
            assert_eq!(readings(path), [""; 0], "{path}");
        }
    }

    #[test]
    fn dots_that_are_hidden() {
        for path in ["/a/..%2Fb", "/a%2F..", "/..%5Cb", "/a%5C..%5Cb"] {
            assert!(hides_dots(path), "{path}");
        }
        for path in ["/a/...%2Fb", "/a..b%2Fc", "/a%252F..%252Fb", "/a/.%2Fb"] {
            assert!(!hides_dots(path), "{path}");
        }
    }

    #[test]
    fn parameters_are_numbered_and_the_rest_is_spelled() {
        assert_eq!(numbered("/"), "/");
        assert_eq!(numbered("/a/{id}/b/{name}"), "/a/{0}/b/{1}");
        assert_eq!(numbered("/files/{*rest}"), "/files/{*0}");
        assert_eq!(numbered("/{{id}}/{id}.png"), "/%7Bid%7D/{0}.png");
        assert_eq!(numbered("/ä/%61/%c3%a4"), "/%C3%A4/a/%C3%A4");
    }
}
