//! What comes out while a handler is typed?
//!
//! Every handler of the repository, cut off at every token boundary and at every seventh byte, and
//! with a hole from every token to the end of its group. A macro only ever gets balanced tokens:
//! what is open at a cut is closed, as the parser of an editor does.

use std::collections::{BTreeMap, BTreeSet};

use proc_macro2::{Group, TokenStream, TokenTree, extra};
use quote::quote;

use super::promise::{Seen, kept};
use super::sources::{Source, handlers, range};
use crate::pipeline;

/// How many of each kind there were.
#[derive(Default)]
struct Tally {
    tried: usize,
    seen: BTreeMap<Seen, usize>,
    /// Cuts inside a literal or a comment: no tokens.
    skipped: usize,
    faults: Vec<String>,
}

impl Tally {
    fn check(&mut self, source: &Source, attribute: &TokenStream, item: &TokenStream) {
        self.tried += 1;
        match kept(source.kind, attribute, item, self.tried.is_multiple_of(8)) {
            Ok(seen) => *self.seen.entry(seen).or_default() += 1,
            Err(fault) => self.faults.push(format!(
                "{}: {fault}\n    #[{:?}({attribute})] {item}",
                source.name, source.kind
            )),
        }
    }

    /// Shows what was tried, which must be enough of every kind.
    fn finish(self, what: &str, least: usize) {
        let Tally {
            tried,
            seen,
            skipped,
            faults,
        } = self;
        println!("{what}: {tried} cases, {skipped} skipped, {seen:?}");
        let some: Vec<&String> = faults.iter().take(10).collect();
        assert!(
            faults.is_empty(),
            "{} faults, such as {some:#?}",
            faults.len()
        );
        for kind in [Seen::HalfTyped, Seen::FlowError, Seen::Handler] {
            assert!(seen.get(&kind) >= Some(&least), "{kind:?}");
        }
        assert!(skipped * 5 < tried, "most cuts were skipped");
    }
}

/// Runs over all handlers, each with its attribute and its tokens.
fn every(mut run: impl FnMut(&Source, &TokenStream, &TokenStream)) {
    for source in handlers() {
        let attribute = source.attribute.parse().expect("an attribute");
        let item = source.item.parse().expect("an item");
        run(&source, &attribute, &item);
        // The text of all tokens of this thread, which is no longer needed.
        extra::invalidate_current_thread_spans();
    }
}

#[test]
fn cut_at_every_token_of_every_other_handler() {
    cut_at_every_token(0);
}

#[test]
fn cut_at_every_token_of_the_other_handlers() {
    cut_at_every_token(1);
}

/// In two halves, which run at the same time.
fn cut_at_every_token(half: usize) {
    let mut tally = Tally::default();
    let mut index = 0;
    every(|source, attribute, item| {
        index += 1;
        if index % 2 == half {
            let boundaries = boundaries(item);
            cut(source, attribute, item, boundaries, &mut tally);
        }
    });
    tally.finish("cut at tokens", 1_000);
}

#[test]
fn cut_at_every_seventh_byte() {
    let mut tally = Tally::default();
    every(|source, attribute, item| {
        let boundaries = boundaries(item);
        let bytes = (0..=source.item.len()).step_by(7);
        // Those are cut in the test above.
        let bytes = bytes.filter(|at| !boundaries.contains(at));
        cut(source, attribute, item, bytes, &mut tally);
    });
    tally.finish("cut at bytes", 1_000);
}

#[test]
fn a_hole_from_every_token_to_the_end_of_its_group() {
    let mut tally = Tally::default();
    every(|source, attribute, item| {
        // One in three: there are many, and those of neighbours are alike.
        for holed in holes(item).into_iter().step_by(3) {
            tally.check(source, attribute, &holed);
        }
    });
    tally.finish("holes", 500);
}

#[test]
fn attribute_cut_at_every_token() {
    let mut tally = Tally::default();
    every(|source, attribute, item| {
        for cut in prefixes(attribute).into_iter().chain(holes(attribute)) {
            tally.check(source, &cut, item);
            tally.check(source, &cut, &half(item));
        }
    });
    tally.finish("attributes", 5);
}

/// The function with its body cut off where it does not parse.
fn half(item: &TokenStream) -> TokenStream {
    let mut tokens: Vec<TokenTree> = item.clone().into_iter().collect();
    if let Some(TokenTree::Group(body)) = tokens.last_mut() {
        let half = body.stream().into_iter().chain(quote!(let a = b.));
        *body = Group::new(body.delimiter(), half.collect());
    }
    tokens.into_iter().collect()
}

