//! What becomes of a `?`?
//!
//! Its operand goes through the runtime's `leaving`, which says in words of ours what rustc would
//! say in those of `From`: only where `?` leaves the handler, and with the error type that is the
//! default.

use proc_macro2::{TokenStream, TokenTree};
use quote::quote_spanned;
use syn::{Expr, ExprTry};

use crate::span::at;

/// Is there a `?` among these tokens? Then the body is worth a visit.
pub(super) fn is_asked(tokens: &TokenStream) -> bool {
    tokens.clone().into_iter().any(|token| match token {
        TokenTree::Punct(punct) => punct.as_char() == '?',
        TokenTree::Group(group) => is_asked(&group.stream()),
        TokenTree::Ident(_) | TokenTree::Literal(_) => false,
    })
}

/// Puts the operand through `leaving`.
pub(super) fn ask(attempt: &mut ExprTry, runtime: &TokenStream) {
    let span = at(attempt.question_token.span);
    let operand = &attempt.expr;
    let asked = quote_spanned!(span=> #runtime::__private::leaving(#operand));
    *attempt.expr = Expr::Verbatim(asked);
}
