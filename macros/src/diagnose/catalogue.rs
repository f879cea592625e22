//! What do the messages say?
//!
//! Every text of the macro crate, one constructor per slug. Headline: what is, lowercase, no full
//! stop, under 80 characters. Help: what to do, imperative, valid Rust. Note: a reason that is
//! not obvious.

use proc_macro2::Span;

use super::Diagnostic;
use crate::parse::Kind;
use crate::span::Place;

// The item and its signature.

pub(crate) fn not_a_function(kind: Kind, place: Place) -> Diagnostic {
    Diagnostic::new(
        place,
        "not-a-function",
        format!("`#[{}]` belongs on a function", kind.word()),
    )
    .help(match kind {
        Kind::Handler => "write `#[handler] async fn name(..) { .. send!(..); }`",
        Kind::Guard => "write `#[guard(Name)] async fn name(..) -> Value { .. }`",
    })
}

pub(crate) fn explicit_return_type(place: Place) -> Diagnostic {
    Diagnostic::new(
        place,
        "explicit-return-type",
        "a handler has no return type of its own",
    )
    .help("remove the `-> ..`; what the client gets is what `send!(..)` sends")
}

pub(crate) fn unsupported_qualifier(kind: Kind, place: Place, qualifier: &str) -> Diagnostic {
    Diagnostic::new(
        place,
        "unsupported-qualifier",
        format!("a {} cannot be {qualifier}", kind.word()),
    )
    .help("write a plain `async fn` or `fn`")
}

pub(crate) fn receiver_in_route(place: Place) -> Diagnostic {
    Diagnostic::new(
        place,
        "receiver-in-route",
        "a routed handler has no `self`: no object exists when a request arrives",
    )
    .help("take shared data as `State(app): State<App>`, or use plain `#[handler]`")
}

pub(crate) fn unrouted_handler(place: Place, name: &str, is_handler: bool) -> Diagnostic {
    let help = match is_handler {
        true => format!(
            "write `#[handler(GET \"/path\")]` on it; without a route it can be `.fallback({name})`"
        ),
        false => "put `#[handler(GET \"/path\")]` on the function".to_owned(),
    };
    Diagnostic::new(
        place,
        "unrouted-handler",
        format!("`{name}` says of no request that it answers it"),
    )
    .help(help)
}

pub(crate) fn route_in_impl(span: Span) -> Diagnostic {
    Diagnostic::new(
        Place::token(span),
        "route-in-impl",
        "a routed handler is no method: a route is a type, and an `impl` can hold none",
    )
    .help("move the function out of the `impl`, or use plain `#[handler]`")
}

pub(crate) fn duplicate_handler(place: Place) -> Diagnostic {
    Diagnostic::new(
        place,
        "duplicate-handler",
        "this function is under `#[handler]` twice",
    )
    .help("remove one of the two; write a second function for a second route")
}

pub(crate) fn instrument_above_handler(kind: Kind, span: Span) -> Diagnostic {
    let attribute = kind.word();
    Diagnostic::new(
        Place::token(span),
        "instrument-above-handler",
        format!("`#[instrument]` stands above `#[{attribute}]` and has rewritten the body"),
    )
    .help(format!(
        "put `#[{attribute}]` first and `#[instrument]` below it"
    ))
}

pub(crate) fn attribute_above_handler(kind: Kind, span: Span, above: &str) -> Diagnostic {
    let attribute = kind.word();
    let diagnostic = Diagnostic::new(
        Place::token(span),
        "attribute-above-handler",
        format!("`{above}` stands above `#[{attribute}]` and has rewritten the body"),
    );
    if above.ends_with("async_trait]") {
        return diagnostic.help(format!(
            "remove `{above}`: a trait can have an `async fn` as it is"
        ));
    }
    diagnostic.help(format!("put `#[{attribute}]` first and `{above}` below it"))
}

pub(crate) fn name_of_a_type(span: Span, name: &str) -> Diagnostic {
    Diagnostic::new(
        Place::token(span),
        "name-of-a-type",
        format!("a route named `{name}` takes the place of the type `{name}`"),
    )
    .help(format!("name it otherwise, such as `show_{name}`"))
}