fn cut(
    source: &Source,
    attribute: &TokenStream,
    item: &TokenStream,
    at: impl IntoIterator<Item = usize>,
    tally: &mut Tally,
) {
    let mut open = Vec::new();
    collect_groups(&source.item, item, &mut open);
    let mut before = None;
    for at in at {
        // Not inside a character, and not twice around a space.
        let text = source.item.get(..at).map(str::trim_end);
        let Some(text) = text.filter(|text| before.replace(text.len()) != Some(text.len())) else {
            continue;
        };
        // The newline ends a comment.
        let mut text = format!("{text}\n");
        for (start, end, close) in open.iter().rev() {
            if *start < at && at < *end {
                text.push(*close);
            }
        }
        match text.parse() {
            Ok(item) => tally.check(source, attribute, &item),
            Err(_) => tally.skipped += 1,
        }
    }
}

/// Where each token starts and ends, those of delimiters included.
fn boundaries(tokens: &TokenStream) -> BTreeSet<usize> {
    let mut found = BTreeSet::new();
    collect_boundaries(tokens, &mut found);
    found
}

fn collect_boundaries(tokens: &TokenStream, found: &mut BTreeSet<usize>) {
    for token in tokens.clone() {
        let place = range(&token);
        if let TokenTree::Group(group) = &token {
            collect_boundaries(&group.stream(), found);
            found.extend([place.start + 1, place.end - 1]);
        }
        found.extend([place.start, place.end]);
    }
}

/// Where each group starts and ends, and what closes it, outer groups first.
fn collect_groups(text: &str, tokens: &TokenStream, found: &mut Vec<(usize, usize, char)>) {
    for token in tokens.clone() {
        let TokenTree::Group(group) = &token else {
            continue;
        };
        let place = range(&token);
        // A doc comment is a group too, without brackets in the text.
        let last = text.get(..place.end).and_then(|text| text.chars().last());
        let opens = text.get(place.start..).and_then(|text| text.chars().next());
        if let (Some('(' | '[' | '{'), Some(close)) = (opens, last) {
            found.push((place.start, place.end, close));
        }
        collect_groups(text, &group.stream(), found);
    }
}

/// The first tokens, from none to all but one.
fn prefixes(tokens: &TokenStream) -> Vec<TokenStream> {
    let tokens: Vec<TokenTree> = tokens.clone().into_iter().collect();
    (0..tokens.len())
        .map(|length| tokens.iter().take(length).cloned().collect())
        .collect()
}

/// The tokens, with one group inside them cut off: what is being typed has code behind it.
fn holes(tokens: &TokenStream) -> Vec<TokenStream> {
    let trees: Vec<TokenTree> = tokens.clone().into_iter().collect();
    let mut found = Vec::new();
    for (index, tree) in trees.iter().enumerate() {
        let TokenTree::Group(group) = tree else {
            continue;
        };
        let inside = group.stream();
        for stream in prefixes(&inside).into_iter().chain(holes(&inside)) {
            let mut cut = Group::new(group.delimiter(), stream);
            cut.set_span(group.span());
            let mut trees = trees.clone();
            if let Some(tree) = trees.get_mut(index) {
                *tree = cut.into();
            }
            found.push(trees.into_iter().collect());
        }
    }
    found
}

/// rust-analyzer expands twice, with a word at the cursor and without, and looks for the cursor at
/// the same distance from the start. The word may decide whether the body parses and what is wrong
/// with it, so none of that may move what stands before.
#[test]
fn what_stands_before_the_cursor_does_not_depend_on_what_follows() {
    const BEFORE: &str = "if a { send!(404, b); } if c { send!(d) } let cursor";
    const AFTER: &[&str] = &[
        "= user; send!(200);",
        "= user.send; !(200);",
        "= user; unread!(x y z return); send!(200);",
        "= user; send!(200, user.);",
        "= user; if e { return; } send!(200);",
        "= user; send!(200); f();",
        "= || send!(200); send!(200);",
        "= user.",
        ";",
    ];
    for (expand, attribute) in [
        (pipeline::handler as Expand, quote!()),
        (pipeline::guard, quote!(Known)),
    ] {
        for before in [BEFORE, "let cursor"] {
            let distances = AFTER
                .iter()
                .map(|after| distance(expand, &attribute, before, after));
            let distances: BTreeSet<usize> = distances.collect();
            assert_eq!(distances.len(), 1, "{attribute} {before}: {distances:?}");
        }
    }
}

type Expand = fn(TokenStream, &TokenStream) -> TokenStream;

/// How much text comes before the word `cursor`, not counting spaces.
fn distance(expand: Expand, attribute: &TokenStream, before: &str, after: &str) -> usize {
    let item = format!("async fn show(user: User) {{ {before} {after} }}").parse();
    let output = expand(attribute.clone(), &item.expect("tokens")).to_string();
    let (before, _) = output.split_once("cursor").expect("the cursor");
    before.chars().filter(|c| !c.is_whitespace()).count()
}
