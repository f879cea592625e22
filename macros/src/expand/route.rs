//! What makes a routed handler mountable?
//!
//! A type of the handler's name that implements the runtime's `Route`: which requests it answers,
//! and how to get the arguments from one.

use proc_macro2::{Ident, Literal, TokenStream};
use quote::{quote, quote_spanned};
use syn::spanned::Spanned;
use syn::visit_mut::VisitMut;
use syn::{GenericParam, Generics, Lifetime, Type, WherePredicate};

use super::body::braced;
use super::call::{Names, call};
use super::link;
use super::shared::shared;
use crate::parse::{Binding, Function, OnDisconnect, Options, Quantity, RouteOption, Settings};
use crate::span::{LineColumn, at, line_and_column, moved_to};

/// The type and its implementation of `Route`.
pub(crate) fn route(
    function: &Function,
    options: &Options,
    binding: &Binding<'_>,
    sends: &[LineColumn],
    runtime: &TokenStream,
) -> TokenStream {
    let shared = shared(&function.attributes);
    let generics = type_generics(&function.signature.generics);
    let implementation = implementation(function, options, binding, &generics, runtime);
    let ty = route_type(function, &generics, runtime);
    let mut settings = settings(&options.settings, runtime);
    settings.extend(asks_for_peer(function, binding, runtime));
    let info = info(
        function,
        &generics,
        Some(binding.route),
        sends,
        &settings,
        runtime,
    );
    let link = link::link(function, binding, &generics, runtime);
    quote!(#ty #info #link #shared #implementation)
}

/// Whether an argument may look at who the client is: a request that nobody asks for it is not told,
/// which costs something. What is not known by name may; what is, is asked for its type.
fn asks_for_peer(
    function: &Function,
    binding: &Binding<'_>,
    runtime: &TokenStream,
) -> Option<TokenStream> {
    let extractors = binding.arguments.iter().filter(|it| it.parameter.is_none());
    let types: Vec<&Type> = extractors.map(|argument| argument.ty).collect();
    if !types.iter().all(|ty| has_known_name(ty)) {
        return None;
    }
    let span = at(function.signature.ident.span());
    let private = quote_spanned!(span=> #runtime::__private);
    if types.is_empty() {
        return Some(quote_spanned!(span=> .asks_for_peer(false)));
    }
    Some(quote_spanned!(span=> .asks_for_peer({
        use #private::MayLook as _;
        #(#private::LooksAt::<#types>::PEER)||*
    })))
}

fn has_known_name(ty: &Type) -> bool {
    let Type::Path(path) = ty else { return false };
    let known = [
        "Bytes",
        "Form",
        "HeaderMap",
        "Json",
        "Method",
        "Query",
        "State",
        "String",
        "Uri",
    ];
    let last = path.path.segments.last();
    last.is_some_and(|last| known.iter().any(|name| last.ident == name))
}

/// What is known of the route whatever the app.
fn info(
    function: &Function,
    generics: &Generics,
    route: Option<&RouteOption>,
    sends: &[LineColumn],
    settings: &TokenStream,
    runtime: &TokenStream,
) -> TokenStream {
    let name = &function.signature.ident;
    let line = line_and_column(name.span()).line;
    let span = at(name.span());
    let private = quote_spanned!(span=> #runtime::__private);
    let shared = shared(&function.attributes);
    let (impl_generics, type_generics, where_clause) = generics.split_for_impl();
    let text = name.to_string();
    let requests = route.into_iter().flat_map(|route| {
        let request = |(method, at): &(String, usize)| {
            let pattern = &route.patterns.get(*at)?.literal;
            Some(quote_spanned!(span=> (#method, #pattern)))
        };
        route.requests.iter().filter_map(request)
    });
    let places = sends
        .iter()
        .map(|LineColumn { line, column }| quote!((#line, #column)));
    quote_spanned! {span=>
        #shared
        impl #impl_generics #private::Routed for #name #type_generics #where_clause {
            const INFO: #private::RouteInfo = #private::RouteInfo {
                requests: &[#(#requests),*],
                handler: #private::concat!(#private::module_path!(), "::", #text),
            };
            const SENDS: #private::SendSites = #private::SendSites {
                file: #private::file!(),
                places: &[#(#places),*],
            };
            const SETTINGS: #private::Settings =
                #private::Settings::at(#private::file!(), #line)#settings;
        }
    }
}

/// A method call for each option that is given.
fn settings(settings: &Settings, runtime: &TokenStream) -> TokenStream {
    let timeout = settings.timeout.as_ref().map(|timeout| match timeout {
        Quantity::Literal(milliseconds, span) => {
            let span = at(*span);
            let duration = quote_spanned!(span=> #runtime::__private::Duration::from_millis);
            quote_spanned!(span=> .timeout(#duration(#milliseconds)))
        }
        Quantity::Constant(path) => quote_spanned!(at(path.span())=> .timeout(#path)),
    });
    let body_limit = settings.body_limit.as_ref().map(|limit| match limit {
        Quantity::Literal(bytes, span) => {
            // Without a suffix: what is too large for a `usize` is for rustc to say.
            let mut bytes = Literal::u64_unsuffixed(*bytes);
            bytes.set_span(*span);
            quote_spanned!(at(*span)=> .body_limit(#bytes))
        }
        Quantity::Constant(path) => quote_spanned!(at(path.span())=> .body_limit(#path)),
    });
    let on_disconnect = match settings.on_disconnect {
        Some(OnDisconnect::Cancel) => Some(quote!(.cancel_on_disconnect())),
        Some(OnDisconnect::Finish) | None => None,
    };
    quote!(#timeout #body_limit #on_disconnect)
}

/// The type, and a `Route` for any app: a mistake is on record, so it only has to be there.
pub(crate) fn stub(function: &Function, runtime: &TokenStream) -> TokenStream {
    let name = &function.signature.ident;
    let span = at(name.span());
    let private = quote_spanned!(span=> #runtime::__private);
    let shared = shared(&function.attributes);
    let generics = type_generics(&function.signature.generics);
    let ty = route_type(function, &generics, runtime);
    let parameters = &generics.params;
    let comma = (!parameters.is_empty()).then(|| quote!(,));
    let (_, type_generics, where_clause) = generics.split_for_impl();
    // It answers nothing, so it conflicts with no other.
    let info = info(function, &generics, None, &[], &TokenStream::new(), runtime);
    quote_spanned! {span=>
        #ty
        #info
        #shared
        impl<#parameters #comma __State: #private::State> #private::Route<__State, ()>
            for #name #type_generics #where_clause
        {
            fn call(
                _: #private::Request,
                _: #private::Captures,
                _: #private::Arc<__State>,
            ) -> impl #private::Future<Output = #private::Response> + #private::Send + 'static {
                async { #private::refused() }
            }
        }
    }
}

/// The type that carries the handler's name.
fn route_type(function: &Function, generics: &Generics, runtime: &TokenStream) -> TokenStream {
    let visibility = &function.visibility;
    let name = &function.signature.ident;
    let span = at(name.span());
    // Not a token of the user's: what lints say of names and of use, they say of the function.
    let mut type_name = name.clone();
    type_name.set_span(span);
    let shared = shared(&function.attributes);
    let (impl_generics, _, where_clause) = generics.split_for_impl();
    let private = quote_spanned!(span=> #runtime::__private);
    let parameters = generics.type_params().map(|parameter| &parameter.ident);
    // In a tuple alone, a type would have to have a size.
    let parameters = parameters.map(|name| quote!(#private::PhantomData<#name>));
    // Braces, not parentheses: a unit or tuple struct would claim the function's name as a value.
    quote_spanned! {span=>
        #shared
        #[doc(hidden)]
        #visibility struct #type_name #impl_generics #where_clause {
            never: #private::Never<(#(#parameters,)*)>,
        }
    }
}

/// The type parameters. Lifetimes say nothing about a route or a guard, whose futures outlive every
/// borrow: what a bound asks of one, it asks of `'static`.
pub(super) fn type_generics(generics: &Generics) -> Generics {
    let names: Vec<Ident> = generics
        .lifetimes()
        .map(|parameter| parameter.lifetime.ident.clone())
        .collect();
    let mut generics = generics.clone();
    generics.params = generics
        .params
        .into_iter()
        .filter(|parameter| !matches!(parameter, GenericParam::Lifetime(_)))
        .collect();
    if names.is_empty() {
        return generics;
    }
    let mut outlive = Outlive(names);
    outlive.visit_generics_mut(&mut generics);
    if let Some(clause) = &mut generics.where_clause {
        let predicates = std::mem::take(&mut clause.predicates).into_iter();
        let of_types = |it: &WherePredicate| !matches!(it, WherePredicate::Lifetime(_));
        clause.predicates = predicates.filter(of_types).collect();
    }
    generics
}

/// Writes `'static` for the lifetimes of these names.
struct Outlive(Vec<Ident>);

impl VisitMut for Outlive {
    fn visit_lifetime_mut(&mut self, lifetime: &mut Lifetime) {
        if self.0.contains(&lifetime.ident) {
            lifetime.ident = Ident::new("static", lifetime.ident.span());
        }
    }
}

fn implementation(
    function: &Function,
    options: &Options,
    binding: &Binding<'_>,
    generics: &Generics,
    runtime: &TokenStream,
) -> TokenStream {
    let name = &function.signature.ident;
    let span = at(name.span());
    let private = quote_spanned!(span=> #runtime::__private);
    let names = Names::new(span, binding);
    let Names {
        state_type, marker, ..
    } = &names;
    let arguments = &binding.arguments;

    // The last extractor may take the body; which of axum's two traits it is, the marker tells.
    let last = arguments
        .iter()
        .rposition(|argument| argument.parameter.is_none());
    let (marker_parameter, marker_type) = match last {
        Some(_) => (Some(quote!(, #marker: 'static)), quote!(#marker)),
        None => (None, quote!(())),
    };
    let parameters = &generics.params;
    let comma = (!parameters.is_empty()).then(|| quote!(,));
    let (_, type_generics, _) = generics.split_for_impl();
    let predicates = generics
        .where_clause
        .as_ref()
        .map(|clause| &clause.predicates);
    let bounds = arguments.iter().enumerate().map(|(position, argument)| {
        let ty = argument.ty;
        let user = ty.span();
        if argument.parameter.is_some() {
            // The call asks for it, at the argument; a bound would ask again at `routes!`.
            TokenStream::new()
        } else if Some(position) == last {
            quote_spanned!(user=> #ty: #runtime::__private::LastArgument<#state_type, #marker>,)
        } else {
            quote_spanned!(user=> #ty: #runtime::__private::Argument<#state_type>,)
        }
    });
    // The user's own span: rustc then points at the type that is no response.
    let respond = options.error.as_ref().map(|error| {
        let runtime = moved_to(error.span(), runtime);
        quote_spanned!(error.span()=> #runtime::__private::respond_to_answer::<#error>)
    });
    let respond = respond.as_ref();
    let call = call(
        function, arguments, last, generics, respond, &names, &private,
    );
    let Names {
        request,
        captures,
        state,
        ..
    } = &names;
    // rustc points at the implementation and at the future in notes about what they lack. These
    // tokens have the user's own spans, so that a note is about the handler, not the attribute.
    let user = name.span();
    let runtime = &moved_to(user, runtime);
    let implement = quote_spanned!(user=> impl);
    let route = quote_spanned! {user=>
        #runtime::__private::Route<#state_type, #marker_type> for
    };
    let future = {
        let call = braced(user, call);
        quote_spanned!(user=> async move #call)
    };
    let promise = quote_spanned! {user=>
        impl #runtime::__private::Future<Output = #runtime::__private::Response>
            + #runtime::__private::Send + 'static
    };
    let members = braced(
        user,
        quote_spanned! {span=>
            fn call(
                #request: #private::Request,
                #captures: #private::Captures,
                #state: #private::Arc<#state_type>,
            ) -> #promise {
                #future
            }
        },
    );
    quote_spanned! {span=>
        #implement<#parameters #comma #state_type #marker_parameter>
            #route #name #type_generics
        where
            #state_type: #private::State,
            #(#bounds)*
            #predicates
        #members
    }
}
