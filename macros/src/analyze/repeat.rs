//! What repeats, and what does a `break` leave?

use syn::{
    Expr, ExprBlock, ExprBreak, ExprForLoop, ExprLoop, ExprTryBlock, ExprWhile, Label, Lifetime,
    Lit, Macro,
};

use super::report::{Dead, Mistake, PathEnd};
use super::verdict::Reach;
use super::walk::{Next, Node, Walker};
use super::{macros, shape};
use crate::span::Place;

/// What a `break` can leave: a loop or a labelled block.
pub(super) struct Target {
    label: Option<String>,
    is_loop: bool,
    /// What runs behind it.
    next: Next,
    /// How the paths that surely break out get there.
    left: Option<Reach>,
    /// A macro may break out.
    maybe_left: bool,
}

impl Target {
    /// The point behind a target whose own end is `end`.
    fn behind(&self, end: Reach) -> Reach {
        match (self.left, self.maybe_left) {
            (Some(left), _) => end.join(left),
            (None, true) => end.join(Reach::Unknown),
            (None, false) => end,
        }
    }
}

impl Walker {
    fn enter(&mut self, label: Option<&Label>, is_loop: bool, next: Next) {
        self.targets.push(Target {
            label: label.map(|label| label.name.ident.to_string()),
            is_loop,
            next,
            left: None,
            maybe_left: false,
        });
    }

    /// Leaves a target whose own end is `end`.
    fn exit(&mut self, end: Reach) {
        self.reach = match self.targets.pop() {
            Some(target) => target.behind(end),
            None => end,
        };
    }

    /// `loop`: only a `break` comes out.
    pub(super) fn loop_(&mut self, expr: &ExprLoop, next: Next) {
        let entry = self.reach;
        let sends = self.sends;
        self.enter(expr.label.as_ref(), true, next);
        self.block(&expr.body, Next::Code);
        let end = match self.reach {
            Reach::Told => Reach::Told,
            // If anything ends this loop, a send does.
            _ if self.sends > sends => Reach::Sent,
            _ => Reach::Left,
        };
        self.exit(entry.then(end));
    }

    /// `while`, which rustc never takes for endless.
    pub(super) fn while_(&mut self, expr: &ExprWhile, next: Next) {
        self.enter(expr.label.as_ref(), true, next);
        let before = self.reach;
        let holds = self.condition(&expr.cond);
        if self.reach.is_dead() {
            if let Some(body) = shape::code(&expr.body) {
                self.dead(|| Place::of(body), Dead::Code);
            }
            self.exit(self.reach);
            return;
        }
        let dry = self.reach.settled(before);
        self.reach = dry;
        if next.is_end() {
            let end = if is_true(&expr.cond) {
                PathEnd::WhileTrue
            } else {
                PathEnd::LoopRunsDry
            };
            let mut header = Place::token(expr.while_token.span);
            header.end = Place::of(&expr.cond).map_or(header.end, |place| place.end);
            self.missing(Some(header), end);
        }
        self.behind(holds, shape::code(&expr.body), |walker| {
            walker.block(&expr.body, Next::Code);
        });
        self.exit(dry);
    }

    /// `for`, which may have nothing to iterate.
    pub(super) fn for_(&mut self, expr: &ExprForLoop, next: Next) {
        let before = self.reach;
        if !self.operation([&*expr.expr]) {
            return;
        }
        let dry = self.reach.settled(before);
        self.reach = dry;
        if next.is_end() {
            let mut header = Place::token(expr.for_token.span);
            header.end = Place::of(&expr.expr).map_or(header.end, |place| place.end);
            self.missing(Some(header), PathEnd::LoopRunsDry);
        }
        self.enter(expr.label.as_ref(), true, next);
        self.block(&expr.body, Next::Code);
        self.exit(dry);
    }

    /// `{ .. }` and `'label: { .. }`.
    pub(super) fn block_(&mut self, node: &Expr, expr: &ExprBlock, next: Next) {
        if expr.label.is_some() {
            self.enter(expr.label.as_ref(), false, next);
        }
        if next.is_end() && shape::is_empty(&expr.block) {
            self.missing(Place::of(node), PathEnd::EmptyBranch);
        }
        self.block(&expr.block, next);
        if expr.label.is_some() {
            self.exit(self.reach);
        }
    }

    /// `try { .. }`: a `?` inside comes out behind it.
    pub(super) fn try_block(&mut self, node: &Expr, expr: &ExprTryBlock, next: Next) {
        let tries = self.tries;
        self.block(&expr.block, Next::Use);
        if self.reach.is_dead() && self.tries > tries {
            self.reach = Reach::Unknown;
        }
        self.path_ends(Node::Expr(node), next, None);
    }

    pub(super) fn break_(&mut self, expr: &ExprBreak) {
        if let Some(value) = &expr.expr
            && !self.operation([&**value])
        {
            return;
        }
        let reach = self.reach;
        let certain = self.muted == 0 && reach.is_live();
        let mut next = Next::Code;
        if let Some(target) = self.target(expr.label.as_ref()) {
            next = target.next;
            if certain {
                target.left = Some(target.left.map_or(reach, |left| left.join(reach)));
            } else {
                target.maybe_left = true;
            }
        }
        if certain {
            self.path_taken(next);
            self.break_ends(expr, next);
        }
        self.reach = self.reach.then(Reach::Left);
    }

    /// A `break` behind which nothing comes.
    fn break_ends(&mut self, expr: &ExprBreak, next: Next) {
        let place = Place {
            start: expr.break_token.span,
            end: match &expr.label {
                Some(label) => label.ident.span(),
                None => expr.break_token.span,
            },
        };
        let missing = Mistake::MissingSend(PathEnd::Break);
        match (next, &expr.expr) {
            (Next::Code | Next::Use, _) => {}
            // It may carry the `Sent` of another handler.
            (Next::Tail, Some(value)) if shape::tail(value).is_none() => {
                self.suspect(Node::Expr(value), false, true);
            }
            (Next::Tail, _) => self.find(Some(place), missing),
            (Next::End, _) if self.reach.is_sure() => self.find(Some(place), missing),
            (Next::End, _) => {}
        }
    }

    fn target(&mut self, label: Option<&Lifetime>) -> Option<&mut Target> {
        let mut targets = self.targets.iter_mut().rev();
        match label {
            Some(label) => targets.find(|target| {
                let name = target.label.as_ref();
                name.is_some_and(|name| label.ident == name)
            }),
            None => targets.find(|target| target.is_loop),
        }
    }

    /// A macro that cannot be read may hide a `break`: out of the innermost loop, to a label that
    /// it is given, or, if it is one of the body's own, to any label that it sees.
    pub(super) fn may_break(&mut self, mac: &Macro, is_local: bool) {
        if let Some(target) = self.target(None) {
            target.maybe_left = true;
        }
        if self.targets.iter().all(|target| target.label.is_none()) {
            return;
        }
        let labels = macros::labels(&mac.tokens);
        for target in &mut self.targets {
            if let Some(label) = &target.label {
                target.maybe_left |= is_local || labels.contains(label);
            }
        }
    }
}

fn is_true(expr: &Expr) -> bool {
    matches!(expr, Expr::Lit(lit) if matches!(&lit.lit, Lit::Bool(lit) if lit.value))
}
