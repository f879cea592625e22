//! Which requests does a routed handler answer?
//!
//! `GET "/pattern"`, `GET | POST "/pattern"`, `"PURGE" "/pattern"` for a method of the user's own,
//! and more than one of these. Parameters that not every pattern has are optional.

use proc_macro2::{Delimiter, Span, TokenStream, TokenTree};
use quote::ToTokens;
use syn::LitStr;

use super::Kind;
use super::attribute::is_option;
use super::bind::is_primitive;
use super::nearest::nearest;
use super::pattern::Pattern;
use crate::diagnose::{self, Diagnostics};
use crate::span::Place;

/// The methods that have a word of their own: those of RFC 9110 section 9.3, and PATCH (RFC 5789).
pub(super) const METHODS: [&str; 9] = [
    "GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS", "CONNECT", "TRACE",
];

/// All that a routed handler answers.
#[derive(Default)]
pub(crate) struct RouteOption {
    /// Methods, each with the position of its pattern.
    pub(crate) requests: Vec<(String, usize)>,
    pub(crate) patterns: Vec<Pattern>,
}

/// A path parameter, and where each pattern has it.
pub(crate) struct PathParameter {
    pub(crate) name: String,
    /// Its position among the parameters of each pattern.
    pub(crate) positions: Vec<Option<usize>>,
}

impl PathParameter {
    /// Some pattern is without it.
    pub(crate) fn is_optional(&self) -> bool {
        self.positions.contains(&None)
    }
}

impl RouteOption {
    /// The parameters of all patterns, in order.
    pub(crate) fn parameters(&self) -> Vec<PathParameter> {
        let mut parameters: Vec<PathParameter> = Vec::new();
        for name in self.patterns.iter().flat_map(|it| &it.parameters) {
            if parameters.iter().any(|known| known.name == *name) {
                continue;
            }
            let position = |it: &Pattern| it.parameters.iter().position(|other| other == name);
            parameters.push(PathParameter {
                name: name.clone(),
                positions: self.patterns.iter().map(position).collect(),
            });
        }
        parameters
    }

    fn add(&mut self, methods: Vec<Method>, pattern: Pattern, problems: &mut Diagnostics) {
        let at = self.patterns.len();
        for Method { name, span } in methods {
            let answered = self.requests.iter().find(|(method, of)| {
                let other = self.patterns.get(*of).unwrap_or(&pattern);
                *method == name && other.matches_the_same(&pattern)
            });
            if answered.is_some() {
                let pattern = pattern.literal.value();
                problems.push(diagnose::duplicate_request(span, &name, &pattern));
            } else {
                self.requests.push((name, at));
            }
        }
        self.patterns.push(pattern);
    }
}

/// A method, and where it stands.
struct Method {
    name: String,
    span: Span,
}

/// The tokens of a part without the groups in which a `macro_rules!` hides a `$literal`.
pub(super) fn bare(part: &[TokenTree]) -> Vec<TokenTree> {
    let bare = |token: &TokenTree| match token {
        TokenTree::Group(group) if group.delimiter() == Delimiter::None => {
            let mut inside = group.stream().into_iter();
            match (inside.next(), inside.next()) {
                (Some(only), None) => only,
                _ => token.clone(),
            }
        }
        _ => token.clone(),
    };
    part.iter().map(bare).collect()
}

/// What stands between two methods.
pub(super) fn is_bar(token: &TokenTree) -> bool {
    matches!(token, TokenTree::Punct(it) if it.as_char() == '|')
}

/// Is this part of the attribute, without such groups, meant as methods and a pattern?
pub(super) fn is_meant(part: &[TokenTree]) -> bool {
    match part {
        // `name = value`
        [TokenTree::Ident(_), TokenTree::Punct(next), ..] if next.as_char() == '=' => false,
        [TokenTree::Ident(name), ..] if METHODS.iter().any(|method| name == method) => true,
        // `timeout 5s` lacks its `=`.
        [TokenTree::Ident(name), ..] if is_option(name) => false,
        [TokenTree::Ident(_) | TokenTree::Literal(_), next, ..] => {
            is_bar(next) || matches!(next, TokenTree::Literal(_))
        }
        _ => false,
    }
}

/// Reads the methods and the pattern of one part.
pub(super) fn read(
    part: Vec<TokenTree>,
    route: &mut Option<RouteOption>,
    problems: &mut Diagnostics,
) {
    let mut methods = Vec::new();
    let mut tokens = part.into_iter().peekable();
    let mut is_valid = true;
    let end = loop {
        let Some(token) = tokens.next() else {
            break None;
        };
        let span = token.span();
        match method(&token, problems) {
            Some(name) => methods.push(Method { name, span }),
            None => is_valid = false,
        }
        match tokens.peek() {
            Some(TokenTree::Punct(bar)) if bar.as_char() == '|' => tokens.next(),
            _ => break Some((token.to_string(), span)),
        };
    };
    if !is_valid {
        return;
    }
    let rest: TokenStream = tokens.collect();
    let Ok(literal) = syn::parse2::<LitStr>(rest) else {
        if let Some((name, span)) = end {
            problems.push(diagnose::missing_pattern(span, &name));
        }
        return;
    };
    match Pattern::parse(literal) {
        Ok(pattern) => route
            .get_or_insert_default()
            .add(methods, pattern, problems),
        Err(problem) => problems.push(problem),
    }
}

/// The method that a token names; one of the user's own is a string.
fn method(token: &TokenTree, problems: &mut Diagnostics) -> Option<String> {
    let (name, is_word) = match token {
        TokenTree::Ident(name) => (name.to_string(), true),
        other => match syn::parse2::<LitStr>(other.to_token_stream()) {
            Ok(literal) => (literal.value(), false),
            Err(_) => (other.to_string(), true),
        },
    };
    let fault = if METHODS.contains(&&*name) {
        return Some(name);
    } else if is_word {
        diagnose::invalid_method(token.span(), &name, nearest(&name, &METHODS))
    } else if let Some(known) = METHODS.iter().find(|it| it.eq_ignore_ascii_case(&name)) {
        // It would be another method than the one of this name: methods are case-sensitive.
        diagnose::invalid_method(token.span(), &name, Some(known))
    } else if name.starts_with('/') {
        let expected = "a method before the pattern, such as `GET | POST \"/path\"`";
        diagnose::malformed_option(Kind::Handler, Place::token(token.span()), expected)
    } else if name.is_empty() || !name.bytes().all(is_tchar) {
        diagnose::method_is_no_token(token.span(), &name)
    } else {
        return Some(name);
    };
    problems.push(fault);
    None
}

/// What a token is made of (RFC 9110 section 5.6.2), and so a method.
fn is_tchar(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte)
}

/// Reports an argument that cannot do without the parameter that not every pattern has.
pub(super) fn check_optional(
    parameter: &PathParameter,
    ty: &syn::Type,
    problems: &mut Diagnostics,
) {
    if !parameter.is_optional() || !is_no_option(ty) {
        return;
    }
    if let Some(place) = Place::of(ty) {
        let text = ty.to_token_stream().to_string();
        problems.push(diagnose::parameter_not_in_every_pattern(
            place,
            &parameter.name,
            &text,
        ));
    }
}

/// A type that is certainly no `Option`; of any other, rustc says whether it is one.
fn is_no_option(ty: &syn::Type) -> bool {
    match ty {
        syn::Type::Path(path) => is_primitive(&path.path) || path.path.is_ident("String"),
        // What a `macro_rules!` makes of `$ty`.
        syn::Type::Group(group) => is_no_option(&group.elem),
        _ => false,
    }
}
