//! How is a call asked whether it returns?
//!
//! A call that ends a path is right if its type is `!`, or, without a `;` behind it, `Sent`; no
//! syntax tells. The call becomes a `break` to the handler's label with a trait's answer, and that
//! trait is implemented for nothing else. Its text is our `[missing-send]`.

use std::collections::HashMap;

use proc_macro2::{Ident, TokenStream};
use quote::{quote, quote_spanned};
use syn::Expr;
use syn::visit_mut::{self, VisitMut};

use crate::analyze::{ExprId, Flow, Suspect};

/// The statements of the body, in which every suspect is asked. `label` is what `send!` breaks to.
pub(super) fn probed(flow: Flow, label: &TokenStream, runtime: &TokenStream) -> TokenStream {
    let Flow { mut block, report } = flow;
    let suspects = report.suspects.into_iter();
    let mut prober = Prober {
        suspects: suspects.map(|suspect| (suspect.expr, suspect)).collect(),
        label,
        runtime,
    };
    prober.visit_block_mut(&mut block);
    let statements = &block.stmts;
    quote!(#(#statements)*)
}

struct Prober<'a> {
    suspects: HashMap<ExprId, Suspect>,
    label: &'a TokenStream,
    runtime: &'a TokenStream,
}

impl VisitMut for Prober<'_> {
    fn visit_expr_mut(&mut self, expr: &mut Expr) {
        // The name of an expression is its place in memory: look before anything moves.
        let suspect = self.suspects.get(&ExprId::of(expr)).copied();
        visit_mut::visit_expr_mut(self, expr);
        if let Some(suspect) = suspect
            && !is_inferred(expr)
        {
            *expr = Expr::Verbatim(self.probe(expr, &suspect));
        }
    }
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
    fn probe(&self, expr: &Expr, suspect: &Suspect) -> TokenStream {
        let Prober { label, runtime, .. } = self;
        // The user's own span: rustc points at what is asked, not at the attribute.
        let span = suspect.place.start;
        let question = if suspect.semicolon {
            ["MustDiverge", "__must_diverge", "must_diverge_later"]
        } else {
            ["MustSend", "__must_send", "must_send_later"]
        };
        let [asks, method, function] = question.map(|name| Ident::new(name, span));
        let answer = match expr {
            // The type of an `.await` is inferred, and forgets that it is `!`; that of the future
            // does not.
            Expr::Await(wait) => {
                let base = &wait.base;
                let attributes = &wait.attrs;
                let (dot, keyword) = (&wait.dot_token, &wait.await_token);
                quote_spanned!(span=>
                    #(#attributes)* #runtime::__private::#function(#base) #dot #keyword
                )
            }
            // A value is there, so it is not `!`.
            Expr::Path(_) | Expr::Field(_) | Expr::Index(_) => {
                quote_spanned!(span=> #runtime::__private::must_send_value(#expr))
            }
            // Only the receiver of a method keeps the type `!`; an argument forgets it.
            called => quote_spanned!(span=> #called.#method()),
        };
        quote_spanned! {span=>
            {
                #[allow(unused_imports)]
                use #runtime::__private::#asks as _;
                #[allow(unreachable_code)]
                { break #label #answer }
            }
        }
    }
}
