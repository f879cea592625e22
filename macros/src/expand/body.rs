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
    let is_parsed = flow.is_some();
    let deny = flow.as_ref().is_none_or(Flow::hides_dead_code);
    // Where nothing needs to be edited the tokens stay those of the user, untouched by a parser.
    let mut needs_label = false;
    let statements = match flow {
        Some(flow) if flow.has_suspects() => {
            needs_label = true;
            probe::probed(flow, &label("send", span), runtime)
        }
        _ => statements,
    };
    let mut sends = Sends::labelled(is_parsed);
    let block = braced(function.body.span(), sends.mark(statements));

    let private = quote_spanned!(span=> #runtime::__private);
    let deny = deny.then(|| quote_spanned!(span=> #[deny(unreachable_code)]));
    let allow = if sends.seen || needs_label {
        // A body may be a single `send!`, and `a || send!(..)` is how one guards.
        quote_spanned!(span=> #[allow(clippy::diverging_sub_expression)])
    } else {
        // A body that only panics, delegates or passes has no need of the label.
        quote_spanned!(span=> #[allow(unused_labels, clippy::diverging_sub_expression)])
    };
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
    quote!(#outer)
}

/// The name of what is sent, as long as is left to it behind the attributes.
///
/// rust-analyzer completes what is typed by expanding twice, with a word at the cursor and without,
/// and looks for the cursor at the same distance from the start. With the word the body may parse,
/// and without it not, or have a mistake; so the body starts at one distance whatever is in it.
fn name_behind(attributes: &TokenStream, span: Span) -> Ident {
    const LONGEST: usize = "__sent".len()
        + "#[deny(unreachable_code)]".len()
        + "#[allow(unused_labels,clippy::diverging_sub_expression)]".len();
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
    /// Was there any?
    seen: bool,
}

#[derive(Clone, Copy)]
enum Mark {
    /// `@'send`: break to the label.
    Label {
        /// Is the whole body?
        is_parsed: bool,
    },
    /// `@'fail`: a mistake is on record, so only keep the arguments alive for the editor. As long
    /// as the label, see [`name_behind`].
    Refused,
}

impl Sends {
    /// In a body that does not parse nothing is an error of ours.
    fn labelled(is_parsed: bool) -> Self {
        Sends {
            mark: Mark::Label { is_parsed },
            seen: false,
        }
    }

    fn refused() -> Self {
        Sends {
            mark: Mark::Refused,
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
        let [sends, fails] = ["send", "fail"].map(|name| label(name, span));
        let word = match (form::of(&reply), self.mark) {
            (Form::Invalid(error), Mark::Label { is_parsed: true }) => {
                let invalid = word_mark("invalid", span);
                return quote_spanned!(span=> @ #sends #invalid #error, #reply);
            }
            (Form::Status, _) => Some(word_mark("status", span)),
            (Form::Value, _) => Some(word_mark("value", span)),
            (Form::Invalid(_) | Form::Unknown, _) => None,
        };
        match self.mark {
            Mark::Label { .. } => quote_spanned!(span=> @ #sends #word #reply),
            Mark::Refused => quote_spanned!(span=> @ #fails #word #reply),
        }
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
