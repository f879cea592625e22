//! Where does an error about a route of `routes!` point?
//!
//! At the route, and not at the whole list: for that its tokens need the place of the user's, which
//! a `macro_rules!` cannot give them.

use proc_macro2::{Delimiter, TokenStream, TokenTree};
use quote::quote_spanned;

use crate::span::{Place, at_place_of};

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

/// `[path::to::__private] [list] route`: the list with the route.
pub(crate) fn with_route(tokens: TokenStream) -> TokenStream {
    let mut tokens = tokens.into_iter();
    let (Some(TokenTree::Group(private)), Some(TokenTree::Group(list))) =
        (tokens.next(), tokens.next())
    else {
        return TokenStream::new();
    };
    let route: TokenStream = tokens.collect();
    let Some(Place { start, end }) = Place::of_tokens(ungrouped(route.clone())) else {
        return TokenStream::new();
    };
    let private = at_place_of(start, private.stream());
    // In a function's type, or rustc would take what is no type for a constant.
    let named = quote_spanned!(start=> <fn() -> #route as #private::Named>);
    let name = quote_spanned!(end=> ::NAME);
    let list = list.stream();
    quote_spanned!(start=> #list.and(#named #name))
}
