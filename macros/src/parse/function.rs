//! What is the function under the attribute?

use proc_macro2::{Delimiter, Group, TokenStream, TokenTree};
use syn::parse::{ParseStream, Parser};
use syn::token::Brace;
use syn::{Attribute, Block, Result, ReturnType, Signature, Visibility};

use super::Options;
use crate::diagnose::{self, Diagnostic, Diagnostics};
use crate::span::Place;

/// A function: everything but the body is parsed.
pub(crate) struct Function {
    pub(crate) attributes: Vec<Attribute>,
    pub(crate) visibility: Visibility,
    pub(crate) signature: Signature,
    /// The braces and what is in them, as written.
    pub(crate) body: Group,
}

/// Reads a function; an error says that this is none.
pub(crate) fn function(item: TokenStream) -> std::result::Result<Function, Diagnostic> {
    let place = Place::of_tokens(item.clone());
    parse_function.parse2(item).map_err(|fault| {
        let place = place.unwrap_or_else(|| Place::token(fault.span()));
        diagnose::not_a_function(place)
    })
}

/// How deep a body may nest and still be parsed. A debug build of syn takes up to 32 KiB of stack
/// for a group, and a thread has 2 MiB. Deeper ones are left to rustc alone.
const DEEPEST: usize = 48;

/// Do the delimiters nest deeper than this?
fn nests_deeper(tokens: TokenStream, than: usize) -> bool {
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

/// `#[handler]` in any spelling.
pub(crate) fn is_handler(attribute: &Attribute) -> bool {
    let last = attribute.path().segments.last();
    last.is_some_and(|segment| segment.ident == "handler")
}

/// Has `tracing`'s `#[instrument]` run before, and moved the body into a block of its own?
pub(crate) fn is_instrumented(body: TokenStream) -> bool {
    body.into_iter().any(|token| match token {
        TokenTree::Ident(name) => name.to_string().starts_with("__tracing_attr_"),
        TokenTree::Group(group) => is_instrumented(group.stream()),
        _ => false,
    })
}

/// The same braces with nothing in them.
pub(crate) fn without_statements(body: &Group) -> Group {
    let mut empty = Group::new(body.delimiter(), TokenStream::new());
    empty.set_span(body.span());
    empty
}

/// Reports what a handler's signature cannot have.
pub(crate) fn check_signature(function: &Function, options: &Options, problems: &mut Diagnostics) {
    let signature = &function.signature;
    if let Some(place) = function
        .attributes
        .iter()
        .find(|attribute| is_handler(attribute))
        .and_then(Place::of)
    {
        problems.push(diagnose::duplicate_handler(place));
    }
    if let Some(token) = &signature.constness {
        problems.push(diagnose::unsupported_qualifier(
            Place::token(token.span),
            "`const`",
        ));
    }
    if let Some(abi) = &signature.abi
        && let Some(place) = Place::of(abi)
    {
        problems.push(diagnose::unsupported_qualifier(place, "`extern`"));
    }
    if let Some(variadic) = &signature.variadic
        && let Some(place) = Place::of(variadic)
    {
        problems.push(diagnose::unsupported_qualifier(place, "variadic"));
    }
    if let ReturnType::Type(_, _) = &signature.output
        && let Some(place) = Place::of(&signature.output)
    {
        problems.push(diagnose::explicit_return_type(place));
    }
    if let (Some(_), syn::Safety::Unsafe(token)) = (&options.route, &signature.safety) {
        let place = Place::token(token.span);
        problems.push(diagnose::unsupported_qualifier(
            place,
            "`unsafe` and routed",
        ));
    }
    if let (Some(_), Some(receiver)) = (&options.route, signature.receiver())
        && let Some(place) = Place::of(receiver)
    {
        problems.push(diagnose::receiver_in_route(place));
    }
}
