//! Which argument of a routed handler gets what?
//!
//! An argument named in the pattern is a path parameter; the others are extractors, the last of
//! which may take the body.

use quote::ToTokens;
use syn::{Attribute, FnArg, Pat, Type};

use super::{Function, RouteOption};
use crate::diagnose::{self, Diagnostics};
use crate::span::Place;

/// The arguments of a routed handler, in order.
pub(crate) struct Binding<'a> {
    pub(crate) route: &'a RouteOption,
    pub(crate) arguments: Vec<Argument<'a>>,
}

/// One argument: its type and where its value comes from.
pub(crate) struct Argument<'a> {
    pub(crate) ty: &'a Type,
    /// Its `#[cfg(..)]`s: what fills the argument is there when the argument is.
    pub(crate) cfgs: Vec<&'a Attribute>,
    /// The number of its path parameter; `None` for an extractor.
    pub(crate) parameter: Option<usize>,
}

/// Joins the pattern's parameters with the arguments, by name.
pub(crate) fn bind<'a>(
    route: &'a RouteOption,
    function: &'a Function,
    problems: &mut Diagnostics,
) -> Binding<'a> {
    let parameters = &route.pattern.parameters;
    let mut taken = vec![false; parameters.len()];
    let mut arguments = Vec::new();
    for input in &function.signature.inputs {
        // A receiver is reported by `check_signature`.
        let FnArg::Typed(argument) = input else {
            continue;
        };
        let parameter = name_of(&argument.pat)
            .and_then(|name| parameters.iter().position(|known| *known == name));
        match parameter.and_then(|position| taken.get_mut(position)) {
            Some(taken) => *taken = true,
            None => check_extractor(&argument.ty, problems),
        }
        arguments.push(Argument {
            ty: &argument.ty,
            cfgs: cfgs(&argument.attrs),
            parameter,
        });
    }
    for (name, taken) in parameters.iter().zip(taken) {
        if !taken {
            let span = route.pattern.literal.span();
            problems.push(diagnose::path_parameter_without_argument(span, name));
        }
    }
    Binding { route, arguments }
}

/// The `#[cfg(..)]`s among some attributes.
pub(crate) fn cfgs(attributes: &[Attribute]) -> Vec<&Attribute> {
    attributes
        .iter()
        .filter(|attribute| attribute.path().is_ident("cfg"))
        .collect()
}

/// `id` in `id: u64` and `mut id: u64`.
fn name_of(pattern: &Pat) -> Option<String> {
    let Pat::Ident(pattern) = pattern else {
        return None;
    };
    Some(syn::ext::IdentExt::unraw(&pattern.ident).to_string())
}

fn check_extractor(ty: &Type, problems: &mut Diagnostics) {
    match ty {
        Type::ImplTrait(_) => {
            if let Some(place) = Place::of(ty) {
                problems.push(diagnose::impl_trait_in_route(place));
            }
        }
        Type::Path(path) if is_axum_path(&path.path) => {
            if let Some(place) = Place::of(&path.to_token_stream()) {
                problems.push(diagnose::path_extractor_in_route(place));
            }
        }
        _ => {}
    }
}

/// `Path<T>` in any spelling. A user's own extractor of that name has no parameters in angle
/// brackets, or is written with a path that does not end in `extract`.
fn is_axum_path(path: &syn::Path) -> bool {
    let mut segments = path.segments.iter().rev();
    let Some(last) = segments.next() else {
        return false;
    };
    let generic = matches!(last.arguments, syn::PathArguments::AngleBracketed(_));
    let module = segments.next();
    last.ident == "Path" && generic && module.is_none_or(|module| module.ident == "extract")
}
