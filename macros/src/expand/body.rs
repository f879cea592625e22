//! What does the body of a handler or a guard become?
//!
//! A labelled block of the witness type `Sent`, in which every `send!` gets one more token: the
//! label it may break to. That is the whole transformation. It works on raw tokens, so that it
//! reaches into `select!` and `vec!`, and does not mind half-typed code. In a guard the block may
//! also end in a value, which returns from the function.

use proc_macro2::{Delimiter, Group, Ident, Span, TokenStream, TokenTree};
use quote::{quote, quote_spanned};

use super::mark::{Sends, label};
use super::{excuse, guard, probe, signature};
use crate::analyze::Flow;
use crate::parse::{Function, Kind, Passage};
use crate::span::{LineColumn, at};

/// A body, and where its sends are.
pub(super) struct Proven {
    pub(super) body: TokenStream,
    pub(super) sends: Vec<LineColumn>,
}

/// The body whose every path that ends must have sent, or, in a guard, have come to its value.
pub(super) fn proven(
    function: &Function,
    passage: Option<&Passage<'_>>,
    flow: Option<Flow>,
    runtime: &TokenStream,
) -> Proven {
    let span = at(function.signature.ident.span());
    let (inner_attributes, statements) = split_inner_attributes(function.body.stream());
    let is_parsed = flow.is_some();
    let is_bare = is_bare(&statements);
    let deny = flow.as_ref().is_none_or(Flow::hides_dead_code);
    // Where nothing needs to be edited the tokens stay those of the user, untouched by a parser.
    let mut needs_label = false;
    let statements = match flow {
        Some(flow) if flow.has_suspects() || flow.has_unread() => {
            needs_label = flow.has_suspects();
            probe::probed(flow, &label("send", span), runtime)
        }
        _ => statements,
    };
    let mut sends = Sends::labelled(is_parsed);
    let block = braced(function.body.span(), sends.mark(statements));

    let private = quote_spanned!(span=> #runtime::__private);
    let deny = deny.then(|| quote_spanned!(span=> #[deny(unreachable_code)]));
    // A body that only panics, delegates or passes has no need of the label.
    let has_label = sends.seen || needs_label;
    let unused_labels = (!has_label).then(|| quote_spanned!(span=> unused_labels,));
    // To rustc the braces of a body that is one expression are those of a value.
    let unused_braces = is_bare.then(|| quote_spanned!(span=> unused_braces,));
    // A body may be a single `send!`, and `a || send!(..)` is how one guards.
    let allow = quote_spanned!(span=>
        #[allow(#unused_labels #unused_braces clippy::diverging_sub_expression)]
    );
    let sent = name_behind(&quote!(#deny #allow), span);
    let (ending, result) = match passage {
        None => (quote!(), quote_spanned!(span=> #private::Ok(#sent))),
        Some(passage) => {
            let error = guard::error_named(passage.error);
            (
                quote_spanned!(span=>
                    #[allow(unreachable_code)]
                    { return #private::Ok(__value) }
                ),
                quote_spanned!(span=> #private::deny #error (#sent)),
            )
        }
    };
    let block = match passage.map(|passage| signature::value(passage, span)) {
        None => quote!(#block),
        Some(value) => quote_spanned!(span=> let __value: #value = #block;),
    };
    let label = label("send", span);
    // The user's block stays a block of its own inside the label: without it an `.await` of an
    // `async fn -> !` is E0381, and a fallthrough is reported at the attribute.
    let outer = braced(
        function.body.span(),
        quote_spanned!(span=>
            #(#inner_attributes)*
            #deny
            #allow
            let #sent: #runtime::Sent = #label : { #block #ending };
            #[allow(unreachable_code)]
            { #result }
        ),
    );
    Proven {
        body: quote!(#outer),
        sends: sends.places,
    }
}

/// The name of what is sent, as long as is left to it behind the attributes.
///
/// rust-analyzer completes what is typed by expanding twice, with a word at the cursor and without,
/// and looks for the cursor at the same distance from the start. With the word the body may parse,
/// and without it not, or have a mistake; so the body starts at one distance whatever is in it.
fn name_behind(attributes: &TokenStream, span: Span) -> Ident {
    const LONGEST: usize = "__sent".len()
        + "#[deny(unreachable_code)]".len()
        + "#[allow(unused_labels,unused_braces,clippy::diverging_sub_expression)]".len();
    let attributes = attributes.to_string();
    let before = attributes.chars().filter(|c| !c.is_whitespace()).count();
    let length = LONGEST.saturating_sub(before);
    Ident::new(&format!("{:_<length$}", "__sent"), span)
}

/// The body as it was, type-checked for the editor's sake but with no demand on its ending, unless
/// it is to be a guard's value.
pub(super) fn unproven(
    function: &Function,
    passage: Option<&Passage<'_>>,
    flow: Option<Flow>,
    runtime: &TokenStream,
) -> TokenStream {
    let span = at(function.signature.ident.span());
    let (inner_attributes, statements) = split_inner_attributes(function.body.stream());
    let shadowed = flow.as_ref().is_some_and(Flow::has_shadowed_send);
    let statements = match flow {
        Some(flow) => excuse::excused(kind_of(passage), flow, runtime),
        None => statements,
    };
    // A `send!` that is the user's own macro would not know the mark.
    let statements = if shadowed {
        statements
    } else {
        Sends::refused().mark(statements)
    };
    let block = braced(function.body.span(), statements);
    let typed = passage.filter(|passage| passage.is_typed);
    let block = match typed.map(|passage| signature::value(passage, span)) {
        None => quote!(#block;),
        Some(value) => quote_spanned!(span=> let __value: #value = #block;),
    };
    let allow = quote_spanned!(span=> #[allow(unused, unreachable_code, clippy::all)]);
    let (sent, label) = (name_behind(&allow, span), label("send", span));
    let outer = braced(
        function.body.span(),
        quote_spanned!(span=>
            #(#inner_attributes)*
            #allow
            let #sent: #runtime::Sent = #label : { #block #runtime::__private::refused() };
            #[allow(unreachable_code)]
            { #runtime::__private::unproven() }
        ),
    );
    quote!(#outer)
}

fn kind_of(passage: Option<&Passage<'_>>) -> Kind {
    passage.map_or(Kind::Handler, |_| Kind::Guard)
}

/// Braces at the user's braces, so that the editor folds and matches them.
pub(super) fn braced(span: Span, tokens: TokenStream) -> Group {
    let mut group = Group::new(Delimiter::Brace, tokens);
    group.set_span(span);
    group
}

/// Has it no `;`? Then it is one expression, as far as that can be told from tokens.
fn is_bare(statements: &TokenStream) -> bool {
    let is_end = |token| matches!(token, TokenTree::Punct(punct) if punct.as_char() == ';');
    !statements.clone().into_iter().any(is_end)
}

/// `#![..]` at the top of a body belongs to the function, not to the block inside the label.
fn split_inner_attributes(body: TokenStream) -> (Vec<TokenStream>, TokenStream) {
    let mut tokens: Vec<TokenTree> = body.into_iter().collect();
    let mut attributes = Vec::new();
    while is_inner_attribute(&tokens) {
        let rest = tokens.split_off(3);
        attributes.push(tokens.into_iter().collect());
        tokens = rest;
    }
    (attributes, tokens.into_iter().collect())
}

fn is_inner_attribute(tokens: &[TokenTree]) -> bool {
    matches!(
        tokens,
        [TokenTree::Punct(pound), TokenTree::Punct(bang), TokenTree::Group(group), ..]
            if pound.as_char() == '#'
                && bang.as_char() == '!'
                && is_bracketed(group)
    )
}

/// As syn sees it: through the invisible groups of a `macro_rules!`.
fn is_bracketed(group: &Group) -> bool {
    let mut inside = group.stream().into_iter();
    match (group.delimiter(), inside.next(), inside.next()) {
        (Delimiter::Bracket, ..) => true,
        (Delimiter::None, Some(TokenTree::Group(group)), None) => is_bracketed(&group),
        _ => false,
    }
}
