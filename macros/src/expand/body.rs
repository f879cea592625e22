//! What does the body of a handler or a guard become?
//!
//! A labelled block of the witness type `Sent`, in which every `send!` gets one more token: the
//! label it may break to. That is the whole transformation. It works on raw tokens, so that it
//! reaches into `select!` and `vec!`, and does not mind half-typed code. In a guard the block may
//! also end in a value, which returns from the function.

use proc_macro2::{Delimiter, Group, Ident, Punct, Spacing, Span, TokenStream, TokenTree};
use quote::{quote, quote_spanned};

use super::form::{self, Form};
use super::{excuse, guard, probe, signature};
use crate::analyze::Flow;
use crate::parse::{Function, Kind, Passage};
use crate::span::at;

/// The body whose every path that ends must have sent, or, in a guard, have come to its value.
pub(super) fn proven(
    function: &Function,
    passage: Option<&Passage<'_>>,
    flow: Option<Flow>,
    runtime: &TokenStream,
) -> TokenStream {
    let span = at(function.signature.ident.span());
    let (inner_attributes, statements) = split_inner_attributes(function.body.stream());
    let deny = flow.as_ref().is_none_or(Flow::hides_dead_code);
    let parses = flow.is_some();
    // Where nothing needs to be edited the tokens stay those of the user, untouched by a parser.
    let mut needs_label = false;
    let statements = match flow {
        Some(flow) if flow.has_suspects() => {
            needs_label = true;
            probe::probed(flow, &label("send", span), runtime)
        }
        _ => statements,
    };
    let mut sends = Sends::labelled(parses);
    let block = braced(function.body.span(), sends.mark(statements));
    let leaves = sends.seen || needs_label;

    let deny = deny.then(|| quote_spanned!(span=> #[deny(unreachable_code)]));
    let (ending, result) = match passage {
        None => answered(&block, leaves, deny.as_ref(), runtime, span),
        Some(passage) => passed(passage, &block, leaves, runtime, span),
    };
    let outer = braced(
        function.body.span(),
        quote_spanned!(span=>
            #(#inner_attributes)*
            #deny
            #ending
            #[allow(unreachable_code)]
            { #result }
        ),
    );
    quote!(#outer)
}

/// The body of a handler, and what it returns.
fn answered(
    block: &Group,
    leaves: bool,
    deny: Option<&TokenStream>,
    runtime: &TokenStream,
    span: Span,
) -> (TokenStream, TokenStream) {
    let allow = if leaves {
        // A body may be a single `send!`, and `a || send!(..)` is how one guards.
        quote_spanned!(span=> #[allow(clippy::diverging_sub_expression)])
    } else {
        // A body that only panics or delegates has no need of it.
        quote_spanned!(span=> #[allow(unused_labels, clippy::diverging_sub_expression)])
    };
    let name = name_behind(&quote!(#deny #allow), span);
    let label = label("send", span);
    // The user's block stays a block of its own inside the label: without it an `.await` of an
    // `async fn -> !` is E0381, and a fallthrough is reported at the attribute.
    let ending = quote_spanned!(span=> #allow let #name: #runtime::Sent = #label : { #block };);
    (
        ending,
        quote_spanned!(span=> #runtime::__private::Ok(#name)),
    )
}

/// The body of a guard, and what it returns.
fn passed(
    passage: &Passage<'_>,
    block: &Group,
    leaves: bool,
    runtime: &TokenStream,
    span: Span,
) -> (TokenStream, TokenStream) {
    let private = quote_spanned!(span=> #runtime::__private);
    let value = signature::value(passage, span);
    let passes = bind("__value", &value, &quote!(#block), span);
    if !leaves {
        return (passes, quote_spanned!(span=> #private::Ok(__value)));
    }
    let label = label("send", span);
    let sent = quote_spanned!(span=> #runtime::Sent);
    let block = quote_spanned!(span=> #label : {
        #passes
        #[allow(unreachable_code)]
        { return #private::Ok(__value) }
    });
    let error = guard::error_named(passage.error);
    (
        bind("__denied", &sent, &block, span),
        quote_spanned!(span=> #private::deny #error (__denied)),
    )
}

/// `let __name: Type = value;`
fn bind(name: &str, ty: &TokenStream, value: &TokenStream, span: Span) -> TokenStream {
    let name = Ident::new(name, span);
    quote_spanned!(span=>
        #[allow(clippy::diverging_sub_expression)]
        let #name: #ty = #value;
    )
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
    let allow = quote_spanned!(span=> #[allow(unused, unreachable_code, clippy::all)]);
    let bound = match passage.filter(|passage| passage.is_typed) {
        Some(passage) => {
            let value = signature::value(passage, span);
            quote_spanned!(span=> let _: #value = #block;)
        }
        None => {
            let name = name_behind(&allow, span);
            let label = label("send", span);
            quote_spanned!(span=>
                let #name: #runtime::Sent = #label : { #block; #runtime::__private::refused() };
            )
        }
    };
    let outer = braced(
        function.body.span(),
        quote_spanned!(span=>
            #(#inner_attributes)*
            #allow
            #bound
            #[allow(unreachable_code)]
            { #runtime::__private::unproven() }
        ),
    );
    quote!(#outer)
}

fn kind_of(passage: Option<&Passage<'_>>) -> Kind {
    passage.map_or(Kind::Handler, |_| Kind::Guard)
}

/// The name of what is sent, as long as is left to it behind `attributes`.
///
/// rust-analyzer completes what is typed by expanding the handler twice, with a word at the cursor
/// and without, and looks for the cursor at the same distance from the start. With the word the
/// body may parse, and without it not; so the body starts at the same distance in both.
fn name_behind(attributes: &TokenStream, span: Span) -> Ident {
    const LONGEST: usize = "__sent".len()
        + "#[deny(unreachable_code)]".len()
        + "#[allow(unused_labels,clippy::diverging_sub_expression)]".len();
    let attributes = attributes.to_string();
    let before = attributes.chars().filter(|c| !c.is_whitespace()).count();
    let length = LONGEST.saturating_sub(before);
    Ident::new(&format!("{:_<length$}", "__sent"), span)
}

/// Braces at the user's braces, so that the editor folds and matches them.
pub(super) fn braced(span: Span, tokens: TokenStream) -> Group {
    let mut group = Group::new(Delimiter::Brace, tokens);
    group.set_span(span);
    group
}

/// `'send`, which no user code can name: it has the hygiene of this macro.
fn label(name: &str, span: Span) -> TokenStream {
    let mut quote = Punct::new('\'', Spacing::Joint);
    quote.set_span(span);
    let name = Ident::new(name, span);
    quote!(#quote #name)
}

/// `#status`: no expression begins so.
fn word_mark(word: &str, span: Span) -> TokenStream {
    let mut pound = Punct::new('#', Spacing::Alone);
    pound.set_span(span);
    let word = Ident::new(word, span);
    quote!(#pound #word)
}

/// How many tokens the mark of an enclosing handler has: `@'send`, and a word where there is one.
fn mark_length(tokens: &[TokenTree]) -> usize {
    let [
        TokenTree::Punct(at),
        TokenTree::Punct(quote),
        TokenTree::Ident(_),
        rest @ ..,
    ] = tokens
    else {
        return 0;
    };
    if at.as_char() != '@' || quote.as_char() != '\'' {
        return 0;
    }
    match rest {
        [TokenTree::Punct(pound), TokenTree::Ident(_), ..] if pound.as_char() == '#' => 5,
        _ => 3,
    }
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
                && group.delimiter() == Delimiter::Bracket
    )
}

/// What every `send!` of a body gets in front of its arguments.
struct Sends {
    mark: Mark,
    /// Half-typed code is not judged.
    parses: bool,
    /// Was there any?
    seen: bool,
}

#[derive(Clone, Copy)]
enum Mark {
    /// `@'send`: break to the label.
    Label,
    /// `@'fail`: a mistake is on record, so only keep the arguments alive for the editor. As long
    /// as the label, see [`name_behind`].
    Refused,
}

impl Sends {
    fn labelled(parses: bool) -> Self {
        Sends {
            mark: Mark::Label,
            parses,
            seen: false,
        }
    }

    fn refused() -> Self {
        Sends {
            mark: Mark::Refused,
            parses: true,
            seen: false,
        }
    }

    fn mark(&mut self, tokens: TokenStream) -> TokenStream {
        let mut input: &[TokenTree] = &tokens.into_iter().collect::<Vec<_>>();
        let mut output = Vec::with_capacity(input.len());
        while let [first, rest @ ..] = input {
            // `return send!(..)`: rustc would call the `return` unreachable.
            if is_ident(first, "return") && starts_with_send(rest) {
                input = rest;
                continue;
            }
            input = match macro_call(input) {
                Some((call, after)) => {
                    self.mark_call(&call, &mut output);
                    after
                }
                None => {
                    output.push(match first {
                        TokenTree::Group(group) if !follows_pound(&output) => {
                            regroup(group, self.mark(group.stream())).into()
                        }
                        other => other.clone(),
                    });
                    rest
                }
            };
        }
        output.into_iter().collect()
    }

    fn mark_call(&mut self, call: &MacroCall<'_>, output: &mut Vec<TokenTree>) {
        output.extend(call.head.iter().cloned());
        let stream = match call.name.to_string().as_str() {
            "send" => self.marked(call),
            // These look at their tokens as text.
            "stringify" | "concat" => call.group.stream(),
            "macro_rules" => self.mark_rules(call.group.stream()),
            _ => self.mark(call.group.stream()),
        };
        output.push(regroup(call.group, stream).into());
    }

    /// The mark in front of what is sent, in place of that of an enclosing handler.
    fn marked(&mut self, call: &MacroCall<'_>) -> TokenStream {
        self.seen = true;
        let span = at(call.name.span());
        let mut tokens: Vec<TokenTree> = call.group.stream().into_iter().collect();
        tokens.drain(..mark_length(&tokens));
        let reply = self.mark(tokens.into_iter().collect());
        let label = |name| label(name, span);
        let (mark, word) = match (form::of(&reply), self.mark) {
            (Form::Invalid(error), Mark::Label) if self.parses => {
                let failed = label("fail");
                return quote_spanned!(span=> @ #failed { #error }, #reply);
            }
            (Form::Status, mark) => (mark, Some("status")),
            (Form::Value, mark) => (mark, Some("value")),
            (Form::Invalid(_) | Form::Unknown, mark) => (mark, None),
        };
        let mark = match mark {
            Mark::Label => label("send"),
            Mark::Refused => label("fail"),
        };
        let word = word.map(|word| word_mark(word, span));
        quote_spanned!(span=> @ #mark #word #reply)
    }

    /// In `(matcher) => { transcriber };` only the transcriber is code.
    fn mark_rules(&mut self, rules: TokenStream) -> TokenStream {
        let mut output: Vec<TokenTree> = Vec::new();
        for token in rules {
            let transcribes = matches!(
                output.as_slice(),
                [.., TokenTree::Punct(equals), TokenTree::Punct(greater)]
                    if equals.as_char() == '=' && greater.as_char() == '>'
            );
            output.push(match &token {
                TokenTree::Group(group) if transcribes => {
                    regroup(group, self.mark(group.stream())).into()
                }
                _ => token,
            });
        }
        output.into_iter().collect()
    }
}

/// `name ! (..)`, or `macro_rules ! name { .. }`; `head` is everything before the group.
struct MacroCall<'a> {
    name: &'a Ident,
    head: &'a [TokenTree],
    group: &'a Group,
}

/// The macro call that `tokens` starts with (at its name, not at its path), and what follows it.
fn macro_call(tokens: &[TokenTree]) -> Option<(MacroCall<'_>, &[TokenTree])> {
    let [TokenTree::Ident(name), TokenTree::Punct(bang), rest @ ..] = tokens else {
        return None;
    };
    if bang.as_char() != '!' {
        return None;
    }
    let (head, group, after) = match rest {
        [TokenTree::Group(group), after @ ..] => (tokens.get(..2)?, group, after),
        [TokenTree::Ident(_), TokenTree::Group(group), after @ ..] if *name == "macro_rules" => {
            (tokens.get(..3)?, group, after)
        }
        _ => return None,
    };
    // `x != (..)` is no call: the `!` there is joined to the `=`, and `!` before an invisible
    // group is a negation.
    if group.delimiter() == Delimiter::None {
        return None;
    }
    Some((MacroCall { name, head, group }, after))
}

/// `send!(..)` or `path::to::send!(..)`.
fn starts_with_send(mut tokens: &[TokenTree]) -> bool {
    loop {
        if let Some((call, _)) = macro_call(tokens) {
            return *call.name == "send";
        }
        tokens = match tokens {
            [
                TokenTree::Ident(_),
                TokenTree::Punct(a),
                TokenTree::Punct(b),
                rest @ ..,
            ] if a.as_char() == ':' && b.as_char() == ':' => rest,
            [TokenTree::Punct(a), TokenTree::Punct(b), rest @ ..]
                if a.as_char() == ':' && b.as_char() == ':' =>
            {
                rest
            }
            _ => return false,
        };
    }
}

fn is_ident(token: &TokenTree, name: &str) -> bool {
    matches!(token, TokenTree::Ident(ident) if ident == name)
}

/// Is the next group that of an attribute (`#[..]`, `#![..]`)?
fn follows_pound(before: &[TokenTree]) -> bool {
    match before {
        [.., TokenTree::Punct(pound), TokenTree::Punct(bang)] if bang.as_char() == '!' => {
            pound.as_char() == '#'
        }
        [.., TokenTree::Punct(pound)] => pound.as_char() == '#',
        _ => false,
    }
}

/// The same group around other tokens.
fn regroup(group: &Group, stream: TokenStream) -> Group {
    let mut regrouped = Group::new(group.delimiter(), stream);
    regrouped.set_span(group.span());
    regrouped
}
