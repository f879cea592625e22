//! Which sends cannot end the handler?
//!
//! After rustc's `loops.rs`: what is inside a closure, an async block, a nested item or a constant
//! belongs to that, and to the innermost one. Nothing else is asked of the code in there, its
//! paths are its own.

use syn::visit::{self, Visit};
use syn::{
    Arm, Attribute, Block, Expr, ExprAsync, ExprClosure, ExprConst, FieldValue, ImplItemConst,
    ImplItemFn, Item, ItemConst, ItemFn, ItemMacro, ItemMod, ItemStatic, Macro, ReturnType, Stmt,
    TraitItemConst, TraitItemFn, Type,
};

use super::attribute;
use super::macros::{self, Reading};
use super::report::{Mistake, Scope};
use super::walk::Walker;
use crate::span::Place;

/// The `macro_rules!` of the body that are in scope. Their scope is textual: from the definition
/// to the end of the block around it.
#[derive(Default)]
pub(super) struct LocalMacros(Vec<LocalMacro>);

struct LocalMacro {
    name: String,
    /// A use of it was seen.
    used: bool,
    is_of_the_body: bool,
}

impl LocalMacros {
    pub(super) fn enter(&self) -> usize {
        self.0.len()
    }

    pub(super) fn leave(&mut self, scope: usize) {
        self.0.truncate(scope);
    }

    pub(super) fn define(&mut self, item: &ItemMacro) {
        if let Some(name) = &item.ident {
            self.0.push(LocalMacro {
                name: name.to_string(),
                used: false,
                is_of_the_body: true,
            });
        }
    }

    /// Adds one that is there outside the body.
    pub(super) fn define_outside(&mut self, name: &str) {
        self.0.push(LocalMacro {
            name: name.to_owned(),
            used: false,
            is_of_the_body: false,
        });
    }

    /// Is this a call of one of those that are there outside the body?
    pub(super) fn is_of_outside(&self, mac: &Macro) -> bool {
        let name = mac.path.get_ident();
        name.is_some_and(|name| {
            let local = self.0.iter().rev().find(|local| *name == local.name);
            local.is_some_and(|local| !local.is_of_the_body)
        })
    }

    /// Is this a call of one of them?
    pub(super) fn defines(&self, mac: &Macro) -> bool {
        let name = mac.path.get_ident();
        name.is_some_and(|name| self.0.iter().any(|local| *name == local.name))
    }

    /// Is this `send!` a call of one of them? Then, is it the first?
    pub(super) fn shadowed_send(&mut self, mac: &Macro) -> Option<bool> {
        let name = mac.path.get_ident()?;
        let local = self.0.iter_mut().rev().find(|local| *name == local.name)?;
        Some(!std::mem::replace(&mut local.used, true))
    }
}

impl Walker {
    /// An expression that runs in a scope of its own, or not at all.
    pub(super) fn visit_scope(&mut self, scope: Scope, expr: &Expr) {
        Inner {
            walker: self,
            scope,
        }
        .visit_expr(expr);
    }

    /// An item among the statements.
    pub(super) fn visit_item_scope(&mut self, item: &Item) {
        Inner {
            walker: self,
            scope: Scope::NestedItem,
        }
        .visit_item(item);
    }
}

/// Looks for sends inside a scope that they cannot leave.
struct Inner<'w> {
    walker: &'w mut Walker,
    scope: Scope,
}

impl Inner<'_> {
    fn within(&mut self, scope: Scope, visit: impl FnOnce(&mut Self)) {
        let outer = std::mem::replace(&mut self.scope, scope);
        visit(self);
        self.scope = outer;
    }

    /// Code that a `#[cfg]` may take away is not worth an error.
    fn unless_cfg(&mut self, attributes: &[Attribute], visit: impl FnOnce(&mut Self)) {
        let cfg = usize::from(attribute::has_cfg(attributes));
        self.walker.muted += cfg;
        visit(self);
        self.walker.muted -= cfg;
    }

    fn send(&mut self, mac: &Macro) {
        let mistake = match self.walker.locals.shadowed_send(mac) {
            None => Mistake::SendInScope(self.scope),
            Some(true) => Mistake::ShadowedSend,
            Some(false) => return,
        };
        self.walker.find(Place::of(mac), mistake);
    }
}

