//! Is this a path pattern, and which parameters does it have?
//!
//! `/users/{id}` and `/files/{*rest}`, in the router's own syntax (matchit's): one parameter per
//! segment, `{*rest}` only at the end, `{{` and `}}` for literal braces.

use syn::LitStr;
use syn::parse::Parser as _;

use super::foreign::{Foreign, foreign};
use crate::diagnose::{self, Diagnostic};

/// As many as the runtime keeps without allocating (`Captures` in its `parameter.rs`). A test of
/// `tests/it/language/signatures.rs` holds the two together.
const MOST_PARAMETERS: usize = 16;

/// A path pattern that the router will take.
pub(crate) struct Pattern {
    pub(crate) literal: LitStr,
    /// The names of its parameters, in order.
    pub(crate) parameters: Vec<String>,
}

impl Pattern {
    /// Checks a pattern; the error says what is wrong with it.
    pub(crate) fn parse(literal: LitStr) -> Result<Self, Diagnostic> {
        let text = literal.value();
        match parameters(&text) {
            Ok(parameters) => Ok(Pattern {
                literal,
                parameters,
            }),
            Err(Fault { fault, help }) => {
                Err(diagnose::invalid_pattern(literal.span(), &fault, &help))
            }
        }
    }
}

/// A parameter, as it stands in a pattern.
pub(crate) struct Parameter {
    pub(crate) name: String,
    /// `{*rest}`
    pub(crate) is_rest: bool,
}

impl Pattern {
    /// Do both match the same paths, whatever the names of their parameters, and in whatever spelling?
    pub(crate) fn matches_the_same(&self, other: &Self) -> bool {
        let unnamed = |pattern: &Self| {
            let pieces = pattern.pieces().into_iter();
            let unnamed = pieces.map(|(text, it)| (spelled(&text), it.map(|it| it.is_rest)));
            unnamed.collect::<Vec<_>>()
        };
        unnamed(self) == unnamed(other)
    }

    /// The pattern as text (with `{{` resolved) and the parameter behind it, in turn.
    pub(crate) fn pieces(&self) -> Vec<(String, Option<Parameter>)> {
        let pattern = self.literal.value();
        let mut pieces = Vec::new();
        let mut literal = String::new();
        let mut chars = pattern.chars().peekable();
        while let Some(c) = chars.next() {
            if c == '{' && chars.peek() != Some(&'{') {
                let is_rest = chars.next_if_eq(&'*').is_some();
                let name = chars.by_ref().take_while(|c| *c != '}').collect();
                pieces.push((
                    std::mem::take(&mut literal),
                    Some(Parameter { name, is_rest }),
                ));
                continue;
            }
            if c == '{' || c == '}' {
                chars.next();
            }
            literal.push(c);
        }
        pieces.push((literal, None));
        pieces
    }
}

/// A path in the spelling in which the router compares it (`spelling.rs` of the runtime): what needs an
/// escape has one, with digits in upper case, and nothing else has.
fn spelled(text: &str) -> String {
    let mut bytes = text.as_bytes();
    let mut spelled = String::with_capacity(text.len());
    while let [first, rest @ ..] = bytes {
        let (byte, is_escape) = match escape(bytes) {
            Some(byte) => (byte, true),
            None => (*first, false),
        };
        bytes = rest
            .get(if is_escape { 2 } else { 0 }..)
            .unwrap_or_default();
        let is_plain = byte.is_ascii_alphanumeric() || b"-._~".contains(&byte);
        // A `%` that begins no escape stays.
        if is_plain || !is_escape && b"/@!$&'()*+,;=:%".contains(&byte) {
            spelled.push(char::from(byte));
        } else {
            spelled.push_str(&format!("%{byte:02X}"));
        }
    }
    spelled
}

/// The byte of the escape at the beginning, if there is one.
fn escape(bytes: &[u8]) -> Option<u8> {
    let [b'%', high, low, ..] = bytes else {
        return None;
    };
    let digit = |byte: &u8| char::from(*byte).to_digit(16);
    u8::try_from(digit(high)? << 4 | digit(low)?).ok()
}

struct Fault {
    fault: String,
    help: String,
}

fn fault<T>(fault: impl Into<String>, help: impl Into<String>) -> Result<T, Fault> {
    Err(Fault {
        fault: fault.into(),
        help: help.into(),
    })
}

