//! Which parts of a signature depend on the configuration?
//!
//! A generated `where` clause and a call can have no `#[cfg]`. So a function with a `#[cfg]` or
//! `#[cfg_attr]` on an argument or on a generic parameter becomes two, with and without it, of
//! which rustc keeps one; the attribute then sees what is left.

use proc_macro2::{TokenStream, TokenTree};
use syn::parse::Parser;
use syn::punctuated::Punctuated;
use syn::{Attribute, FnArg, GenericParam, Meta, Signature, Token};

use super::Function;

/// A function in two configurations.
pub(crate) struct Choice {
    pub(crate) predicate: TokenStream,
    /// What it is where the predicate holds.
    pub(crate) with: Function,
    /// What it is elsewhere.
    pub(crate) without: Function,
}

/// The first choice that a signature leaves to the configuration.
pub(crate) fn choice(function: &Function) -> Option<Choice> {
    let signature = &function.signature;
    let generics = (0..signature.generics.params.len()).map(Part::Generic);
    let inputs = (0..signature.inputs.len()).map(Part::Input);
    generics
        .chain(inputs)
        .find_map(|part| choice_of(part, function))
}

/// A part of a signature, by its position.
#[derive(Clone, Copy)]
enum Part {
    Generic(usize),
    Input(usize),
}

impl Part {
    fn attributes(self, signature: &mut Signature) -> Option<&mut Vec<Attribute>> {
        match self {
            Part::Generic(at) => match signature.generics.params.get_mut(at)? {
                GenericParam::Lifetime(parameter) => Some(&mut parameter.attrs),
                GenericParam::Type(parameter) => Some(&mut parameter.attrs),
                GenericParam::Const(parameter) => Some(&mut parameter.attrs),
            },
            Part::Input(at) => match signature.inputs.get_mut(at)? {
                FnArg::Receiver(receiver) => Some(&mut receiver.attrs),
                FnArg::Typed(argument) => Some(&mut argument.attrs),
            },
        }
    }

    fn remove(self, signature: &mut Signature) {
        match self {
            Part::Generic(at) => remove(&mut signature.generics.params, at),
            Part::Input(at) => remove(&mut signature.inputs, at),
        }
    }
}

fn choice_of(part: Part, function: &Function) -> Option<Choice> {
    let mut with = function.clone();
    let attributes = part.attributes(&mut with.signature)?;
    let at = attributes.iter().position(is_condition)?;
    let (predicate, more) = condition(&attributes.remove(at))?;
    let mut without = function.clone();
    match more {
        // `#[cfg(..)]`: the part is there or not.
        None => part.remove(&mut without.signature),
        // `#[cfg_attr(.., ..)]`: it has these attributes or not.
        Some(more) => {
            attributes.splice(at..at, more);
            part.attributes(&mut without.signature)?.remove(at);
        }
    }
    Some(Choice {
        predicate,
        with,
        without,
    })
}

fn is_condition(attribute: &Attribute) -> bool {
    attribute.path().is_ident("cfg") || attribute.path().is_ident("cfg_attr")
}

/// The predicate, and the attributes of a `#[cfg_attr]`.
fn condition(attribute: &Attribute) -> Option<(TokenStream, Option<Vec<Attribute>>)> {
    let Meta::List(list) = &attribute.meta else {
        return None;
    };
    if attribute.path().is_ident("cfg") {
        return Some((list.tokens.clone(), None));
    }
    let is_comma = |token: &TokenTree| matches!(token, TokenTree::Punct(it) if it.as_char() == ',');
    let mut tokens = list.tokens.clone().into_iter();
    let predicate = tokens.by_ref().take_while(|token| !is_comma(token));
    let predicate = predicate.collect();
    let metas = Punctuated::<Meta, Token![,]>::parse_terminated;
    let metas = metas.parse2(tokens.collect()).ok()?;
    let attributes = metas.into_iter().map(|meta| Attribute {
        meta,
        ..attribute.clone()
    });
    Some((predicate, Some(attributes.collect())))
}

fn remove<T: Clone, P: Clone>(list: &mut Punctuated<T, P>, at: usize) {
    let pairs = std::mem::take(list).into_pairs().enumerate();
    let kept = pairs.filter(|(position, _)| *position != at);
    *list = kept.map(|(_, pair)| pair).collect();
}
