//! What is the function under the attribute?

use proc_macro2::{Delimiter, Group, TokenStream, TokenTree};
use syn::parse::{ParseStream, Parser};
use syn::token::Brace;
use syn::{Attribute, Block, Result, ReturnType, Signature, Visibility};

use super::{Kind, Options};
use crate::diagnose::{self, Diagnostic, Diagnostics};
use crate::span::Place;

/// A function: everything but the body is parsed.
#[derive(Clone)]
pub(crate) struct Function {
    pub(crate) attributes: Vec<Attribute>,
    pub(crate) visibility: Visibility,
    pub(crate) signature: Signature,
    /// The braces and what is in them, as written.
    pub(crate) body: Group,
}

/// Reads a function; an error says that this is none.
pub(crate) fn function(kind: Kind, item: TokenStream) -> std::result::Result<Function, Diagnostic> {
    let place = Place::of_tokens(item.clone());
    parse_function.parse2(item).map_err(|fault| {
        let place = place.unwrap_or_else(|| Place::token(fault.span()));
        diagnose::not_a_function(kind, place)
    })
}

/// How deep a body may nest and still be parsed. A debug build of syn takes up to 32 KiB of stack
/// for a group, and a thread has 2 MiB. Deeper ones are left to rustc alone.
pub(super) const DEEPEST: usize = 48;

/// Do the delimiters nest deeper than this?
pub(super) fn nests_deeper(tokens: TokenStream, than: usize) -> bool {
    tokens.into_iter().any(|token| match token {
        TokenTree::Group(_) if than == 0 => true,
        TokenTree::Group(group) => nests_deeper(group.stream(), than - 1),
        _ => false,
    })
}

/// The body as statements, if it parses.
pub(crate) fn block(body: &Group) -> Option<Block> {
    if nests_deeper(body.stream(), DEEPEST) {
        return None;
    }
    let parse = |input: ParseStream<'_>| {
        // What stands at the top for the function is none of the block's business.
        input.call(Attribute::parse_inner)?;
        input.call(Block::parse_within)
    };
    let stmts = parse.parse2(body.stream()).ok()?;
    let brace_token = Brace {
        span: body.delim_span(),
    };
    Some(Block { brace_token, stmts })
}

fn parse_function(input: ParseStream<'_>) -> Result<Function> {
    let attributes = input.call(Attribute::parse_outer)?;
    let visibility = input.parse()?;
    let signature = input.parse()?;
    let body = input.step(|cursor| match cursor.token_tree() {
        Some((TokenTree::Group(group), rest)) => braces(group)
            .map(|group| (group, rest))
            .ok_or_else(|| cursor.error("expected a block")),
        _ => Err(cursor.error("expected a block")),
    })?;
    Ok(Function {
        attributes,
        visibility,
        signature,
        body,
    })
}

/// The braces of a body. One that a `macro_rules!` passed on as `$body:block` comes wrapped in an
/// invisible group.
fn braces(group: Group) -> Option<Group> {
    match group.delimiter() {
        Delimiter::Brace => Some(group),
        Delimiter::None => {
            let mut inner = group.stream().into_iter();
            match (inner.next(), inner.next()) {
                (Some(TokenTree::Group(inner)), None) => braces(inner),
                _ => None,
            }
        }
        Delimiter::Parenthesis | Delimiter::Bracket => None,
    }
}

/// `#[handler]` or `#[guard]` in any spelling.
pub(crate) fn is_ours(attribute: &Attribute) -> bool {
    kind_of(attribute).is_some()
}

fn kind_of(attribute: &Attribute) -> Option<Kind> {
    let name = &attribute.path().segments.last()?.ident;
    let mut kinds = [Kind::Handler, Kind::Guard].into_iter();
    kinds.find(|kind| name == kind.word())
}

/// Reports what a signature cannot have.
pub(crate) fn check_signature(function: &Function, options: &Options, problems: &mut Diagnostics) {
    let signature = &function.signature;
    let kind = options.kind;
    check_attributes(function, kind, problems);
    let mut refuse = |place: Option<Place>, qualifier: &str| {
        if let Some(place) = place {
            problems.push(diagnose::unsupported_qualifier(kind, place, qualifier));
        }
    };
    if let Some(token) = &signature.constness {
        refuse(Some(Place::token(token.span)), "`const`");
    }
    let is_called = options.route.is_some() || kind == Kind::Guard;
    if let (true, syn::Safety::Unsafe(token)) = (is_called, &signature.safety) {
        let qualifier = match kind {
            Kind::Handler => "`unsafe` and routed",
            Kind::Guard => "`unsafe`",
        };
        refuse(Some(Place::token(token.span)), qualifier);
    }
    if let Some(abi) = &signature.abi {
        refuse(Place::of(abi), "`extern`");
    }
    if let Some(variadic) = &signature.variadic {
        refuse(Place::of(variadic), "variadic");
    }
    if let (Kind::Handler, ReturnType::Type(_, _)) = (kind, &signature.output)
        && let Some(place) = Place::of(&signature.output)
    {
        problems.push(diagnose::explicit_return_type(place));
    }
    if let (true, Some(receiver)) = (is_called, signature.receiver())
        && let Some(place) = Place::of(receiver)
    {
        problems.push(match kind {
            Kind::Handler => diagnose::receiver_in_route(place),
            Kind::Guard => diagnose::receiver_in_guard(place),
        });
    }
}

/// Reports a second attribute of ours.
fn check_attributes(function: &Function, kind: Kind, problems: &mut Diagnostics) {
    let mut attributes = function.attributes.iter();
    let second = attributes.find_map(|attribute| Some((attribute, kind_of(attribute)?)));
    let Some((attribute, other)) = second else {
        return;
    };
    if let Some(place) = Place::of(attribute) {
        problems.push(match (kind, other) {
            (Kind::Handler, Kind::Handler) => diagnose::duplicate_handler(place),
            (Kind::Guard, Kind::Guard) => diagnose::duplicate_guard(place),
            _ => diagnose::handler_and_guard(place),
        });
    }
}
