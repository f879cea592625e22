//! Which slips in an attribute's arguments leave no doubt about what was meant?
//!
//! A comma too many or too few, and the ways in which other frameworks write a method and its
//! pattern. Each is reported with the line to write, and mended, so that what follows from it is
//! not reported too.

use proc_macro2::{Delimiter, Ident, Literal, Span, TokenStream, TokenTree};
use quote::ToTokens;
use syn::LitStr;

use super::Kind;
use super::attribute::is_option;
use super::route::{METHODS, bare, is_bar};
use crate::diagnose::{self, Diagnostics};
use crate::span::Place;

type Part = Vec<TokenTree>;

/// The parts as they were meant.
pub(super) fn mended(kind: Kind, parts: Vec<Part>, problems: &mut Diagnostics) -> Vec<Part> {
    let mut parts: Vec<Part> = parts
        .into_iter()
        .flat_map(|part| split(&part, problems))
        .collect();
    if kind == Kind::Guard {
        return parts;
    }
    // `method = POST, path = "/a"`
    let is_lone = |part: &Part| matches!(slip(&bare(part)), Some((None, _)));
    let option = parts.iter().position(|part| method_option(part).is_some());
    let option = option.filter(|_| parts.iter().any(is_lone));
    let mut method = option.and_then(|at| method_option(&parts.remove(at)));
    let mut mended: Vec<Part> = Vec::new();
    for part in parts {
        let Some((methods, pattern)) = slip(&bare(&part)) else {
            mended.push(part);
            continue;
        };
        let before = match methods {
            Some(_) => None,
            None => mended.pop_if(|before| is_methods(before)),
        };
        let headline = match (&methods, &before) {
            (None, Some(_)) => "a comma stands between a method and its pattern",
            (None, None) if part.len() == 1 => "this path pattern has no method",
            _ => "a route is a method and its pattern, side by side",
        };
        let given = before.iter().flatten().chain(&part).cloned().collect();
        let mut route = methods
            .or(before)
            .or_else(|| method.take().map(|method| vec![method]))
            .unwrap_or_else(|| vec![Ident::new("GET", pattern.span()).into()]);
        route.push(pattern.into());
        if let Some(place) = Place::of_tokens(given) {
            problems.push(diagnose::malformed_route(place, headline, &text(&route)));
        }
        mended.push(route);
    }
    mended
}

fn text(part: &[TokenTree]) -> String {
    part.iter().cloned().collect::<TokenStream>().to_string()
}

/// The parts of what lacks a comma: another begins in it.
fn split(part: &[TokenTree], problems: &mut Diagnostics) -> Vec<Part> {
    let mut parts: Vec<Part> = Vec::new();
    let mut first = None;
    for (at, token) in part.iter().enumerate() {
        let begins = at
            .checked_sub(1)
            .and_then(|before| Some((part.get(before)?, part.get(at + 1)?)))
            .is_some_and(|(before, after)| begins(before, token, after));
        if begins {
            first = first.or(Some(token));
        }
        match parts.last_mut() {
            Some(last) if !begins => last.push(token.clone()),
            _ => parts.push(vec![token.clone()]),
        }
    }
    if let Some(first) = first {
        let line: Vec<String> = parts.iter().map(|part| text(part)).collect();
        let (name, line) = (first.to_string(), line.join(", "));
        problems.push(diagnose::missing_comma(first.span(), &name, &line));
    }
    parts
}

/// Does a part begin with this token, by what stands around it?
fn begins(before: &TokenTree, token: &TokenTree, after: &TokenTree) -> bool {
    let TokenTree::Ident(name) = token else {
        return false;
    };
    let ends = match before {
        TokenTree::Punct(punct) => punct.as_char() == '>',
        _ => true,
    };
    let has_value = matches!(after, TokenTree::Punct(equals) if equals.as_char() == '=');
    let is_method = METHODS.iter().any(|method| name == method);
    let has_pattern = is_bar(after) || matches!(after, TokenTree::Literal(_));
    ends && ((is_option(name) && has_value)
        || (is_method && has_pattern && matches!(before, TokenTree::Literal(_))))
}

