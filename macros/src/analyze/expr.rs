//! What does each kind of expression do, and in which order?

use syn::{
    BinOp, Expr, ExprBinary, ExprCall, ExprClosure, ExprMethodCall, ExprStruct, ExprUnsafe, Macro,
};

use super::macros::{self, Eval, Reading, Then};
use super::report::{ExprId, Mistake, PathEnd, Scope};
use super::verdict::Reach;
use super::walk::{Next, Node, Walker};
use super::{attribute, shape};
use crate::span::Place;

impl Walker {
    /// Any expression, entered alive.
    pub(super) fn expr(&mut self, expr: &Expr, next: Next) {
        if attribute::has_cfg(attribute::of_expr(expr)) {
            self.perhaps(|walker| walker.evaluate(expr, next.continued()));
        } else {
            self.evaluate(expr, next);
        }
    }

    /// One arm for every kind: an expression that nobody thought of may do anything.
    fn evaluate(&mut self, expr: &Expr, next: Next) {
        match expr {
            #![cfg_attr(test, allow(unknown_lints), deny(non_exhaustive_omitted_patterns))]
            Expr::Array(e) => self.value(expr, &e.elems, next),
            Expr::Assign(e) => self.value(expr, [&*e.right, &*e.left], next),
            Expr::Async(_) => self.scope(expr, Scope::AsyncBlock, next),
            Expr::Await(e) => self.call(expr, [&*e.base], next),
            Expr::Binary(e) => self.binary(expr, e, next),
            Expr::Block(e) => self.block_(expr, e, next),
            Expr::Break(e) => self.break_(e),
            Expr::Call(e) => self.function_call(expr, e, next),
            Expr::Cast(e) => self.cast(expr, &e.expr, next),
            Expr::Closure(e) => self.closure(expr, e, next),
            Expr::Const(_) => self.constant(expr, next),
            Expr::Continue(_) => self.reach = self.reach.then(Reach::Left),
            Expr::Field(e) => self.value(expr, [&*e.base], next),
            Expr::ForLoop(e) => self.for_(e, next),
            Expr::Group(e) => self.expr(&e.expr, next),
            Expr::If(e) => self.if_(e, next),
            Expr::Index(e) => self.value(expr, [&*e.expr, &*e.index], next),
            Expr::Infer(_) => self.value(expr, [], next),
            Expr::Let(e) => self.value(expr, [&*e.expr], next),
            Expr::Lit(_) => self.value(expr, [], next),
            Expr::Loop(e) => self.loop_(e, next),
            Expr::Macro(e) => self.mac(&e.mac, next, Node::Expr(expr)),
            Expr::Match(e) => self.match_(e, next),
            Expr::MethodCall(e) => self.method_call(expr, e, next),
            Expr::Paren(e) => self.expr(&e.expr, next),
            Expr::Path(_) => self.value(expr, [], next),
            Expr::Range(e) => self.value(
                expr,
                e.start.as_deref().into_iter().chain(e.end.as_deref()),
                next,
            ),
            Expr::RawAddr(e) => self.value(expr, [&*e.expr], next),
            Expr::Reference(e) => self.value(expr, [&*e.expr], next),
            Expr::Repeat(e) => {
                self.visit_scope(Scope::Const, &e.len);
                self.value(expr, [&*e.expr], next);
            }
            Expr::Return(e) => self.return_(expr, e),
            Expr::Struct(e) => self.struct_(expr, e, next),
            Expr::Try(e) => {
                self.tries += 1;
                self.call(expr, [&*e.expr], next);
            }
            Expr::TryBlock(e) => self.try_block(expr, e, next),
            Expr::Tuple(e) => self.value(expr, &e.elems, next),
            Expr::Unary(e) => self.value(expr, [&*e.expr], next),
            Expr::Unsafe(e) => self.unsafe_(expr, e, next),
            Expr::While(e) => self.while_(e, next),
            Expr::Verbatim(_) | Expr::Yield(_) => self.unknown(),
            _ => self.unknown(),
        }
    }

