//! How is a call asked whether it returns?
//!
//! A call that ends a path is right if its type is `!`, or, without a `;` behind it, `Sent`; no
//! syntax tells. The call becomes a `break` to the handler's label with a trait's answer, and that
//! trait is implemented for nothing else. Its text is our `[missing-send]`.

use std::collections::{HashMap, HashSet};

use proc_macro2::{Ident, TokenStream};
use quote::{ToTokens, quote, quote_spanned};
use syn::visit_mut::{self, VisitMut};
use syn::{Block, Expr, ExprCall, ExprReturn, Item, PathSegment, Stmt};

use super::body::{braced, exit};
use super::mark::label;
use super::question;
use crate::analyze::{ExprId, Flow, Mistake, PathEnd, Suspect, is_value_macro};
use crate::diagnose;
use crate::parse::Kind;
use crate::span::{Place, at};

/// The statements of the body, in which every suspect is asked. `label` is what `send!` breaks to.
///
/// `asks` where a `?` leaves with the error type that is the default.
pub(super) fn probed(
    flow: Flow,
    asks: bool,
    label: &TokenStream,
    runtime: &TokenStream,
) -> TokenStream {
    let Flow { mut block, report } = flow;
    let suspects = report.suspects.into_iter();
    let mut prober = Prober {
        suspects: suspects.map(|suspect| (suspect.expr, suspect)).collect(),
        behind_unread: report.behind_unread,
        replies: report.replies,
        returned: report.returned,
        has_send_function: report.has_send_function,
        ends_under_cfg: report.ends_under_cfg,
        asks,
        label,
        runtime,
    };
    prober.visit_block_mut(&mut block);
    let statements = &block.stmts;
    quote!(#(#statements)*)
}

struct Prober<'a> {
    suspects: HashMap<ExprId, Suspect>,
    behind_unread: HashSet<ExprId>,
    replies: HashSet<ExprId>,
    returned: HashSet<ExprId>,
    has_send_function: bool,
    ends_under_cfg: HashMap<ExprId, (Place, TokenStream)>,
    asks: bool,
    label: &'a TokenStream,
    runtime: &'a TokenStream,
}

impl VisitMut for Prober<'_> {
    fn visit_block_mut(&mut self, block: &mut Block) {
        let behind = |stmt: &Stmt| self.behind_unread.contains(&ExprId::of_stmt(stmt));
        let behind: Vec<bool> = block.stmts.iter().map(behind).collect();
        let end = |stmt: &Stmt| self.ends_under_cfg.get(&ExprId::of_stmt(stmt));
        let end = block.stmts.last().and_then(end).cloned();
        visit_mut::visit_block_mut(self, block);
        if let Some((place, condition)) = end {
            block.stmts.push(self.missing_without(place, &condition));
        }
        if behind.contains(&true) {
            let stmts = std::mem::take(&mut block.stmts);
            let behind = behind.into_iter().chain([false]);
            for (stmt, behind) in stmts.into_iter().zip(behind) {
                block.stmts.extend(reached(&stmt).filter(|_| behind));
                block.stmts.push(stmt);
            }
        }
    }

    fn visit_expr_mut(&mut self, expr: &mut Expr) {
        // The name of an expression is its place in memory: look before anything moves.
        let suspect = self.suspects.get(&ExprId::of(expr)).copied();
        let is_returned = self.returned.contains(&ExprId::of(expr));
        // A `?` in one of these does not leave the handler.
        let asks = self.asks;
        self.asks &= !matches!(
            expr,
            Expr::Closure(_) | Expr::Async(_) | Expr::Const(_) | Expr::TryBlock(_)
        );
        visit_mut::visit_expr_mut(self, expr);
        self.asks = asks;
        if let Expr::Try(attempt) = expr
            && asks
        {
            question::ask(attempt, self.runtime);
        }
        if let Expr::Return(leave) = expr
            && is_returned
            && let Some(returned) = self.returned(leave)
        {
            *expr = returned;
        }
        if let Some(suspect) = suspect
            && (suspect.semicolon || !is_inferred(expr))
        {
            let answer = self.answer(expr, &suspect);
            *expr = Expr::Verbatim(self.probe(&answer, &suspect));
        }
    }

    fn visit_item_mut(&mut self, item: &mut Item) {
        let asks = std::mem::replace(&mut self.asks, false);
        visit_mut::visit_item_mut(self, item);
        self.asks = asks;
    }

    fn visit_stmt_mut(&mut self, stmt: &mut Stmt) {
        let id = match stmt {
            Stmt::Local(local) => Some(ExprId::of_local(local)),
            Stmt::Macro(mac) => Some(ExprId::of_macro(mac)),
            Stmt::Item(_) | Stmt::Expr(_, _) => None,
        };
        let suspect = id.and_then(|id| self.suspects.get(&id).copied());
        let is_reply = id.is_some_and(|id| self.replies.contains(&id));
        visit_mut::visit_stmt_mut(self, stmt);
        if is_reply && let Some(used) = used(stmt) {
            *stmt = used;
        }
        if let Some(suspect) = suspect {
            let answer = match stmt {
                Stmt::Macro(call) if is_slip_of_send(call.mac.path.segments.last()) => {
                    let call = &call.mac;
                    quote!(#call)
                }
                Stmt::Macro(call) if !suspect.semicolon && is_value_macro(&call.mac) => {
                    self.value(call, &suspect)
                }
                _ => dropped_or_sent(stmt, &suspect),
            };
            let probe = Expr::Verbatim(self.probe(&answer, &suspect));
            *stmt = Stmt::Expr(probe, suspect.semicolon.then(Default::default));
        }
    }
}

