//! Has another attribute run before, and moved the body?
//!
//! `#[instrument]`, `#[async_recursion]` and their like put a body into an async block of their
//! own. Above `#[handler]` they do so before it sees the body, and what it would say of that block
//! is about nothing that the user wrote.

use proc_macro2::{Delimiter, Group, Span, TokenStream, TokenTree};
use quote::ToTokens;
use syn::ReturnType;

use super::Function;

/// The attribute that has moved the body, as it is written: `#[instrument]`.
pub(crate) fn moved_by(function: &Function) -> Option<String> {
    let body = function.body.stream();
    if is_instrumented(body.clone()) {
        return Some("#[instrument]".to_owned());
    }
    if !has_async_block(body.clone()) {
        return None;
    }
    // A macro's tokens are at its call.
    attribute_at(function.body.span_open())
        .or_else(|| attribute_among(function.signature.output.to_token_stream()))
        .or_else(|| attribute_among(body))
}

/// The attribute that has made one of these tokens.
fn attribute_among(tokens: TokenStream) -> Option<String> {
    tokens.into_iter().find_map(|token| match token {
        TokenTree::Group(group) => {
            attribute_at(group.span_open()).or_else(|| attribute_among(group.stream()))
        }
        token => attribute_at(token.span()),
    })
}

/// The attribute at this place, if it is one.
fn attribute_at(span: Span) -> Option<String> {
    let text = span.source_text()?;
    let path = text.strip_prefix("#[")?.split(['(', ']']).next()?;
    Some(format!("#[{}]", path.trim()))
}

/// `async { .. }` or `async move { .. }`, at any depth.
fn has_async_block(tokens: TokenStream) -> bool {
    let tokens: Vec<TokenTree> = tokens.into_iter().collect();
    let is_block = |at: usize| {
        let is_word = |at: usize, word: &str| matches!(tokens.get(at), Some(TokenTree::Ident(found)) if found == word);
        let next = at + 1 + usize::from(is_word(at + 1, "move"));
        let braces = |group: &Group| group.delimiter() == Delimiter::Brace;
        is_word(at, "async")
            && matches!(tokens.get(next), Some(TokenTree::Group(group)) if braces(group))
    };
    (0..tokens.len()).any(is_block)
        || tokens.iter().any(|token| match token {
            TokenTree::Group(group) => has_async_block(group.stream()),
            _ => false,
        })
}

/// Is there a name of those that `tracing`'s `#[instrument]` writes, in a sync function too?
fn is_instrumented(body: TokenStream) -> bool {
    body.into_iter().any(|token| match token {
        TokenTree::Ident(name) => name.to_string().starts_with("__tracing_attr_"),
        TokenTree::Group(group) => is_instrumented(group.stream()),
        _ => false,
    })
}

/// Takes off what the attribute has made: what is left is the user's, without the body.
pub(crate) fn without_what_moved_it(function: &mut Function) {
    if attribute_among(function.signature.output.to_token_stream()).is_some() {
        function.signature.output = ReturnType::Default;
    }
    let mut empty = Group::new(function.body.delimiter(), TokenStream::new());
    empty.set_span(function.body.span());
    function.body = empty;
}
