//! Does the macro stand tokens that nobody would write?
//!
//! Random token trees, random functions, and handlers of the repository with token trees deleted,
//! doubled and swapped. The same ones in every run; `PROPTEST_CASES=100000` tries more.

use proc_macro2::{Delimiter, Group, Ident, Literal, Punct, Spacing, Span, TokenStream, TokenTree};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};

use super::promise::kept;
use super::sources::{Source, handlers};
use crate::parse::Kind;

const WORDS: &[&str] = &[
    "GET", "POST", "Self", "Sent", "__tracing_attr_span", "_", "a", "as", "async", "await",
    "become", "break", "cfg", "concat", "const", "continue", "crate", "do", "dyn", "else",
    "enum", "error", "extern", "fn", "for", "forward", "gen", "guard", "handler", "id", "if", "impl", "in",
    "join", "let", "loop", "macro", "macro_rules", "match", "mod", "move", "mut", "panic", "pub",
    "r#fn", "raw", "ref", "refused", "reply", "return", "safe", "select", "self", "send",
    "sendoff", "static", "stringify", "struct", "super", "trait", "true", "try", "type", "union",
    "unsafe", "use", "vec", "where", "while", "x", "yield", "état",
];

const MARKS: &str = "=<>!~+-*/%^&|@.,;:#$?'";

const LITERALS: &[&str] = &[
    "0", "1", "200", "204", "999", "200u16", "0xcc", "1.5", "1e9", "2_0_0",
    "99999999999999999999999999999999999999999999", "'c'", "b'c'", "\"\"", "\"text\"",
    "\"/users/{id}\"", "\"/{\"", "\"/{a}{*rest}\"", "\"é{é}\"", "r#\"raw\"#", "b\"bytes\"",
    "c\"c\"",
];

/// A few tokens in a row that make a difference to the macro.
const PHRASES: &[&str] = &[
    "send!(200)", "send!{}", "return send!(404, \"x\")", "return;", "send!", "sendoff::send![a]",
    "macro_rules! send { () => {}; }", "macro_rules! m { ($a:expr) => { send!($a) } }",
    "send!(@'send 200)", "send!(@'fail #value a)", "#![allow(unused)]", "#[handler]", "#[cfg(a)]",
    "if a { send!(1) } else", "match a { _ => send!(2), }", "|| send!(3)", "async move { send!() }",
    "const A: u8 = send!(4);", "fn f() { send!(5) }", "'a: loop { break 'a; }", "while true {}",
    "let Some(a) = b else { return };", "select! { a = b => send!(6), else => {} }",
    "send!(7).await?", "send!(8).a(b)[0]", "a && send!(9)", "f(send!(10))", "..", "=>", "->", "::",
    "a: u8", "Path(a): Path<u8>", "&'a str", "impl Fn()", "<T: A>", "where T: B",
    "static A: [u8; send!(1)] = b;", "loop {}", "fatal()", "fatal().await;",
];

