//! What does the head of a handler or a guard become?
//!
//! The user's, with another return type: `Answer`, or a `Result` of the guard's value.

use proc_macro2::{Span, TokenStream};
use quote::{ToTokens, quote, quote_spanned};
use syn::{ReturnType, Visibility};

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
        attribute.to_tokens(&mut head);
    }
    head.extend(allowed(parsed, span));
    visibility.to_tokens(&mut head);
    bare.to_tokens(&mut head);
    head.extend(quote_spanned!(span=> -> #output));
    where_clause.to_tokens(&mut head);
    head
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
