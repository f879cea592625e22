//! What code comes out?
//!
//! Every generated name is an absolute path into the runtime's `__private` module, so that no
//! name in the user's scope matters, and every generated token sits at the user's token it
//! belongs to.

mod body;
mod call;
mod excuse;
mod form;
mod guard;
mod link;
mod list;
mod mark;
mod probe;
mod question;
mod route;
mod shared;
mod signature;

#[cfg(test)]
mod tests;

pub(crate) use self::list::routes;

use proc_macro2::{Ident, Span, TokenStream};
use quote::{quote, quote_spanned};

use self::body::Proven;
use crate::analyze::Flow;
use crate::diagnose::Diagnostics;
use crate::parse::{Choice, Function, Options, Parsed};
use crate::span::at;

/// The function, and the type that goes with it where there is one.
pub(crate) fn expand(parsed: &Parsed<'_>, flow: Option<Flow>) -> TokenStream {
    let Parsed {
        function,
        options,
        route,
        passage,
        ..
    } = parsed;
    let span = function.signature.ident.span();
    let runtime = runtime(options, span);
    let head = signature::head(parsed, &runtime);
    let Proven { body, sends } = body::proven(parsed, flow, &runtime);
    let route = route.map(|binding| route::route(function, options, binding, &sends, &runtime));
    let guard = passage.and_then(|passage| guard::guard(function, passage, &runtime));
    quote!(#head #body #route #guard)
}

/// The messages, and the function with its body as it was, so that the editor still knows it. A
/// routed handler keeps a route that fits any app, and a guard its type, so that `routes![..]` and
/// arguments of the type are no second error.
pub(crate) fn fallback(
    problems: &Diagnostics,
    parsed: &Parsed<'_>,
    flow: Option<Flow>,
) -> TokenStream {
    let Parsed {
        function,
        options,
        passage,
        ..
    } = parsed;
    let span = function.signature.ident.span();
    let runtime = runtime(options, span);
    let head = signature::head(parsed, &runtime);
    let body = body::unproven(parsed, flow, &runtime);
    // Beside a method no type can stand.
    let is_free = function.signature.receiver().is_none();
    let route = (options.is_routed && is_free).then(|| route::stub(function, &runtime));
    let guard = passage
        .filter(|_| is_free)
        .and_then(|passage| guard::stub(function, passage, &runtime));
    // The function first: see `body.rs` on where the editor looks for what is typed.
    quote!(#head #body #route #guard #problems)
}

/// The messages, and the item as it was.
pub(crate) fn unparsed(problems: &Diagnostics, item: &TokenStream) -> TokenStream {
    quote!(#problems #item)
}

/// The messages, and the function without what was in it.
pub(crate) fn without_body(
    problems: &Diagnostics,
    function: &Function,
    options: &Options,
) -> TokenStream {
    let Function {
        attributes,
        visibility,
        signature,
        body,
    } = function;
    let span = at(signature.ident.span());
    let runtime = runtime(options, span);
    let refused = quote_spanned!(span=> #runtime::__private::refused());
    let body = body::braced(body.span(), refused);
    quote!(#problems #(#attributes)* #visibility #signature #body)
}

/// A function in two configurations, each under the attribute again: rustc keeps one.
pub(crate) fn choice(choice: &Choice, options: &Options, attribute: &TokenStream) -> TokenStream {
    let Choice {
        predicate,
        with,
        without,
    } = choice;
    let span = with.signature.ident.span();
    let runtime = runtime(options, span);
    let word = Ident::new(options.kind.word(), at(span));
    let function = |function: &Function| {
        let Function {
            attributes,
            visibility,
            signature,
            body,
        } = function;
        quote_spanned!(at(span)=>
            #[#runtime::#word(#attribute)] #(#attributes)* #visibility #signature #body
        )
    };
    let (with, without) = (function(with), function(without));
    quote_spanned!(at(span)=> #[cfg(#predicate)] #with #[cfg(not(#predicate))] #without)
}

/// The path of the runtime crate.
fn runtime(options: &Options, span: Span) -> TokenStream {
    match &options.krate {
        Some(path) => quote!(#path),
        None => quote_spanned!(at(span)=> ::sendoff),
    }
}
