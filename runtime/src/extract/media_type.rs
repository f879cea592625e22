//! What does a request say its body is? The one reader of `Content-Type` (RFC 9110 sections 5.6.6
//! and 8.3.1) and of `Content-Encoding` (section 8.4).

use std::borrow::Cow;

use http::{HeaderMap, HeaderValue, StatusCode, header};

use crate::problem::Problem;

/// A media type and its parameters, as a field of a request spells them.
#[derive(Clone, Copy, Debug)]
pub(crate) struct MediaType<'h> {
    main: &'h [u8],
    sub: &'h [u8],
    /// From the first `;`.
    parameters: &'h [u8],
}

impl<'h> MediaType<'h> {
    /// Reads `type/subtype *( OWS ";" OWS [ parameter ] )`, and nothing else.
    pub(crate) fn parse(value: &'h [u8]) -> Option<Self> {
        let value = trimmed(value);
        let (main, rest) = token(value)?;
        let (sub, rest) = token(rest.strip_prefix(b"/")?)?;
        let media_type = MediaType {
            main,
            sub,
            parameters: rest,
        };
        let mut parameters = Parameters(rest);
        while parameters.next_parameter().ok()?.is_some() {}
        Some(media_type)
    }

    /// Is it this type, in any case?
    pub(crate) fn is(&self, main: &str, sub: &str) -> bool {
        self.main.eq_ignore_ascii_case(main.as_bytes())
            && self.sub.eq_ignore_ascii_case(sub.as_bytes())
    }

    /// `application/json`, or a type with its suffix: `application/problem+json` (RFC 6839).
    pub(crate) fn is_json(&self) -> bool {
        self.main.eq_ignore_ascii_case(b"application")
            && (self.sub.eq_ignore_ascii_case(b"json")
                || self.sub.len() > 5
                    && self.sub[self.sub.len() - 5..].eq_ignore_ascii_case(b"+json"))
    }

    /// The first parameter of this name, in any case.
    #[cfg_attr(not(feature = "multipart"), allow(dead_code))]
    pub(crate) fn parameter(&self, name: &str) -> Option<Cow<'h, [u8]>> {
        let mut parameters = Parameters(self.parameters);
        while let Ok(Some((found, value))) = parameters.next_parameter() {
            if found.eq_ignore_ascii_case(name.as_bytes()) {
                return Some(value);
            }
        }
        None
    }
}

/// What of a field's value is still to be read: `*( OWS ";" OWS [ parameter ] )`.
struct Parameters<'h>(&'h [u8]);

/// What is no parameter.
struct Malformed;

type Parameter<'h> = (&'h [u8], Cow<'h, [u8]>);

impl<'h> Parameters<'h> {
    fn next_parameter(&mut self) -> Result<Option<Parameter<'h>>, Malformed> {
        loop {
            let rest = trimmed_start(self.0);
            if rest.is_empty() {
                return Ok(None);
            }
            let rest = trimmed_start(rest.strip_prefix(b";").ok_or(Malformed)?);
            self.0 = rest;
            // There may be nothing between two semicolons, or after the last.
            if rest.is_empty() || rest[0] == b';' {
                continue;
            }
            let (name, rest) = token(rest).ok_or(Malformed)?;
            // No space around it: RFC 9110 section 5.6.6.
            let rest = rest.strip_prefix(b"=").ok_or(Malformed)?;
            let (value, rest) = if rest.first() == Some(&b'"') {
                quoted(&rest[1..]).ok_or(Malformed)?
            } else {
                let (value, rest) = token(rest).ok_or(Malformed)?;
                (Cow::Borrowed(value), rest)
            };
            self.0 = rest;
            return Ok(Some((name, value)));
        }
    }
}

/// A token and what follows it (RFC 9110 section 5.6.2).
fn token(text: &[u8]) -> Option<(&[u8], &[u8])> {
    let length = text.iter().position(|byte| !is_token(*byte));
    let (token, rest) = text.split_at(length.unwrap_or(text.len()));
    (!token.is_empty()).then_some((token, rest))
}

fn is_token(byte: u8) -> bool {
    TOKEN[usize::from(byte)]
}

/// Which bytes a token has.
static TOKEN: [bool; 256] = {
    let mut table = [false; 256];
    let others = b"!#$%&'*+-.^_`|~";
    let mut at = 0;
    while at < others.len() {
        table[others[at] as usize] = true;
        at += 1;
    }
    let mut byte = 0u8;
    while byte < 128 {
        if byte.is_ascii_alphanumeric() {
            table[byte as usize] = true;
        }
        byte += 1;
    }
    table
};

/// The rest of a quoted string, and what follows it (RFC 9110 section 5.6.4).
fn quoted(text: &[u8]) -> Option<(Cow<'_, [u8]>, &[u8])> {
    let is_text = |byte: u8| byte == b'\t' || (byte >= b' ' && byte != 0x7F);
    let mut unescaped: Option<Vec<u8>> = None;
    let mut at = 0;
    loop {
        let byte = *text.get(at)?;
        match byte {
            b'"' => {
                let value = unescaped.map_or(Cow::Borrowed(&text[..at]), Cow::Owned);
                return Some((value, &text[at + 1..]));
            }
            b'\\' => {
                let escaped = *text.get(at + 1)?;
                if !is_text(escaped) {
                    return None;
                }
                let value = unescaped.get_or_insert_with(|| text[..at].to_vec());
                value.push(escaped);
                at += 2;
            }
            byte if is_text(byte) => {
                if let Some(value) = &mut unescaped {
                    value.push(byte);
                }
                at += 1;
            }
            _ => return None,
        }
    }
}