fn parameters(pattern: &str) -> Result<Vec<String>, Fault> {
    let Some(path) = pattern.strip_prefix('/') else {
        let path = foreign(pattern).map_or_else(|| format!("/{pattern}"), |it| it.pattern);
        return fault("does not start with `/`", format!("write `{path:?}`"));
    };
    if let Some(foreign) = foreign(path) {
        return written_otherwise(&foreign);
    }
    if let Some(odd) = path
        .chars()
        .find(|c| matches!(c, '?' | '#') || c.is_whitespace() || c.is_control())
    {
        return fault(
            format!("contains {odd:?}, which no path of a request has"),
            "write the path alone; take a query with `Query<T>`",
        );
    }
    if path.starts_with('/') {
        return fault(
            "begins with `//`, which in a link names another host",
            format!("write `{:?}`", format!("/{}", path.trim_start_matches('/'))),
        );
    }
    if let Some(dots) = path
        .split('/')
        .find(|it| matches!(&*spelled(it), "." | ".."))
    {
        return fault(
            format!("has the segment `{dots}`, which no path has when it is routed"),
            "write the path without it: `/a/../b` is `/b`",
        );
    }
    let mut names: Vec<String> = Vec::new();
    let mut segments = path.split('/').peekable();
    while let Some(segment) = segments.next() {
        let Some(name) = parameter(segment)? else {
            continue;
        };
        let (name, rest) = match name.strip_prefix('*') {
            Some(name) => (name, true),
            None => (name.as_str(), false),
        };
        if rest && segments.peek().is_some() {
            return fault(
                format!("has `{{*{name}}}` before its end"),
                "move it to the end: it takes the whole rest of the path",
            );
        }
        let Some(name) = argument_name(name) else {
            let example = argument_name(&name.replace('-', "_"));
            let example = example.as_deref().unwrap_or("id");
            return fault(
                format!("has a parameter `{{{name}}}` that no argument can be named after"),
                format!("name it like a Rust variable, such as `{{{example}}}`"),
            );
        };
        if names.contains(&name) {
            return fault(
                format!("has the parameter `{{{name}}}` twice"),
                "give each parameter a name of its own",
            );
        }
        names.push(name);
    }
    if names.len() > MOST_PARAMETERS {
        return fault(
            format!("has more than {MOST_PARAMETERS} parameters"),
            "take the rest of the path with `{*rest}`",
        );
    }
    Ok(names)
}

/// The name that an argument can have: in the one form (NFC) that rustc gives to every identifier.
/// A keyword can be one as `r#type`, but for the few that name something themselves.
fn argument_name(name: &str) -> Option<String> {
    let is_path = matches!(name, "_" | "crate" | "self" | "Self" | "super");
    let parsed: syn::Ident = syn::ext::IdentExt::parse_any.parse_str(name).ok()?;
    (!is_path).then(|| parsed.to_string())
}

/// A parameter as another framework has it.
fn written_otherwise<T>(foreign: &Foreign) -> Result<T, Fault> {
    let Foreign {
        segment,
        pattern,
        is_constrained,
    } = foreign;
    // The headline is one line.
    let what = if segment.chars().count() <= 30 {
        format!("writes a parameter as `{segment}`")
    } else {
        "writes a parameter as another framework does".to_owned()
    };
    let types = if *is_constrained {
        "; the argument's type says what it may be"
    } else {
        ""
    };
    fault(what, format!("write `{pattern:?}`{types}"))
}

