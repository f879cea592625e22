//! Which handlers are there to try things on?
//!
//! Every `#[handler]` and `#[guard]` function of the repository: the corpus, the examples, the tests, the
//! snapshots, and the code blocks of the documentation.

use std::ops::Range;
use std::path::{Path, PathBuf};

use proc_macro2::{Delimiter, Group, TokenStream, TokenTree};

use crate::parse::Kind;

/// Where handlers are, from the root of the repository.
const PLACES: &[&str] = &[
    "README.md",
    "docs",
    "examples",
    "macros/src/expand/snapshots",
    "runtime/src",
    "tests",
];

/// A handler or a guard as text. Tokens know their place in a table of their thread, so they do not travel.
#[derive(Clone, Debug)]
pub(super) struct Source {
    /// The file and the name of the function.
    pub(super) name: String,
    /// Which of the macros.
    pub(super) kind: Kind,
    /// What stands in the parentheses of `#[handler(..)]` or `#[guard(..)]`.
    pub(super) attribute: String,
    /// The function, with its other attributes.
    pub(super) item: String,
}

/// Every handler there is, in an order that stays.
pub(super) fn handlers() -> Vec<Source> {
    let root = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("..");
    let mut files = Vec::new();
    for place in PLACES {
        collect_files(&root.join(place), &mut files);
    }
    files.sort();
    let mut sources: Vec<Source> = Vec::new();
    for file in files {
        let text = std::fs::read_to_string(&file).expect("a text file");
        let name = file.strip_prefix(&root).unwrap_or(&file).display();
        for code in code_of(&file, &text) {
            handlers_in(&name.to_string(), &code, &mut sources);
        }
    }
    // An example may stand in two places.
    let mut seen = std::collections::HashSet::new();
    sources.retain(|source| seen.insert((source.attribute.clone(), source.item.clone())));
    assert!(sources.len() >= 200, "only {} handlers", sources.len());
    sources
}

fn collect_files(place: &Path, files: &mut Vec<PathBuf>) {
    if place.is_dir() {
        for entry in std::fs::read_dir(place).expect("a folder") {
            collect_files(&entry.expect("an entry").path(), files);
        }
    } else if place
        .extension()
        .is_some_and(|kind| kind == "rs" || kind == "md")
    {
        files.push(place.to_path_buf());
    }
}

/// The code in a file: its own if it is Rust, and that of the code blocks in its text.
fn code_of(file: &Path, text: &str) -> Vec<String> {
    if file.extension().is_some_and(|kind| kind == "md") {
        return code_blocks(text.lines());
    }
    let documentation = text.lines().filter_map(|line| {
        let line = line.trim_start();
        let line = line.strip_prefix("///").or(line.strip_prefix("//!"))?;
        Some(line.strip_prefix(' ').unwrap_or(line))
    });
    let mut code = code_blocks(documentation);
    code.push(text.to_owned());
    code
}

fn code_blocks<'a>(lines: impl Iterator<Item = &'a str>) -> Vec<String> {
    let mut blocks = Vec::new();
    let mut open: Option<String> = None;
    for line in lines {
        if line.trim_start().starts_with("```") {
            match open.take() {
                Some(block) => blocks.push(block),
                None => open = Some(String::new()),
            }
        } else if let Some(block) = &mut open {
            // rustdoc hides such a line, and compiles it.
            block.push_str(line.strip_prefix("# ").unwrap_or(line));
            block.push('\n');
        }
    }
    blocks
}

fn handlers_in(file: &str, code: &str, sources: &mut Vec<Source>) {
    // A code block may be a shell's.
    if let Ok(tokens) = code.parse() {
        find(file, code, tokens, sources);
    }
}

fn find(file: &str, code: &str, tokens: TokenStream, sources: &mut Vec<Source>) {
    let tokens: Vec<TokenTree> = tokens.into_iter().collect();
    for (index, token) in tokens.iter().enumerate() {
        let TokenTree::Group(group) = token else {
            continue;
        };
        find(file, code, group.stream(), sources);
        if index > 0
            && is_pound(tokens.get(index - 1))
            && let Some((kind, attribute)) = kind_and_arguments(group)
            && let Some(source) = source(code, &tokens, index - 1, kind, attribute)
        {
            let name = format!("{file}: {}", source.name);
            sources.push(Source { name, ..source });
        }
    }
}

/// The handler whose `#[handler]` starts at `pound`.
fn source(
    code: &str,
    tokens: &[TokenTree],
    pound: usize,
    kind: Kind,
    attribute: String,
) -> Option<Source> {
    let mut first = pound;
    while first >= 2
        && is_pound(tokens.get(first - 2))
        && matches!(tokens.get(first - 1), Some(TokenTree::Group(_)))
    {
        first -= 2;
    }
    let after = tokens.get(pound + 2..)?;
    let keyword = after.iter().position(|token| is_ident(token, "fn"))?;
    let name = after.get(keyword + 1)?.to_string();
    let body = after.get(keyword..)?.iter().find(|token| {
        is_punct(token, ';')
            || matches!(token, TokenTree::Group(group) if group.delimiter() == Delimiter::Brace)
    })?;
    let before = range(tokens.get(first)?).start..range(tokens.get(pound)?).start;
    let function = range(tokens.get(pound + 1)?).end..range(body).end;
    let item = format!("{}{}", code.get(before)?, code.get(function)?);
    // A `macro_rules!` writes that one.
    let is_template = has_punct(item.parse().ok()?, '$');
    (!is_template && !is_punct(body, ';')).then_some(Source {
        name,
        kind,
        attribute,
        item,
    })
}

/// Which macro `[handler(..)]` is, in any spelling, and what it has in its parentheses.
fn kind_and_arguments(group: &Group) -> Option<(Kind, String)> {
    let tokens: Vec<TokenTree> = group.stream().into_iter().collect();
    let (path, arguments) = match tokens.as_slice() {
        [path @ .., TokenTree::Group(arguments)] => (path, arguments.stream()),
        path => (path, TokenStream::new()),
    };
    let [qualifier @ .., name] = path else {
        return None;
    };
    let is_path = qualifier
        .iter()
        .all(|token| is_punct(token, ':') || matches!(token, TokenTree::Ident(_)));
    let kind = match name.to_string().as_str() {
        "handler" if is_path => Kind::Handler,
        "guard" if is_path => Kind::Guard,
        _ => return None,
    };
    let text = arguments.into_iter().collect::<Vec<_>>();
    let place = text.first().zip(text.last());
    let joined = place.and_then(|(first, last)| first.span().join(last.span()));
    let text = joined.and_then(|span| span.source_text());
    Some((kind, text.unwrap_or_default()))
}

/// Where in its text a token is, in bytes.
pub(super) fn range(token: &TokenTree) -> Range<usize> {
    token.span().byte_range()
}

fn is_pound(token: Option<&TokenTree>) -> bool {
    token.is_some_and(|token| is_punct(token, '#'))
}

fn is_punct(token: &TokenTree, mark: char) -> bool {
    matches!(token, TokenTree::Punct(punct) if punct.as_char() == mark)
}

fn is_ident(token: &TokenTree, name: &str) -> bool {
    matches!(token, TokenTree::Ident(ident) if ident == name)
}

fn has_punct(tokens: TokenStream, mark: char) -> bool {
    tokens.into_iter().any(|token| match &token {
        TokenTree::Group(group) => has_punct(group.stream(), mark),
        token => is_punct(token, mark),
    })
}
