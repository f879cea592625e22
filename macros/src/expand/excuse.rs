//! How is a mistake kept from being a second error?
//!
//! In the fallback the mistake is on record; what rustc would say about the same tokens is left
//! out by asking less of them.

use std::collections::HashSet;

use proc_macro2::TokenStream;
use quote::{quote, quote_spanned};
use syn::visit_mut::{self, VisitMut};
use syn::{Expr, ExprCall, ExprMethodCall, ExprReturn, Item, Macro, Stmt};

use super::question;
use crate::analyze::{ExprId, Flow, Mistake, Scope, is_bail, is_of_an_error, is_send};
use crate::diagnose;
use crate::parse::Kind;
use crate::span::{Place, at};

/// The statements of the body, in which a `return` without a send is no type error, and what is
/// done with a `send!` is not done.
pub(super) fn excused(kind: Kind, flow: Flow, asks: bool, runtime: &TokenStream) -> TokenStream {
    let Flow { mut block, report } = flow;
    let mut excuser = Excuser {
        reported: report
            .findings
            .iter()
            .filter_map(|found| found.expr)
            .collect(),
        in_const: false,
        asks,
        kind,
        runtime,
    };
    excuser.visit_block_mut(&mut block);
    let statements = &block.stmts;
    quote!(#(#statements)*)
}

struct Excuser<'a> {
    reported: HashSet<ExprId>,
    /// Inside something that is computed while compiling.
    in_const: bool,
    /// Does a `?` leave with the error type that is the default? See `probe`.
    asks: bool,
    kind: Kind,
    runtime: &'a TokenStream,
}

impl VisitMut for Excuser<'_> {
    fn visit_expr_mut(&mut self, expr: &mut Expr) {
        let reported = self.reported.contains(&ExprId::of(expr));
        match expr {
            // A `return` in one of these is not the handler's.
            Expr::Closure(_) | Expr::Async(_) => return,
            Expr::Const(_) => return self.in_const(|this| visit_mut::visit_expr_mut(this, expr)),
            Expr::TryBlock(_) => return,
            _ => visit_mut::visit_expr_mut(self, expr),
        }
        if let Expr::Try(attempt) = expr
            && self.asks
        {
            question::ask(attempt, self.runtime);
        }
        match expr {
            Expr::Return(leave) if reported || leave.expr.is_none() => {
                *expr = Expr::Verbatim(self.answered(leave));
            }
            // A tail such as `Ok(())`, of which nobody knows the type any more.
            Expr::Call(call) if reported && is_result(call) => *expr = self.typed(call),
            Expr::MethodCall(call) if is_of_an_error(call) => self.give_errors(call),
            Expr::Macro(call) if is_bail(&call.mac, true) => *expr = self.left_alone(&call.mac),
            Expr::Macro(call) if self.in_const && is_send(&call.mac) => {
                *expr = Expr::Verbatim(reported_send(self.kind, &call.mac));
            }
            _ => {
                if let Some(send) = send_under(expr) {
                    *expr = send;
                }
            }
        }
    }

    fn visit_stmt_mut(&mut self, statement: &mut Stmt) {
        visit_mut::visit_stmt_mut(self, statement);
        if let Stmt::Macro(call) = statement
            && is_bail(&call.mac, true)
        {
            *statement = Stmt::Expr(self.left_alone(&call.mac), call.semi_token);
        }
        if let Stmt::Macro(call) = statement
            && self.in_const
            && is_send(&call.mac)
        {
            let error = Expr::Verbatim(reported_send(self.kind, &call.mac));
            *statement = Stmt::Expr(error, call.semi_token);
        }
    }

    fn visit_item_mut(&mut self, item: &mut Item) {
        if let Item::Const(_) | Item::Static(_) = item {
            self.in_const(|this| visit_mut::visit_item_mut(this, item));
        }
    }
}

