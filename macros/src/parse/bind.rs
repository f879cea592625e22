//! Which argument of a routed handler gets what?
//!
//! An argument named in the pattern is a path parameter; the others are extractors, the last of
//! which may take the body.

use syn::visit::{self, Visit};
use syn::{Attribute, FnArg, Pat, PatType, Type};

use super::nearest::{distance, few};
use super::route::check_optional;
use super::{Function, PathParameter, Pattern, RouteOption};
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
    let typed: Vec<&PatType> = function
        .signature
        .inputs
        .iter()
        .filter_map(|input| match input {
            FnArg::Typed(argument) => Some(argument),
            // A receiver is reported by `check_signature`.
            FnArg::Receiver(_) => None,
        })
        .collect();
    let names: Vec<Option<String>> = typed.iter().map(|it| name_of(&it.pat)).collect();
    let bound: Vec<Option<usize>> = names
        .iter()
        .map(|name| position_of(name.as_deref()?, &parameters, &names))
        .collect();
    let is_free = |at: &usize| !bound.contains(&Some(*at));
    let mut free: Vec<usize> = (0..parameters.len()).filter(is_free).collect();
    let mut arguments = Vec::new();
    for ((argument, name), parameter) in typed.iter().zip(&names).zip(bound) {
        if let Some(place) = borrow(&argument.ty) {
            problems.push(diagnose::borrowed_argument_in_route(place));
        }
        match parameter.and_then(|at| parameters.get(at)) {
            Some(parameter) => check_optional(parameter, &argument.ty, problems),
            None => match meant(name.as_deref(), &argument.ty, &parameters, &free) {
                Some((at, parameter)) => {
                    free.retain(|free| *free != at);
                    let place = Place::of(&argument.pat);
                    problems.extend(place.map(|place| {
                        diagnose::argument_of_another_name(place, name.as_deref(), &parameter.name)
                    }));
                }
                None => check_extractor(argument, &parameters, problems),
            },
        }
        arguments.push(Argument {
            ty: &argument.ty,
            parameter,
        });
    }
    for PathParameter { name, .. } in free.into_iter().filter_map(|at| parameters.get(at)) {
        let has = |it: &&Pattern| it.parameters.contains(name);
        if let Some(pattern) = route.patterns.iter().find(has) {
            let span = pattern.literal.span();
            problems.push(diagnose::path_parameter_without_argument(span, name));
        }
    }
    Binding {
        route,
        parameters,
        arguments,
    }
}

/// The parameter of an argument's name: `id`, or `_id` as rustc advises for one that is not used.
fn position_of(
    name: &str,
    parameters: &[PathParameter],
    names: &[Option<String>],
) -> Option<usize> {
    let position = |name: &str| parameters.iter().position(|known| known.name == name);
    position(name).or_else(|| {
        let used = name.strip_prefix('_')?;
        let is_another = names.iter().flatten().any(|other| other == used);
        position(used).filter(|_| !is_another)
    })
}

/// The parameter that an argument without one is meant to take: its name differs by a slip, or in
/// its style, or it is `_` and there is but one parameter left.
fn meant<'a>(
    name: Option<&str>,
    ty: &Type,
    parameters: &'a [PathParameter],
    free: &[usize],
) -> Option<(usize, &'a PathParameter)> {
    if !may_be_parameter(ty) {
        return None;
    }
    let of = |at: &usize| Some((*at, parameters.get(*at)?));
    match (name, free) {
        (Some(name), _) => free
            .iter()
            .filter_map(of)
            .find(|(_, parameter)| is_similar(name, &parameter.name)),
        (None, [only]) if is_certain_parameter(ty) => of(only),
        (None, _) => None,
    }
}

/// `State<T>` and the like are extractors, whatever their names.
fn may_be_parameter(ty: &Type) -> bool {
    match ty {
        Type::Group(group) => may_be_parameter(&group.elem),
        Type::Path(path) => path
            .path
            .segments
            .last()
            .is_some_and(|last| last.arguments.is_none() || last.ident == "Option"),
        _ => false,
    }
}

/// Can this type be nothing else than that of a path parameter?
fn is_certain_parameter(ty: &Type) -> bool {
    matches!(ty, Type::Path(path) if is_primitive(&path.path))
}

/// `userId` and `user_id`, `idd` and `id`, `user_id` and `id`
fn is_similar(argument: &str, parameter: &str) -> bool {
    let plain = |name: &str| name.replace('_', "").to_lowercase();
    let (a, b) = (plain(argument), plain(parameter));
    let is_part = |whole: &str, part: &str| {
        let ends = |rest: &str| rest.ends_with('_');
        whole.strip_suffix(part).is_some_and(ends)
    };
    a == b
        || distance(&a, &b) <= few(&a).min(few(&b))
        || is_part(argument, parameter)
        || is_part(parameter, argument)
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
fn check_extractor(argument: &PatType, parameters: &[PathParameter], problems: &mut Diagnostics) {
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
            let place = Place::of(&argument.pat).unwrap_or(place);
            problems.push(match name_of(&argument.pat) {
                Some(name) => diagnose::argument_without_path_parameter(place, &name),
                None => {
                    let example = parameters.first().map(|parameter| &*parameter.name);
                    diagnose::argument_without_name(place, example.unwrap_or("id"))
                }
            });
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

/// Types of the language itself.
pub(super) const PRIMITIVES: [&str; 16] = [
    "bool", "char", "f32", "f64", "i8", "i16", "i32", "i64", "i128", "isize", "u8", "u16", "u32",
    "u64", "u128", "usize",
];

/// A type of the language itself; none of them is an extractor.
pub(super) fn is_primitive(path: &syn::Path) -> bool {
    PRIMITIVES.iter().any(|primitive| path.is_ident(primitive))
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