/// A statement that has to be reached, or the one behind it is code after a send that the walk
/// could not see. It is a statement of its own so that no attribute of the user's can allow it.
fn reached(stmt: &Stmt) -> Option<Stmt> {
    // The user's own span: rustc lints nothing that an attribute macro has written.
    let span = Place::of(stmt)?.start;
    let unit = quote_spanned!(span=> #[deny(unreachable_code)] let () = (););
    Some(Stmt::Expr(Expr::Verbatim(unit), None))
}

/// A statement whose value must not be dropped, whatever the user allows.
fn used(stmt: &Stmt) -> Option<Stmt> {
    let span = Place::of(stmt)?.start;
    let used = quote_spanned!(span=> #[deny(unused_must_use)] { #stmt });
    Some(Stmt::Expr(Expr::Verbatim(used), None))
}

/// The question, asked of a statement. One whose value is dropped is asked as a block, which is
/// `!` only if its end is never reached: that also tells of operands that never return, and of a
/// call whose type is inferred.
fn dropped_or_sent(node: &impl ToTokens, suspect: &Suspect) -> TokenStream {
    let span = suspect.place.start;
    if suspect.semicolon {
        let method = Ident::new("__must_diverge", span);
        let end = quote_spanned!(at(span)=> ;);
        quote_spanned!(span=> ({ #node #end }).#method())
    } else {
        let method = Ident::new("__must_send", span);
        quote_spanned!(span=> #node.#method())
    }
}

/// `send(404)`: if that is no function rustc says so, and of what is none no type can be asked.
fn is_call_of_send(call: &ExprCall) -> bool {
    matches!(&*call.func, Expr::Path(callee) if callee.path.is_ident("send"))
}

/// `sned!(404)`: the same of a macro.
fn is_slip_of_send(name: Option<&PathSegment>) -> bool {
    const SLIPS: [&str; 5] = ["esnd", "sedn", "sen", "snd", "sned"];
    name.is_some_and(|name| SLIPS.iter().any(|slip| name.ident == slip))
}

/// Does the type come from where the value goes? Such a call cannot be asked for its type.
fn is_inferred(expr: &Expr) -> bool {
    const NAMES: [&str; 7] = [
        "collect", "default", "into", "parse", "product", "sum", "try_into",
    ];
    let name = match expr {
        Expr::MethodCall(call) if call.turbofish.is_none() => Some(&call.method),
        Expr::Call(call) => match &*call.func {
            Expr::Path(path) => path.path.segments.last().map(|last| &last.ident),
            _ => None,
        },
        _ => None,
    };
    name.is_some_and(|name| NAMES.iter().any(|known| name == known))
}

impl Prober<'_> {
    /// The missing send, where a condition takes away the statement that ends the path.
    fn missing_without(&self, place: Place, condition: &TokenStream) -> Stmt {
        let runtime = self.runtime;
        let mistake = Mistake::MissingSend(PathEnd::UnderCfg);
        let error = diagnose::flow(Kind::Handler, place, &mistake);
        let span = at(place.start);
        let missing = quote_spanned!(span=>
            #[cfg(not(#condition))]
            { #error return #runtime::__private::unproven(); }
        );
        Stmt::Expr(Expr::Verbatim(missing), Some(Default::default()))
    }

    /// A `return` of what may be a send: to rustc the `return` would be dead code then.
    fn returned(&self, leave: &ExprReturn) -> Option<Expr> {
        let span = at(leave.return_token.span);
        let (keyword, value) = (&leave.return_token, leave.expr.as_ref()?);
        let attributes = &leave.attrs;
        let label = label("returned", span);
        let runtime = self.runtime;
        let exit = exit(&label, &quote_spanned!(span=> #runtime::__private), span);
        Some(Expr::Verbatim(quote_spanned!(span=>
            #(#attributes)*
            match #label : { #exit #value } { __value => #keyword __value }
        )))
    }

    fn answer(&self, expr: &Expr, suspect: &Suspect) -> TokenStream {
        let runtime = self.runtime;
        // The user's own span: rustc points at what is asked, not at the attribute.
        let span = suspect.place.start;
        let later = if suspect.semicolon {
            "must_diverge_later"
        } else {
            "must_send_later"
        };
        let later = Ident::new(later, span);
        match expr {
            // The type of an `.await` is inferred, and forgets that it is `!`; that of the future
            // does not.
            Expr::Await(wait) => {
                let base = &wait.base;
                let attributes = &wait.attrs;
                let (dot, keyword) = (&wait.dot_token, &wait.await_token);
                let [future, ends] = ["__future", "__ends"].map(|name| Ident::new(name, at(span)));
                quote_spanned!(span=>
                    #(#attributes)*
                    match #base {
                        #future => {
                            let #ends = #runtime::__private::#later(&#future);
                            #ends(#future #dot #keyword)
                        }
                    }
                )
            }
            // A value is there, so it is not `!`.
            Expr::Path(_) | Expr::Field(_) | Expr::Index(_) | Expr::Unary(_)
                if !suspect.semicolon =>
            {
                self.value(expr, suspect)
            }
            // The text about a method of a `String` would be long.
            Expr::Macro(call) if !suspect.semicolon && is_value_macro(&call.mac) => {
                self.value(expr, suspect)
            }
            Expr::Call(call) if !self.has_send_function && is_call_of_send(call) => quote!(#call),
            // Only the receiver of a method keeps the type `!`; an argument forgets it.
            called => dropped_or_sent(called, suspect),
        }
    }

    /// The question, asked of a value, which is not `!`.
    fn value(&self, node: &impl ToTokens, suspect: &Suspect) -> TokenStream {
        let runtime = self.runtime;
        quote_spanned!(suspect.place.start=> #runtime::__private::must_send_value(#node))
    }

    fn probe(&self, answer: &TokenStream, suspect: &Suspect) -> TokenStream {
        let Prober { label, runtime, .. } = self;
        let span = suspect.place.start;
        let asks = if suspect.semicolon {
            "MustDiverge"
        } else {
            "MustSend"
        };
        let asks = Ident::new(asks, span);
        // A second `break` around the answer would never be reached.
        let leave = (!suspect.in_break).then(|| quote_spanned!(span=> break #label));
        // What rustc would say of these tokens is about none of the user's.
        let import = quote_spanned!(at(span)=> use #runtime::__private::#asks as _;);
        let asked = quote_spanned! {span=>
            #import
            #[allow(unreachable_code)]
            { #leave #answer }
        };
        braced(at(span), asked).to_token_stream()
    }
}
