//! How is a mistake kept from being a second error?
//!
//! In the fallback the mistake is on record; what rustc would say about the same tokens is left
//! out by asking less of them.

use std::collections::HashSet;

use proc_macro2::TokenStream;
use quote::{quote, quote_spanned};
use syn::visit_mut::{self, VisitMut};
use syn::{Expr, ExprReturn};

use crate::analyze::{ExprId, Flow};
use crate::span::at;

/// The statements of the body, in which a `return` without a send is no type error, and what is
/// done with a `send!` is not done.
pub(super) fn excused(flow: Flow, runtime: &TokenStream) -> TokenStream {
    let Flow { mut block, report } = flow;
    let mut excuser = Excuser {
        reported: report
            .findings
            .iter()
            .filter_map(|found| found.expr)
            .collect(),
        runtime,
    };
    excuser.visit_block_mut(&mut block);
    let statements = &block.stmts;
    quote!(#(#statements)*)
}

struct Excuser<'a> {
    reported: HashSet<ExprId>,
    runtime: &'a TokenStream,
}

impl VisitMut for Excuser<'_> {
    fn visit_expr_mut(&mut self, expr: &mut Expr) {
        let reported = self.reported.contains(&ExprId::of(expr));
        // A `return` in one of these is not the handler's.
        if matches!(expr, Expr::Closure(_) | Expr::Async(_) | Expr::Const(_)) {
            return;
        }
        visit_mut::visit_expr_mut(self, expr);
        if let Expr::Return(leave) = expr
            && (reported || leave.expr.is_none())
        {
            *expr = Expr::Verbatim(self.answered(leave));
        } else if let Some(send) = send_under(expr) {
            *expr = send;
        }
    }

    fn visit_item_mut(&mut self, _: &mut syn::Item) {}
}

impl Excuser<'_> {
    fn answered(&self, leave: &ExprReturn) -> TokenStream {
        let runtime = self.runtime;
        let value = leave.expr.iter();
        let span = at(leave.return_token.span);
        quote_spanned!(span=> { #(let _ = #value;)* return #runtime::__private::unproven() })
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
    let Expr::Macro(call) = &**base else {
        return None;
    };
    let name = call.mac.path.segments.last()?;
    (name.ident == "send")
        .then(|| std::mem::replace(&mut **base, Expr::Verbatim(TokenStream::new())))
}