/// A token tree, before it is one: tokens know their thread.
#[derive(Clone, Debug)]
enum Tree {
    Word(&'static str),
    Mark(char, bool),
    Literal(&'static str),
    Phrase(&'static str),
    Group(u8, Vec<Tree>),
}

impl Tree {
    fn add_to(&self, tokens: &mut TokenStream) {
        match self {
            Tree::Word(text) => match text.strip_prefix("r#") {
                Some(text) => tokens.extend([TokenTree::from(Ident::new_raw(text, place()))]),
                None => tokens.extend([TokenTree::from(Ident::new(text, place()))]),
            },
            Tree::Mark(mark, joint) => {
                let spacing = if *joint { Spacing::Joint } else { Spacing::Alone };
                tokens.extend([TokenTree::from(Punct::new(*mark, spacing))]);
            }
            Tree::Literal(text) => {
                let literal: Literal = text.parse().expect("a literal");
                tokens.extend([TokenTree::from(literal)]);
            }
            Tree::Phrase(text) => tokens.extend(text.parse::<TokenStream>().expect("tokens")),
            Tree::Group(kind, trees) => {
                tokens.extend([TokenTree::from(Group::new(delimiter(*kind), stream(trees)))]);
            }
        }
    }
}

fn place() -> Span {
    Span::mixed_site()
}

fn delimiter(kind: u8) -> Delimiter {
    match kind {
        0 => Delimiter::Parenthesis,
        1 => Delimiter::Bracket,
        2 => Delimiter::None,
        _ => Delimiter::Brace,
    }
}

fn stream(trees: &[Tree]) -> TokenStream {
    let mut tokens = TokenStream::new();
    for tree in trees {
        tree.add_to(&mut tokens);
    }
    tokens
}

fn tree() -> impl Strategy<Value = Tree> {
    let marks: Vec<char> = MARKS.chars().collect();
    let leaf = prop_oneof![
        4 => select(WORDS).prop_map(Tree::Word),
        4 => (select(marks), any::<bool>()).prop_map(|(mark, joint)| Tree::Mark(mark, joint)),
        2 => select(LITERALS).prop_map(Tree::Literal),
        4 => select(PHRASES).prop_map(Tree::Phrase),
    ];
    leaf.prop_recursive(5, 60, 8, |inner| {
        (0..5_u8, vec(inner, 0..8)).prop_map(|(kind, trees)| Tree::Group(kind, trees))
    })
}

fn trees(most: usize) -> impl Strategy<Value = Vec<Tree>> {
    vec(tree(), 0..most)
}

/// The same cases in every run, and no file of those that failed.
fn holds<S: Strategy>(
    strategy: &S,
    expand: impl Fn(S::Value) -> (TokenStream, TokenStream),
) {
    let config = Config {
        failure_persistence: None,
        ..Config::default()
    };
    let rng = TestRng::deterministic_rng(RngAlgorithm::ChaCha);
    let outcome = TestRunner::new_with_rng(config, rng).run(strategy, |value| {
        let (attribute, item) = expand(value);
        let result = [Kind::Handler, Kind::Guard]
            .into_iter()
            .try_for_each(|kind| kept(kind, &attribute, &item, true).map(drop));
        proc_macro2::extra::invalidate_current_thread_spans();
        result.map_err(|fault| {
            TestCaseError::fail(format!("{fault}\n#[handler({attribute})] {item}"))
        })
    });
    if let Err(failure) = outcome {
        panic!("{failure}");
    }
}

#[test]
fn any_tokens() {
    holds(&(trees(8), trees(30)), |(attribute, item)| {
        (stream(&attribute), stream(&item))
    });
}

#[test]
fn any_body() {
    holds(&(trees(6), trees(6), trees(30)), |(attribute, arguments, body)| {
        let (arguments, body) = (stream(&arguments), stream(&body));
        let item = quote::quote!(async fn show(#arguments) { #body });
        (stream(&attribute), item)
    });
}

/// What is done to a handler, and to which of its token trees.
#[derive(Clone, Copy, Debug)]
enum Mutation {
    Delete(prop::sample::Index),
    Double(prop::sample::Index),
    SwapWithNext(prop::sample::Index),
    Unwrap(prop::sample::Index),
    Hide(prop::sample::Index),
}

fn mutation() -> impl Strategy<Value = Mutation> {
    let index = any::<prop::sample::Index>;
    prop_oneof![
        index().prop_map(Mutation::Delete),
        index().prop_map(Mutation::Double),
        index().prop_map(Mutation::SwapWithNext),
        index().prop_map(Mutation::Unwrap),
        index().prop_map(Mutation::Hide),
    ]
}

#[test]
fn any_change_to_a_handler() {
    let strategy = (select(handlers()), vec(mutation(), 1..6));
    holds(&strategy, |(source, mutations): (Source, _)| {
        let attribute = source.attribute.parse().expect("an attribute");
        let mut item: TokenStream = source.item.parse().expect("an item");
        for mutation in mutations {
            let count = count(&item);
            if count > 0 {
                item = mutated(item, mutation, count);
            }
        }
        (attribute, item)
    });
}

fn count(tokens: &TokenStream) -> usize {
    let inside = |token: TokenTree| match token {
        TokenTree::Group(group) => 1 + count(&group.stream()),
        _ => 1,
    };
    tokens.clone().into_iter().map(inside).sum()
}

fn mutated(item: TokenStream, mutation: Mutation, count: usize) -> TokenStream {
    let (Mutation::Delete(index)
    | Mutation::Double(index)
    | Mutation::SwapWithNext(index)
    | Mutation::Unwrap(index)
    | Mutation::Hide(index)) = mutation;
    let mut left = index.index(count);
    mutate(item, mutation, &mut left)
}

/// Changes the tree that comes after `left` others.
fn mutate(tokens: TokenStream, mutation: Mutation, left: &mut usize) -> TokenStream {
    let mut output: Vec<TokenTree> = Vec::new();
    let mut tokens = tokens.into_iter();
    while let Some(token) = tokens.next() {
        let is_it = *left == 0;
        *left = left.wrapping_sub(1);
        match (is_it, token, mutation) {
            (true, _, Mutation::Delete(_)) => {}
            (true, token, Mutation::Double(_)) => output.extend([token.clone(), token]),
            (true, token, Mutation::SwapWithNext(_)) => {
                output.extend(tokens.next());
                output.push(token);
            }
            (true, TokenTree::Group(group), Mutation::Unwrap(_)) => output.extend(group.stream()),
            // A `macro_rules!` hides expressions, types and their like, but never a mark.
            (true, token @ TokenTree::Punct(_), Mutation::Hide(_))
            | (true, token, Mutation::Unwrap(_)) => output.push(token),
            (true, token, Mutation::Hide(_)) => {
                output.push(Group::new(Delimiter::None, token.into()).into());
            }
            (false, TokenTree::Group(group), _) => {
                let mut inside = Group::new(
                    group.delimiter(),
                    mutate(group.stream(), mutation, left),
                );
                inside.set_span(group.span());
                output.push(inside.into());
            }
            (false, token, _) => output.push(token),
        }
    }
    output.into_iter().collect()
}
