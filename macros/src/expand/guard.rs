//! What makes a guard an extractor?
//!
//! A type of the name in the attribute, which holds the guard's value and implements axum-core's
//! `FromRequestParts`: it gets the arguments from the request's head and calls the function.
//! `OptionalFromRequestParts` beside it makes `Option<Name>` an argument too.

use proc_macro2::{Ident, TokenStream};
use quote::{format_ident, quote, quote_spanned};
use syn::spanned::Spanned;
use syn::{Attribute, Generics, Type, Visibility};

use super::body::braced;
use super::call::{asked, turbofish};
use super::route::type_generics;
use super::shared::shared;
use super::signature;
use crate::parse::{Argument, Function, Passage};
use crate::span::{at, moved_to};

/// The type and what it implements.
pub(super) fn guard(
    function: &Function,
    passage: &Passage<'_>,
    runtime: &TokenStream,
) -> Option<TokenStream> {
    let guard = Guard::new(function, passage, runtime)?;
    let ty = guard.definition(passage);
    let extractor = guard.extractor(function, &passage.arguments);
    let optional = guard.optional();
    Some(quote!(#ty #extractor #optional))
}

/// The type, as an extractor of any state: a mistake is on record, so it only has to be there.
pub(super) fn stub(
    function: &Function,
    passage: &Passage<'_>,
    runtime: &TokenStream,
) -> Option<TokenStream> {
    let guard = Guard::new(function, passage, runtime)?;
    let ty = guard.definition(passage);
    let private = &guard.private;
    let refused = quote!(#private::refused());
    let extractor = guard.implementation(&[], &refused);
    let optional = guard.optional();
    Some(quote!(#ty #extractor #optional))
}

/// What all parts of the expansion need to know.
struct Guard<'a> {
    name: &'a Ident,
    function: &'a Function,
    generics: Generics,
    shared: TokenStream,
    error: Option<&'a Type>,
    runtime: &'a TokenStream,
    private: TokenStream,
    state: Ident,
}

impl<'a> Guard<'a> {
    /// `None` for a guard without a name, which is reported.
    fn new(
        function: &'a Function,
        passage: &Passage<'a>,
        runtime: &'a TokenStream,
    ) -> Option<Self> {
        let span = at(function.signature.ident.span());
        Some(Guard {
            name: passage.name?,
            function,
            generics: type_generics(&function.signature.generics),
            shared: shared(&function.attributes),
            error: passage.error,
            runtime,
            private: quote_spanned!(span=> #runtime::__private),
            // A type parameter has no hygiene: a name that nobody uses.
            state: Ident::new("__State", span),
        })
    }

    /// The struct. Where it says too much (a private type) or too little (no documentation) the
    /// function has said so already.
    fn definition(&self, passage: &Passage<'_>) -> TokenStream {
        let Guard {
            name,
            function,
            generics,
            shared,
            private,
            ..
        } = self;
        let span = at(name.span());
        let visibility = &function.visibility;
        let told = function
            .attributes
            .iter()
            .filter(|attribute| is_for_the_type(attribute));
        let is_documented = told
            .clone()
            .any(|attribute| attribute.path().is_ident("doc"));
        let documented = (!is_documented).then(|| {
            let text = format!(
                "What the guard `{}` lets through.",
                function.signature.ident
            );
            quote_spanned!(span=> #[doc = #text])
        });
        let value = self.field(passage);
        let (impl_generics, type_generics, where_clause) = generics.split_for_impl();
        let text = name.to_string();
        let fields = quote_spanned! {span=>
            #visibility #value
        };
        // The user's own span: rustc points here where the guard is no extractor of some state.
        let structure = quote_spanned! {name.span()=>
            struct #name #impl_generics ( #fields ) #where_clause ;
        };
        // Handlers take it apart, and that it could be copied is no promise.
        let is_public = !matches!(visibility, Visibility::Inherited);
        let allowed =
            is_public.then(|| quote_spanned!(span=> #[allow(missing_copy_implementations, clippy::exhaustive_structs)]));
        quote_spanned! {span=>
            #shared
            #(#told)*
            #allowed
            #documented
            #visibility #structure
            // Without the value, which may be a secret: arguments end up in logs.
            #shared
            impl #impl_generics #private::fmt::Debug for #name #type_generics #where_clause {
                fn fmt(
                    &self,
                    __formatter: &mut #private::fmt::Formatter<'_>,
                ) -> #private::fmt::Result {
                    let _ = &self.0;
                    __formatter.debug_tuple(#text).finish_non_exhaustive()
                }
            }
        }
    }

    /// The type of the field: that of the value. A type parameter that the value does not mention
    /// is mentioned in a projection to it, so that the guard needs no `PhantomData` beside it.
    fn field(&self, passage: &Passage<'_>) -> TokenStream {
        let private = &self.private;
        let value = signature::value(passage, self.private.span());
        let parameters: Vec<&Ident> = self
            .generics
            .type_params()
            .map(|parameter| &parameter.ident)
            .collect();
        let mentioned = |parameter: &&Ident| mentions(value.clone(), parameter);
        if parameters.iter().all(mentioned) {
            return value;
        }
        quote!(#private::ValueOf<(#(#private::PhantomData<#parameters>,)*), #value>)
    }

    fn extractor(&self, function: &Function, arguments: &[Argument<'_>]) -> TokenStream {
        let Guard {
            name,
            generics,
            private,
            state,
            ..
        } = self;
        let ident = &function.signature.ident;
        let span = at(ident.span());
        let value = |position: usize| format_ident!("__argument_{position}", span = span);
        let steps = arguments.iter().enumerate();
        let steps = steps.map(|(position, argument)| {
            let ty = argument.ty;
            let value = value(position);
            let asked = asked(ty, "__stands_in_a_guard", private);
            quote_spanned!(at(ty.span())=>
                #asked
                let #value =
                    #private::guard_argument::<#ty, #state>(__parts, __state).await?;
            )
        });
        let values = (0..arguments.len()).map(value);
        let turbofish = turbofish(generics);
        let error = error_named(self.error);
        let awaited = function.signature.asyncness.is_some();
        let awaited = awaited.then(|| quote_spanned!(span=> .await));
        let memory = memory(name, private);
        let body = quote_spanned!(span=>
            use #private::{Forgets as _, Remembers as _};
            if let #private::Option::Some(__known) =
                #memory.__recall(__parts, #private::address(__state))
            {
                return __known;
            }
            #(#steps)*
            let __decision = #private::passed #error (#ident #turbofish (#(#values),*) #awaited);
            #memory.__keep(__parts, #private::address(__state), &__decision);
            return __decision.map(#name);
        );
        self.implementation(arguments, &body)
    }

    /// `FromRequestParts`, with a body of its method.
    fn implementation(&self, arguments: &[Argument<'_>], body: &TokenStream) -> TokenStream {
        let Guard {
            name,
            function,
            generics,
            shared,
            runtime,
            private,
            state,
            ..
        } = self;
        let bounds = arguments.iter().map(|argument| {
            let ty = argument.ty;
            quote_spanned!(ty.span()=> #ty: #runtime::__private::GuardArgument<#state>,)
        });
        let parameters = &generics.params;
        let lasting = self.lasting();
        let comma = (!parameters.is_empty()).then(|| quote!(,));
        let (_, type_generics, _) = generics.split_for_impl();
        let predicates = generics.where_clause.as_ref();
        let predicates = predicates.map(|clause| &clause.predicates);
        // Notes about what the implementation or the future lack are about the function.
        let user = function.signature.ident.span();
        let span = at(user);
        let implement = quote_spanned!(user=> impl);
        let user_runtime = &moved_to(user, runtime);
        let promise = quote_spanned! {user=>
            impl #user_runtime::__private::Future<
                Output = #user_runtime::__private::Result<Self, Self::Rejection>
            > + #user_runtime::__private::Send
        };
        let future = {
            let body = braced(user, body.clone());
            quote_spanned!(user=> async move #body)
        };
        quote_spanned! {span=>
            #shared
            #implement<#parameters #comma #state> #private::FromRequestParts<#state>
                for #name #type_generics
            where
                #state: #private::Send + #private::Sync,
                #(#bounds)*
                #lasting
                #predicates
            {
                type Rejection = #private::Reply;
                fn from_request_parts(
                    __parts: &mut #private::Parts,
                    __state: &#state,
                ) -> #promise {
                    #future
                }
            }
        }
    }

    /// What the request remembers lasts as long as it: so must the type parameters. rustc cannot ask
    /// a type whether it does.
    fn lasting(&self) -> TokenStream {
        let parameters = self.generics.type_params().map(|it| &it.ident);
        quote_spanned!(self.private.span()=> #(#parameters: 'static,)*)
    }

    /// `OptionalFromRequestParts`, which axum-core asks for `Option<Name>`.
    fn optional(&self) -> TokenStream {
        let Guard {
            name,
            generics,
            shared,
            private,
            state,
            ..
        } = self;
        let span = at(self.function.signature.ident.span());
        let memory = memory(name, private);
        let lasting = self.lasting();
        let parameters = &generics.params;
        let comma = (!parameters.is_empty()).then(|| quote!(,));
        let (_, type_generics, _) = generics.split_for_impl();
        let predicates = generics.where_clause.as_ref();
        let predicates = predicates.map(|clause| &clause.predicates);
        quote_spanned! {span=>
            #shared
            impl<#parameters #comma #state> #private::OptionalFromRequestParts<#state>
                for #name #type_generics
            where
                #state: #private::Send + #private::Sync,
                Self: #private::FromRequestParts<#state, Rejection = #private::Reply>,
                #lasting
                #predicates
            {
                type Rejection = #private::Reply;
                fn from_request_parts(
                    __parts: &mut #private::Parts,
                    __state: &#state,
                ) -> impl #private::Future<
                    Output = #private::Result<#private::Option<Self>, Self::Rejection>
                > + #private::Send {
                    async move {
                        use #private::{Forgets as _, Remembers as _};
                        if #memory.__has_denied(__parts, #private::address(__state)) {
                            return #private::Ok(#private::Option::None);
                        }
                        let __decision = <Self as #private::FromRequestParts<#state>>
                            ::from_request_parts(__parts, __state).await;
                        match __decision {
                            #private::Ok(__guard) => {
                                #private::Ok(#private::Option::Some(__guard))
                            }
                            #private::Err(__reply) if #private::is_denial(&__reply) => {
                                #memory.__deny(__parts, #private::address(__state), __reply);
                                #private::Ok(#private::Option::None)
                            }
                            #private::Err(__reply) => #private::Err(__reply),
                        }
                    }
                }
            }
        }
    }
}

/// `::<_, Error>`: where the option's type is at fault, rustc points at what is written there.
pub(super) fn error_named(error: Option<&Type>) -> Option<TokenStream> {
    error.map(|error| quote_spanned!(at(error.span())=> ::<_, #error>))
}

/// What the request remembers of the guard.
fn memory(name: &Ident, private: &TokenStream) -> TokenStream {
    quote_spanned!(at(name.span())=> (&#private::Memory::<Self, _>::of(#name)))
}

/// What is said of the function and holds for the type.
fn is_for_the_type(attribute: &Attribute) -> bool {
    ["deprecated", "doc"]
        .iter()
        .any(|name| attribute.path().is_ident(name))
}

/// Is there this name among the tokens?
fn mentions(tokens: TokenStream, name: &Ident) -> bool {
    use proc_macro2::TokenTree;
    tokens.into_iter().any(|token| match token {
        TokenTree::Ident(found) => found == *name,
        TokenTree::Group(group) => mentions(group.stream(), name),
        _ => false,
    })
}
