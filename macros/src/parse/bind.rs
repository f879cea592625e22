//! Which argument of a routed handler gets what?
//!
//! An argument named in the pattern is a path parameter; the others are extractors, the last of
//! which may take the body.

use syn::visit::{self, Visit};
use syn::{Attribute, FnArg, Pat, PatType, Type};

use super::route::check_optional;
use super::{Function, PathParameter, RouteOption};
use crate::diagnose::{self, Diagnostics};
use crate::span::Place;

/// The arguments of a routed handler, in order.
pub(crate) struct Binding<'a> {
    pub(crate) route: &'a RouteOption,
    /// The path parameters of all patterns.
    pub(crate) parameters: Vec<PathParameter>,
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
    let parameters = route.parameters();
    let mut taken = vec![false; parameters.len()];
    let mut arguments = Vec::new();
    for input in &function.signature.inputs {
        // A receiver is reported by `check_signature`.
        let FnArg::Typed(argument) = input else {
            continue;
        };
        let parameter = name_of(&argument.pat)
            .and_then(|name| parameters.iter().position(|known| known.name == name));
        if let Some(place) = borrow(&argument.ty) {
            problems.push(diagnose::borrowed_argument_in_route(place));
        }
        match parameter.and_then(|at| Some((taken.get_mut(at)?, parameters.get(at)?))) {
            Some((taken, parameter)) => {
                *taken = true;
                check_optional(parameter, &argument.ty, problems);
            }
            None => check_extractor(argument, problems),
        }
        arguments.push(Argument {
            ty: &argument.ty,
            cfgs: cfgs(&argument.attrs),
            parameter,
        });
    }
    for (parameter, taken) in parameters.iter().zip(taken) {
        let name = &parameter.name;
        let pattern = route
            .patterns
            .iter()
            .find(|it| it.parameters.contains(name));
        if let (false, Some(pattern)) = (taken, pattern) {
            let span = pattern.literal.span();
            problems.push(diagnose::path_parameter_without_argument(span, name));
        }
    }
    check_order(&arguments, problems);
    Binding {
        route,
        parameters,
        arguments,
    }
}

/// The `#[cfg(..)]`s among some attributes.
pub(crate) fn cfgs(attributes: &[Attribute]) -> Vec<&Attribute> {
    attributes
        .iter()
        .filter(|attribute| attribute.path().is_ident("cfg"))
        .collect()
}

/// `id` in `id: u64` and `mut id: u64`.
pub(super) fn name_of(pattern: &Pat) -> Option<String> {
    let Pat::Ident(pattern) = pattern else {
        return None;
    };
    Some(syn::ext::IdentExt::unraw(&pattern.ident).to_string())
}

/// Reports an argument that is certainly no extractor.
fn check_extractor(argument: &PatType, problems: &mut Diagnostics) {
    let ty = &*argument.ty;
    let Some(place) = Place::of(ty) else {
        return;
    };
    match ty {
        Type::ImplTrait(_) => problems.push(diagnose::impl_trait_in_route(place)),
        Type::Path(path) if is_axum_path(&path.path) => {
            problems.push(diagnose::path_extractor_in_route(place));
        }
        Type::Path(path) if is_primitive(&path.path) => {
            let name = name_of(&argument.pat).unwrap_or_else(|| "name".to_owned());
            let place = Place::of(&argument.pat).unwrap_or(place);
            problems.push(diagnose::argument_without_path_parameter(place, &name));
        }
        _ => {}
    }
}

/// A borrow in a type, other than for `'static`.
pub(super) fn borrow(ty: &Type) -> Option<Place> {
    let mut borrow = Borrow::default();
    borrow.visit_type(ty);
    borrow.0
}

/// Finds a borrow in the type of an argument: `&str`, `Cow<'a, str>`.
#[derive(Default)]
struct Borrow(Option<Place>);

impl<'ast> Visit<'ast> for Borrow {
    fn visit_type_reference(&mut self, reference: &'ast syn::TypeReference) {
        if reference.lifetime.is_none() {
            self.0 = self.0.or(Place::of(reference));
        }
        visit::visit_type_reference(self, reference);
    }

    fn visit_lifetime(&mut self, lifetime: &'ast syn::Lifetime) {
        if lifetime.ident != "static" {
            self.0 = self.0.or(Some(Place::token(lifetime.span())));
        }
    }

    /// The arguments of `fn(&str)` are its own.
    fn visit_type_fn_ptr(&mut self, _: &'ast syn::TypeFnPtr) {}
}

/// A type of the language itself; none of them is an extractor.
pub(super) fn is_primitive(path: &syn::Path) -> bool {
    const PRIMITIVES: [&str; 16] = [
        "bool", "char", "f32", "f64", "i8", "i16", "i32", "i64", "i128", "isize", "u8", "u16",
        "u32", "u64", "u128", "usize",
    ];
    PRIMITIVES.iter().any(|primitive| path.is_ident(primitive))
}

/// Reports an argument that takes the body and is not the last.
fn check_order(arguments: &[Argument<'_>], problems: &mut Diagnostics) {
    // Which arguments are there is not known here.
    if arguments.iter().any(|argument| !argument.cfgs.is_empty()) {
        return;
    }
    let mut extractors = arguments
        .iter()
        .filter(|argument| argument.parameter.is_none());
    extractors.next_back();
    for argument in extractors {
        if let (Some(name), Some(place)) = (body_extractor(argument.ty), Place::of(argument.ty)) {
            problems.push(diagnose::body_extractor_not_last(place, &name));
        }
    }
}

/// The name of one of axum's extractors that take the body.
pub(super) fn body_extractor(ty: &Type) -> Option<String> {
    const NAMES: [&str; 6] = ["Bytes", "Form", "Json", "Multipart", "Request", "String"];
    let Type::Path(path) = ty else {
        return None;
    };
    let name = path.path.segments.last()?.ident.to_string();
    NAMES.contains(&name.as_str()).then_some(name)
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