/// What stands between the braces of a segment, if it has a parameter.
fn parameter(segment: &str) -> Result<Option<String>, Fault> {
    let mut found: Option<String> = None;
    let mut chars = segment.chars().peekable();
    while let Some(c) = chars.next() {
        match c {
            '{' | '}' if chars.peek() == Some(&c) => {
                chars.next();
            }
            '}' => {
                return fault(
                    "has a `}` without a `{`",
                    "write `{name}` for a parameter, `}}` for a literal brace",
                );
            }
            '{' if found.is_some() => {
                return fault(
                    format!("has two parameters in the segment `{segment}`"),
                    "put a `/` between them, or take one and split it",
                );
            }
            '{' => {
                let mut name = String::new();
                loop {
                    match chars.next() {
                        Some('}') => break,
                        Some(c) => name.push(c),
                        None => {
                            return fault(
                                format!("has an unclosed `{{` in the segment `{segment}`"),
                                "write `{name}` for a parameter, `{{` for a literal brace",
                            );
                        }
                    }
                }
                found = Some(name);
            }
            _ => {}
        }
    }
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::{Pattern, parameters, spelled};

    #[track_caller]
    fn check(pattern: &str, expected: Result<&[&str], &str>) {
        match (parameters(pattern), expected) {
            (Ok(names), Ok(expected)) => assert_eq!(names, expected),
            (Err(fault), Err(expected)) => assert!(
                fault.fault.contains(expected),
                "{:?} does not say {expected:?}",
                fault.fault
            ),
            (Ok(names), Err(_)) => panic!("{pattern} is taken, with {names:?}"),
            (Err(fault), Ok(_)) => panic!("{pattern} {}", fault.fault),
        }
    }

    #[test]
    fn patterns_and_their_parameters() {
        check("/", Ok(&[]));
        check("/users/{id}", Ok(&["id"]));
        check("/users/{id}/posts/{post}", Ok(&["id", "post"]));
        check("/files/{*rest}", Ok(&["rest"]));
        check("/img-{id}.png", Ok(&["id"]));
        check("/{{literal}}", Ok(&[]));
        check("/{id}:verb", Ok(&["id"]));
        check("/v1:batch/a*b", Ok(&[]));
        check("/{type}", Ok(&["type"]));
        check("/{_id}", Ok(&["_id"]));
        check("/.well-known/...", Ok(&[]));
        check("/a//b/", Ok(&[]));
    }

    #[test]
    fn faults_are_named() {
        check("users", Err("does not start with `/`"));
        check("", Err("does not start with `/`"));
        check("/a?b=c", Err("contains '?'"));
        check("/a b", Err("contains ' '"));
        check("/{*rest}/more", Err("before its end"));
        check("/{}", Err("no argument can be named after"));
        check("/{a}{b}", Err("two parameters"));
        check("/{a}/{a}", Err("twice"));
        check("/{id", Err("unclosed"));
        check("/id}", Err("without a `{`"));
        check("/{a b}", Err("contains ' '"));
        check("//a", Err("begins with `//`"));
        check("//", Err("begins with `//`"));
        check("/a/../b", Err("has the segment `..`"));
        check("/a/%2e", Err("has the segment `%2e`"));
        check("/.", Err("has the segment `.`"));
        check("/:id", Err("writes a parameter as `:id`"));
        check("/{user-id}", Err("no argument can be named after"));
        check("/{self}", Err("no argument can be named after"));
        check("/{_}", Err("no argument can be named after"));
        let many = |count| -> String { (0..count).map(|n| format!("/{{p{n}}}")).collect() };
        assert!(parameters(&many(16)).is_ok());
        check(&many(17), Err("more than 16 parameters"));
    }

    #[test]
    fn patterns_in_another_spelling() {
        for (text, same) in [
            ("/%61", "/a"),
            ("/ä", "/%C3%A4"),
            ("/%c3%a4", "/%C3%A4"),
            ("/{a}", "/%7Ba%7D"),
            ("/a%2fb", "/a%2Fb"),
            ("/%zz%", "/%zz%"),
            ("/%2561", "/%2561"),
        ] {
            assert_eq!(spelled(text), same, "{text}");
        }
    }

    #[test]
    fn patterns_in_pieces() {
        let literal = syn::LitStr::new("/{{a}}/{b}-c/{*d}", proc_macro2::Span::mixed_site());
        let Ok(pattern) = Pattern::parse(literal) else {
            panic!("it is a pattern");
        };
        let pieces = pattern.pieces().into_iter();
        let pieces: Vec<_> = pieces
            .map(|(text, behind)| (text, behind.map(|it| (it.name, it.is_rest))))
            .collect();
        let piece = |text: &str, behind: Option<(&str, bool)>| {
            let behind = behind.map(|(name, is_rest)| (name.to_owned(), is_rest));
            (text.to_owned(), behind)
        };
        let expected = [
            piece("/{a}/", Some(("b", false))),
            piece("-c/", Some(("d", true))),
            piece("", None),
        ];
        assert_eq!(pieces, expected);
    }
}
