//! What does the file of a handler say, beyond the tokens of its function?
//!
//! A macro sees no other item. Where rustc would speak of what nobody wrote, a look at the text of the
//! file finds better words; nothing is proven by it.

use std::cell::RefCell;
use std::collections::{HashMap, HashSet};
use std::fs;
use std::path::{Path, PathBuf};

use proc_macro2::Ident;

use super::Function;
use crate::analyze::Outside;
use crate::span::file;

/// What is known of a file.
#[derive(Default)]
pub(super) struct Source {
    path: PathBuf,
    pub(super) text: String,
    /// The routed handlers that stand in an `impl`, once it was parsed for them.
    pub(super) methods: Option<HashSet<String>>,
    /// The functions without a route, once it was read for them.
    unrouted: Option<HashMap<String, bool>>,
}

/// Looks at a file, which is read once for the handlers in it: they come one after another.
pub(super) fn with_source<T>(file: &Path, look: impl FnOnce(&mut Source) -> T) -> T {
    thread_local! {
        static LAST: RefCell<Source> = RefCell::default();
    }
    LAST.with_borrow_mut(|source| {
        if source.path != file {
            *source = Source {
                path: file.to_owned(),
                text: fs::read_to_string(file).unwrap_or_default(),
                ..Source::default()
            };
        }
        look(source)
    })
}

/// Is this name, in `routes!`, that of a function of its file which has no route? Then, is it a
/// handler? Certain or silent: the file has it at its top, once, and imports nothing of the name.
pub(crate) fn unrouted(name: &Ident) -> Option<bool> {
    let file = file(name.span())?;
    with_source(&file, |source| {
        let text = &source.text;
        let unrouted = source.unrouted.get_or_insert_with(|| unrouted_in(text));
        unrouted.get(&name.to_string()).copied()
    })
}

/// The functions of a file that have no route, and whether each is a handler.
fn unrouted_in(text: &str) -> HashMap<String, bool> {
    // A macro may make another of the name, or give it a route.
    if text.contains("macro_rules!") || text.contains("use {") {
        return HashMap::new();
    }
    let mut found: HashMap<String, Option<bool>> = HashMap::new();
    let (mut imported, mut is_import) = (HashSet::new(), false);
    // What the lines before are, back to one that is neither an attribute nor a comment.
    let (mut is_plain_handler, mut has_attributes, mut is_behind_an_end) = (false, false, true);
    for line in text.lines() {
        is_import |= words(line).any(|word| word == "use");
        if is_import {
            imported.extend(words(line).map(str::to_owned));
            is_import = !line.contains(';');
        }
        // One further in may be meant, too.
        for (_, name) in function_names(line).filter(|_| line.starts_with([' ', '\t'])) {
            found.insert(name.to_owned(), None);
        }
        if let Some(name) = function_at_the_start(line) {
            let is_unrouted = match (is_plain_handler, has_attributes, is_behind_an_end) {
                (true, ..) => Some(true),
                (false, false, true) => Some(false),
                _ => None,
            };
            let of_name = found.entry(name.to_owned());
            // Of two it is not known which is meant.
            of_name.and_modify(|it| *it = None).or_insert(is_unrouted);
        }
        if line.starts_with('#') {
            has_attributes = true;
            is_plain_handler |= is_plain_attribute(line);
        } else if !line.starts_with('/') {
            (is_plain_handler, has_attributes) = (false, false);
            is_behind_an_end = line.trim().is_empty() || line.ends_with(['}', ';']);
        }
    }
    let certain = found.into_iter().filter_map(|(name, it)| Some((name, it?)));
    certain
        .filter(|(name, _)| !imported.contains(name))
        .collect()
}

/// `#[handler]`, under any path.
fn is_plain_attribute(line: &str) -> bool {
    let path = line.trim_end().strip_prefix("#[");
    let path = path.and_then(|path| path.strip_suffix(']'));
    path.is_some_and(|path| path.rsplit("::").next() == Some("handler"))
}

/// `show` of `pub async fn show(`, where nothing stands before it in the line.
fn function_at_the_start(line: &str) -> Option<&str> {
    let (before, name) = function_names(line).next()?;
    let is_plain = |c: char| c.is_alphanumeric() || " _():".contains(c);
    (!before.starts_with([' ', '\t']) && before.chars().all(is_plain)).then_some(name)
}

/// The names of the functions that begin in a line, and what is before each.
fn function_names(line: &str) -> impl Iterator<Item = (&str, &str)> {
    line.match_indices("fn ").filter_map(|(at, word)| {
        let (before, after) = (line.get(..at)?, line.get(at + word.len()..)?);
        let name = after.split(['(', '<']).next()?;
        (!name.is_empty() && words(name).eq([name])).then_some((before, name))
    })
}

/// What the file says of macros. With a `macro_rules! send` of its own, ours is `sendoff::send!`;
/// where it only seems so, types still prove what `send!` does.
pub(crate) fn outside(function: &Function) -> Outside {
    let Some(file) = file(function.signature.ident.span()) else {
        return Outside::default();
    };
    with_source(&file, |Source { text, .. }| {
        let imports_bail = |line: &str| {
            let crates = ["use anyhow::", "use eyre::", "use color_eyre::eyre::"];
            crates.iter().any(|it| line.trim_start().starts_with(it))
                && words(line).any(|it| it == "bail")
        };
        Outside {
            has_send_function: text.contains("fn send"),
            has_own_send: text.contains("macro_rules! send "),
            has_bail: text.contains("bail") && text.lines().any(imports_bail),
        }
    })
}

fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split(|c: char| c != '_' && !c.is_alphanumeric())
}

#[cfg(test)]
mod tests {
    use super::unrouted_in;

    #[test]
    fn a_function_without_a_route_is_seen() {
        let unrouted = |text: &str| unrouted_in(text).get("show").copied();
        for (text, is_handler) in [
            ("#[handler]\nasync fn show() {}", true),
            (
                "use a::b;\n\n/// It.\n#[sendoff::handler]\n#[cfg(x)]\npub fn show<T>(t: T) {}",
                true,
            ),
            ("fn show() {}", false),
            ("fn main() {}\n/// It.\npub async fn show(n: u8) {}", false),
        ] {
            assert_eq!(unrouted(text), Some(is_handler), "{text}");
        }
        for other in [
            "#[handler(GET \"/\")]\nasync fn show() {}",
            "#[handler(\n    GET \"/\",\n)]\nasync fn show() {}",
            "#[page]\nasync fn show() {}",
            "#[my_handler]\nasync fn show() {}",
            "fn show() {}\nfn app() {\n    #[handler(GET \"/\")]\n    async fn show() {}\n}",
            "mod a {\n    pub fn show() {}\n}\n#[handler]\nfn show() {}",
            "#[cfg(x)] #[handler]\nasync fn show() {}",
            "#[handler(GET \"/\")] async fn show() {}",
            "// fn show() {}",
            "use pages::show;\nmod tests {\n    fn show() {}\n}",
            "use pages::{home, show};\nfn show() {}",
            "pub use pages::{\n    home,\n    show,\n};\nfn show() {}",
            "fn show() {}\nfn show() {}",
            "macro_rules! page { () => {} }\nfn show() {}",
            "fn shown() {}",
        ] {
            assert_eq!(unrouted(other), None, "{other}");
        }
    }
}
