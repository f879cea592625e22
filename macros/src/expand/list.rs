//! What does one route of `routes!` become?
//!
//! A type that is named. Its tokens have the place of the user's, so that an error is at the route
//! and not at the whole list, which a `macro_rules!` could not do; and a function that is no route
//! is told so, where the file shows that it is none.

use proc_macro2::{Delimiter, TokenStream, TokenTree};
use quote::{ToTokens, quote, quote_spanned};

use crate::diagnose;
use crate::parse;
use crate::span::{Place, at_place_of};

/// `[path::to::__private] [list] route`: the list with the route, or, without a list, what is known
/// of the route.
pub(crate) fn route(tokens: TokenStream) -> TokenStream {
    let mut tokens = tokens.into_iter();
    let (Some(TokenTree::Group(private)), Some(TokenTree::Group(list))) =
        (tokens.next(), tokens.next())
    else {
        return TokenStream::new();
    };
    let (private, list) = (private.stream(), list.stream());
    let route = ungrouped(tokens.collect());
    let Some(place) = Place::of_tokens(route.clone()) else {
        return TokenStream::new();
    };
    let error = match &*route.clone().into_iter().collect::<Vec<_>>() {
        [TokenTree::Ident(name)] => parse::unrouted(name),
        _ => None,
    };
    if let Some(is_handler) = error {
        return match list.is_empty() {
            // It is told once.
            true => quote!(#private::RouteInfo::NONE),
            false => {
                let error = diagnose::unrouted_handler(place, &route.to_string(), is_handler);
                let error = error.to_token_stream();
                quote!({ #error #list })
            }
        };
    }
    let Place { start, end } = place;
    let private = at_place_of(start, private);
    if list.is_empty() {
        let info = quote_spanned!(end=> ::INFO);
        return quote_spanned!(start=> <#route as #private::Routed> #info);
    }
    // In a function's type, or rustc would take what is no type for a constant.
    let named = quote_spanned!(start=> <fn() -> #route as #private::Named>);
    let name = quote_spanned!(end=> ::NAME);
    quote_spanned!(start=> #list.and(#named #name))
}

/// The tokens in the invisible group of a fragment, which has no place of its own.
fn ungrouped(tokens: TokenStream) -> TokenStream {
    let mut inside = tokens.clone().into_iter();
    match (inside.next(), inside.next()) {
        (Some(TokenTree::Group(group)), None) if group.delimiter() == Delimiter::None => {
            ungrouped(group.stream())
        }
        _ => tokens,
    }
}
