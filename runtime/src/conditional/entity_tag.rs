//! What names one state of a representation? An [`EntityTag`] (RFC 9110 section 8.8.3).

use std::fmt;
use std::str::FromStr;

use http::HeaderValue;
use percent_encoding::{AsciiSet, CONTROLS, utf8_percent_encode};

/// The value of an `ETag` field: a text that changes when the representation does (RFC 9110 section
/// 8.8.3).
///
/// ```
/// use sendoff::EntityTag;
///
/// let tag = EntityTag::strong(7);
/// assert_eq!(tag.to_string(), "\"7\"");
/// assert_eq!(EntityTag::weak("draft").to_string(), "W/\"draft\"");
/// assert_eq!("\"7\"".parse(), Ok(tag));
/// ```
///
/// A **strong** tag promises that two representations with it are the same byte for byte, so that
/// parts of them fit together. A **weak** one promises that they mean the same. Two forms of one
/// resource that differ in their bytes, such as a compressed one and a plain one, may share a weak
/// tag and must not share a strong one (section 8.8.3.3).
///
/// `==` asks whether two tags are written the same. Conditional requests use
/// [`strong_eq`](EntityTag::strong_eq) and [`weak_eq`](EntityTag::weak_eq).
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct EntityTag {
    /// With its quotes, and with `W/` if it is weak.
    text: HeaderValue,
}

/// What cannot stand between the quotes, and `%`, so that two texts never have the same tag.
const ESCAPED: &AsciiSet = &CONTROLS.add(b' ').add(b'"').add(b'%');

impl EntityTag {
    /// A strong tag of a text or a number, such as a version or a digest.
    ///
    /// What a tag cannot hold (spaces, quotes, what is not ASCII) and `%` are percent-encoded.
    pub fn strong(text: impl fmt::Display) -> Self {
        EntityTag::written("", &text.to_string())
    }

    /// A weak tag of a text or a number.
    pub fn weak(text: impl fmt::Display) -> Self {
        EntityTag::written("W/", &text.to_string())
    }

    fn written(weakness: &str, text: &str) -> Self {
        let text = utf8_percent_encode(text, ESCAPED);
        let written = format!("{weakness}\"{text}\"");
        let text = HeaderValue::from_str(&written);
        // It is printable ASCII by now.
        let text = text.unwrap_or(HeaderValue::from_static("\"\""));
        EntityTag { text }
    }

    /// Is it weak?
    pub fn is_weak(&self) -> bool {
        self.text.as_bytes().starts_with(b"W/")
    }

    /// The weak tag of the same text: for a form of the representation that differs in its bytes
    /// and not in what it means.
    ///
    /// ```
    /// use sendoff::EntityTag;
    ///
    /// assert_eq!(EntityTag::strong(7).into_weak(), EntityTag::weak(7));
    /// ```
    #[must_use]
    pub fn into_weak(self) -> Self {
        if self.is_weak() {
            return self;
        }
        let written = [b"W/", self.text.as_bytes()].concat();
        // Its bytes are those of a value already.
        let text = HeaderValue::from_bytes(&written).unwrap_or(self.text);
        EntityTag { text }
    }

    /// Are both strong and the same (RFC 9110 section 8.8.3.2)?
    pub fn strong_eq(&self, other: &EntityTag) -> bool {
        !self.is_weak() && self.text == other.text
    }

    /// Are they the same but for their weakness (RFC 9110 section 8.8.3.2)?
    pub fn weak_eq(&self, other: &EntityTag) -> bool {
        self.opaque() == other.opaque()
    }

    /// Its text with the quotes.
    fn opaque(&self) -> &[u8] {
        let bytes = self.text.as_bytes();
        bytes.strip_prefix(b"W/").unwrap_or(bytes)
    }

    /// Reads a tag that these bytes begin with, and says what is left of them.
    pub(super) fn read(bytes: &[u8]) -> Option<(Self, &[u8])> {
        let opaque = bytes.strip_prefix(b"W/").unwrap_or(bytes);
        let inner = opaque.strip_prefix(b"\"")?;
        let length = inner.iter().position(|byte| *byte == b'"')?;
        let (inner, rest) = inner.split_at_checked(length)?;
        // RFC 9110 section 8.8.3: no space and no control, but bytes beyond ASCII.
        let is_tag = inner.iter().all(|byte| *byte > b' ' && *byte != 0x7f);
        let rest = is_tag.then(|| rest.strip_prefix(b"\""))??;
        let tag = bytes.strip_suffix(rest)?;
        let text = HeaderValue::from_bytes(tag).ok()?;
        Some((EntityTag { text }, rest))
    }

    /// Reads a tag that is all there is.
    pub(super) fn from_bytes(bytes: &[u8]) -> Option<Self> {
        let (tag, rest) = EntityTag::read(bytes)?;
        rest.is_empty().then_some(tag)
    }
}

/// As an `ETag` field has it: `"7"` or `W/"7"`.
impl fmt::Display for EntityTag {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&String::from_utf8_lossy(self.text.as_bytes()))
    }
}

impl fmt::Debug for EntityTag {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "EntityTag({self})")
    }
}

/// The text is not that of an entity tag.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct InvalidEntityTag(());

impl fmt::Display for InvalidEntityTag {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an entity tag is a text in double quotes, with `W/` in front if it is weak")
    }
}

impl std::error::Error for InvalidEntityTag {}

impl FromStr for EntityTag {
    type Err = InvalidEntityTag;

    fn from_str(text: &str) -> Result<Self, InvalidEntityTag> {
        EntityTag::from_bytes(text.as_bytes()).ok_or(InvalidEntityTag(()))
    }
}

/// The tag of a field `ETag`.
impl TryFrom<&HeaderValue> for EntityTag {
    type Error = InvalidEntityTag;

    fn try_from(value: &HeaderValue) -> Result<Self, InvalidEntityTag> {
        EntityTag::from_bytes(value.as_bytes()).ok_or(InvalidEntityTag(()))
    }
}

/// For the field `ETag` itself: `[(ETAG, tag)]`.
impl From<EntityTag> for HeaderValue {
    fn from(tag: EntityTag) -> Self {
        tag.text
    }
}
