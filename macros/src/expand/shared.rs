//! Which attributes of the function hold for what is generated beside it?
//!
//! Its `#[cfg]`s, and what it allows: the generated items name the same types. One that is
//! deprecated is named by what is generated, too, which is no use of it.

use proc_macro2::TokenStream;
use quote::{ToTokens, quote_spanned};
use syn::punctuated::Punctuated;
use syn::spanned::Spanned;
use syn::{Attribute, Meta, MetaList, Token};

use crate::span::at;

/// The attributes of each generated item.
pub(super) fn shared(attributes: &[Attribute]) -> TokenStream {
    let of_items = attributes.iter().filter_map(|attribute| {
        let kept = if attribute.path().is_ident("cfg") {
            attribute.meta.to_token_stream()
        } else {
            lints(&attribute.meta)?
        };
        Some(quote_spanned!(at(attribute.span())=> #[#kept]))
    });
    of_items.collect()
}

/// `allow(..)`, of an attribute that allows, expects or deprecates, on a condition or not.
fn lints(meta: &Meta) -> Option<TokenStream> {
    let span = at(meta.span());
    if meta.path().is_ident("deprecated") {
        return Some(quote_spanned!(span=> allow(deprecated)));
    }
    let Meta::List(list) = meta else {
        return None;
    };
    let tokens = &list.tokens;
    if list.path.is_ident("allow") || list.path.is_ident("expect") {
        Some(quote_spanned!(span=> allow(#tokens)))
    } else if list.path.is_ident("cfg_attr") {
        on_condition(list)
    } else {
        None
    }
}

fn on_condition(list: &MetaList) -> Option<TokenStream> {
    let parts = list.parse_args_with(Punctuated::<Meta, Token![,]>::parse_terminated);
    let mut parts = parts.ok()?.into_iter();
    let predicate = parts.next()?;
    let kept: Vec<TokenStream> = parts.filter_map(|meta| lints(&meta)).collect();
    let span = at(list.span());
    (!kept.is_empty()).then(|| quote_spanned!(span=> cfg_attr(#predicate, #(#kept),*)))
}
