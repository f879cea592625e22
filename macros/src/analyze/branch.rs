//! Where do paths split, and where do they meet again?

use proc_macro2::Span;
use syn::{Arm, BinOp, Block, Expr, ExprIf, ExprMatch, Pat, Token, UnOp};

use super::report::{Dead, PathEnd};
use super::select::Select;
use super::verdict::Reach;
use super::walk::{Next, Node, Walker};
use super::{attribute, shape};
use crate::span::Place;

impl Walker {
    /// A condition: how the points behind it are reached, where it holds and where it does not.
    pub(super) fn condition(&mut self, expr: &Expr) -> (Reach, Reach) {
        match expr {
            Expr::Paren(paren) => self.condition(&paren.expr),
            Expr::Group(group) => self.condition(&group.expr),
            Expr::Unary(unary) if matches!(unary.op, UnOp::Not(_)) => {
                let (yes, no) = self.condition(&unary.expr);
                (no, yes)
            }
            Expr::Binary(binary) if matches!(binary.op, BinOp::And(_)) => {
                let (yes, no) = self.condition(&binary.left);
                let (right, skipped) = self.right_side(yes, no, &binary.right);
                (right.0, skipped.join(right.1))
            }
            Expr::Binary(binary) if matches!(binary.op, BinOp::Or(_)) => {
                let (yes, no) = self.condition(&binary.left);
                let (right, skipped) = self.right_side(no, yes, &binary.right);
                (skipped.join(right.0), right.1)
            }
            Expr::Let(condition) => {
                self.operation([&*condition.expr]);
                (self.reach, self.reach)
            }
            other => {
                self.expr(other, Next::Use);
                (self.reach, self.reach)
            }
        }
    }

    /// The right side of `&&` and `||`, which is `reached` or `skipped`: where it ends in yes and
    /// no, and where it is skipped.
    fn right_side(
        &mut self,
        reached: Reach,
        skipped: Reach,
        right: &Expr,
    ) -> ((Reach, Reach), Reach) {
        if !reached.is_dead() {
            self.reach = reached;
            return (self.condition(right), skipped);
        }
        if skipped.is_dead() {
            // The left side never ends: one dead region, one finding.
            self.reach = reached.join(skipped);
            self.dead(|| Place::of(right), Dead::Code);
            return ((self.reach, self.reach), self.reach);
        }
        self.reach = reached;
        self.dead(|| Place::of(right), Dead::Code);
        ((self.reach, self.reach), skipped)
    }

    /// `a && b` and `a || b` as a value.
    pub(super) fn short_circuit(&mut self, expr: &Expr, next: Next) {
        let (yes, no) = self.condition(expr);
        self.reach = yes.join(no);
        let certain = match next {
            // A boolean is no response, whatever its sides do.
            Next::Tail => self.reach.is_live(),
            Next::End => self.reach == Reach::Live,
            Next::Code | Next::Use => return,
        };
        if certain {
            self.missing(Place::of(expr), PathEnd::ShortCircuit);
        } else {
            self.path_ends(Node::Expr(expr), next, None);
        }
    }

    pub(super) fn if_(&mut self, expr: &ExprIf, next: Next) {
        let (yes, no) = self.condition(&expr.cond);
        let place = Place {
            start: expr.if_token.span,
            end: expr.then_branch.brace_token.span.close(),
        };
        if yes.is_dead() && no.is_dead() {
            self.dead_branches(expr, yes.join(no));
            return;
        }
        let then_next = match &expr.else_branch {
            Some(_) => next,
            None => next.dropped(),
        };
        self.reach = no.settled();
        if expr.else_branch.is_none() && next.is_end() {
            self.missing(Some(place), PathEnd::IfWithoutElse);
        }
        let empty = expr.else_branch.is_some().then_some(place);
        self.reach = yes.settled();
        self.branch(&expr.then_branch, then_next, empty);
        let then = self.reach;

        self.reach = no.settled();
        if let Some((token, block)) = &expr.else_branch {
            self.otherwise(*token, block, next);
        }
        self.reach = then.join(self.reach);
    }

    /// The condition never ends, so neither branch is ever entered.
    fn dead_branches(&mut self, expr: &ExprIf, reach: Reach) {
        self.reach = reach;
        if !shape::is_empty(&expr.then_branch) {
            self.dead(|| Place::of(&expr.then_branch), Dead::Code);
        } else if let Some((_, block)) = &expr.else_branch {
            self.dead(|| Place::of(block), Dead::Code);
        }
    }

    /// A block between braces of its own, where an empty one ends its path at `empty`.
    fn branch(&mut self, block: &Block, next: Next, empty: Option<Place>) {
        let is_empty = shape::is_empty(block);
        if self.reach.is_dead() {
            if !is_empty {
                self.dead(|| Place::of(block), Dead::Code);
            }
            return;
        }
        if is_empty && next.is_end() {
            self.missing(empty, PathEnd::EmptyBranch);
        }
        self.block(block, next);
    }

    /// `else ..`, of an `if` or a `let`.
    pub(super) fn otherwise(&mut self, token: Token![else], expr: &Expr, next: Next) {
        match expr {
            Expr::Block(block) if block.label.is_none() => {
                let place = Place {
                    start: token.span,
                    end: block.block.brace_token.span.close(),
                };
                self.branch(&block.block, next, Some(place));
            }
            other if self.reach.is_dead() => self.dead(|| Place::of(other), Dead::Code),
            other => self.expr(other, next),
        }
    }

    pub(super) fn match_(&mut self, expr: &ExprMatch, next: Next) {
        if !self.operation([&*expr.expr]) {
            return;
        }
        let entry = self.reach.settled();
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
        // `match never {}` has no arm to come out of.
        self.reach = entry.then(join.end().unwrap_or(Reach::Left));
    }

    fn arm(&mut self, arm: &Arm, next: Next) {
        if let Pat::Guard(guard) = &arm.pat {
            let (yes, _) = self.condition(&guard.guard);
            self.reach = yes.settled();
        }
        self.arm_body(arm.fat_arrow_token.spans[0], &arm.body, next);
    }

    /// What stands behind `=>`.
    fn arm_body(&mut self, arrow: Span, body: &Expr, next: Next) {
        if self.reach.is_dead() {
            if !shape::is_empty_body(body) {
                self.dead(|| Place::of(body), Dead::Code);
            }
        } else if next.is_end() && shape::is_empty_body(body) {
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
        let before = select.conditions().chain(select.futures());
        if !self.operation(before) {
            return;
        }
        let entry = self.reach.settled();
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
    /// Do those under a `#[cfg]` differ among themselves?
    mixed: bool,
}

impl Join {
    fn add(&mut self, reach: Reach) {
        self.certain = Some(self.certain.map_or(reach, |certain| certain.join(reach)));
        self.all = Some(self.all.map_or(reach, |all| all.join(reach)));
    }

    fn perhaps(&mut self, reach: Reach) {
        self.mixed |= self.all.is_some_and(|all| all != reach);
        self.all = Some(self.all.map_or(reach, |all| all.join(reach)));
    }

    fn end(&self) -> Option<Reach> {
        match (self.certain, self.all) {
            (Some(certain), Some(all)) if certain.join(all) == certain => Some(certain),
            (None, Some(all)) if !self.mixed => Some(all),
            (_, Some(_)) => Some(Reach::Unknown),
            (_, None) => None,
        }
    }
}
