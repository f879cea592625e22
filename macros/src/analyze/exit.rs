//! What do a `send!` and a `return` say?

use proc_macro2::{TokenStream, TokenTree};
use syn::punctuated::Punctuated;
use syn::{Expr, ExprReturn, Lit, LitInt, Macro, Token, UnOp};

use super::macros;
use super::report::{ExprId, Finding, Mistake};
use super::shape;
use super::verdict::Reach;
use super::walk::{Next, Walker};
use crate::span::Place;

impl Walker {
    /// `send!(..)` where it ends the handler.
    pub(super) fn send(&mut self, mac: &Macro) {
        if let Some(first_use) = self.locals.shadowed_send(mac) {
            if first_use {
                self.find(Place::of(mac), Mistake::ShadowedSend);
            }
            self.unread(mac, Next::Code);
            return;
        }
        let parser = Punctuated::<Expr, Token![,]>::parse_terminated;
        match mac.parse_body_with(parser) {
            Ok(arguments) => {
                let arguments: Vec<Expr> = arguments.into_iter().collect();
                self.check_send(mac, &arguments);
                self.in_macro += 1;
                let sends = self.operation(&arguments);
                self.in_macro -= 1;
                if !sends {
                    return;
                }
            }
            // rustc reports it, as a send.
            Err(_) => {
                self.report.unread = true;
                if let Some(place) = semicolon(&mac.tokens) {
                    self.find(Some(place), Mistake::SemicolonInSend);
                }
            }
        }
        if self.muted == 0 {
            self.sends += 1;
        }
        self.reach = self.reach.then(Reach::Sent);
    }

    /// What a status literal rules out.
    fn check_send(&mut self, mac: &Macro, arguments: &[Expr]) {
        let Some((first, rest)) = arguments.split_first() else {
            self.find(Place::of(mac), Mistake::EmptySend);
            return;
        };
        if let Expr::Unary(negation) = first
            && let (UnOp::Neg(_), Some(literal)) = (&negation.op, integer(&negation.expr))
        {
            let literal = format!("-{literal}");
            self.find(Place::of(negation), Mistake::InvalidStatus { literal });
            return;
        }
        let Some(literal) = integer(first) else {
            return;
        };
        match literal.base10_parse::<u16>() {
            Ok(status @ (204 | 205 | 304)) => {
                if let Some(body) = rest.last()
                    && shape::is_body(body)
                {
                    self.find(Place::of(body), Mistake::BodyNotAllowed { status });
                }
            }
            Ok(200..=599) => {}
            Ok(_) | Err(_) => {
                let place = Place::token(literal.span());
                let literal = literal.to_string();
                self.find(Some(place), Mistake::InvalidStatus { literal });
            }
        }
    }

    pub(super) fn return_(&mut self, node: &Expr, expr: &ExprReturn) {
        let before = self.report.findings.len();
        if let Some(value) = &expr.expr {
            // `return send!(..)` is a send.
            if let Expr::Macro(value) = &**value
                && macros::is_send(&value.mac)
                && !self.locals.is_of_outside(&value.mac)
            {
                self.send(&value.mac);
                return;
            }
            self.expr(value, Next::Use);
            if self.reach.is_dead() {
                // `return match .. { every arm sends }` answers, and rustc warns of the `return`.
                self.report.foreign_dead = true;
                return;
            }
        }
        let wrong = match expr.expr.as_deref() {
            None => true,
            Some(Expr::Macro(value)) => {
                !self.locals.defines(&value.mac) && macros::is_value(&value.mac)
            }
            Some(value) => shape::is_no_answer(value),
        };
        if let Some(Expr::Macro(_)) = expr.expr.as_deref()
            && !wrong
            && self.in_macro == 0
        {
            self.report.returned.insert(ExprId::of(node));
        }
        let is_ok = expr.expr.as_deref().is_some_and(shape::is_ok_of_nothing);
        if (wrong || is_ok) && self.muted == 0 {
            let start = expr.return_token.span;
            let end = expr.expr.as_deref().and_then(shape::end);
            let finding = Finding {
                place: Place {
                    start,
                    end: end.unwrap_or(start),
                },
                mistake: match is_ok {
                    true => Mistake::ReturnOk,
                    false => Mistake::ReturnWithoutSend {
                        with_value: expr.expr.is_some(),
                    },
                },
                expr: (self.in_macro == 0).then(|| ExprId::of(node)),
            };
            // In source order: the `return` stands before what is in its value.
            self.report.findings.insert(before, finding);
        }
        self.reach = self.reach.then(Reach::Left);
    }
}

/// Where a `;` stands between the parts of a send.
fn semicolon(tokens: &TokenStream) -> Option<Place> {
    let mut tokens = tokens.clone().into_iter();
    let is_one = |it: &TokenTree| matches!(it, TokenTree::Punct(punct) if punct.as_char() == ';');
    tokens.find(is_one).map(|token| Place::token(token.span()))
}

fn integer(expr: &Expr) -> Option<&LitInt> {
    match expr {
        Expr::Lit(expr) => match &expr.lit {
            Lit::Int(literal) => Some(literal),
            _ => None,
        },
        Expr::Group(group) => integer(&group.expr),
        _ => None,
    }
}