    /// An operation that yields a value when its operands did.
    fn value<'e>(&mut self, node: &Expr, operands: impl IntoIterator<Item = &'e Expr>, next: Next) {
        if self.operation(operands) {
            self.path_ends(Node::Expr(node), next, shape::tail(node));
        }
    }

    /// An operation that may never return when its operands did.
    fn call<'e>(&mut self, node: &Expr, operands: impl IntoIterator<Item = &'e Expr>, next: Next) {
        let before = self.reach;
        if self.operation(operands) {
            self.reach = match next {
                Next::Code => self.reach.settled(before).then(Reach::Taken),
                Next::Tail | Next::End | Next::Use => self.reach.then(Reach::Assumed),
            };
            self.path_ends(Node::Expr(node), next, None);
        }
    }

    fn method_call(&mut self, node: &Expr, expr: &ExprMethodCall, next: Next) {
        if shape::is_of_an_error(expr) {
            self.of_errors.extend(expr.args.iter().map(ExprId::of));
        }
        let operands = [&*expr.receiver].into_iter().chain(&expr.args);
        self.call(node, operands, next);
    }

    fn closure(&mut self, node: &Expr, expr: &ExprClosure, next: Next) {
        let scope = match closure_scope(expr) {
            Scope::Closure if self.of_errors.contains(&ExprId::of(node)) => Scope::ErrorClosure,
            scope => scope,
        };
        self.scope(node, scope, next);
    }

    fn function_call(&mut self, node: &Expr, expr: &ExprCall, next: Next) {
        let operands = [&*expr.func].into_iter().chain(&expr.args);
        match &*expr.func {
            Expr::Path(callee) if shape::is_constructor(&callee.path) => {
                self.value(node, operands, next);
            }
            callee if shape::ends_process(callee) => {
                if self.operation(operands) {
                    self.reach = self.reach.then(Reach::Left);
                }
            }
            _ => self.call(node, operands, next),
        }
    }

    fn binary(&mut self, node: &Expr, expr: &ExprBinary, next: Next) {
        match expr.op {
            BinOp::And(_) | BinOp::Or(_) => self.short_circuit(node, next),
            // Of primitive types the right side comes first.
            _ if shape::is_assignment(&expr.op) => {
                self.value(node, [&*expr.right, &*expr.left], next);
            }
            _ => self.value(node, [&*expr.left, &*expr.right], next),
        }
    }

    /// `send!(..) as T` only says which type the `!` is to become.
    fn cast(&mut self, node: &Expr, operand: &Expr, next: Next) {
        self.expr(operand, Next::Use);
        if !self.reach.is_dead() {
            self.path_ends(Node::Expr(node), next, shape::tail(node));
        }
    }

    fn struct_(&mut self, node: &Expr, expr: &ExprStruct, next: Next) {
        for field in &expr.fields {
            if attribute::has_cfg(&field.attrs) {
                self.perhaps(|walker| walker.expr(&field.expr, Next::Use));
            } else if !self.operation([&field.expr]) {
                return;
            }
        }
        self.value(node, expr.rest.as_deref(), next);
    }

    fn unsafe_(&mut self, node: &Expr, expr: &ExprUnsafe, next: Next) {
        if next.is_end() && shape::is_empty(&expr.block) {
            self.missing(Place::of(node), PathEnd::EmptyBranch);
        }
        self.block(&expr.block, next);
    }

    /// `const { .. }`, of a type that can be `!`.
    fn constant(&mut self, node: &Expr, next: Next) {
        self.visit_scope(Scope::Const, node);
        self.call(node, [], next);
    }

    /// Code that runs elsewhere, or later.
    fn scope(&mut self, node: &Expr, scope: Scope, next: Next) {
        self.visit_scope(scope, node);
        self.value(node, [], next);
    }

    fn unknown(&mut self) {
        self.report.unread = true;
        self.reach = self.reach.then(Reach::Unknown);
    }

    pub(super) fn mac(&mut self, mac: &Macro, next: Next, node: Node<'_>) {
        let reading = match macros::read(mac) {
            Reading::Send if !self.locals.is_of_outside(mac) => return self.send(mac),
            _ if self.locals.defines(mac) => Reading::Unread,
            reading => reading,
        };
        let (before, found) = (self.reach, self.report.findings.len());
        if macros::is_bail(mac, self.outside.has_bail) && !self.locals.defines(mac) {
            self.find(Place::of(mac), Mistake::Bail);
        }
        match reading {
            Reading::Send | Reading::Unread => {
                self.unread(mac, next);
                self.asked(node, before, next);
            }
            Reading::Eval(eval) => self.eval(&eval, next, node),
            Reading::Select(select) => {
                self.in_macro += 1;
                self.select(&select, next);
                self.in_macro -= 1;
                if self.report.findings.len() == found {
                    self.asked(node, before, next);
                }
            }
            Reading::Quiet => {
                self.reach = self.reach.then(Reach::Assumed);
                self.path_ends(node, next, None);
            }
        }
    }

    /// A macro that ends the path, with its value dropped, is asked as a whole unless it is sure to
    /// leave. Without a `;` it cannot be: a block that a macro makes has no type of its own where
    /// every path of it sends.
    fn asked(&mut self, node: Node<'_>, before: Reach, next: Next) {
        if before.is_live() && !self.reach.is_dead() && next == Next::End {
            self.suspect(node, true, false);
        }
    }

    /// A macro that evaluates what it is given.
    fn eval(&mut self, eval: &Eval, next: Next, node: Node<'_>) {
        self.in_macro += 1;
        let never = self.operands(&eval.always);
        if let Some(operand) = never
            && (eval.is_strict || shape::is_send(operand) || shape::is_loop(operand))
        {
            self.dead_operation(operand);
        }
        if never.is_none() && !eval.sometimes.is_empty() {
            let without = self.reach;
            self.operands(&eval.sometimes);
            self.reach = without.join(self.reach);
        }
        self.in_macro -= 1;
        if never.is_some() {
            self.report.foreign_dead |= self.reach == Reach::Left;
            return;
        }
        match eval.then {
            Then::Never => self.reach = self.reach.then(Reach::Left),
            // The user may have a macro of that name, which sends.
            Then::Value | Then::Unit | Then::Anything => {
                if next.is_end() || eval.then == Then::Anything {
                    self.reach = self.reach.then(Reach::Assumed);
                }
                self.path_ends(node, next, None);
            }
        }
    }

    /// A macro that may do anything. If its value is used it is taken to yield one, or nobody
    /// would have written the code that does.
    pub(super) fn unread(&mut self, mac: &Macro, next: Next) {
        self.report.unread = true;
        self.may_break(mac, self.locals.defines(mac));
        self.reach = self.reach.then(match next {
            Next::Use => Reach::Assumed,
            Next::Tail | Next::End | Next::Code => Reach::Unknown,
        });
    }
}

fn closure_scope(closure: &ExprClosure) -> Scope {
    match closure.asyncness {
        Some(_) => Scope::AsyncClosure,
        None => Scope::Closure,
    }
}
