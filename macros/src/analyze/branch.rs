//! Where do paths split, and where do they meet again?

use proc_macro2::Span;
use quote::ToTokens;
use syn::{Arm, BinOp, Block, Expr, ExprIf, ExprMatch, Pat, Token};

use super::report::{Dead, PathEnd};
use super::select::Select;
use super::verdict::Reach;
use super::walk::{Next, Node, Walker};
use super::{attribute, shape};
use crate::span::Place;

impl Walker {
    /// A condition. The walk goes on where rustc does, for which the right side of `&&` and `||`
    /// may always be skipped. The result is how the code is reached that runs if it holds.
    pub(super) fn condition(&mut self, expr: &Expr) -> Reach {
        match expr {
            Expr::Paren(paren) => self.condition(&paren.expr),
            Expr::Group(group) => self.condition(&group.expr),
            Expr::Binary(binary) if matches!(binary.op, BinOp::And(_)) => {
                let left = self.condition(&binary.left);
                self.right_side(left, &binary.right)
            }
            Expr::Binary(binary) if matches!(binary.op, BinOp::Or(_)) => {
                self.condition(&binary.left);
                self.right_side(self.reach, &binary.right);
                self.reach
            }
            Expr::Let(condition) => {
                self.operation([&*condition.expr]);
                self.reach
            }
            other => {
                self.expr(other, Next::Use);
                self.reach
            }
        }
    }

    /// The right side of `&&` and `||`, reached as `from` says. If it is skipped, the walk goes on
    /// from where the left side ended.
    fn right_side(&mut self, from: Reach, right: &Expr) -> Reach {
        let skipped = std::mem::replace(&mut self.reach, from);
        let holds = if from.is_dead() {
            self.dead(|| Place::of(right), Dead::Code);
            self.reach
        } else {
            self.condition(right)
        };
        // One dead region, one finding: a dead left side was just said.
        self.reach = if skipped.is_dead() {
            self.reach
        } else {
            skipped
        };
        holds
    }

    /// `a && b` and `a || b` as a value.
    pub(super) fn short_circuit(&mut self, expr: &Expr, next: Next) {
        self.condition(expr);
        let certain = match next {
            // A boolean is no response, whatever its sides do.
            Next::Tail => self.reach.is_live(),
            Next::End => self.reach.is_sure(),
            Next::Code | Next::Use => return,
        };
        if certain {
            self.missing(Place::of(expr), PathEnd::ShortCircuit);
        } else {
            self.path_ends(Node::Expr(expr), next, None);
        }
    }

    pub(super) fn if_(&mut self, expr: &ExprIf, next: Next) {
        let before = self.reach;
        let holds = self.condition(&expr.cond);
        if self.reach.is_dead() {
            self.dead_branches(expr);
            return;
        }
        let entry = self.reach.settled(before);
        self.reach = entry;
        let place = Place {
            start: expr.if_token.span,
            end: expr.then_branch.brace_token.span.close(),
        };
        let (then_next, empty) = match &expr.else_branch {
            Some(_) => (next, Some(place)),
            None => (next.dropped(), None),
        };
        if expr.else_branch.is_none() && next.is_end() {
            self.missing(Some(place), PathEnd::IfWithoutElse);
        }
        self.behind(holds, shape::code(&expr.then_branch), |walker| {
            walker.branch(&expr.then_branch, then_next, empty);
        });
        let then = std::mem::replace(&mut self.reach, entry);
        if let Some((token, block)) = &expr.else_branch {
            self.otherwise(*token, block, next);
        }
        self.reach = then.join(self.reach);
    }

    /// Walks what runs if a condition `holds`. `if c && send!(..) { .. }` never gets to its block;
    /// that is worth a word, but rustc does not see it, so the walk goes on as if it did.
    pub(super) fn behind(
        &mut self,
        holds: Reach,
        dead: Option<&impl ToTokens>,
        walk: impl FnOnce(&mut Self),
    ) {
        if !holds.is_dead() {
            walk(self);
            return;
        }
        let entry = std::mem::replace(&mut self.reach, holds);
        if let Some(dead) = dead {
            self.dead(|| Place::of(dead), Dead::Code);
        }
        self.reach = entry;
        let told = usize::from(holds != Reach::Left);
        self.muted += told;
        walk(self);
        self.muted -= told;
    }

    /// The condition never ends, so neither branch is ever entered.
    fn dead_branches(&mut self, expr: &ExprIf) {
        if let Some(block) = shape::code(&expr.then_branch) {
            self.dead(|| Place::of(block), Dead::Code);
        } else if let Some((_, block)) = &expr.else_branch {
            self.dead(|| Place::of(block), Dead::Code);
        }
    }

