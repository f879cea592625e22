//! What do the fields of a conditional request say (RFC 9110 section 13.1)?

use std::time::SystemTime;

use http::{HeaderMap, HeaderName, HeaderValue, header};

use super::EntityTag;

/// The value of `If-Match` or `If-None-Match`.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Tags {
    /// `*`: whatever is there.
    Any,
    These(Vec<EntityTag>),
}

/// The value of `If-Range`.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum IfRange {
    Tag(EntityTag),
    Date(SystemTime),
    /// It is neither, and so the state of nothing.
    Neither,
}

/// The field is there, and its value is not what the RFC says it is.
#[derive(Debug, PartialEq)]
pub(super) struct Malformed;

/// The tags of a field, which may stand on several lines (RFC 9110 section 5.3).
pub(super) fn tags(headers: &HeaderMap, name: &HeaderName) -> Result<Option<Tags>, Malformed> {
    let mut lines = headers.get_all(name).into_iter().peekable();
    let Some(first) = lines.peek() else {
        return Ok(None);
    };
    if trimmed(first.as_bytes()) == b"*" {
        lines.next();
        return match lines.next() {
            None => Ok(Some(Tags::Any)),
            Some(_) => Err(Malformed),
        };
    }
    let mut tags = Vec::new();
    for line in lines {
        read_list(line.as_bytes(), &mut tags)?;
    }
    Ok(Some(Tags::These(tags)))
}

/// A list by RFC 9110 section 5.6.1.2: elements that are empty do not count.
fn read_list(line: &[u8], tags: &mut Vec<EntityTag>) -> Result<(), Malformed> {
    let mut rest = trimmed(line);
    while !rest.is_empty() {
        if !rest.starts_with(b",") {
            let (tag, after) = EntityTag::read(rest).ok_or(Malformed)?;
            tags.push(tag);
            rest = trimmed(after);
        }
        // Between two elements there is a comma.
        match rest.strip_prefix(b",") {
            Some(after) => rest = trimmed(after),
            None if rest.is_empty() => {}
            None => return Err(Malformed),
        }
    }
    Ok(())
}

/// The date of a field. One that is no date, or is there twice, is to be ignored (RFC 9110 sections
/// 13.1.3 and 13.1.4).
pub(super) fn date(headers: &HeaderMap, name: &HeaderName) -> Option<SystemTime> {
    parse_date(only(headers, name)?)
}

fn parse_date(value: &HeaderValue) -> Option<SystemTime> {
    httpdate::parse_http_date(value.to_str().ok()?.trim()).ok()
}

/// What a range is conditional on. A value that is none cannot hold: then the whole is right.
pub(super) fn if_range(headers: &HeaderMap) -> Option<IfRange> {
    headers.get(header::IF_RANGE)?;
    let Some(value) = only(headers, &header::IF_RANGE) else {
        return Some(IfRange::Neither);
    };
    Some(match EntityTag::from_bytes(trimmed(value.as_bytes())) {
        Some(tag) => IfRange::Tag(tag),
        None => parse_date(value).map_or(IfRange::Neither, IfRange::Date),
    })
}

/// The value of a field that is there once.
pub(super) fn only<'h>(headers: &'h HeaderMap, name: &HeaderName) -> Option<&'h HeaderValue> {
    let mut values = headers.get_all(name).into_iter();
    let first = values.next()?;
    values.next().is_none().then_some(first)
}

/// Without the spaces and tabs around it.
fn trimmed(bytes: &[u8]) -> &[u8] {
    let is_text = |byte: &u8| !matches!(byte, b' ' | b'\t');
    let start = bytes.iter().position(is_text).unwrap_or(bytes.len());
    let end = bytes.iter().rposition(is_text).map_or(start, |end| end + 1);
    bytes.get(start..end).unwrap_or_default()
}
