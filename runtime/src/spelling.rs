//! When are two paths the same, and which paths could a service take for the same?
//!
//! Paths are compared in one spelling (RFC 3986 sections 6.2.2.1 to 6.2.2.3): escapes of what needs
//! none are decoded, the hex digits of all others are in upper case, what cannot stand in a path is
//! escaped, and there are no dot segments. Patterns and prefixes are kept in it.

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
fn is_plain(byte: u8) -> bool {
    matches!(byte, b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'/' | b'-' | b'.' | b'_' | b'~' | b'@'
        | b'!' | b'$' | b'&' | b'\'' | b'(' | b')' | b'*' | b'+' | b',' | b';' | b'=' | b':')
}

/// RFC 3986 section 2.3.
fn is_unreserved(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"-._~".contains(&byte)
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

/// What a service that decodes the path, and joins what it gets, may take it for: `None` if that is
/// the path itself. Escaped slashes divide, and there are no empty segments but the last one.
pub(crate) fn collapsed(path: &str) -> Option<String> {
    if !path.contains('%') && !path.contains("//") {
        return None;
    }
    let decoded: Vec<u8> = percent_decode_str(path).collect();
    let segments = decoded.split(|byte| *byte == b'/' || *byte == b'\\');
    let mut kept: Vec<String> = Vec::new();
    for segment in segments {
        match segment {
            b"" | b"." => {}
            b".." => {
                kept.pop();
            }
            segment => kept.push(percent_encode(segment, SEGMENT).to_string()),
        }
    }
    if decoded.ends_with(b"/") && !kept.is_empty() {
        kept.push(String::new());
    }
    let collapsed = format!("/{}", kept.join("/"));
    (collapsed != path).then_some(collapsed)
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

/// The parameters of a path that a numbered pattern matches, as the tree would match it.
pub(crate) fn matched<'p>(pattern: &str, path: &'p str) -> Option<Vec<&'p str>> {
    let mut values = Vec::new();
    let mut path = path;
    let mut pattern = pattern;
    while let Some((literal, behind)) = pattern.split_once('{') {
        path = path.strip_prefix(literal)?;
        let (name, behind) = behind.split_once('}')?;
        if name.starts_with('*') {
            values.push(path);
            return (!path.is_empty()).then_some(values);
        }
        let end = path.find('/').unwrap_or(path.len());
        let (segment, rest) = path.split_at_checked(end)?;
        // At most one parameter in a segment: what is behind it there ends the segment.
        let suffix = behind.split('/').next().unwrap_or_default();
        let value = segment
            .strip_suffix(suffix)
            .filter(|value| !value.is_empty())?;
        values.push(value);
        path = rest;
        pattern = behind.get(suffix.len()..).unwrap_or_default();
    }
    (path == pattern).then_some(values)
}

/// Orders patterns that match the same path: the more specific one is the lesser.
pub(crate) fn rank(pattern: &str) -> Vec<u8> {
    let of = |segment: &str| match segment {
        _ if segment.contains("{*") => 3,
        _ if segment.starts_with('{') && segment.ends_with('}') => 2,
        _ if segment.contains('{') => 1,
        _ => 0,
    };
    pattern.split('/').map(of).collect()
}

#[cfg(test)]
mod tests {
    use super::{canonical, collapsed, matched, numbered, rank};

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
            ("/a//", "/a/"),
            ("//", "/"),
        ] {
            assert_eq!(collapsed(path).as_deref(), Some(read), "{path}");
        }
        for path in ["/", "/a/b", "/a/", "/%C3%A4", "/a%20b"] {
            assert_eq!(collapsed(path), None, "{path}");
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

    #[test]
    fn patterns_match_as_in_the_tree() {
        assert_eq!(matched("/a/{0}", "/a/b"), Some(vec!["b"]));
        assert_eq!(matched("/a/{0}", "/a/"), None);
        assert_eq!(matched("/a/{0}/c", "/a/b/c"), Some(vec!["b"]));
        assert_eq!(matched("/a/{0}.png", "/a/b.png"), Some(vec!["b"]));
        assert_eq!(matched("/a/{0}.png", "/a/.png"), None);
        assert_eq!(matched("/{*0}", "/a/b"), Some(vec!["a/b"]));
        assert_eq!(matched("/{*0}", "/"), None);
        assert_eq!(matched("/a", "/a/b"), None);
        assert!(rank("/users/me") < rank("/users/{0}"));
        assert!(rank("/users/x{0}") < rank("/users/{0}"));
        assert!(rank("/users/{0}") < rank("/{*0}"));
    }
}