    /// A block between braces of its own, where an empty one ends its path at `empty`.
    fn branch(&mut self, block: &Block, next: Next, empty: Option<Place>) {
        if next.is_end() && shape::is_empty(block) {
            self.missing(empty, PathEnd::EmptyBranch);
        }
        self.block(block, next);
    }

    /// `else ..`, of an `if` or a `let`.
    pub(super) fn otherwise(&mut self, token: Token![else], expr: &Expr, next: Next) {
        match expr {
            Expr::Block(block) => {
                let place = Place {
                    start: token.span,
                    end: block.block.brace_token.span.close(),
                };
                self.branch(&block.block, next, Some(place));
            }
            other => self.expr(other, next),
        }
    }

    pub(super) fn match_(&mut self, expr: &ExprMatch, next: Next) {
        let before = self.reach;
        if !self.operation([&*expr.expr]) {
            return;
        }
        let entry = self.reach.settled(before);
        let mut join = Join::default();
        for arm in &expr.arms {
            self.reach = entry;
            if attribute::has_cfg(&arm.attrs) {
                self.muted += 1;
                self.arm(arm, next.continued());
                self.muted -= 1;
                join.perhaps(self.reach);
            } else {
                self.arm(arm, next);
                join.add(self.reach);
            }
        }
        self.report.foreign_dead |= join.is_optional;
        // `match never {}` has no arm to come out of.
        self.reach = entry.then(join.end().unwrap_or(Reach::Left));
    }

    fn arm(&mut self, arm: &Arm, next: Next) {
        let mut holds = self.reach;
        if let Pat::Guard(guard) = &arm.pat {
            let before = self.reach;
            holds = self.condition(&guard.guard);
            if self.reach.is_dead() {
                if !shape::is_empty_body(&arm.body) {
                    self.dead(|| Place::of(&arm.body), Dead::Code);
                }
                return;
            }
            self.reach = self.reach.settled(before);
        }
        let dead = (!shape::is_empty_body(&arm.body)).then_some(&arm.body);
        self.behind(holds, dead, |walker| {
            walker.arm_body(arm.fat_arrow_token.spans[0], &arm.body, next);
        });
    }

    /// What stands behind `=>`.
    fn arm_body(&mut self, arrow: Span, body: &Expr, next: Next) {
        if next.is_end() && shape::is_empty_body(body) {
            let end = Place::of(body).map_or(arrow, |place| place.end);
            self.missing(Some(Place { start: arrow, end }), PathEnd::EmptyBranch);
            // It may still declare items.
            self.expr(body, next.continued());
        } else {
            self.expr(body, next);
        }
    }

    /// tokio's and futures' `select!`: conditions and futures are evaluated first, then one
    /// handler runs.
    pub(super) fn select(&mut self, select: &Select, next: Next) {
        let before = self.reach;
        if !self.operation(select.conditions().chain(select.futures())) {
            return;
        }
        let entry = self.reach.settled(before);
        let mut join = Join::default();
        for branch in &select.branches {
            self.reach = entry;
            self.arm_body(branch.arrow, &branch.handler, next);
            join.add(self.reach);
        }
        self.reach = entry.then(join.end().unwrap_or(Reach::Unknown));
    }
}

/// Where the arms of a `match` meet.
#[derive(Default)]
struct Join {
    /// Those that no `#[cfg]` can take away.
    certain: Option<Reach>,
    all: Option<Reach>,
    /// Does a `#[cfg]` decide how they meet?
    is_optional: bool,
    /// Do those under a `#[cfg]` differ from the others?
    mixed: bool,
}

impl Join {
    fn add(&mut self, reach: Reach) {
        self.certain = Some(self.certain.map_or(reach, |certain| certain.join(reach)));
        self.all = Some(self.all.map_or(reach, |all| all.join(reach)));
    }

    fn perhaps(&mut self, reach: Reach) {
        self.is_optional = true;
        self.mixed |= self.all.is_some_and(|all| all != reach);
        self.all = Some(self.all.map_or(reach, |all| all.join(reach)));
    }

    fn end(&self) -> Option<Reach> {
        match (self.certain, self.all) {
            (Some(certain), Some(all)) if certain.is_dead() && all.is_dead() => Some(certain),
            (Some(certain), Some(all)) if certain.join(all) == certain => Some(certain),
            (None, Some(all)) if !self.mixed => Some(all),
            (_, Some(_)) => Some(Reach::Unknown),
            (_, None) => None,
        }
    }
}
