//! How does a handler get its path parameters?
//!
//! The router remembers where in the path they are; a handler parses the ones it takes.

use std::borrow::Cow;
use std::str::FromStr;

use http::Uri;
use http::request::Parts;
use percent_encoding::percent_decode_str;

use crate::problem::Problem;
use crate::rejection::invalid_parameter;

/// As many parameters as a pattern may have (`#[handler]` refuses more, in `parse/pattern.rs`), so that matching a path
/// allocates nothing.
const MOST_PARAMETERS: usize = 16;

/// Where the path parameters are in the request's path, as byte offsets. A path is shorter than
/// 64 KiB: `http::Uri` refuses more.
#[derive(Clone, Copy, Debug, Default)]
pub struct Captures {
    ranges: [(u16, u16); MOST_PARAMETERS],
    /// Which of the handler's requests it is.
    request: u16,
    /// The path is the one of [`MatchedUri`].
    elsewhere: bool,
}

/// The URI that was routed, in the extensions of a request to which a layer gave another.
#[derive(Clone)]
pub(crate) struct MatchedUri(pub(crate) Uri);

impl Captures {
    /// Remembers where in `path` these parts of it are.
    pub(crate) fn of<'p>(
        path: &'p str,
        values: impl Iterator<Item = &'p str>,
        request: u16,
    ) -> Self {
        let mut captures = Captures {
            request,
            ..Captures::default()
        };
        for (range, value) in captures.ranges.iter_mut().zip(values) {
            let start = value.as_ptr().addr() - path.as_ptr().addr();
            let offset = |at: usize| u16::try_from(at).unwrap_or(u16::MAX);
            *range = (offset(start), offset(start + value.len()));
        }
        captures
    }

    /// Where a parameter is that the handler's patterns have at different positions.
    pub fn one_of(&self, positions: &[usize]) -> usize {
        let position = positions.get(usize::from(self.request));
        position.copied().unwrap_or_default()
    }

    /// The request has another path now.
    pub(crate) fn are_elsewhere(&mut self) {
        self.elsewhere = true;
    }

    fn get<'p>(&self, parts: &'p Parts, position: usize) -> &'p str {
        let matched = self.elsewhere.then(|| parts.extensions.get::<MatchedUri>());
        let path = matched
            .flatten()
            .map_or(parts.uri.path(), |matched| matched.0.path());
        let (start, end) = self.ranges.get(position).copied().unwrap_or_default();
        path.get(usize::from(start)..usize::from(end))
            .unwrap_or_default()
    }
}

/// A type that a path parameter can have: any [`FromStr`].
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be a path parameter",
    label = "this type does not implement `FromStr`",
    note = "a path parameter is an argument named in the pattern; its type is made from the text by `FromStr`",
    note = "an `Option` is for a parameter that only some of the handler's patterns have"
)]
pub trait PathParameter: Sized {
    #[doc(hidden)]
    fn parse(text: &str) -> Option<Self>;
}

#[diagnostic::do_not_recommend]
impl<T: FromStr> PathParameter for T {
    fn parse(text: &str) -> Option<Self> {
        text.parse().ok()
    }
}

/// The value of a path parameter: percent-decoded (RFC 3986 section 2.1), then parsed. What cannot
/// be is answered 400.
pub fn path_parameter<T: PathParameter>(
    parts: &Parts,
    captures: &Captures,
    position: usize,
    name: &str,
) -> Result<T, Problem> {
    parse(parts, captures, position, name, T::parse)
}

/// A type that a path parameter can have which not every pattern has: an `Option` of any
/// [`FromStr`].
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be a path parameter that only some patterns have",
    label = "this is no `Option` of a type that implements `FromStr`",
    note = "it is `None` where the pattern does not have it, and else made from the text by `FromStr`"
)]
pub trait OptionalPathParameter: Sized {
    #[doc(hidden)]
    const NONE: Self;
    #[doc(hidden)]
    fn parse(text: &str) -> Option<Self>;
}

#[diagnostic::do_not_recommend]
impl<T: FromStr> OptionalPathParameter for Option<T> {
    const NONE: Self = None;

    fn parse(text: &str) -> Option<Self> {
        text.parse().ok().map(Some)
    }
}

/// The value of a path parameter, if the request's pattern has it; `positions` says where, for each
/// of the handler's requests.
pub fn optional_path_parameter<T: OptionalPathParameter>(
    parts: &Parts,
    captures: &Captures,
    positions: &[Option<usize>],
    name: &str,
) -> Result<T, Problem> {
    let position = positions.get(usize::from(captures.request));
    match position.copied().flatten() {
        Some(position) => parse(parts, captures, position, name, T::parse),
        None => Ok(T::NONE),
    }
}

fn parse<T>(
    parts: &Parts,
    captures: &Captures,
    position: usize,
    name: &str,
    parse: impl FnOnce(&str) -> Option<T>,
) -> Result<T, Problem> {
    let raw = captures.get(parts, position);
    let text =
        decoded(raw).ok_or_else(|| invalid_parameter(name, "is not percent-encoded UTF-8"))?;
    parse(&text).ok_or_else(|| invalid_parameter(name, "does not have the expected form"))
}

/// A `%` that begins no escape is as wrong as an escape of what is no text (RFC 3986 section 2.1).
fn decoded(raw: &str) -> Option<Cow<'_, str>> {
    let mut behind = raw.split('%').skip(1);
    let is_escape = |text: &str| {
        let digits = text.as_bytes().get(..2);
        digits.is_some_and(|digits| digits.iter().all(u8::is_ascii_hexdigit))
    };
    if !behind.all(is_escape) {
        return None;
    }
    percent_decode_str(raw).decode_utf8().ok()
}