/// The methods and the pattern of a part that is meant as both, or as the pattern alone, and is
/// written otherwise.
fn slip(part: &[TokenTree]) -> Option<(Option<Part>, Literal)> {
    match part {
        [TokenTree::Literal(literal)] => match string(literal)?.split_once(' ') {
            Some((method, path)) if path.starts_with('/') => {
                let mut pattern = Literal::string(path);
                pattern.set_span(literal.span());
                Some((Some(vec![method_of(method, literal.span())?]), pattern))
            }
            _ => Some((None, pattern(literal)?)),
        },
        // `GET("/a")`
        [name @ TokenTree::Ident(_), TokenTree::Group(group)]
            if group.delimiter() == Delimiter::Parenthesis =>
        {
            let literal = syn::parse2::<Literal>(group.stream()).ok()?;
            let method = method_of(&name.to_string(), name.span())?;
            Some((Some(vec![method]), pattern(&literal)?))
        }
        // `GET = "/a"`, `path = "/a"`, `GET => "/a"`
        [
            TokenTree::Ident(word),
            marks @ ..,
            TokenTree::Literal(literal),
        ] => {
            let is_mark = |mark: &TokenTree| matches!(mark, TokenTree::Punct(_));
            if marks.is_empty() || !marks.iter().all(is_mark) || is_option(word) {
                return None;
            }
            let method = method_of(&word.to_string(), word.span());
            Some((method.map(|method| vec![method]), pattern(literal)?))
        }
        _ => None,
    }
}

/// `method = "POST"`, `method = POST`
fn method_option(part: &Part) -> Option<TokenTree> {
    match part.as_slice() {
        [TokenTree::Ident(name), TokenTree::Punct(equals), value]
            if name == "method" && equals.as_char() == '=' =>
        {
            let text = syn::parse2::<LitStr>(value.to_token_stream())
                .map_or_else(|_| value.to_string(), |literal| literal.value());
            method_of(&text, value.span())
        }
        _ => None,
    }
}

/// The word of a method that is named in any case, at a place.
fn method_of(name: &str, span: Span) -> Option<TokenTree> {
    let method = METHODS.iter().find(|it| it.eq_ignore_ascii_case(name))?;
    Some(Ident::new(method, span).into())
}

/// `GET`, `GET | "PURGE"`
fn is_methods(part: &Part) -> bool {
    let is_method = |token: &TokenTree| match token {
        TokenTree::Ident(name) => METHODS.iter().any(|method| name == method),
        TokenTree::Literal(literal) => string(literal).is_some(),
        _ => false,
    };
    let (methods, bars): (Vec<_>, Vec<_>) =
        part.iter().enumerate().partition(|(at, _)| at % 2 == 0);
    methods.len() == bars.len() + 1
        && methods.iter().all(|(_, token)| is_method(token))
        && bars.iter().all(|(_, token)| is_bar(token))
}

fn string(literal: &Literal) -> Option<String> {
    let literal = syn::parse2::<LitStr>(literal.to_token_stream()).ok()?;
    Some(literal.value())
}

/// A string that is a path.
fn pattern(literal: &Literal) -> Option<Literal> {
    let is_path = string(literal)?.starts_with('/');
    is_path.then(|| literal.clone())
}

#[cfg(test)]
mod tests {
    use quote::{ToTokens, quote};

    use crate::diagnose::Diagnostics;
    use crate::parse::{Kind, attribute};

    /// The messages for some arguments, and whether a route is read from them.
    fn check(arguments: proc_macro2::TokenStream, help: &str) {
        let mut problems = Diagnostics::default();
        let written = arguments.to_string();
        let options = attribute(Kind::Handler, arguments, &mut problems);
        let messages = problems.to_token_stream().to_string();
        assert_eq!(messages.matches("compile_error").count(), 1, "{messages}");
        assert!(messages.contains(help), "{written}: {messages}");
        assert!(options.route.is_some(), "{written}");
    }

    #[test]
    fn what_is_meant_as_a_route_is_read_as_one() {
        let get = r#"write `GET \"/a\"`"#;
        check(quote!("/a"), get);
        check(quote!(GET, "/a"), get);
        check(quote!("GET", "/a"), r#"write `\"GET\" \"/a\"`"#);
        check(quote!(GET | POST, "/a"), r#"write `GET | POST \"/a\"`"#);
        check(quote!(GET("/a")), get);
        check(quote!(get("/a")), get);
        check(quote!(GET = "/a"), get);
        check(quote!(GET => "/a"), get);
        check(quote!(GET: "/a"), get);
        check(quote!(GET | "/a"), get);
        check(quote!("GET /a"), get);
        check(quote!(path = "/a"), get);
        check(quote!(method = "GET", path = "/a"), get);
        check(quote!(path = "/a", method = get), get);
        check(quote!("/a", method = POST), r#"write `POST \"/a\"`"#);
        check(quote!("/a", timeout = 5s), get);
    }

    #[test]
    fn a_missing_comma_is_named() {
        let comma = |parts: &str| format!("write `{}`", parts.replace('"', "\\\""));
        check(
            quote!(GET "/a" timeout = 5s),
            &comma(r#"GET "/a", timeout = 5s"#),
        );
        check(
            quote!(timeout = 5s GET "/a" POST "/b"),
            &comma(r#"timeout = 5s, GET "/a", POST "/b""#),
        );
        check(
            quote!(GET "/a", timeout = 5s body_limit = 1MB),
            &comma("timeout = 5s, body_limit = 1MB"),
        );
    }
}
