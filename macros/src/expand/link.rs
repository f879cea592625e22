//! How does the rest of the program name the path of a route?
//!
//! `show_user::path(7)` is `"/users/7"`: a function beside the route, with an argument for each
//! parameter of the pattern, so that a link cannot drift from the route.

use proc_macro2::TokenStream;
use quote::{format_ident, quote, quote_spanned};
use syn::Generics;

use super::body::braced;
use crate::parse::{Argument, Binding, Function, cfgs};
use crate::span::{at, moved_to};

/// The function `path` of the route's type.
pub(super) fn link(
    function: &Function,
    binding: &Binding<'_>,
    generics: &Generics,
    runtime: &TokenStream,
) -> TokenStream {
    let name = &function.signature.ident;
    let visibility = &function.visibility;
    let span = at(name.span());
    let private = quote_spanned!(span=> #runtime::__private);
    let pattern = &binding.route.pattern;
    let mut arguments = Vec::new();
    for (position, parameter) in pattern.parameters.iter().enumerate() {
        let of = |argument: &&Argument<'_>| argument.parameter == Some(position);
        // Which arguments there are must be known to say what the link needs.
        let Some(argument) = binding
            .arguments
            .iter()
            .find(of)
            .filter(|it| it.cfgs.is_empty())
        else {
            return TokenStream::new();
        };
        let ty = argument.ty;
        let name = format_ident!("__parameter_{parameter}", span = span);
        let user = function.signature.ident.span();
        let private = moved_to(user, &private);
        arguments.push(quote_spanned!(user=> #name: impl #private::LinkParameter<#ty>));
    }
    let steps = pattern.pieces().into_iter().map(|(literal, parameter)| {
        let pushed = parameter.map(|parameter| {
            let name = format_ident!("__parameter_{}", parameter.name, span = span);
            let rest = parameter.is_rest;
            quote_spanned!(span=> #private::push_parameter(&mut __path, #name, #rest);)
        });
        quote_spanned!(span=> __path.push_str(#literal); #pushed)
    });
    let cfgs = cfgs(&function.attributes);
    let (impl_generics, type_generics, where_clause) = generics.split_for_impl();
    // The user's own span: rustc points at this function when a link is wrong.
    let user = name.span();
    let body = braced(
        user,
        quote_spanned! {span=>
            let mut __path = #private::String::new();
            #(#steps)*
            __path
        },
    );
    let signature = {
        let string = moved_to(user, &quote!(#private::String));
        quote_spanned!(user=> fn path(#(#arguments),*) -> #string)
    };
    quote_spanned! {span=>
        #(#cfgs)*
        impl #impl_generics #name #type_generics #where_clause {
            /// The path that this route answers, with these parameters.
            #[allow(dead_code, deprecated, clippy::needless_pass_by_value)]
            #visibility #signature #body
        }
    }
}
