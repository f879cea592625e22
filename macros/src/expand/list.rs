//! What do the routes of `routes!` become?
//!
//! Types that are named. Their tokens have the place of the user's, so that an error is at the route
//! and not at the whole list, which a `macro_rules!` could not do; and a function that is no route
//! is told so, where the file shows that it is none.

use proc_macro2::{Delimiter, TokenStream, TokenTree};
use quote::{ToTokens, quote, quote_spanned};

use crate::diagnose;
use crate::parse;
use crate::span::{Place, at_place_of};

/// `[path::to::__private] [list] #[cfg(..)] route, route, ..`: a statement for each route, which adds
/// it to the list, or, without a list, an array of what is known of each.
pub(crate) fn routes(tokens: TokenStream) -> TokenStream {
    let mut tokens = tokens.into_iter();
    let (Some(TokenTree::Group(private)), Some(TokenTree::Group(list))) =
        (tokens.next(), tokens.next())
    else {
        return TokenStream::new();
    };
    let list = List {
        private: private.stream(),
        name: list.stream(),
    };
    let tokens: Vec<TokenTree> = tokens.collect();
    let is_comma = |it: &TokenTree| matches!(it, TokenTree::Punct(mark) if mark.as_char() == ',');
    // A type is one group: no comma of its generics is in sight.
    let items = tokens.split(is_comma).filter(|item| !item.is_empty());
    let each = items.filter_map(|item| {
        let (route, attributes) = item.split_last()?;
        let route = ungrouped(route.clone().into());
        let added = list.with(&route)?;
        Some(quote!(#(#attributes)* #added))
    });
    let each: Vec<TokenStream> = each.collect();
    match list.name.is_empty() {
        true => quote!(&[#(#each),*]),
        false => quote!(#(#each)*),
    }
}

struct List {
    /// The path of the runtime's private module.
    private: TokenStream,
    /// Empty where what is known is asked for.
    name: TokenStream,
}

impl List {
    fn with(&self, route: &TokenStream) -> Option<TokenStream> {
        let List { private, name } = self;
        let place = Place::of_tokens(route.clone())?;
        let unrouted = match &*route.clone().into_iter().collect::<Vec<_>>() {
            [TokenTree::Ident(name)] => parse::unrouted(name),
            _ => None,
        };
        if let Some(is_handler) = unrouted {
            // It is told once.
            if name.is_empty() {
                return Some(quote!(#private::RouteInfo::NONE));
            }
            let error = diagnose::unrouted_handler(place, &route.to_string(), is_handler);
            return Some(error.to_token_stream());
        }
        let Place { start, end } = place;
        let private = at_place_of(start, private.clone());
        if name.is_empty() {
            let info = quote_spanned!(end=> ::INFO);
            return Some(quote_spanned!(start=> <#route as #private::Routed> #info));
        }
        // In a function's type, or rustc would take what is no type for a constant.
        let named = quote_spanned!(start=> <fn() -> #route as #private::Named>);
        let value = quote_spanned!(end=> ::NAME);
        let added = quote_spanned!(start=> #name.and(#named #value));
        Some(quote!(let #name = #added;))
    }
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
