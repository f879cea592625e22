//! What does a guard take, and what does it let through?
//!
//! Its arguments are extractors that only look at the head of a request, and its return type is
//! the value that the handler gets.

use proc_macro2::Ident;
use syn::{FnArg, PatType, ReturnType, Type};

use super::bind::{borrow, is_primitive, name_of};
use super::{Argument, Function, Options};
use crate::diagnose::{self, Diagnostics};
use crate::span::Place;

/// A guard: who it is, what it takes and what it yields.
pub(crate) struct Passage<'a> {
    /// The name of its type; `None` where that is reported.
    pub(crate) name: Option<&'a Ident>,
    pub(crate) arguments: Vec<Argument<'a>>,
    /// What `?` converts into, and a denial too.
    pub(crate) error: Option<&'a Type>,
    /// The value that lets a request through; `None` for `()`, or where it is reported.
    pub(crate) value: Option<&'a Type>,
    /// Nothing is wrong with the type of the value.
    pub(crate) is_typed: bool,
}

/// Reads and checks what is a guard's own. `problems` has what was wrong with its attribute.
pub(crate) fn passage<'a>(
    function: &'a Function,
    options: &'a Options,
    problems: &mut Diagnostics,
) -> Passage<'a> {
    let signature = &function.signature;
    match &options.name {
        // A name that could not be read is reported.
        None if problems.is_empty() => {
            let example = camel_case(&signature.ident.to_string());
            problems.push(diagnose::guard_without_name(
                signature.ident.span(),
                &example,
            ));
        }
        Some(name) if *name == signature.ident => {
            let example = camel_case(&name.to_string());
            problems.push(diagnose::guard_name_of_function(name.span(), &example));
        }
        _ => {}
    }
    let arguments = signature
        .inputs
        .iter()
        .filter_map(|input| match input {
            FnArg::Typed(argument) => Some(argument),
            // A receiver is reported by `check_signature`.
            FnArg::Receiver(_) => None,
        })
        .map(|argument| {
            check_argument(argument, problems);
            Argument {
                ty: &argument.ty,
                parameter: None,
            }
        })
        .collect();
    let declared = match &signature.output {
        ReturnType::Default => None,
        ReturnType::Type(_, ty) => Some(&**ty),
    };
    let is_typed = declared.is_none_or(|ty| check_owned(ty, problems));
    Passage {
        name: options
            .name
            .as_ref()
            .filter(|name| **name != signature.ident),
        arguments,
        error: options.error.as_ref(),
        value: declared.filter(|_| is_typed),
        is_typed,
    }
}

/// Reports an argument that is certainly no extractor of the request's head.
fn check_argument(argument: &PatType, problems: &mut Diagnostics) {
    let ty = &*argument.ty;
    let (true, Some(place)) = (check_owned(ty, problems), Place::of(ty)) else {
        return;
    };
    if let Type::Path(path) = ty
        && is_primitive(&path.path)
    {
        let name = name_of(&argument.pat).map(|name| format!("`{name}`"));
        let place = Place::of(&argument.pat).unwrap_or(place);
        let name = name.as_deref().unwrap_or("this argument");
        problems.push(diagnose::path_parameter_in_guard(place, name));
    }
}

/// Reports a type that cannot be that of an argument, or of a field.
fn check_owned(ty: &Type, problems: &mut Diagnostics) -> bool {
    if let (Type::ImplTrait(_), Some(place)) = (ty, Place::of(ty)) {
        problems.push(diagnose::impl_trait_in_guard(place));
        return false;
    }
    if let Some(place) = borrow(ty) {
        problems.push(diagnose::borrow_in_guard(place));
        return false;
    }
    true
}

/// `LoggedIn` for `logged_in`.
fn camel_case(name: &str) -> String {
    let words = name.trim_start_matches("r#").split('_');
    words
        .flat_map(|word| {
            let mut letters = word.chars();
            let first = letters.next().map(|first| first.to_ascii_uppercase());
            first.into_iter().chain(letters)
        })
        .collect()
}
