//! Of which form is a send?
//!
//! Most begin with a status literal, or are a single value. The macro says so with a word, and
//! `send!` takes the shortest way, with no trait to ask what the first argument is: that halves
//! what rustc has to do. A literal that is no status is an error here too, for the sends that
//! `analyze` cannot read.

use proc_macro2::{Literal, TokenStream, TokenTree};
use quote::ToTokens;
use syn::{Lit, LitInt};

use crate::diagnose;
use crate::span::Place;

/// What is known of the form of a send.
pub(super) enum Form {
    /// A status literal from 200 to 599 comes first.
    Status,
    /// A single value.
    Value,
    /// A literal that is no status comes first; with the error that says so.
    Invalid(TokenStream),
    /// The form cannot be told from the tokens.
    Unknown,
}

/// Looks at the arguments of a send.
pub(super) fn of(reply: &TokenStream) -> Form {
    let tokens: Vec<TokenTree> = reply.clone().into_iter().collect();
    match tokens.as_slice() {
        [
            TokenTree::Punct(minus),
            TokenTree::Literal(literal),
            rest @ ..,
        ] if minus.as_char() == '-' && is_negative(literal, rest) => Form::Invalid(
            diagnose::invalid_status(
                Place {
                    start: minus.span(),
                    end: literal.span(),
                },
                &format!("-{literal}"),
            )
            .to_token_stream(),
        ),
        [TokenTree::Literal(literal), rest @ ..] => match Lit::new(literal.clone()) {
            Lit::Int(integer) => status(literal, &integer, rest),
            _ if rest.is_empty() => Form::Value,
            _ => Form::Unknown,
        },
        // Not what a `macro_rules!` passed on, which may be a literal.
        [TokenTree::Ident(_), ..] if !is_unfinished(&tokens) && !has_comma(&tokens) => Form::Value,
        _ => Form::Unknown,
    }
}

fn status(literal: &Literal, integer: &LitInt, rest: &[TokenTree]) -> Form {
    match rest {
        [] => {}
        [TokenTree::Punct(comma), body @ ..] if comma.as_char() == ',' => {
            if is_unfinished(body) {
                return Form::Unknown;
            }
        }
        // `5.to_string()`
        _ => return Form::Unknown,
    }
    if is_final(integer) {
        Form::Status
    } else {
        Form::Invalid(error(literal))
    }
}

/// One behind the value may be there, too, but then the long way does as well.
fn has_comma(tokens: &[TokenTree]) -> bool {
    let is_comma =
        |token: &TokenTree| matches!(token, TokenTree::Punct(punct) if punct.as_char() == ',');
    tokens.iter().any(is_comma)
}

/// Is `-` and this literal all there is, or the first part?
fn is_negative(literal: &Literal, rest: &[TokenTree]) -> bool {
    let is_integer = matches!(Lit::new(literal.clone()), Lit::Int(_));
    let is_end = match rest {
        [] => true,
        [TokenTree::Punct(comma), ..] => comma.as_char() == ',',
        _ => false,
    };
    is_integer && is_end
}

fn is_final(integer: &LitInt) -> bool {
    let status = integer.base10_parse::<u16>();
    status.is_ok_and(|status| (200..600).contains(&status))
}

/// `todo!()` has the type `!`, which only the long way takes.
fn is_unfinished(body: &[TokenTree]) -> bool {
    matches!(
        body,
        [TokenTree::Ident(name), TokenTree::Punct(_), TokenTree::Group(_), ..]
            if name == "todo" || name == "unimplemented"
    )
}

fn error(literal: &Literal) -> TokenStream {
    let place = Place::token(literal.span());
    diagnose::invalid_status(place, &literal.to_string()).to_token_stream()
}