impl<'ast> Visit<'ast> for Inner<'_> {
    fn visit_expr(&mut self, expr: &'ast Expr) {
        self.unless_cfg(attribute::of_expr(expr), |inner| {
            visit::visit_expr(inner, expr);
        });
    }

    fn visit_stmt(&mut self, stmt: &'ast Stmt) {
        let attributes = attribute::of_statement(stmt);
        self.unless_cfg(attributes, |inner| {
            visit::visit_stmt(inner, stmt);
        });
    }

    fn visit_arm(&mut self, arm: &'ast Arm) {
        self.unless_cfg(&arm.attrs, |inner| {
            visit::visit_arm(inner, arm);
        });
    }

    fn visit_block(&mut self, block: &'ast Block) {
        let scope = self.walker.locals.enter();
        visit::visit_block(self, block);
        self.walker.locals.leave(scope);
    }

    fn visit_expr_closure(&mut self, expr: &'ast ExprClosure) {
        let scope = match expr.asyncness {
            Some(_) => Scope::AsyncClosure,
            None if self.scope == Scope::ErrorClosure => Scope::ErrorClosure,
            None => Scope::Closure,
        };
        self.within(scope, |inner| {
            visit::visit_expr_closure(inner, expr);
        });
    }

    fn visit_expr_async(&mut self, expr: &'ast ExprAsync) {
        self.within(Scope::AsyncBlock, |inner| {
            visit::visit_expr_async(inner, expr);
        });
    }

    fn visit_expr_const(&mut self, expr: &'ast ExprConst) {
        self.within(Scope::Const, |inner| {
            visit::visit_expr_const(inner, expr);
        });
    }

    fn visit_item(&mut self, item: &'ast Item) {
        self.unless_cfg(attribute::of_item(item), |inner| {
            visit::visit_item(inner, item);
        });
    }

    fn visit_field_value(&mut self, field: &'ast FieldValue) {
        self.unless_cfg(&field.attrs, |inner| {
            visit::visit_field_value(inner, field);
        });
    }

    fn visit_item_mod(&mut self, item: &'ast ItemMod) {
        let scope = self.walker.locals.enter();
        visit::visit_item_mod(self, item);
        self.walker.locals.leave(scope);
    }

    fn visit_item_fn(&mut self, item: &'ast ItemFn) {
        if !is_checked_on_its_own(&item.attrs) && !is_helper(&item.sig.output) {
            self.within(Scope::NestedItem, |inner| {
                visit::visit_item_fn(inner, item);
            });
        }
    }

    fn visit_impl_item_fn(&mut self, item: &'ast ImplItemFn) {
        let is_checked = is_checked_on_its_own(&item.attrs) || is_helper(&item.sig.output);
        if !is_checked && !attribute::has_cfg(&item.attrs) {
            self.within(Scope::NestedItem, |inner| {
                visit::visit_impl_item_fn(inner, item);
            });
        }
    }

    fn visit_trait_item_fn(&mut self, item: &'ast TraitItemFn) {
        if !is_helper(&item.sig.output) {
            self.within(Scope::NestedItem, |inner| {
                visit::visit_trait_item_fn(inner, item);
            });
        }
    }

    fn visit_item_const(&mut self, item: &'ast ItemConst) {
        self.within(Scope::Const, |inner| {
            visit::visit_item_const(inner, item);
        });
    }

    fn visit_item_static(&mut self, item: &'ast ItemStatic) {
        self.within(Scope::Const, |inner| {
            visit::visit_item_static(inner, item);
        });
    }

    fn visit_impl_item_const(&mut self, item: &'ast ImplItemConst) {
        self.within(Scope::Const, |inner| {
            visit::visit_impl_item_const(inner, item);
        });
    }

    fn visit_trait_item_const(&mut self, item: &'ast TraitItemConst) {
        self.within(Scope::Const, |inner| {
            visit::visit_trait_item_const(inner, item);
        });
    }

    fn visit_item_macro(&mut self, item: &'ast ItemMacro) {
        if item.mac.path.is_ident("macro_rules") {
            self.walker.locals.define(item);
        }
    }

    fn visit_macro(&mut self, mac: &'ast Macro) {
        if macros::is_send(mac) && !self.walker.locals.is_of_outside(mac) {
            self.send(mac);
            return;
        }
        if self.walker.locals.defines(mac) {
            return;
        }
        // What cannot be read is that scope's own affair, and rustc's.
        match macros::read(mac) {
            Reading::Eval(eval) => {
                for expr in eval.always.iter().chain(&eval.sometimes) {
                    self.visit_expr(expr);
                }
            }
            Reading::Select(select) => {
                for expr in select.expressions() {
                    self.visit_expr(expr);
                }
            }
            Reading::Send | Reading::Quiet | Reading::Unread => {}
        }
    }

    fn visit_attribute(&mut self, _: &'ast Attribute) {}
}

/// A helper returns a `Result`, and a send is its early exit; rustc judges the error's type.
fn is_helper(output: &ReturnType) -> bool {
    let ReturnType::Type(_, output) = output else {
        return false;
    };
    let Type::Path(path) = &**output else {
        return false;
    };
    let name = path.path.segments.last();
    name.is_some_and(|name| name.ident.to_string().ends_with("Result"))
}

/// A nested `#[handler]` or `#[guard]`.
fn is_checked_on_its_own(attributes: &[Attribute]) -> bool {
    attributes.iter().any(|attribute| {
        let name = attribute.path().segments.last();
        name.is_some_and(|name| name.ident == "handler" || name.ident == "guard")
    })
}
