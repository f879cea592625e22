//! How does a request become a call of the handler?
//!
//! The arguments are taken in their order: what refuses the request first is the first argument that
//! cannot be had. A path parameter behind an extractor is parsed before all extractors, which may
//! change the request, but judged in its turn.

use proc_macro2::{Ident, Span, TokenStream};
use quote::{format_ident, quote, quote_spanned};
use syn::spanned::Spanned;
use syn::{GenericParam, Generics, Type};

use crate::parse::{Argument, Binding, Function, PathParameter};
use crate::span::{at, moved_to};

/// The names in the generated code, and the path parameters'. No user token can see a local; but a
/// type parameter has no such hygiene, and a local gives way to a constant of its name: so all of
/// them have names that nobody uses.
pub(super) struct Names<'a> {
    pub(super) binding: &'a Binding<'a>,
    pub(super) state_type: Ident,
    pub(super) marker: Ident,
    pub(super) request: Ident,
    pub(super) captures: Ident,
    pub(super) state: Ident,
    pub(super) parts: Ident,
    pub(super) body: Ident,
}

impl<'a> Names<'a> {
    pub(super) fn new(span: Span, binding: &'a Binding<'a>) -> Self {
        let name = |text| Ident::new(text, span);
        Names {
            binding,
            state_type: name("__State"),
            marker: name("__Marker"),
            request: name("__request"),
            captures: name("__captures"),
            state: name("__state"),
            parts: name("__parts"),
            body: name("__body"),
        }
    }
}