pub(crate) fn name_of_a_module(span: Span, name: &str) -> Diagnostic {
    Diagnostic::new(
        Place::token(span),
        "name-of-a-module",
        format!("a route is a type of its handler's name, and `mod {name}` has that name"),
    )
    .help("name one of the two otherwise, or move the handler into the module")
}

// The attribute.

pub(crate) fn renamed_crate(kind: Kind, span: Span, name: &str) -> Diagnostic {
    let attribute = kind.word();
    Diagnostic::new(
        Place::token(span),
        "renamed-crate",
        format!("`#[{attribute}]` looks for the crate `sendoff`, which is called `{name}` here"),
    )
    .help(format!("add the option `crate = {name}`"))
}

pub(crate) fn unknown_option(
    kind: Kind,
    span: Span,
    name: &str,
    nearest: Option<&str>,
) -> Diagnostic {
    let help = match nearest {
        Some(nearest) => format!("write `{nearest}`"),
        // The state is the app's, and an argument of who needs it.
        None if name == "state" => "take it as an argument: `State(state): State<T>`".to_owned(),
        None => format!("the options are {}", options_of(kind)),
    };
    Diagnostic::new(
        Place::token(span),
        "unknown-option",
        format!("`#[{}]` has no option `{name}`", kind.word()),
    )
    .help(help)
}

fn options_of(kind: Kind) -> &'static str {
    match kind {
        Kind::Handler => "`timeout`, `body_limit`, `on_disconnect`, `error` and `crate`",
        Kind::Guard => "`error = Type` and `crate = path`",
    }
}

pub(crate) fn option_without_route(kind: Kind, span: Span, name: &str) -> Diagnostic {
    let (headline, help) = match kind {
        Kind::Handler => (
            format!("`{name}` needs a route: another host runs a plain handler"),
            "add `METHOD \"/path\"`, or leave it to that host, such as a layer of its router",
        ),
        Kind::Guard => (
            format!("`{name}` belongs to a route, and a guard has none"),
            "move it to the handlers that take the guard",
        ),
    };
    Diagnostic::new(Place::token(span), "option-without-route", headline).help(help)
}

pub(crate) fn invalid_option_value(
    place: Place,
    headline: String,
    help: impl Into<String>,
) -> Diagnostic {
    Diagnostic::new(place, "invalid-option-value", headline).help(help)
}

pub(crate) fn duplicate_option(span: Span, name: &str) -> Diagnostic {
    Diagnostic::new(
        Place::token(span),
        "duplicate-option",
        format!("the option `{name}` is given twice"),
    )
    .help("keep one of the two")
}

pub(crate) fn malformed_option(kind: Kind, place: Place, expected: &str) -> Diagnostic {
    Diagnostic::new(
        place,
        "malformed-option",
        format!("this is no option of `#[{}]`", kind.word()),
    )
    .help(format!("write {expected}"))
}

pub(crate) fn missing_comma(span: Span, name: &str, line: &str) -> Diagnostic {
    Diagnostic::new(
        Place::token(span),
        "missing-comma",
        format!("no comma stands before `{name}`"),
    )
    .help(format!("write `{line}`"))
}

pub(crate) fn malformed_route(place: Place, headline: &str, line: &str) -> Diagnostic {
    Diagnostic::new(place, "malformed-route", headline).help(format!("write `{line}`"))
}

pub(crate) fn invalid_method(span: Span, method: &str, nearest: Option<&str>) -> Diagnostic {
    let help = nearest.map_or_else(
        || {
            "use GET, POST, PUT, PATCH, DELETE, HEAD, OPTIONS, CONNECT or TRACE, or a string for \
             another"
                .to_owned()
        },
        |nearest| format!("write `{nearest}`"),
    );
    Diagnostic::new(
        Place::token(span),
        "invalid-method",
        format!("`{method}` is no HTTP method"),
    )
    .help(help)
}

pub(crate) fn method_is_no_token(span: Span, method: &str) -> Diagnostic {
    Diagnostic::new(
        Place::token(span),
        "invalid-method",
        format!("`{method}` is no HTTP method"),
    )
    .help("write a token of letters, digits and `!#$%&'*+-.^_`|~`, such as `\"PURGE\"`")
}