fn is_space(byte: u8) -> bool {
    byte == b' ' || byte == b'\t'
}

fn trimmed_start(mut text: &[u8]) -> &[u8] {
    while let [first, rest @ ..] = text
        && is_space(*first)
    {
        text = rest;
    }
    text
}

fn trimmed(text: &[u8]) -> &[u8] {
    let mut text = trimmed_start(text);
    while let [rest @ .., last] = text
        && is_space(*last)
    {
        text = rest;
    }
    text
}

/// The media type of a body; none where none is said, where it is not one, or where several are.
pub(crate) fn of(headers: &HeaderMap) -> Option<MediaType<'_>> {
    let mut values = headers.get_all(header::CONTENT_TYPE).iter();
    let value = values.next()?;
    if values.next().is_some() {
        return None;
    }
    MediaType::parse(value.as_bytes())
}

/// Refuses a body that is encoded: who could decode it has not, or it would not say so any more.
pub(crate) fn check_coding(headers: &HeaderMap) -> Result<(), Problem> {
    if !headers.contains_key(header::CONTENT_ENCODING) {
        return Ok(());
    }
    let codings = headers.get_all(header::CONTENT_ENCODING).iter();
    let mut codings = codings.flat_map(|value| value.as_bytes().split(|byte| *byte == b','));
    let is_none = |coding: &[u8]| {
        let coding = trimmed(coding);
        coding.is_empty() || coding.eq_ignore_ascii_case(b"identity")
    };
    if codings.all(is_none) {
        return Ok(());
    }
    Err(encoded())
}

/// The refusal of a body that nobody has decoded.
#[cold]
fn encoded() -> Problem {
    Problem::new(StatusCode::UNSUPPORTED_MEDIA_TYPE)
        .detail("the body must not have a content coding")
        .header(
            header::ACCEPT_ENCODING,
            HeaderValue::from_static("identity"),
        )
}

/// The refusal of a body of another type than this one.
#[cold]
pub(crate) fn unsupported(expected: &'static str) -> Problem {
    Problem::new(StatusCode::UNSUPPORTED_MEDIA_TYPE)
        .detail(format!("the body must have the content type {expected}"))
        .header(header::ACCEPT, HeaderValue::from_static(expected))
}

#[cfg(test)]
mod tests {
    use super::MediaType;

    #[track_caller]
    fn check_json(value: &str, expected: bool) {
        let parsed = MediaType::parse(value.as_bytes());
        assert_eq!(
            parsed.is_some_and(|found| found.is_json()),
            expected,
            "{value}"
        );
    }

    #[test]
    fn what_the_grammar_has_is_read() {
        for value in [
            "application/json",
            "APPLICATION/JSON",
            "Application/Problem+Json",
            "application/json;charset=utf-8",
            "application/json ;charset=utf-8",
            "application/json\t;\tcharset=utf-8",
            "application/json;",
            "application/json;;",
            "application/json; ; ;charset=UTF-8 ; ",
            "application/json; charset=\"utf-8\"",
            "application/json; a=\"\"; b=\"; \\\" \\\\ ,\"; c=d",
            "application/json; a=\"\u{e4}\"",
            "application/ld+json; profile=\"http://www.w3.org/ns/json-ld#compacted\"",
        ] {
            check_json(value, true);
        }
    }

    #[test]
    fn what_it_does_not_have_is_not() {
        for value in [
            "",
            "application",
            "application/",
            "/json",
            "application/jsonx",
            "application/json/x",
            "application/xjson",
            "application/+json",
            "application /json",
            "application/ json",
            "application/json charset=utf-8",
            "application/json, text/plain",
            "application/json; charset",
            "application/json; charset=",
            "application/json; charset =utf-8",
            "application/json; charset= utf-8",
            "application/json; charset=utf 8",
            "application/json; charset=\"utf-8",
            "application/json; charset=\"utf-8\\",
            "application/json; charset=\"a\u{1}\"",
            "application/json; =utf-8",
            "application/json; a=\"b\"c",
            "application/js\u{f6}n",
            "text/json",
            "text/plain; a=\"application/json\"",
        ] {
            check_json(value, false);
        }
    }

    #[test]
    fn parameters_have_names_in_any_case() {
        let value = b"multipart/form-data; A=\"x; boundary=no\"; BOUNDARY=\"a\\\"b\"; boundary=c";
        let parsed = MediaType::parse(value).expect("a media type");
        let boundary = parsed.parameter("boundary").expect("one");
        assert_eq!(&*boundary, b"a\"b");
        assert_eq!(parsed.parameter("b"), None);
        assert!(parsed.is("multipart", "form-data"));
    }
}