/// Gets the arguments and calls the handler. `last` is the position of the last extractor;
/// `respond` makes a response of the answer where the handler names its error type.
pub(super) fn call(
    function: &Function,
    arguments: &[Argument<'_>],
    last: Option<usize>,
    generics: &Generics,
    respond: Option<&TokenStream>,
    names: &Names<'_>,
    private: &TokenStream,
) -> TokenStream {
    let ident = &function.signature.ident;
    let span = at(ident.span());
    let Names {
        request,
        parts,
        body,
        ..
    } = names;
    let value = |position: usize| format_ident!("__argument_{position}", span = span);
    let first = arguments.iter().position(|it| it.parameter.is_none());
    let waits = |position: usize| {
        let is_parameter = arguments
            .get(position)
            .is_some_and(|it| it.parameter.is_some());
        is_parameter && first.is_some_and(|first| first < position)
    };
    let parsed = arguments
        .iter()
        .enumerate()
        .filter(|(position, _)| waits(*position));
    let parsed = parsed.map(|(position, argument)| {
        let value = value(position);
        let extracted = extracted(argument, false, names, private);
        quote_spanned!(at(argument.ty.span())=> let #value = #extracted;)
    });
    let steps = arguments.iter().enumerate().map(|(position, argument)| {
        let at = at(argument.ty.span());
        let value = value(position);
        let extracted = if waits(position) {
            quote_spanned!(at=> #value)
        } else {
            extracted(argument, Some(position) == last, names, private)
        };
        // Another extractor comes behind this one.
        let is_early = argument.parameter.is_none() && Some(position) < last;
        let asked = is_early.then(|| asked(argument.ty, "__stands_before_another", private));
        quote_spanned!(at=>
            #asked
            let #value = match #extracted {
                #private::Ok(__value) => __value,
                #private::Err(__rejection) => {
                    return #private::rejected(__rejection);
                }
            };
        )
    });
    let values = (0..arguments.len()).map(value);
    let turbofish = turbofish(generics);
    let awaited = function.signature.asyncness.is_some();
    let awaited = awaited.then(|| quote_spanned!(span=> .await));
    // Named before it is called: rustc would blame the call for what the type lacks.
    let (respond, function) = match respond {
        Some(respond) => (
            Some(quote_spanned!(span=> let __respond = #respond;)),
            quote_spanned!(span=> __respond),
        ),
        None => (
            None,
            quote_spanned!(span=> #private::IntoResponse::into_response),
        ),
    };
    // Only what takes the head of the request, and is not last, changes it: a crate may forbid
    // `unused_mut`.
    let takes_head = |(at, it): (usize, &Argument<'_>)| it.parameter.is_none() && Some(at) != last;
    let is_changed = arguments.iter().enumerate().any(takes_head);
    let mutable = is_changed.then(|| quote_spanned!(span=> mut));
    quote_spanned! {span=>
        let (#mutable #parts, #body) = #request.into_parts();
        #(#parsed)*
        #(#steps)*
        #respond
        // Not in the tail: what the future holds would be dropped at another time in edition 2024,
        // and rustc tells a user of 2021 so.
        return #function(#ident #turbofish (#(#values),*) #awaited);
    }
}

/// Asks the type of an extractor, by a method of the runtime's `Ask`, whether it may stand where it
/// does.
pub(super) fn asked(ty: &Type, method: &str, private: &TokenStream) -> TokenStream {
    // The user's own span: rustc then points at the type.
    let user = ty.span();
    let moved = moved_to(user, private);
    let method = Ident::new(method, user);
    let question = quote_spanned!(user=> (&&&#moved::Ask::<#ty>::NEW).#method(););
    quote_spanned!(at(user)=> {
        use #private::{AsksForState as _, ReadsHead as _, TakesBody as _};
        #question
    })
}

/// The value of one argument, or its rejection.
fn extracted(
    argument: &Argument<'_>,
    is_last: bool,
    names: &Names<'_>,
    private: &TokenStream,
) -> TokenStream {
    let Names {
        state_type,
        marker,
        state,
        parts,
        body,
        ..
    } = names;
    let ty = argument.ty;
    let at = at(ty.span());
    match argument.parameter {
        Some(parameter) => path_parameter(ty, parameter, names, private),
        None if is_last => quote_spanned!(at=>
            <#ty as #private::FromRequest<#state_type, #marker>>::from_request(
                #private::Request::from_parts(#parts, #body),
                &*#state,
            ).await
        ),
        None => quote_spanned!(at=>
            <#ty as #private::FromRequestParts<#state_type>>::from_request_parts(
                &mut #parts,
                &*#state,
            ).await
        ),
    }
}

/// The value of a path parameter, or its rejection.
fn path_parameter(
    ty: &Type,
    parameter: usize,
    names: &Names<'_>,
    private: &TokenStream,
) -> TokenStream {
    let Names {
        binding,
        captures,
        parts,
        ..
    } = names;
    let at = at(ty.span());
    let Some(PathParameter { name, positions }) = binding.parameters.get(parameter) else {
        return TokenStream::new();
    };
    // Where it is for each method and pattern: the captures know which of them it was.
    let requests = binding.route.requests.iter();
    let of_requests = requests.map(|(_, pattern)| positions.get(*pattern).copied().flatten());
    let of_requests: Vec<Option<usize>> = of_requests.collect();
    if of_requests.contains(&None) {
        let positions = of_requests.iter().map(|position| match position {
            Some(position) => quote_spanned!(at=> #private::Option::Some(#position)),
            None => quote_spanned!(at=> #private::Option::None),
        });
        return quote_spanned!(at=>
            #private::optional_path_parameter::<#ty>(
                &#parts, &#captures, &[#(#positions),*], #name,
            )
        );
    }
    let mut different = of_requests.iter().flatten().collect::<Vec<_>>();
    different.dedup();
    let position = match *different {
        [position] => quote_spanned!(at=> #position),
        _ => {
            let positions = of_requests.iter().flatten();
            quote_spanned!(at=> #captures.one_of(&[#(#positions),*]))
        }
    };
    quote_spanned!(at=>
        #private::path_parameter::<#ty>(&#parts, &#captures, #position, #name)
    )
}

pub(super) fn turbofish(generics: &Generics) -> Option<TokenStream> {
    let parameters: Vec<_> = generics
        .params
        .iter()
        .filter_map(|parameter| match parameter {
            GenericParam::Type(parameter) => Some(&parameter.ident),
            GenericParam::Const(parameter) => Some(&parameter.ident),
            GenericParam::Lifetime(_) => None,
        })
        .collect();
    (!parameters.is_empty()).then(|| quote!(::<#(#parameters),*>))
}
