//! Is an answer right? What was to come is known to the byte.

use std::sync::LazyLock;

use http::HeaderMap;

use crate::support::wire::Answer;

/// A text of so many bytes, up to four million; every place in it looks different.
pub(crate) fn text(seed: usize, length: usize) -> &'static str {
    static ALL: LazyLock<String> =
        LazyLock::new(|| (0..500_000).map(|line| format!("{line:07}\n")).collect());
    &ALL[seed % 1_000..][..length]
}

/// A sum that depends on the order (that of Fletcher, modulo 2^32).
pub(crate) fn sum(bytes: &[u8]) -> u32 {
    let add = |(low, high): (u32, u32), byte: &u8| {
        let low = low.wrapping_add(u32::from(*byte));
        (low, high.wrapping_add(low))
    };
    let (low, high) = bytes.iter().fold((1, 0), add);
    low ^ high.rotate_left(16)
}

/// Headers of a response, without `Date`.
type Headers<'a> = &'a [(&'a str, &'a str)];

const TEXT: (&str, &str) = ("content-type", "text/plain; charset=utf-8");

/// Fails unless it is this text, with these headers and its length.
#[track_caller]
pub(crate) fn is_text(answer: &Answer, status: u16, expected: &str) {
    let length = expected.len().to_string();
    is(
        answer,
        status,
        &[TEXT, ("content-length", &length)],
        expected,
    );
}

/// Fails unless it is this, to the byte. `Date` is that of the moment.
#[track_caller]
pub(crate) fn is(answer: &Answer, status: u16, headers: Headers<'_>, body: &str) {
    let (dates, others): (Vec<_>, Vec<_>) = answer
        .headers
        .iter()
        .map(|(name, value)| (name.as_str(), value.as_str()))
        .partition(|(name, _)| *name == "date");
    assert_eq!((answer.status, &others[..]), (status, headers));
    assert!(
        matches!(dates[..], [(_, date)] if date.len() == 29),
        "{dates:?}"
    );
    is_body(answer.body.as_bytes(), body.as_bytes());
}

/// Fails unless it is this answer over HTTP/2: there is no order of headers there.
#[track_caller]
pub(crate) fn is_http2(status: u16, headers: &HeaderMap, body: &[u8], expected: &str) {
    // What ends with its head needs no length.
    let length = (!expected.is_empty()).then(|| expected.len().to_string());
    let count = if length.is_some() { 3 } else { 2 };
    let found = |name| headers.get(name).and_then(|value| value.to_str().ok());
    assert_eq!(
        (
            status,
            headers.len(),
            found("content-type"),
            found("content-length")
        ),
        (200, count, Some(TEXT.1), length.as_deref())
    );
    assert!(found("date").is_some_and(|date| date.len() == 29));
    is_body(body, expected.as_bytes());
}

/// Fails unless the bytes are these; says where they are not, rather than all of both.
#[track_caller]
pub(crate) fn is_body(found: &[u8], expected: &[u8]) {
    let same = found
        .iter()
        .zip(expected)
        .take_while(|(a, b)| a == b)
        .count();
    assert!(
        found.len() == expected.len() && same == found.len(),
        "{} bytes instead of {}, the first {same} are right",
        found.len(),
        expected.len()
    );
}
