//! What does the file of a handler say, beyond the tokens of its function?
//!
//! A macro sees no other item. Where rustc would speak of what nobody wrote, a look at the text of the
//! file finds better words; nothing is proven by it.

use std::cell::RefCell;
use std::collections::HashSet;
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
                methods: None,
            };
        }
        look(source)
    })
}

/// Is this name, in `routes!`, that of a function of its file which has no route? Then, is it a
/// handler? Certain or silent: the file has it at its top, once, and imports nothing of the name.
pub(crate) fn unrouted(name: &Ident) -> Option<bool> {
    let file = file(name.span())?;
    with_source(&file, |source| is_unrouted(&name.to_string(), &source.text))
}

fn is_unrouted(name: &str, text: &str) -> Option<bool> {
    let is_it = |line: &str| {
        let (before, after) = line.split_once("fn ").unwrap_or((line, ""));
        let after = after.trim_start().strip_prefix(name).unwrap_or_default();
        let is_plain = |c: char| c.is_alphanumeric() || " _():".contains(c);
        after.starts_with(['(', '<']) && !before.starts_with(' ') && before.chars().all(is_plain)
    };
    let mut lines = text.lines().enumerate().filter(|(_, line)| is_it(line));
    let ((at, _), None) = (lines.next()?, lines.next()) else {
        return None;
    };
    let is_imported = |line: &str| line.trim_start().starts_with("use ") && has_word(line, name);
    if text.contains("use {") || text.lines().any(is_imported) || text.contains("macro_rules!") {
        return None;
    }
    // The attributes are on the lines before, if each of those is one.
    let before: Vec<&str> = text.lines().take(at).collect();
    let is_of_it = |line: &&&str| line.starts_with(['#', '/']);
    let mut attributes = before.iter().rev().take_while(is_of_it);
    let is_plain = |line: &&str| line.starts_with('#') && line.trim_end().ends_with("handler]");
    if attributes.clone().any(is_plain) {
        return Some(true);
    }
    let is_end = |line: &&str| line.trim().is_empty() || line.ends_with(['}', ';']);
    let starts = before.iter().rev().find(|line| !line.starts_with('/'));
    let has_none = attributes.all(|line| line.starts_with('/')) && starts.is_none_or(is_end);
    has_none.then_some(false)
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
            crates.iter().any(|it| line.trim_start().starts_with(it)) && has_word(line, "bail")
        };
        Outside {
            has_own_send: text.contains("macro_rules! send "),
            has_bail: text.contains("bail") && text.lines().any(imports_bail),
        }
    })
}

fn has_word(line: &str, word: &str) -> bool {
    line.split(|c: char| c != '_' && !c.is_alphanumeric())
        .any(|it| it == word)
}

#[cfg(test)]
mod tests {
    use super::is_unrouted;

    #[test]
    fn a_function_without_a_route_is_seen() {
        let unrouted = |text: &str| is_unrouted("show", text);
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
            "#[handler(GET \"/\")] async fn show() {}",
            "// fn show() {}",
            "use pages::show;\nmod tests {\n    fn show() {}\n}",
            "use pages::{home, show};\nfn show() {}",
            "fn show() {}\nfn show() {}",
            "macro_rules! page { () => {} }\nfn show() {}",
            "fn shown() {}",
        ] {
            assert_eq!(unrouted(other), None, "{other}");
        }
    }
}
