//! What does the head of a handler become?
//!
//! The user's, with `-> Answer` for a return type.

use proc_macro2::TokenStream;
use quote::{ToTokens, quote, quote_spanned};
use syn::ReturnType;

use crate::parse::{Function, Options, is_handler};
use crate::span::at;

/// Attributes, visibility and signature.
pub(crate) fn head(function: &Function, options: &Options, runtime: &TokenStream) -> TokenStream {
    let Function {
        attributes,
        visibility,
        signature,
        ..
    } = function;
    let span = at(signature.ident.span());
    let error = options.error.as_ref().map(|error| quote!(<#error>));
    let answer = quote_spanned!(span=> -> #runtime::Answer #error);

    // A handler has no return type; if the user wrote one it has been reported, and is left out.
    let mut bare = signature.clone();
    bare.output = ReturnType::Default;
    let where_clause = bare.generics.where_clause.take();

    let mut head = TokenStream::new();
    // A second `#[handler]` has been reported; run, it would report what the first has made.
    for attribute in attributes.iter().filter(|attribute| !is_handler(attribute)) {
        attribute.to_tokens(&mut head);
    }
    // axum-core's `ErrorResponse` holds a whole response. An `async fn` returns a future.
    if signature.asyncness.is_none() {
        head.extend(quote_spanned!(span=> #[allow(clippy::result_large_err)]));
    }
    visibility.to_tokens(&mut head);
    bare.to_tokens(&mut head);
    head.extend(answer);
    where_clause.to_tokens(&mut head);
    head
}
