//! What code comes out?
//!
//! Every generated name is an absolute path into the runtime's `__private` module, so that no
//! name in the user's scope matters, and every generated token sits at the user's token it
//! belongs to.

mod body;
mod call;
mod excuse;
mod form;
mod link;
mod probe;
mod route;
mod signature;

#[cfg(test)]
mod tests;

use proc_macro2::{Span, TokenStream};
use quote::{quote, quote_spanned};

use crate::analyze::Flow;
use crate::diagnose::Diagnostics;
use crate::parse::{Binding, Function, Options};
use crate::span::at;

/// The function, and the route type where there is one.
pub(crate) fn handler(
    function: &Function,
    options: &Options,
    route: Option<&Binding<'_>>,
    flow: Option<Flow>,
) -> TokenStream {
    let runtime = runtime(options, function.signature.ident.span());
    let head = signature::head(function, options, &runtime);
    let body = body::proven(function, flow, &runtime);
    let route = route.map(|binding| route::route(function, binding, &runtime));
    quote!(#head #body #route)
}

/// The messages, and the function with its body as it was, so that the editor still knows it. A
/// routed handler keeps a route that fits any app, so that `routes![..]` is no second error.
pub(crate) fn fallback(
    problems: &Diagnostics,
    function: &Function,
    options: &Options,
    flow: Option<Flow>,
) -> TokenStream {
    let runtime = runtime(options, function.signature.ident.span());
    let head = signature::head(function, options, &runtime);
    let body = body::unproven(function, flow, &runtime);
    // Beside a method no type can stand.
    let is_free = function.signature.receiver().is_none();
    let route = (options.is_routed && is_free).then(|| route::stub(function, &runtime));
    // The function first: see `body.rs` on where the editor looks for what is typed.
    quote!(#head #body #route #problems)
}

/// The messages, and the item as it was.
pub(crate) fn unparsed(problems: &Diagnostics, item: &TokenStream) -> TokenStream {
    quote!(#problems #item)
}

/// The path of the runtime crate.
fn runtime(options: &Options, span: Span) -> TokenStream {
    match &options.krate {
        Some(path) => quote!(#path),
        None => quote_spanned!(at(span)=> ::sendoff),
    }
}
