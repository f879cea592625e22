//! How does a value become a part of a path?

use std::fmt::{self, Display};

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

/// Why a path cannot be made of these parameters: it would not lead back to its route. It is the error
/// of the function `try_path` that each routed handler with parameters has.
///
/// ```
/// use sendoff::{LinkError, handler, send};
///
/// #[handler(GET "/tags/{tag}")]
/// async fn show_tag(tag: String) {
///     send!(tag);
/// }
///
/// assert_eq!(show_tag::try_path("rust & c").as_deref(), Ok("/tags/rust%20&%20c"));
/// assert_eq!(show_tag::try_path(".."), Err(LinkError::DotSegment));
/// assert_eq!(show_tag::try_path(""), Err(LinkError::Empty));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum LinkError {
    /// A parameter is empty, which no route matches.
    Empty,
    /// A segment would be `.` or `..`, which clients take out of a path (RFC 3986 section 5.2.4),
    /// escaped or not.
    DotSegment,
    /// The path would begin with `//`, behind which stands a host (RFC 3986 section 4.2).
    Host,
}

impl fmt::Display for LinkError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            LinkError::Empty => "a parameter of a path is empty, which no route matches",
            LinkError::DotSegment => {
                "a path would have the segment `.` or `..`, which clients take out"
            }
            LinkError::Host => "a path would begin with `//`, which names another host",
        })
    }
}

impl std::error::Error for LinkError {}

/// The path of a route, while it is made.
#[derive(Debug, Default)]
pub struct Link {
    path: String,
    is_refused: bool,
}

impl Link {
    /// An empty one: `Default` need not be in scope where a handler is.
    #[must_use]
    pub fn new() -> Self {
        Link::default()
    }

    /// Adds what a pattern says, as it is compared with what clients send.
    pub fn push_literal(&mut self, literal: &str) {
        self.path.push_str(&spelling::escaped(literal));
    }

    /// Adds a parameter, percent-encoded.
    pub fn push_parameter<P>(&mut self, parameter: impl LinkParameter<P>, is_rest: bool) {
        self.push_text(&parameter.text(), is_rest);
    }

    /// Adds the text of a parameter, percent-encoded.
    pub fn push_text(&mut self, text: &str, is_rest: bool) {
        self.is_refused |= text.is_empty();
        let set = if is_rest { REST } else { SEGMENT };
        self.path.extend(utf8_percent_encode(text, set));
    }

    /// The path, if it leads back to its route, on this host.
    pub fn finished(self) -> Result<String, LinkError> {
        let mut segments = self.path.split('/');
        if self.is_refused {
            Err(LinkError::Empty)
        } else if self.path.starts_with("//") {
            Err(LinkError::Host)
        } else if segments.any(|segment| matches!(segment, "." | "..")) {
            Err(LinkError::DotSegment)
        } else {
            Ok(self.path)
        }
    }

    /// The path of a pattern without parameters, which `#[handler]` has checked.
    pub fn literal(self) -> String {
        self.path
    }
}

/// What `path` returns where `try_path` returns this.
#[track_caller]
pub fn made<T>(path: Result<T, LinkError>) -> T {
    match path {
        Ok(path) => path,
        Err(error) => panic!("{error}: `try_path(..)` returns that as an error"),
    }
}