/// A send in a constant, behind the error that is on record for it. Alone it would be evaluated,
/// and its panic reported; with the error it is not evaluated, and rustc shows the same error at
/// the same place once.
fn reported_send(kind: Kind, send: &Macro) -> TokenStream {
    let place = Place::of(send).unwrap_or(Place::token(send.bang_token.span));
    let error = diagnose::flow(kind, place, &Mistake::SendInScope(Scope::Const));
    quote_spanned!(at(send.bang_token.span)=> { #error #send })
}

impl Excuser<'_> {
    fn in_const(&mut self, visit: impl FnOnce(&mut Self)) {
        let outside = std::mem::replace(&mut self.in_const, true);
        visit(self);
        self.in_const = outside;
    }

    /// A macro that leaves with an error of its own, where that is nobody's affair.
    fn left_alone(&self, mac: &Macro) -> Expr {
        let runtime = self.runtime;
        let span = at(mac.bang_token.span);
        let name = mac.path.segments.last().map(|last| &last.ident);
        let leaves = name.is_some_and(|name| name == "bail");
        let leaves = leaves.then(|| quote_spanned!(span=> return #runtime::__private::unproven();));
        Expr::Verbatim(quote_spanned!(span=> {
            let _ = || {
                if true { #mac; }
                #runtime::__private::Ok(())
            };
            #leaves
        }))
    }

    /// A `Result` of which only one of the two types is known.
    fn typed(&self, call: &ExprCall) -> Expr {
        let runtime = self.runtime;
        let span = at(call.paren_token.span.open());
        let is_ok = matches!(&*call.func, Expr::Path(callee) if callee.path.is_ident("Ok"));
        let types = match is_ok {
            true => quote_spanned!(span=> <_, ()>),
            false => quote_spanned!(span=> <(), _>),
        };
        Expr::Verbatim(
            quote_spanned!(span=> { let _: #runtime::__private::Result #types = #call; }),
        )
    }

    /// Instead of a send that was reported, the closure of an error makes one that `?` takes.
    fn give_errors(&self, call: &mut ExprMethodCall) {
        let runtime = self.runtime;
        for argument in &mut call.args {
            if let Expr::Closure(closure) = argument
                && sends_at_once(&closure.body)
            {
                let span = at(call.method.span());
                let body = &closure.body;
                let error = quote_spanned!(span=> {
                    if true { #body }
                    #runtime::__private::never_run::<#runtime::Reply>()
                });
                *closure.body = Expr::Verbatim(error);
            }
        }
    }

    fn answered(&self, leave: &ExprReturn) -> TokenStream {
        let runtime = self.runtime;
        let value = leave.expr.iter().map(|value| match &**value {
            Expr::Call(call) if is_result(call) => self.typed(call),
            value => value.clone(),
        });
        let span = at(leave.return_token.span);
        quote_spanned!(span=> { #(let _ = #value;)* return #runtime::__private::unproven() })
    }
}

/// `Ok(..)` or `Err(..)`.
fn is_result(call: &ExprCall) -> bool {
    matches!(&*call.func, Expr::Path(callee)
        if callee.path.is_ident("Ok") || callee.path.is_ident("Err"))
}

/// `send!(..)`, alone or in braces.
fn sends_at_once(body: &Expr) -> bool {
    match body {
        Expr::Macro(call) => is_send(&call.mac),
        Expr::Block(block) => match block.block.stmts.as_slice() {
            [Stmt::Macro(call)] => is_send(&call.mac),
            [Stmt::Expr(expr, _)] => sends_at_once(expr),
            _ => false,
        },
        _ => false,
    }
}

/// The `send!(..)` of `send!(..).await` and its like, which a value of the type `!` cannot be in.
fn send_under(expr: &mut Expr) -> Option<Expr> {
    let base = match expr {
        Expr::Await(wait) => &mut wait.base,
        Expr::Try(attempt) => &mut attempt.expr,
        Expr::MethodCall(call) => &mut call.receiver,
        Expr::Field(field) => &mut field.base,
        Expr::Index(index) => &mut index.expr,
        _ => return None,
    };
    match &**base {
        Expr::Macro(call) if is_send(&call.mac) => Some(std::mem::replace(
            &mut **base,
            Expr::Verbatim(TokenStream::new()),
        )),
        _ => None,
    }
}
