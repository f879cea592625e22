//! What does a `send!` of the body get in front of its arguments?
//!
//! The label that it may break to, and a word for its form. It works on raw tokens, so that it
//! reaches into `select!` and `vec!`, and does not mind half-typed code.

use proc_macro2::{Delimiter, Group, Ident, Punct, Spacing, Span, TokenStream, TokenTree};
use quote::{quote, quote_spanned};

use super::form::{self, Form};
use crate::span::{LineColumn, at, line_and_column};

/// `'send`, which no user code can name: it has the hygiene of this macro.
pub(super) fn label(name: &str, span: Span) -> TokenStream {
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

/// What every `send!` of a body gets in front of its arguments.
pub(super) struct Sends {
    mark: Mark,
    /// Is a plain `send!` a macro of the handler's module?
    has_own_send: bool,
    /// Did the body have a `send!` at all?
    pub(super) seen: bool,
    /// Was there one in the place of an operand, as in `a || send!(..)`?
    pub(super) is_operand: bool,
    /// Where those are that can end the handler.
    pub(super) places: Vec<LineColumn>,
    /// Inside how many functions or macros of the body: what is sent there is not the handler's.
    foreign: usize,
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
    pub(super) fn labelled(is_parsed: bool, has_own_send: bool) -> Self {
        Sends::with(Mark::Label { is_parsed }, has_own_send)
    }

    pub(super) fn refused(has_own_send: bool) -> Self {
        Sends::with(Mark::Refused, has_own_send)
    }

    fn with(mark: Mark, has_own_send: bool) -> Self {
        Sends {
            mark,
            has_own_send,
            seen: false,
            is_operand: false,
            places: Vec::new(),
            foreign: 0,
        }
    }

    pub(super) fn mark(&mut self, tokens: TokenStream) -> TokenStream {
        let mut input: &[TokenTree] = &tokens.into_iter().collect::<Vec<_>>();
        let mut output = Vec::with_capacity(input.len());
        let mut item = false;
        let mut helper = false;
        while let [first, rest @ ..] = input {
            // `return send!(..)`: rustc would call the `return` unreachable.
            if is_ident(first, "return") && self.starts_with_send(rest) {
                input = rest;
                continue;
            }
            input = match macro_call(input) {
                Some((call, after)) => {
                    self.mark_call(&call, &mut output);
                    after
                }
                None => {
                    // A nested handler answers for its own sends.
                    let nested = is_ident(first, "fn") && matches!(rest, [TokenTree::Ident(_), ..]);
                    item |= nested;
                    helper = item && !nested && (helper || names_result(first));
                    self.is_operand |= self.is_operand_block(first, &output);
                    output.push(match first {
                        TokenTree::Group(group) if !follows_pound(&output) => {
                            let body = item && group.delimiter() == Delimiter::Brace;
                            item &= !body;
                            // In a function that returns a `Result` a send is an early exit.
                            let stream = match body {
                                true if std::mem::take(&mut helper) => group.stream(),
                                true => self.foreign(|sends| sends.mark(group.stream())),
                                false => self.mark(group.stream()),
                            };
                            regroup(group, stream).into()
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
        let is_send = *call.name == "send" && self.is_ours(output);
        self.is_operand |= is_send && ends_in_operator(output);
        output.extend(call.head.iter().cloned());
        let stream = match call.name.to_string().as_str() {
            _ if is_send => self.marked(call),
            // These look at their tokens as text.
            "stringify" | "concat" => call.group.stream(),
            "macro_rules" => self.foreign(|sends| sends.mark_rules(call.group.stream())),
            _ => self.mark(call.group.stream()),
        };
        output.push(regroup(call.group, stream).into());
    }

    /// `{ send!(..) }`, behind `a ||`.
    fn is_operand_block(&self, token: &TokenTree, before: &[TokenTree]) -> bool {
        let (TokenTree::Group(group), [.., TokenTree::Punct(punct)]) = (token, before) else {
            return false;
        };
        let tokens: Vec<TokenTree> = group.stream().into_iter().collect();
        matches!(punct.as_char(), '|' | '&') && self.starts_with_send(&tokens)
    }

    /// `send!(..)` or `sendoff::send!(..)`.
    fn starts_with_send(&self, tokens: &[TokenTree]) -> bool {
        let mut path = Vec::new();
        let mut rest = tokens;
        loop {
            if let Some((call, _)) = macro_call(rest) {
                return *call.name == "send" && self.is_ours(&path);
            }
            match rest {
                [
                    token @ (TokenTree::Ident(_) | TokenTree::Punct(_)),
                    more @ ..,
                ] => {
                    let is_path = match token {
                        TokenTree::Punct(punct) => punct.as_char() == ':',
                        _ => true,
                    };
                    if !is_path {
                        return false;
                    }
                    path.push(token.clone());
                    rest = more;
                }
                _ => return false,
            }
        }
    }

    /// Is `send!` the one, behind this path?
    fn is_ours(&self, before: &[TokenTree]) -> bool {
        match before {
            [
                ..,
                TokenTree::Ident(name),
                TokenTree::Punct(a),
                TokenTree::Punct(b),
            ] if a.as_char() == ':' && b.as_char() == ':' => name == "sendoff",
            _ => !self.has_own_send,
        }
    }

    /// The mark in front of what is sent, in place of that of an enclosing handler.
    fn marked(&mut self, call: &MacroCall<'_>) -> TokenStream {
        self.seen = true;
        if self.foreign == 0 {
            self.places.push(line_and_column(call.name.span()));
        }
        let span = at(call.name.span());
        let mut tokens: Vec<TokenTree> = call.group.stream().into_iter().collect();
        tokens.drain(..mark_length(&tokens));
        let mut reply = self.mark(tokens.into_iter().collect());
        if let Mark::Refused = self.mark {
            reply = with_commas(reply);
        }
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

    /// Marks what belongs to another function or a macro's definition.
    fn foreign(&mut self, mark: impl FnOnce(&mut Self) -> TokenStream) -> TokenStream {
        self.foreign += 1;
        let marked = mark(self);
        self.foreign -= 1;
        marked
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

/// Do these tokens leave off where an operand comes: `a || `, `return `, `f(a, `? What begins a group
/// of parentheses is not told from what begins a block.
fn ends_in_operator(mut tokens: &[TokenTree]) -> bool {
    while let [
        before @ ..,
        TokenTree::Ident(_),
        TokenTree::Punct(a),
        TokenTree::Punct(b),
    ] = tokens
        && a.as_char() == ':'
        && b.as_char() == ':'
    {
        tokens = before;
    }
    match tokens {
        [] => false,
        [.., TokenTree::Punct(equals), TokenTree::Punct(greater)] if greater.as_char() == '>' => {
            equals.as_char() != '='
        }
        [.., TokenTree::Punct(punct)] => punct.as_char() != ';',
        [.., TokenTree::Group(group)] => group.delimiter() == Delimiter::Parenthesis,
        [.., TokenTree::Ident(_) | TokenTree::Literal(_)] => true,
    }
}

/// `,` for each `;` between the parts of a send, which is on record.
fn with_commas(tokens: TokenStream) -> TokenStream {
    let with_comma = |token| match token {
        TokenTree::Punct(punct) if punct.as_char() == ';' => {
            let mut comma = Punct::new(',', Spacing::Alone);
            comma.set_span(punct.span());
            comma.into()
        }
        other => other,
    };
    tokens.into_iter().map(with_comma).collect()
}

/// The name of a `Result`, in the head of a function.
fn names_result(token: &TokenTree) -> bool {
    matches!(token, TokenTree::Ident(name) if name.to_string().ends_with("Result"))
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
