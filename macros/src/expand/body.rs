//! What does the body of a handler or a guard become?
//!
//! A labelled block of the witness type `Sent`, in which every `send!` gets one more token: the
//! label it may break to. That is the whole transformation. It works on raw tokens, so that it
//! reaches into `select!` and `vec!`, and does not mind half-typed code. In a guard the block may
//! also end in a value, which returns from the function.

use proc_macro2::{Delimiter, Group, Ident, Span, TokenStream, TokenTree};
use quote::{quote, quote_spanned};

use super::mark::{Sends, label};
use super::{excuse, guard, link, probe, question, signature};
use crate::analyze::Flow;
use crate::parse::{Kind, Parsed, Passage};
use crate::span::{LineColumn, at};

/// A body, and where its sends are.
pub(super) struct Proven {
    pub(super) body: TokenStream,
    pub(super) sends: Vec<LineColumn>,
}

/// The body whose every path that ends must have sent, or, in a guard, have come to its value.
pub(super) fn proven(parsed: &Parsed<'_>, flow: Option<Flow>, runtime: &TokenStream) -> Proven {
    let Parsed {
        function,
        route,
        passage,
        ..
    } = *parsed;
    let span = at(function.signature.ident.span());
    let (inner_attributes, statements) = split_inner_attributes(function.body.stream());
    let is_parsed = flow.is_some();
    let is_single = flow.as_ref().is_none_or(Flow::is_single);
    let deny = flow.as_ref().is_none_or(Flow::hides_dead_code);
    let asks = parsed.options.error.is_none() && question::is_asked(&statements);
    // Where nothing needs to be edited the tokens stay those of the user, untouched by a parser.
    let mut needs_label = false;
    let statements = match flow {
        Some(flow) if asks || flow.has_suspects() || flow.has_unread() => {
            needs_label = flow.has_suspects();
            probe::probed(flow, asks, &label("send", span), runtime)
        }
        _ => statements,
    };
    let mut sends = Sends::labelled(is_parsed, parsed.outside.has_own_send);
    let block = sends.mark(statements);

    let private = quote_spanned!(span=> #runtime::__private);
    let deny = deny.then(|| quote_spanned!(span=> #[deny(unreachable_code)]));
    let label = label("send", span);
    // Without a send there is no way but the body's end: to rustc what comes behind a body that
    // panics would be dead code, and the label unused.
    let has_label = sends.seen || needs_label;
    let exit = (!has_label).then(|| exit(&label, &private, span));
    let first = is_single.then(|| first(span));
    let block = braced(function.body.span(), quote!(#first #block));
    // `a || send!(..)` is how one guards.
    let allow = sends.is_operand.then(|| allow_operand(span));
    let opening = passage.map(|passage| opening(passage, &private, span));
    let before = quote!(#deny #allow #exit #opening #first);
    let sent = name_behind(&before, &TokenStream::new(), passage, &private, span);
    let (block, result) = match passage {
        None => (
            quote!(#block),
            quote_spanned!(span=> return #private::Ok(#sent)),
        ),
        Some(passage) => {
            let error = guard::error_named(passage.error);
            (
                passing(passage, &block, &private, span),
                quote_spanned!(span=> return #private::deny #error (#sent)),
            )
        }
    };
    let linked = route.map(|route| link::used(function, route, &private, span));
    // The user's block stays a block of its own inside the label: without it an `.await` of an
    // `async fn -> !` is E0381, and a fallthrough is reported at the attribute.
    let outer = braced(
        function.body.span(),
        quote_spanned!(span=>
            #(#inner_attributes)*
            #deny
            #allow
            let #sent: #runtime::Sent = #label : { #exit #block };
            #linked
            #result;
        ),
    );
    Proven {
        body: quote!(#outer),
        sends: sends.places,
    }
}

/// What is never run, and tells rustc that the block of this label may end in another way than at
/// its end: so that nothing behind the block is dead code.
pub(super) fn exit(label: &TokenStream, private: &TokenStream, span: Span) -> TokenStream {
    quote_spanned!(span=> if false { break #label #private::never_run() })
}

/// The body of a guard, which returns its value.
fn passing(passage: &Passage<'_>, block: &Group, private: &TokenStream, span: Span) -> TokenStream {
    let value = signature::value(passage, span);
    let label = label("passes", span);
    let exit = exit(&label, private, span);
    quote_spanned!(span=>
        let __value: #value = #label : { #exit #block };
        return #private::Ok(__value)
    )
}

/// What comes before the body of a guard, as long as it is in the expansion.
fn opening(passage: &Passage<'_>, private: &TokenStream, span: Span) -> TokenStream {
    let value = signature::value(passage, span);
    let exit = exit(&label("passes", span), private, span);
    quote!(let __value: #value = 'passes: | #exit)
}

fn allow_operand(span: Span) -> TokenStream {
    quote_spanned!(span=> #[allow(clippy::diverging_sub_expression)])
}

/// The name of what is sent, as long as is left to it behind what else comes before the body.
///
/// rust-analyzer completes what is typed by expanding twice, with a word at the cursor and without,
/// and looks for the cursor at the same distance from the start. With the word the body may parse,
/// and without it not, or have a mistake; so the body starts at one distance whatever is in it.
fn name_behind(
    before: &TokenStream,
    instead_of: &TokenStream,
    passage: Option<&Passage<'_>>,
    private: &TokenStream,
    span: Span,
) -> Ident {
    let length = |tokens: &TokenStream| {
        let text = tokens.to_string();
        text.chars().filter(|c| !c.is_whitespace()).count()
    };
    let (exit, allow) = (
        exit(&label("send", span), private, span),
        allow_operand(span),
    );
    let opening = passage.map(|passage| opening(passage, private, span));
    let first = first(span);
    // Without a send there is an exit, and with one there may be an operand.
    let longest = length(&quote!(__sent #[deny(unreachable_code)] #opening #first));
    let longest = longest + length(&exit).max(length(&allow));
    let length = (longest + length(instead_of)).saturating_sub(length(before));
    Ident::new(&format!("{:_<length$}", "__sent"), span)
}

/// The body as it was, type-checked for the editor's sake but with no demand on its ending, unless
/// it is to be a guard's value.
pub(super) fn unproven(
    parsed: &Parsed<'_>,
    flow: Option<Flow>,
    runtime: &TokenStream,
) -> TokenStream {
    let Parsed {
        function, passage, ..
    } = *parsed;
    let span = at(function.signature.ident.span());
    let (inner_attributes, statements) = split_inner_attributes(function.body.stream());
    // What never runs is on record.
    let allow = flow.as_ref().is_some_and(Flow::has_dead_code);
    let allow = allow.then(|| quote_spanned!(span=> #[allow(unreachable_code)]));
    let shadowed = flow.as_ref().is_some_and(Flow::has_shadowed_send);
    let statements = match flow {
        Some(flow) => {
            let asks = parsed.options.error.is_none();
            excuse::excused(kind_of(passage), flow, asks, runtime)
        }
        None => statements,
    };
    // A `send!` that is the user's own macro would not know the mark.
    let statements = if shadowed {
        statements
    } else {
        Sends::refused(parsed.outside.has_own_send).mark(statements)
    };
    let private = quote_spanned!(span=> #runtime::__private);
    let first = first(span);
    let block = braced(function.body.span(), quote!(#first #statements));
    let typed = passage.filter(|passage| passage.is_typed);
    let ty = typed.map(|passage| signature::value(passage, span));
    let ty = ty.map(|ty| quote_spanned!(span=> : #ty));
    // What this begins with, compared to `let ..: Sent = 'send: {`. What follows an `if` may be
    // reached, whatever is in it.
    let before = quote!(#allow if true | #ty #first);
    let instead = quote!(: #runtime::Sent 'send: |);
    let sent = name_behind(&before, &instead, passage, &private, span);
    let outer = braced(
        function.body.span(),
        quote_spanned!(span=>
            #(#inner_attributes)*
            #allow
            if true { let #sent #ty = #block; }
            return #private::unproven();
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

/// What makes a body of one statement one of two: as a block in a block it would be a value in
/// braces to rustc, and one that is never there to clippy.
fn first(span: Span) -> TokenStream {
    quote_spanned!(span=> let () = ();)
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
