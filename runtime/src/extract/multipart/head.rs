//! What is said at the head of a part? Its name, and whether it is a file (RFC 7578 section 4.2).

use http::header::CONTENT_DISPOSITION;
use http::{HeaderMap, HeaderName, HeaderValue};
use percent_encoding::percent_decode;

use crate::problem::Problem;

/// The head of a part.
#[derive(Debug)]
pub(super) struct Head {
    pub(super) headers: HeaderMap,
    pub(super) name: Option<String>,
    pub(super) file_name: Option<String>,
}

impl Head {
    /// Reads the lines behind a delimiter: what is left of its own, then the fields, each with its
    /// CRLF, then an empty one.
    pub(super) fn parse(text: &[u8]) -> Result<Self, Problem> {
        let malformed = || Problem::new(400).detail("the head of a part of the form is malformed");
        let mut lines = text.split(|byte| *byte == b'\n');
        // Spaces may follow a delimiter, and nothing else: RFC 2046 section 5.1.1.
        let padding = lines.next().and_then(|line| line.strip_suffix(b"\r"));
        let padding = padding.ok_or_else(malformed)?;
        if !padding.iter().all(|byte| matches!(byte, b' ' | b'\t')) {
            return Err(malformed());
        }
        let mut headers = HeaderMap::new();
        for line in lines {
            let Some(line) = line.strip_suffix(b"\r") else {
                if line.is_empty() {
                    continue;
                }
                return Err(malformed());
            };
            if line.is_empty() {
                continue;
            }
            let colon = line.iter().position(|byte| *byte == b':');
            let (name, value) = line.split_at(colon.ok_or_else(malformed)?);
            let name = HeaderName::from_bytes(name).map_err(|_| malformed())?;
            let value =
                HeaderValue::from_bytes(value[1..].trim_ascii()).map_err(|_| malformed())?;
            headers.try_append(name, value).map_err(|_| malformed())?;
        }
        let disposition = headers.get(CONTENT_DISPOSITION).map(HeaderValue::as_bytes);
        let parameters = disposition.map(parameters).unwrap_or_default();
        Ok(Head {
            name: name(&parameters)?,
            file_name: file_name(&parameters),
            headers,
        })
    }
}

type Parameter<'h> = (&'h [u8], Vec<u8>);

/// The parameters of a `Content-Disposition`. Browsers write any file's name between the quotes, so
/// this is not the grammar of RFC 9110: a backslash escapes a quote or a backslash only, and a value
/// without quotes goes to the next `;`.
fn parameters(value: &[u8]) -> Vec<Parameter<'_>> {
    let mut parameters = Vec::new();
    // In front of the first `;` is the type.
    let mut rest = after(value, b';');
    while !rest.is_empty() {
        let end = rest.iter().position(|byte| matches!(byte, b'=' | b';'));
        let end = end.unwrap_or(rest.len());
        let name = rest[..end].trim_ascii();
        if rest.get(end) != Some(&b'=') {
            rest = after(rest, b';');
            continue;
        }
        rest = rest[end + 1..].trim_ascii_start();
        let value = if rest.first() == Some(&b'"') {
            let (value, behind) = quoted(&rest[1..]);
            rest = after(behind, b';');
            value
        } else {
            let end = rest.iter().position(|byte| *byte == b';');
            let value = &rest[..end.unwrap_or(rest.len())];
            rest = after(rest, b';');
            value.trim_ascii().to_vec()
        };
        parameters.push((name, value));
    }
    parameters
}

/// What is behind the next of these bytes.
fn after(text: &[u8], byte: u8) -> &[u8] {
    let at = text.iter().position(|found| *found == byte);
    at.map_or(&[], |at| &text[at + 1..])
}

/// The rest of a quoted string, and what is behind it.
fn quoted(text: &[u8]) -> (Vec<u8>, &[u8]) {
    let mut value = Vec::new();
    let mut at = 0;
    while let Some(byte) = text.get(at) {
        match byte {
            b'"' => return (value, &text[at + 1..]),
            b'\\' if matches!(text.get(at + 1), Some(b'"' | b'\\')) => {
                value.push(text[at + 1]);
                at += 2;
            }
            byte => {
                value.push(*byte);
                at += 1;
            }
        }
    }
    (value, &[])
}

