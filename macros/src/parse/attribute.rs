//! What do the arguments of `#[handler(..)]` and `#[guard(..)]` say?
//!
//! `METHOD "/pattern"` (a handler; see `route.rs`), the name of a type (a guard) and `name = value` options, in any
//! order, separated by commas. Each part is read on its own, so that a mistake in one does not hide
//! a mistake in another.

use proc_macro2::{Ident, TokenStream, TokenTree};
use quote::ToTokens;
use syn::parse::Parser;
use syn::{Path, Type};

use super::nearest::nearest;
use super::route::{self, RouteOption};
use super::settings::{SETTINGS, Settings};
use super::slips;
use crate::diagnose::{self, Diagnostic, Diagnostics};
use crate::span::Place;

/// What an attribute makes of a function.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Kind {
    /// `#[handler]`: every path that ends, sends.
    #[default]
    Handler,
    /// `#[guard]`: a path sends, or ends in the value that lets the request through.
    Guard,
}

impl Kind {
    /// The word for it, which is the attribute's name too.
    pub(crate) fn word(self) -> &'static str {
        match self {
            Kind::Handler => "handler",
            Kind::Guard => "guard",
        }
    }
}

/// The options of a handler or a guard.
#[derive(Default)]
pub(crate) struct Options {
    pub(crate) kind: Kind,
    /// The name of the guard's type.
    pub(crate) name: Option<Ident>,
    /// Something that was meant as `METHOD "/pattern"` is there.
    pub(crate) is_routed: bool,
    /// What it answers; without it the handler is a plain one.
    pub(crate) route: Option<RouteOption>,
    /// `error = Type`: what `?` converts into.
    pub(crate) error: Option<Type>,
    /// `crate = path`: where the runtime is, if not at `::sendoff`.
    pub(crate) krate: Option<Path>,
    /// What a route can say of how it is run.
    pub(crate) settings: Settings,
}

pub(super) const OPTIONS: [&str; 5] = ["error", "crate", "timeout", "body_limit", "on_disconnect"];

/// Reads the arguments of the attribute; what cannot be read is reported and left out.
pub(crate) fn attribute(kind: Kind, arguments: TokenStream, problems: &mut Diagnostics) -> Options {
    let mut options = Options {
        kind,
        ..Options::default()
    };
    let mut is_meant = false;
    let parts = slips::mended(kind, split_at_commas(arguments), problems);
    for part in parts {
        is_meant |= route::is_meant(&route::bare(&part));
        options.is_routed |= !has_value(&part)
            && part
                .iter()
                .any(|token| matches!(token, TokenTree::Literal(_)));
        read_part(part, &mut options, problems);
    }
    if kind == Kind::Guard || !(options.is_routed || is_meant) {
        options.settings.refuse(kind, problems);
    }
    options
}

/// `name = ..`
fn has_value(part: &[TokenTree]) -> bool {
    matches!(part.get(1), Some(TokenTree::Punct(equals)) if equals.as_char() == '=')
}

fn split_at_commas(tokens: TokenStream) -> Vec<Vec<TokenTree>> {
    let mut parts = vec![Vec::new()];
    // `<A, B>` in `error = Type` holds commas that do not separate options; the `>` of `->` closes
    // nothing.
    let mut angles = 0_usize;
    let mut is_arrow = false;
    for token in tokens {
        if let TokenTree::Punct(punct) = &token {
            let closes = !std::mem::replace(&mut is_arrow, punct.as_char() == '-');
            match punct.as_char() {
                '<' => angles += 1,
                '>' if closes => angles = angles.saturating_sub(1),
                ',' if angles == 0 => {
                    parts.push(Vec::new());
                    continue;
                }
                _ => {}
            }
        } else {
            is_arrow = false;
        }
        if let Some(part) = parts.last_mut() {
            part.push(token);
        }
    }
    parts.retain(|part| !part.is_empty());
    parts
}

fn read_part(part: Vec<TokenTree>, options: &mut Options, problems: &mut Diagnostics) {
    let kind = options.kind;
    let bare = route::bare(&part);
    if kind == Kind::Handler && route::is_meant(&bare) {
        route::read(bare, &mut options.route, problems);
        return;
    }
    let mut tokens = part.iter();
    match (tokens.next(), tokens.next()) {
        (Some(TokenTree::Ident(name)), Some(TokenTree::Punct(equals)))
            if equals.as_char() == '=' =>
        {
            let value = tokens.cloned().collect();
            read_option(name, value, options, problems);
        }
        (Some(TokenTree::Ident(name)), None)
            if kind == Kind::Guard && !is_option(name) && is_type_name(name) =>
        {
            read_name(name, options, problems);
        }
        (Some(TokenTree::Ident(name)), _) if is_option(name) => {
            let place = Place::token(name.span());
            let expected = format!("`{name} = ..`");
            problems.push(diagnose::malformed_option(kind, place, &expected));
        }
        (Some(TokenTree::Ident(name)), _) if kind == Kind::Handler => {
            problems.push(unknown(kind, name));
        }
        _ => {
            let expected = match kind {
                Kind::Handler => "`METHOD \"/pattern\"` or `name = value`",
                Kind::Guard => "the name of the guard's type, such as `LoggedIn`",
            };
            if let Some(place) = Place::of_tokens(part.into_iter().collect()) {
                problems.push(diagnose::malformed_option(kind, place, expected));
            }
        }
    }
}

pub(super) fn is_option(name: &Ident) -> bool {
    OPTIONS.iter().any(|option| name == option)
}

/// Not a keyword.
fn is_type_name(name: &Ident) -> bool {
    syn::parse2::<Ident>(name.to_token_stream()).is_ok()
}

fn unknown(kind: Kind, name: &Ident) -> Diagnostic {
    let text = name.to_string();
    diagnose::unknown_option(kind, name.span(), &text, nearest(&text, &OPTIONS))
}

fn read_name(name: &Ident, options: &mut Options, problems: &mut Diagnostics) {
    if options.name.is_some() {
        problems.push(diagnose::second_guard_name(name.span()));
    } else {
        options.name = Some(name.clone());
    }
}

fn read_option(
    name: &Ident,
    value: TokenStream,
    options: &mut Options,
    problems: &mut Diagnostics,
) {
    let text = name.to_string();
    let repeated = match text.as_str() {
        "error" => options.error.is_some(),
        "crate" => options.krate.is_some(),
        name if SETTINGS.contains(&name) => options.settings.has(name),
        _ => {
            problems.push(unknown(options.kind, name));
            return;
        }
    };
    if repeated {
        problems.push(diagnose::duplicate_option(name.span(), &text));
        return;
    }
    let place = Place::of_tokens(value.clone()).unwrap_or_else(|| Place::token(name.span()));
    if SETTINGS.contains(&&*text) {
        options.settings.read(name, value, problems);
    } else if text == "error" {
        match syn::parse2(value) {
            Ok(error) => options.error = Some(error),
            Err(_) => problems.push(diagnose::malformed_option(
                options.kind,
                place,
                "a type: `error = AppError`",
            )),
        }
    } else {
        match Path::parse_mod_style.parse2(value) {
            Ok(path) => options.krate = Some(path),
            Err(_) => problems.push(diagnose::malformed_option(
                options.kind,
                place,
                "a path: `crate = my_sendoff`",
            )),
        }
    }
}
