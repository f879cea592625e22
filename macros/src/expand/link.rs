//! How does the rest of the program name the path of a route?
//!
//! `show_user::path(7)` is `"/users/7"`: a function beside the route, with an argument for each
//! parameter of its patterns, so that a link cannot drift from the route. `try_path` is the same for
//! parameters that may make no link. Of several patterns it
//! takes the first that has just the parameters that are given.

use proc_macro2::{Ident, Span, TokenStream};
use quote::{format_ident, quote, quote_spanned};
use syn::{Generics, Type, Visibility};

use super::body::braced;
use super::call::turbofish;
use super::shared::shared;
use crate::parse::{Argument, Binding, Function, PathParameter, Pattern};
use crate::span::{at, moved_to};

/// The functions `path` and `try_path` of the route's type.
pub(super) fn link(
    function: &Function,
    binding: &Binding<'_>,
    generics: &Generics,
    runtime: &TokenStream,
) -> TokenStream {
    let name = &function.signature.ident;
    let span = at(name.span());
    let private = quote_spanned!(span=> #runtime::__private);
    // Which arguments there are must be known to say what the link needs.
    let Some(types) = types(binding) else {
        return TokenStream::new();
    };
    let choices = choices(&binding.parameters, binding.route.patterns.len());
    let is_certain = is_certain(&binding.parameters, choices.len());
    let body = body(binding, &choices, is_certain, &private, function);
    let (generic, arguments) = parameters(&binding.parameters, &types, &private, name.span());
    // The user's own span: rustc points at this function when a link is wrong.
    let user = name.span();
    let written = |name: &str, result: &TokenStream, body: TokenStream| {
        let name = Ident::new(name, user);
        let result = moved_to(user, result);
        let body = braced(user, body);
        quote_spanned!(user=> fn #name #generic (#arguments) -> #result #body)
    };
    let string = if is_certain {
        quote!(#private::String)
    } else {
        quote!(#private::Option<#private::String>)
    };
    let functions = if binding.parameters.is_empty() {
        let path = written("path", &string, body);
        let visibility = &function.visibility;
        let documented = documented(is_certain);
        quote_spanned!(span=> #[doc = #documented] #[must_use] #[inline] #visibility #path)
    } else {
        let names = binding.parameters.iter();
        let names = names.map(|it| format_ident!("__parameter_{}", it.name, span = span));
        let made = quote_spanned!(span=> #private::made(Self::try_path(#(#names),*)));
        let path = written("path", &string, made);
        let result = quote!(#private::Result<#string, #private::LinkError>);
        let try_path = written("try_path", &result, body);
        both(
            &function.visibility,
            documented(is_certain),
            &path,
            &try_path,
            span,
        )
    };
    let shared = shared(&function.attributes);
    let (impl_generics, type_generics, where_clause) = generics.split_for_impl();
    quote_spanned! {span=>
        #shared
        impl #impl_generics #name #type_generics #where_clause {
            #functions
        }
    }
}

/// The generic parameters of a link, and its arguments.
fn parameters(
    parameters: &[PathParameter],
    types: &[&Type],
    private: &TokenStream,
    user: Span,
) -> (Option<TokenStream>, TokenStream) {
    let moved = moved_to(user, private);
    let of_link = |(position, parameter): (usize, &PathParameter)| {
        let name = format_ident!("__parameter_{}", parameter.name, span = at(user));
        let ty = format_ident!("__Link{position}", span = user);
        quote_spanned!(user=> #name: #ty)
    };
    let arguments = parameters.iter().enumerate().map(of_link);
    let arguments = quote_spanned!(user=> #(#arguments),*);
    let bounds = parameters.iter().zip(types).enumerate();
    let bounds = bounds.map(|(position, (parameter, ty))| {
        let name = format_ident!("__Link{position}", span = user);
        if parameter.is_optional() {
            quote_spanned!(user=> #name: #moved::OptionalLinkParameter<#ty>)
        } else {
            quote_spanned!(user=> #name: #moved::LinkParameter<#ty>)
        }
    });
    let generic = (!parameters.is_empty()).then(|| quote_spanned!(user=> <#(#bounds),*>));
    (generic, arguments)
}

/// The two functions with what is said of them.
fn both(
    visibility: &Visibility,
    documented: &str,
    path: &TokenStream,
    try_path: &TokenStream,
    span: Span,
) -> TokenStream {
    // What a macro documents, clippy does not read.
    let is_public = !matches!(visibility, Visibility::Inherited);
    let heard = is_public.then(|| quote_spanned!(span=> #[allow(clippy::missing_errors_doc)]));
    let (panics, errors) = (
        format!("{documented}{PANICS}"),
        format!("{documented}{ERRORS}"),
    );
    quote_spanned! {span=>
        #[doc = #panics]
        #[must_use]
        #[track_caller]
        #[inline]
        #visibility #path
        #[doc = #errors]
        #heard
        #[inline]
        #visibility #try_path
    }
}

fn documented(is_certain: bool) -> &'static str {
    if is_certain {
        "The path that this route answers, with these parameters."
    } else {
        "The path that this route answers, with these parameters, if one of its patterns has them."
    }
}

const PANICS: &str = "\n\n# Panics\n\nWhere `try_path` returns an error.";

const ERRORS: &str = "\n\n# Errors\n\nAn empty parameter, one that makes a segment `.` or `..`, and one \
    that makes the path begin with `//`: such a path would not lead back to this route.";

/// A use of `path` in the handler, without which it would be dead code where nobody makes a link. To
/// allow that is no way: a crate may forbid it.
pub(super) fn used(
    function: &Function,
    binding: &Binding<'_>,
    private: &TokenStream,
    span: Span,
) -> TokenStream {
    if types(binding).is_none() {
        return TokenStream::new();
    }
    let mut name = function.signature.ident.clone();
    name.set_span(span);
    let turbofish = turbofish(&function.signature.generics);
    let any = binding
        .parameters
        .iter()
        .map(|_| quote_spanned!(span=> #private::AnyLink));
    let any = (!binding.parameters.is_empty()).then(|| quote_spanned!(span=> ::<#(#any),*>));
    quote_spanned!(span=> let _ = #name #turbofish ::path #any;)
}

/// The type of each parameter, if an argument takes it.
fn types<'a>(binding: &'a Binding<'a>) -> Option<Vec<&'a Type>> {
    let of = |number: usize| {
        let is_it = |it: &&Argument<'_>| it.parameter == Some(number);
        binding.arguments.iter().find(is_it).map(|it| it.ty)
    };
    (0..binding.parameters.len()).map(of).collect()
}

/// The patterns that have different parameters: the position of each, and for every optional
/// parameter whether the pattern has it.
fn choices(parameters: &[PathParameter], patterns: usize) -> Vec<(usize, Vec<bool>)> {
    let optional = || parameters.iter().filter(|it| it.is_optional());
    let mut choices: Vec<(usize, Vec<bool>)> = Vec::new();
    for pattern in 0..patterns {
        let has = |it: &PathParameter| matches!(it.positions.get(pattern), Some(Some(_)));
        let given = optional().map(has).collect();
        if choices.iter().all(|(_, other)| *other != given) {
            choices.push((pattern, given));
        }
    }
    choices
}

/// Is there a pattern for every choice of the optional parameters?
fn is_certain(parameters: &[PathParameter], choices: usize) -> bool {
    let optional = parameters.iter().filter(|it| it.is_optional()).count();
    u32::try_from(optional)
        .ok()
        .and_then(|optional| 2_usize.checked_pow(optional))
        == Some(choices)
}

fn body(
    binding: &Binding<'_>,
    choices: &[(usize, Vec<bool>)],
    is_certain: bool,
    private: &TokenStream,
    function: &Function,
) -> TokenStream {
    let span = at(function.signature.ident.span());
    let ident = |name: &str| format_ident!("__parameter_{name}", span = span);
    let optional: Vec<Ident> = binding
        .parameters
        .iter()
        .filter(|it| it.is_optional())
        .map(|it| ident(&it.name))
        .collect();
    let path = quote_spanned!(span=> __path);
    let steps = |pattern: usize| {
        let pattern = binding.route.patterns.get(pattern);
        let pieces = pattern.map(Pattern::pieces).into_iter().flatten();
        let steps = pieces.map(|(literal, parameter)| {
            let pushed = parameter.map(|parameter| {
                let (name, rest) = (ident(&parameter.name), parameter.is_rest);
                if optional.contains(&name) {
                    quote_spanned!(span=>
                        #private::Link::push_text(&mut #path, #name.as_deref().unwrap_or_default(), #rest);
                    )
                } else {
                    quote_spanned!(span=> #private::Link::push_parameter(&mut #path, #name, #rest);)
                }
            });
            let literal = (!literal.is_empty()).then(
                || quote_spanned!(span=> #private::Link::push_literal(&mut #path, #literal);),
            );
            quote_spanned!(span=> #literal #pushed)
        });
        quote_spanned!(span=> #(#steps)*)
    };
    let new = quote_spanned!(span=> let mut #path = #private::Link::new(););
    if let [(only, _)] = choices {
        let steps = steps(*only);
        let finish = if binding.parameters.is_empty() {
            quote_spanned!(span=> literal)
        } else {
            quote_spanned!(span=> finished)
        };
        return quote_spanned!(span=> #new #steps #private::Link::#finish(#path));
    }
    let arms = choices.iter().map(|(pattern, given)| {
        let steps = steps(*pattern);
        quote_spanned!(span=> (#(#given,)*) => { #steps })
    });
    let otherwise = (!is_certain)
        .then(|| quote_spanned!(span=> _ => return #private::Ok(#private::Option::None),));
    let result = if is_certain {
        quote_spanned!(span=> #private::Link::finished(#path))
    } else {
        quote_spanned!(span=> #private::Link::finished(#path).map(#private::Option::Some))
    };
    quote_spanned! {span=>
        #(let #optional = #private::OptionalLinkParameter::text(#optional);)*
        #new
        match (#(#optional.is_some(),)*) {
            #(#arms)*
            #otherwise
        }
        #result
    }
}
