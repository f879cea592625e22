//! What does the head of a handler or a guard become?
//!
//! The user's, with another return type: `Answer`, or a `Result` of the guard's value.

use std::borrow::Cow;

use proc_macro2::{Span, TokenStream, TokenTree};
use quote::{ToTokens, quote, quote_spanned};
use syn::{Attribute, Meta, MetaList, ReturnType, Visibility};

use crate::parse::{Function, Parsed, Passage, is_ours};
use crate::span::at;

/// Attributes, visibility and signature.
pub(super) fn head(parsed: &Parsed<'_>, runtime: &TokenStream) -> TokenStream {
    let Function {
        attributes,
        visibility,
        signature,
        ..
    } = parsed.function;
    let span = at(signature.ident.span());
    let error = parsed.options.error.as_ref();
    let output = match parsed.passage {
        None => {
            let error = error.map(|error| quote!(<#error>));
            quote_spanned!(span=> #runtime::Answer #error)
        }
        Some(passage) => {
            let value = value(passage, span);
            let error = error.map_or_else(
                || quote_spanned!(span=> #runtime::__private::ErrorResponse),
                ToTokens::to_token_stream,
            );
            quote_spanned!(span=> #runtime::__private::Result<#value, #error>)
        }
    };

    // A handler has no return type; if the user wrote one it has been reported, and is left out.
    let mut bare = signature.clone();
    bare.output = ReturnType::Default;
    // Reported, too: in a constant function no body of ours could stand.
    bare.constness = None;
    let where_clause = bare.generics.where_clause.take();

    let mut head = TokenStream::new();
    // A second attribute of ours has been reported; run, it would report what the first has made.
    for attribute in attributes.iter().filter(|attribute| !is_ours(attribute)) {
        match error {
            None => instrumented(attribute).to_tokens(&mut head),
            Some(_) => attribute.to_tokens(&mut head),
        }
    }
    head.extend(allowed(parsed, span));
    visibility.to_tokens(&mut head);
    bare.to_tokens(&mut head);
    head.extend(quote_spanned!(span=> -> #output));
    where_clause.to_tokens(&mut head);
    head
}

/// `#[instrument(err)]` as `#[instrument(err(Debug))]`: by itself `err` asks for `Display`, which
/// axum-core's `ErrorResponse` has not.
fn instrumented(attribute: &Attribute) -> Cow<'_, Attribute> {
    let segments = &attribute.path().segments;
    let is_it = segments.last().is_some_and(|it| it.ident == "instrument");
    let Meta::List(list) = &attribute.meta else {
        return Cow::Borrowed(attribute);
    };
    if !is_it {
        return Cow::Borrowed(attribute);
    }
    let mut tokens = list.tokens.clone().into_iter().peekable();
    let mut rewritten = TokenStream::new();
    while let Some(token) = tokens.next() {
        let is_err = matches!(&token, TokenTree::Ident(name) if name == "err");
        let span = at(token.span());
        rewritten.extend([token]);
        if !is_err {
            continue;
        }
        let arguments = match tokens.peek() {
            Some(TokenTree::Group(group)) => {
                let arguments = group.stream();
                tokens.next();
                arguments
            }
            _ => TokenStream::new(),
        };
        let is_mode = |it: TokenTree| matches!(&it, TokenTree::Ident(name) if name == "Debug" || name == "Display");
        let has_mode = arguments.clone().into_iter().any(is_mode);
        let comma = (!arguments.is_empty()).then(|| quote_spanned!(span=> ,));
        let mode = (!has_mode).then(|| quote_spanned!(span=> Debug #comma));
        rewritten.extend(quote_spanned!(span=> (#mode #arguments)));
    }
    let mut attribute = attribute.clone();
    attribute.meta = Meta::List(MetaList {
        tokens: rewritten,
        ..list.clone()
    });
    Cow::Owned(attribute)
}

/// What clippy would say of the function about its type, or advise where it cannot be done.
fn allowed(parsed: &Parsed<'_>, span: Span) -> Option<TokenStream> {
    let function = parsed.function;
    let is_sync = function.signature.asyncness.is_none();
    let is_public = !matches!(function.visibility, Visibility::Inherited);
    let lints = [
        // axum-core's `ErrorResponse` holds a whole response. An `async fn` returns a future.
        is_sync.then(|| quote_spanned!(span=> clippy::result_large_err,)),
        // To borrow is what an argument of a guard cannot do.
        (is_sync && parsed.passage.is_some())
            .then(|| quote_spanned!(span=> clippy::needless_pass_by_value,)),
        // The user has written no `Result`.
        is_public.then(|| quote_spanned!(span=> clippy::missing_errors_doc,)),
    ];
    let lints = lints.into_iter().flatten().collect::<TokenStream>();
    (!lints.is_empty()).then(|| quote_spanned!(span=> #[allow(#lints)]))
}

/// The type of the value that lets a request through.
pub(super) fn value(passage: &Passage<'_>, span: Span) -> TokenStream {
    passage
        .value
        .map_or_else(|| quote_spanned!(span=> ()), ToTokens::to_token_stream)
}
