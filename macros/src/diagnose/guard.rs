//! What do the messages about a guard say?
//!
//! The part of the catalogue that only a guard needs. What it shares with a handler names either.

use proc_macro2::Span;

use super::Diagnostic;
use crate::span::Place;

pub(crate) fn guard_without_name(span: Span, example: &str) -> Diagnostic {
    Diagnostic::new(
        Place::token(span),
        "guard-without-name",
        "this guard does not say which type a handler asks for",
    )
    .help(format!("name it: `#[guard({example})]`"))
}

pub(crate) fn second_guard_name(span: Span) -> Diagnostic {
    Diagnostic::new(
        Place::token(span),
        "second-guard-name",
        "a guard has one name, and this is its second",
    )
    .help("keep one of the two")
}

pub(crate) fn guard_name_of_function(span: Span, example: &str) -> Diagnostic {
    Diagnostic::new(
        Place::token(span),
        "guard-name-of-function",
        "the guard's type cannot have the name of its function",
    )
    .help(format!("name it as a type: `#[guard({example})]`"))
}

pub(crate) fn duplicate_guard(place: Place) -> Diagnostic {
    Diagnostic::new(
        place,
        "duplicate-guard",
        "this function is under `#[guard]` twice",
    )
    .help("remove one of the two; a second guard can take this one as an argument")
}

pub(crate) fn handler_and_guard(place: Place) -> Diagnostic {
    Diagnostic::new(
        place,
        "handler-and-guard",
        "a function is a handler or a guard, not both",
    )
    .help("keep one of the two; a handler takes a guard as an argument: `_: Name`")
}

pub(crate) fn receiver_in_guard(place: Place) -> Diagnostic {
    Diagnostic::new(
        place,
        "receiver-in-guard",
        "a guard has no `self`: no object exists when a request arrives",
    )
    .help("make it a free function, and take shared data as `State(app): State<App>`")
}

pub(crate) fn path_parameter_in_guard(place: Place, name: &str) -> Diagnostic {
    Diagnostic::new(
        place,
        "path-parameter-in-guard",
        format!("a guard has no path parameters, so nothing fills {name}"),
    )
    .help("take it in the handler, and check it with a helper that returns `Result<_, Reply>`")
}

pub(crate) fn impl_trait_in_guard(place: Place) -> Diagnostic {
    Diagnostic::new(
        place,
        "impl-trait-in-guard",
        "the types of a guard need names",
    )
    .help("write the type, such as `State<Db>` for an argument")
}

pub(crate) fn borrow_in_guard(place: Place) -> Diagnostic {
    Diagnostic::new(
        place,
        "borrow-in-guard",
        "a guard can neither take nor yield what is borrowed",
    )
    .help("use an owned type, such as `String` for `&str`")
}
