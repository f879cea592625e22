//! How does a value become a part of a path?

use std::fmt::Display;

use percent_encoding::{AsciiSet, CONTROLS, utf8_percent_encode};

use crate::spelling;

/// What a segment of a path cannot hold as it is (RFC 3986 section 3.3: all but `pchar`).
pub(crate) const SEGMENT: &AsciiSet = &CONTROLS
    .add(b' ')
    .add(b'"')
    .add(b'#')
    .add(b'%')
    .add(b'/')
    .add(b'<')
    .add(b'>')
    .add(b'?')
    .add(b'[')
    .add(b'\\')
    .add(b']')
    .add(b'^')
    .add(b'`')
    .add(b'{')
    .add(b'|')
    .add(b'}');

/// The rest of a path has segments of its own.
const REST: &AsciiSet = &SEGMENT.remove(b'/');

/// What a link takes for a path parameter of the type `P`: a `P` or a `&P`, and a `&str` for a
/// `String`.
#[diagnostic::on_unimplemented(
    message = "a link cannot be made of a `{Self}` where the route has a `{P}`",
    label = "expected `{P}`, which must implement `Display`",
    note = "what is displayed must parse back: it becomes a part of the path"
)]
pub trait LinkParameter<P> {
    #[doc(hidden)]
    fn text(self) -> String;
}

impl<P: Display> LinkParameter<P> for P {
    fn text(self) -> String {
        self.to_string()
    }
}

impl<P: Display> LinkParameter<P> for &P {
    fn text(self) -> String {
        self.to_string()
    }
}

impl LinkParameter<String> for &str {
    fn text(self) -> String {
        self.to_owned()
    }
}

/// What a link takes for a path parameter of the type `O`, which is an `Option`: not every pattern
/// has it.
#[diagnostic::on_unimplemented(
    message = "a link cannot be made of a `{Self}` where the route has a `{O}`",
    label = "expected `{O}`, whose value must implement `Display`",
    note = "the route's patterns with and without this parameter are both its own: `None` is without"
)]
pub trait OptionalLinkParameter<O> {
    #[doc(hidden)]
    fn text(self) -> Option<String>;
}

impl<P: Display> OptionalLinkParameter<Option<P>> for Option<P> {
    fn text(self) -> Option<String> {
        self.map(|value| value.to_string())
    }
}

/// Fits any parameter: what the expansion names a link with that nobody makes.
#[derive(Debug)]
pub enum AnyLink {}

impl<P> LinkParameter<P> for AnyLink {
    fn text(self) -> String {
        match self {}
    }
}

impl<O> OptionalLinkParameter<O> for AnyLink {
    fn text(self) -> Option<String> {
        match self {}
    }
}

/// Adds what a pattern says, as it is compared with what clients send.
pub fn push_literal(path: &mut String, literal: &str) {
    path.push_str(&spelling::escaped(literal));
}

/// A path that is a link: one that leads back to its route, on this host.
///
/// # Panics
///
/// Panics where the parameters make another path of it: an empty one, or one that is a dot segment,
/// which clients take out of the path (RFC 3986 section 5.2.4). A path that begins with `//` would
/// name another host (section 4.2).
#[track_caller]
#[must_use]
pub fn finished(path: String) -> String {
    assert!(
        !path.starts_with("//"),
        "`path(..)` would begin with `//`, which names another host: a parameter is empty, or begins with `/`"
    );
    let has_dots = path.split('/').any(|segment| matches!(segment, "." | ".."));
    assert!(
        !has_dots,
        "`path(..)` would have the segment `.` or `..`, which clients take out: check the parameter first"
    );
    path
}

/// Adds a parameter to a path, percent-encoded.
#[track_caller]
pub fn push_parameter<P>(path: &mut String, parameter: impl LinkParameter<P>, is_rest: bool) {
    push_text(path, &parameter.text(), is_rest);
}

/// Adds the text of a parameter to a path, percent-encoded.
#[track_caller]
pub fn push_text(path: &mut String, text: &str, is_rest: bool) {
    assert!(
        !text.is_empty(),
        "a parameter of `path(..)` is empty, and no route has an empty parameter: check it first"
    );
    let set = if is_rest { REST } else { SEGMENT };
    path.extend(utf8_percent_encode(text, set));
}