fn find<'p>(parameters: &'p [Parameter<'_>], name: &str) -> Option<&'p [u8]> {
    let is_it = |(found, _): &&Parameter<'_>| found.eq_ignore_ascii_case(name.as_bytes());
    parameters.iter().find(is_it).map(|(_, value)| &**value)
}

fn name(parameters: &[Parameter<'_>]) -> Result<Option<String>, Problem> {
    let Some(name) = find(parameters, "name") else {
        return Ok(None);
    };
    match std::str::from_utf8(name) {
        Ok(name) => Ok(Some(name.to_owned())),
        Err(_) => Err(Problem::new(400).detail("the name of a field of the form is not UTF-8")),
    }
}

/// A file whose name cannot be read is a file.
fn file_name(parameters: &[Parameter<'_>]) -> Option<String> {
    if let Some(name) = find(parameters, "filename") {
        return Some(String::from_utf8_lossy(name).into_owned());
    }
    // RFC 7578 section 4.2 forbids it, and some send it: `UTF-8'en'%C3%A4` (RFC 8187).
    let name = find(parameters, "filename*")?;
    let encoded = after(after(name, b'\''), b'\'');
    let decoded: Vec<u8> = percent_decode(encoded).collect();
    Some(String::from_utf8_lossy(&decoded).into_owned())
}

#[cfg(test)]
mod tests {
    use super::Head;

    #[track_caller]
    fn check(disposition: &[u8], name: Option<&str>, file_name: Option<&str>) {
        let text = [b"\r\nContent-Disposition: ", disposition, b"\r\n\r\n"].concat();
        let head = Head::parse(&text).expect("a head");
        let found = (head.name.as_deref(), head.file_name.as_deref());
        assert_eq!(found, (name, file_name), "{}", text.escape_ascii());
    }

    #[test]
    fn names_are_read() {
        check(b"form-data; name=\"a\"", Some("a"), None);
        check(
            b"form-data; NAME=\"a\"; FileName=\"b\"",
            Some("a"),
            Some("b"),
        );
        check(b"form-data;name=a;filename=b.txt", Some("a"), Some("b.txt"));
        check(
            b"form-data; name = \"a\" ; x; filename=\"\"",
            Some("a"),
            Some(""),
        );
        check(
            b"form-data; filename=\"x; name=\\\"b\\\"\"",
            None,
            Some("x; name=\"b\""),
        );
        check(
            b"form-data; filename=\"; name=b\"; name=\"a\"",
            Some("a"),
            Some("; name=b"),
        );
        check(b"form-data; filename=\"name=b", None, Some("name=b"));
        check(b"form-data; xname=\"b\"; name=\"a\"", Some("a"), None);
        check(b"form-data; name=\"a\"; name=\"b\"", Some("a"), None);
        check(
            b"form-data; filename=\"C:\\dir\\a.txt\"",
            None,
            Some("C:\\dir\\a.txt"),
        );
        check(
            "form-data; name=\"\u{e4}\"".as_bytes(),
            Some("\u{e4}"),
            None,
        );
        check(b"form-data", None, None);
        check(b"", None, None);
    }

    #[test]
    fn a_file_whose_name_cannot_be_read_is_a_file() {
        check(
            b"form-data; name=a; filename=\"\xE4.txt\"",
            Some("a"),
            Some("\u{FFFD}.txt"),
        );
        check(
            b"form-data; filename*=UTF-8''%C3%A4.txt",
            None,
            Some("\u{e4}.txt"),
        );
        check(b"form-data; filename*=UTF-8''%E4", None, Some("\u{FFFD}"));
        check(b"form-data; filename*=x", None, Some(""));
        check(
            b"form-data; filename=a; filename*=UTF-8''b",
            None,
            Some("a"),
        );
    }

    #[test]
    fn what_is_no_head_is_refused() {
        for text in [
            &b"x\r\n\r\n"[..],
            b"\r\nname\r\n\r\n",
            b"\r\na b: c\r\n\r\n",
            b"\r\n: c\r\n\r\n",
            b"\r\na: b\r\n c: d\r\n\r\n",
            b"\r\na: b\nc: d\r\n\r\n",
            b"\r\na: \x01\r\n\r\n",
            b"\r\nContent-Disposition: form-data; name=\"\xE4\"\r\n\r\n",
        ] {
            assert!(Head::parse(text).is_err(), "{}", text.escape_ascii());
        }
        assert!(Head::parse(b" \t\r\n\r\n").is_ok());
    }
}
