//! What must hold of every expansion, right or wrong?
//!
//! - The macro does not panic.
//! - Where a signature can be read, exactly that function comes out, among items that parse
//!   once its body is left out.
//! - Nothing of the body is lost, moved or put elsewhere in the source.
//! - What a body does is judged only if the body parses.

use std::panic::{AssertUnwindSafe, catch_unwind};

use proc_macro2::{Delimiter, Group, TokenStream, TokenTree};
use quote::ToTokens;
use syn::parse::{ParseStream, Parser};
use syn::{Attribute, Block, File, Item, Signature, Visibility};

use crate::parse::Kind;
use crate::pipeline;

/// The names of the messages about what a body does.
const FLOW: &[&str] = &[
    "missing-send",
    "code-after-send",
    "send-in-closure",
    "send-in-async-block",
    "send-in-nested-item",
    "send-in-const",
    "return-without-send",
    "shadowed-send",
    "empty-send",
    "invalid-status",
    "body-not-allowed",
];

/// What kind of input it was, to see that all kinds were tried.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) enum Seen {
    /// There is no function in it.
    NoFunction,
    /// There is a function, with a body that does not parse.
    HalfTyped,
    /// There is a function with a mistake in what it does.
    FlowError,
    /// There is a function with another mistake.
    OtherError,
    /// It is a handler.
    Handler,
}

/// Expands, and says what is wrong with what comes out. Parsing the items that come out is most of
/// the work, and only done if `thorough`.
pub(super) fn kept(
    kind: Kind,
    attribute: &TokenStream,
    item: &TokenStream,
    thorough: bool,
) -> Result<Seen, String> {
    let expand = || match kind {
        Kind::Handler => pipeline::handler(attribute.clone(), item),
        Kind::Guard => pipeline::guard(attribute.clone(), item),
    };
    let output = catch_unwind(AssertUnwindSafe(expand)).map_err(|_| "it panics".to_owned())?;
    let messages = messages(output.clone());
    let Some(function) = readable(item) else {
        // In invisible groups there may be a function for the macro, which knows how to look.
        if messages.contains(&"not-a-function".to_owned()) {
            survives(item, &output, false)?;
        }
        return Ok(Seen::NoFunction);
    };

    let flow = messages.iter().any(|slug| FLOW.contains(&slug.as_str()));
    let parses = parses(&function.body);
    // Where the signature depends on the configuration, it comes out twice, under the attribute.
    let is_choice = output.to_string().contains("# [:: sendoff :: ");
    is_there(&function, &output, if is_choice { 2 } else { 1 })?;
    if thorough && !is_choice {
        is_function(&function, &output)?;
    }
    if flow && !parses {
        return Err(format!("{messages:?} for a body that does not parse"));
    }
    // Of a body that `#[instrument]` has rewritten nothing is kept.
    if !messages.contains(&"instrument-above-handler".to_owned()) {
        survives(&function.body.stream(), &output, !messages.is_empty())?;
    }
    Ok(match (parses, flow, messages.is_empty()) {
        (_, true, _) => Seen::FlowError,
        (false, ..) => Seen::HalfTyped,
        (_, _, false) => Seen::OtherError,
        _ => Seen::Handler,
    })
}

/// A function as far as the macro needs to read it.
struct Readable {
    signature: Signature,
    body: Group,
}

fn readable(item: &TokenStream) -> Option<Readable> {
    let mut tokens: Vec<TokenTree> = item.clone().into_iter().collect();
    let Some(TokenTree::Group(body)) = tokens.pop() else {
        return None;
    };
    let signature = |input: ParseStream<'_>| {
        input.call(Attribute::parse_outer)?;
        input.parse::<Visibility>()?;
        input.parse()
    };
    let signature = signature.parse2(tokens.into_iter().collect()).ok()?;
    (body.delimiter() == Delimiter::Brace).then_some(Readable { signature, body })
}