pub(crate) fn duplicate_request(span: Span, method: &str, pattern: &str) -> Diagnostic {
    Diagnostic::new(
        Place::token(span),
        "duplicate-request",
        format!("this handler answers `{method} {pattern}` twice"),
    )
    .help("keep one of the two; the names of parameters make no difference")
}

pub(crate) fn missing_pattern(span: Span, method: &str) -> Diagnostic {
    Diagnostic::new(
        Place::token(span),
        "missing-pattern",
        format!("the method {method} has no path pattern"),
    )
    .help(format!("write `{method} \"/path\"`"))
}

pub(crate) fn invalid_pattern(span: Span, fault: &str, help: &str) -> Diagnostic {
    Diagnostic::new(
        Place::token(span),
        "invalid-pattern",
        format!("the path pattern {fault}"),
    )
    .help(help)
}

// What the pattern and the arguments say about each other.

pub(crate) fn path_parameter_without_argument(span: Span, name: &str) -> Diagnostic {
    Diagnostic::new(
        Place::token(span),
        "path-parameter-without-argument",
        format!("no argument takes the path parameter `{{{name}}}`"),
    )
    .help(format!(
        "add an argument, such as `{}: String`",
        written(name)
    ))
}

/// An argument of this name: a keyword is written as a raw identifier.
fn written(name: &str) -> String {
    match syn::parse_str::<syn::Ident>(name) {
        Ok(_) => name.to_owned(),
        Err(_) => format!("r#{name}"),
    }
}

pub(crate) fn argument_of_another_name(
    place: Place,
    name: Option<&str>,
    parameter: &str,
) -> Diagnostic {
    let (headline, help) = match name {
        Some(name) => (
            format!(
                "the pattern has `{{{parameter}}}`, and the argument is `{}`",
                written(name)
            ),
            format!("give both one name, such as `{{{name}}}` in the pattern"),
        ),
        None => (
            format!("no argument is named after the path parameter `{{{parameter}}}`"),
            format!("name this one `_{parameter}`"),
        ),
    };
    Diagnostic::new(place, "argument-of-another-name", headline).help(help)
}

pub(crate) fn argument_without_name(place: Place, example: &str) -> Diagnostic {
    Diagnostic::new(
        place,
        "argument-without-path-parameter",
        "this argument has no name that a path parameter could have",
    )
    .help(format!(
        "name it as one: `_{example}` takes `{{{example}}}` of a pattern"
    ))
}

pub(crate) fn parameter_not_in_every_pattern(place: Place, name: &str, ty: &str) -> Diagnostic {
    Diagnostic::new(
        place,
        "parameter-not-in-every-pattern",
        format!("the path parameter `{{{name}}}` is not in every pattern"),
    )
    .help(format!("take it as an `Option`: `{name}: Option<{ty}>`"))
}

pub(crate) fn path_extractor_in_route(place: Place) -> Diagnostic {
    Diagnostic::new(
        place,
        "path-extractor-in-route",
        "a routed handler takes path parameters by name, not through `Path`",
    )
    .help("name the parameter as in the pattern, such as `id: u64` for `{id}`")
}

pub(crate) fn impl_trait_in_route(place: Place) -> Diagnostic {
    Diagnostic::new(
        place,
        "impl-trait-in-route",
        "an argument of a routed handler needs a type that can be named",
    )
    .help("write the extractor's type, such as `Json<T>`")
}

pub(crate) fn argument_without_path_parameter(place: Place, name: &str) -> Diagnostic {
    Diagnostic::new(
        place,
        "argument-without-path-parameter",
        format!("the pattern has no parameter `{{{name}}}`"),
    )
    .help(format!(
        "add `{{{name}}}` to the pattern, or take it from the query with `Query<T>`"
    ))
}

pub(crate) fn borrowed_argument_in_route(place: Place) -> Diagnostic {
    Diagnostic::new(
        place,
        "borrowed-argument-in-route",
        "an argument of a routed handler cannot borrow",
    )
    .help("take an owned type, such as `String` for `&str`")
}