fn parses(body: &Group) -> bool {
    let statements = |input: ParseStream<'_>| {
        input.call(Attribute::parse_inner)?;
        input.call(Block::parse_within)
    };
    statements.parse2(body.stream()).is_ok()
}

/// Does the function come out, as often as it must?
fn is_there(function: &Readable, output: &TokenStream, times: usize) -> Result<(), String> {
    let name = &function.signature.ident;
    let mut after_fn = false;
    let functions = output.clone().into_iter().filter(|token| {
        let is_name = after_fn && matches!(token, TokenTree::Ident(ident) if ident == name);
        after_fn = is_word(token, "fn");
        is_name
    });
    match functions.count() {
        count if count == times => Ok(()),
        count => Err(format!("{count} functions {name}")),
    }
}

/// Are items what comes out, and is the function one of them, with its own signature?
fn is_function(function: &Readable, output: &TokenStream) -> Result<(), String> {
    let name = &function.signature.ident;
    let outside = without_body(output, &name.to_string());
    let file: File = syn::parse2(outside).map_err(|error| format!("no items: {error}"))?;
    let mut found = file.items.into_iter().filter_map(|item| match item {
        Item::Fn(item) if item.sig.ident == *name => Some(item.sig),
        _ => None,
    });
    let (Some(signature), None) = (found.next(), found.next()) else {
        return Err(format!("there is not one function {name}"));
    };
    let text = |signature: &Signature| {
        let Signature {
            asyncness,
            generics,
            inputs,
            ..
        } = signature;
        let (arguments, clause) = (inputs, &generics.where_clause);
        quote::quote!(#asyncness #generics (#arguments) #clause).to_string()
    };
    if text(&signature) != text(&function.signature) {
        let text = signature.to_token_stream();
        return Err(format!("the signature is now {text}"));
    }
    Ok(())
}

/// The items, with empty braces for the body of the function.
fn without_body(output: &TokenStream, name: &str) -> TokenStream {
    let mut in_signature = false;
    let mut before = String::new();
    let tokens = output.clone().into_iter().map(|token| {
        let text = match &token {
            TokenTree::Group(_) => String::new(),
            token => token.to_string(),
        };
        in_signature |= before == "fn" && text == name;
        before = text;
        match token {
            TokenTree::Group(group) if in_signature && group.delimiter() == Delimiter::Brace => {
                in_signature = false;
                Group::new(Delimiter::Brace, TokenStream::new()).into()
            }
            token => token,
        }
    });
    tokens.collect()
}

/// The names of the messages, in brackets at the end of the first line of each `compile_error!`.
fn messages(output: TokenStream) -> Vec<String> {
    let mut found = Vec::new();
    let mut after_error = false;
    for token in output {
        match token {
            TokenTree::Group(group) if after_error => {
                let text = group.stream().to_string();
                let headline = text.split("\\n").next().unwrap_or_default();
                let slug = headline
                    .rsplit_once('[')
                    .and_then(|(_, rest)| rest.split_once(']'));
                found.extend(slug.map(|(slug, _)| slug.to_owned()));
            }
            TokenTree::Group(group) => found.extend(messages(group.stream())),
            TokenTree::Punct(bang) if bang.as_char() == '!' => continue,
            token => {
                after_error = is_word(&token, "compile_error");
                continue;
            }
        }
        after_error = false;
    }
    found
}

/// Is every token still there, in order, and where it was? In the company of a message some are
/// left out on purpose, see `ARCHITECTURE.md`.
fn survives(user: &TokenStream, output: &TokenStream, is_refused: bool) -> Result<(), String> {
    let (mut tokens, mut after) = (Vec::new(), Vec::new());
    leaves(user.clone(), &mut tokens, Some(is_refused));
    leaves(output.clone(), &mut after, None);
    let mut after = after.into_iter();
    for token in &tokens {
        if !after.any(|other| is_same(token, &other)) {
            let place = token.span().byte_range();
            return Err(format!("`{token}` at {place:?} is lost or moved"));
        }
    }
    Ok(())
}

/// The same text at the same place.
fn is_same(one: &TokenTree, other: &TokenTree) -> bool {
    let text = match (one, other) {
        (TokenTree::Ident(one), TokenTree::Ident(other)) => one == other,
        (TokenTree::Punct(one), TokenTree::Punct(other)) => one.as_char() == other.as_char(),
        (TokenTree::Literal(one), TokenTree::Literal(other)) => {
            one.to_string() == other.to_string()
        }
        _ => false,
    };
    text && one.span().byte_range() == other.span().byte_range()
}

/// The tokens that are no groups; with `refused`, those of them that have to survive.
fn leaves(tokens: TokenStream, found: &mut Vec<TokenTree>, refused: Option<bool>) {
    let tokens: Vec<TokenTree> = tokens.into_iter().collect();
    let mut rest = tokens.as_slice();
    while let [first, after @ ..] = rest {
        let may_go = refused.is_some_and(|refused| {
            is_word(first, "return") && (refused || starts_with_macro(after))
        });
        match first {
            _ if may_go => {}
            TokenTree::Group(group) => leaves(group.stream(), found, refused),
            leaf => found.push(leaf.clone()),
        }
        rest = after;
        if let Some(refused) = refused
            && let [TokenTree::Punct(bang), TokenTree::Group(group), after @ ..] = after
            && bang.as_char() == '!'
            && is_word(first, "send")
        {
            found.push(bang.clone().into());
            leaves(
                without_semicolons(without_label(group.stream()), refused),
                found,
                Some(refused),
            );
            rest = if refused {
                after_operations(after)
            } else {
                after
            };
        }
    }
}

/// The label of a handler in which this one is nested makes way, and the word behind it.
fn without_label(tokens: TokenStream) -> TokenStream {
    let tokens: Vec<TokenTree> = tokens.into_iter().collect();
    let is = |token: &TokenTree, mark| matches!(token, TokenTree::Punct(p) if p.as_char() == mark);
    let rest = match tokens.as_slice() {
        [at, quote, TokenTree::Ident(_), rest @ ..] if is(at, '@') && is(quote, '\'') => match rest
        {
            [pound, TokenTree::Ident(_), rest @ ..] if is(pound, '#') => rest,
            rest => rest,
        },
        rest => rest,
    };
    rest.iter().cloned().collect()
}

/// A `;` between the parts of a send, which is on record, is a comma.
fn without_semicolons(tokens: TokenStream, refused: bool) -> TokenStream {
    let is_one = |it: &TokenTree| matches!(it, TokenTree::Punct(p) if p.as_char() == ';');
    let tokens = tokens.into_iter();
    tokens.filter(|token| !(refused && is_one(token))).collect()
}

fn is_word(token: &TokenTree, word: &str) -> bool {
    matches!(token, TokenTree::Ident(ident) if ident == word)
}

/// `send!`, or another macro that may be one, under any path. Its `return` goes behind it.
fn starts_with_macro(tokens: &[TokenTree]) -> bool {
    let path = tokens.iter().take_while(|token| match token {
        TokenTree::Ident(_) => true,
        TokenTree::Punct(colon) => colon.as_char() == ':',
        _ => false,
    });
    let rest = tokens.get(path.count()..).unwrap_or_default();
    matches!(rest, [TokenTree::Punct(bang), ..] if bang.as_char() == '!')
}

/// What is left behind `.await`, `.method(..)`, `.field`, `[index]` and `?`.
fn after_operations(mut tokens: &[TokenTree]) -> &[TokenTree] {
    loop {
        tokens = match tokens {
            [TokenTree::Punct(dot), _, rest @ ..] if dot.as_char() == '.' => rest,
            [TokenTree::Punct(mark), rest @ ..] if mark.as_char() == '?' => rest,
            [TokenTree::Group(group), rest @ ..] if group.delimiter() != Delimiter::Brace => rest,
            rest => return rest,
        }
    }
}
