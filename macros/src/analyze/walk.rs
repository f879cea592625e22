//! In which order do the statements of the body run, and what ends a path?

use super::Outside;
use syn::{Block, Expr, Item, Local, Meta, Stmt, StmtMacro};

use super::repeat::Target;
use super::report::{Dead, ExprId, Finding, Mistake, PathEnd, Report, Suspect, Verdict};
use super::scope::LocalMacros;
use super::verdict::Reach;
use super::{attribute, macros, shape};
use crate::span::Place;

/// What runs after an expression.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Next {
    /// Nothing, and its value is the handler's.
    Tail,
    /// Nothing, and its value is dropped.
    End,
    /// Other code, and its value is dropped.
    Code,
    /// The code that uses its value.
    Use,
}

impl Next {
    /// The path ends here.
    pub(super) fn is_end(self) -> bool {
        matches!(self, Next::Tail | Next::End)
    }

    /// The same, with the value dropped. What stands last where a value is used leaves, or rustc
    /// would ask for the value: so its type still decides.
    pub(super) fn dropped(self) -> Self {
        match self {
            Next::Tail | Next::End => Next::End,
            Next::Code => Next::Code,
            Next::Use => Next::Use,
        }
    }

    /// The same, where an end is not worth a word.
    pub(super) fn continued(self) -> Self {
        match self {
            Next::Tail | Next::Use => Next::Use,
            Next::End | Next::Code => Next::Code,
        }
    }
}

/// Something that can end a path, and can be named in a [`Suspect`].
#[derive(Clone, Copy)]
pub(super) enum Node<'a> {
    Expr(&'a Expr),
    Local(&'a Local),
    Macro(&'a StmtMacro),
}

impl Node<'_> {
    fn id(self) -> ExprId {
        match self {
            Node::Expr(expr) => ExprId::of(expr),
            Node::Local(local) => ExprId::of_local(local),
            Node::Macro(mac) => ExprId::of_macro(mac),
        }
    }

    fn place(self) -> Option<Place> {
        match self {
            Node::Expr(expr) => Place::of(expr),
            Node::Local(local) => Place::of(local),
            Node::Macro(mac) => Place::of(mac),
        }
    }
}

/// The state of the walk.
pub(super) struct Walker {
    /// How the point that the walk has come to is reached.
    pub(super) reach: Reach,
    /// The loops and labelled blocks around that point.
    pub(super) targets: Vec<Target>,
    /// The `macro_rules!` of the body that are in scope there.
    pub(super) locals: LocalMacros,
    /// How many sends were reached so far, to tell a loop that only a send leaves from an endless
    /// one.
    pub(super) sends: usize,
    /// How many `?` were reached so far, to tell how a `try` block is left.
    pub(super) tries: usize,
    /// Inside how many `#[cfg]`: nothing is certain there.
    pub(super) muted: usize,
    /// What is known of the module around the handler.
    pub(super) outside: Outside,
    /// The closures that make an error, as that of `.ok_or_else(..)`.
    pub(super) of_errors: Vec<ExprId>,
    /// Inside how many macros: their expressions are not those of the block, so that no
    /// [`Suspect`] can name them.
    pub(super) in_macro: usize,
    pub(super) report: Report,
}

impl Default for Walker {
    fn default() -> Self {
        Walker {
            reach: Reach::Live,
            targets: Vec::new(),
            locals: LocalMacros::default(),
            sends: 0,
            tries: 0,
            muted: 0,
            outside: Outside::default(),
            of_errors: Vec::new(),
            in_macro: 0,
            report: Report::default(),
        }
    }
}

impl Walker {
    /// The walk is over.
    pub(super) fn finish(mut self) -> Report {
        self.report.verdict = Verdict::of(self.reach);
        self.report
    }

    /// A block, entered alive.
    pub(super) fn block(&mut self, block: &Block, next: Next) {
        let scope = self.locals.enter();
        let last = block.stmts.iter().rposition(shape::is_code);
        let mut before = self.reach;
        let mut unread = false;
        for (index, stmt) in block.stmts.iter().enumerate() {
            // Items are declared for the whole block, so they are not code that a send stops.
            if let Stmt::Item(item) = stmt {
                self.item(item);
                continue;
            }
            if !shape::is_code(stmt) {
                continue;
            }
            let cfg = attribute::has_cfg(attribute::of_statement(stmt));
            if self.reach.is_dead() {
                if !cfg {
                    let found = self.report.findings.len();
                    self.dead(|| Place::of(stmt), shape::dead_kind(stmt));
                    if let Stmt::Expr(expr, None) = stmt
                        && let Some(finding) = self.report.findings.get_mut(found)
                    {
                        finding.expr = Some(ExprId::of(expr));
                    }
                }
                continue;
            }
            if unread && self.in_macro == 0 {
                self.report.behind_unread.insert(ExprId::of_stmt(stmt));
            }
            let unread_before = std::mem::take(&mut self.report.unread);
            self.reach = self.reach.settled(before);
            before = self.reach;
            let next = match last {
                Some(last) if index == last && index + 1 == block.stmts.len() => next,
                Some(last) if index == last => next.dropped(),
                _ => Next::Code,
            };
            self.path_taken(next);
            if cfg && next.is_end() && self.reach == Reach::Live && self.in_macro == 0 {
                self.ends_under_cfg(stmt);
            }
            if cfg {
                self.perhaps(|walker| walker.statement(stmt, next.continued()));
            } else {
                self.statement(stmt, next);
            }
            unread = self.report.unread;
            self.report.unread |= unread_before;
        }
        self.locals.leave(scope);
    }

    /// A path that certainly comes to its last statement ends without it where that is taken away.
    fn ends_under_cfg(&mut self, stmt: &Stmt) {
        let [attribute] = attribute::of_statement(stmt) else {
            return;
        };
        let has_semicolon = match stmt {
            Stmt::Macro(call) => call.semi_token.is_some(),
            Stmt::Expr(_, semicolon) => semicolon.is_some(),
            Stmt::Local(_) | Stmt::Item(_) => false,
        };
        if let (Meta::List(cfg), true, 0, Some(place)) =
            (&attribute.meta, has_semicolon, self.muted, Place::of(stmt))
            && cfg.path.is_ident("cfg")
        {
            let of = ExprId::of_stmt(stmt);
            self.report
                .ends_under_cfg
                .insert(of, (place, cfg.tokens.clone()));
        }
    }

    fn statement(&mut self, stmt: &Stmt, next: Next) {
        match stmt {
            Stmt::Local(local) => self.local(local, next.dropped()),
            Stmt::Item(item) => self.item(item),
            Stmt::Expr(expr, None) => self.expr(expr, next),
            Stmt::Expr(expr, Some(_)) => {
                // At the end of a path it is the missing send that is to be told.
                if !next.is_end() && shape::is_reply(expr) {
                    self.find(Place::of(expr), Mistake::UnsentReply);
                }
                self.expr(expr, next.dropped());
            }
            Stmt::Macro(stmt) => {
                let next = match stmt.semi_token {
                    Some(_) => next.dropped(),
                    None => next,
                };
                let is_dropped = stmt.semi_token.is_some() && !next.is_end();
                if is_dropped && self.in_macro == 0 && macros::is_reply(&stmt.mac) {
                    self.report.replies.insert(ExprId::of_macro(stmt));
                }
                self.mac(&stmt.mac, next, Node::Macro(stmt));
            }
        }
    }

    /// `let`, and `let .. else`, whose `else` must leave.
    fn local(&mut self, local: &Local, next: Next) {
        let Some(init) = &local.init else {
            self.path_ends(Node::Local(local), next, None);
            return;
        };
        let before = self.reach;
        self.expr(&init.expr, Next::Use);
        if self.reach.is_dead() {
            // `let _ = send!(..)`: there is no dead code in it, rustc has its say.
            return;
        }
        self.path_ends(Node::Local(local), next, None);
        if let Some((otherwise, block)) = &init.diverge {
            let bound = self.reach.settled(before);
            self.reach = bound;
            self.otherwise(*otherwise, block, Next::End);
            self.reach = bound;
        }
    }

    /// A declaration among the statements.
    fn item(&mut self, item: &Item) {
        if let Item::Macro(item) = item
            && item.mac.path.is_ident("macro_rules")
        {
            self.locals.define(item);
        } else if attribute::has_cfg(attribute::of_item(item)) {
            self.muted += 1;
            self.visit_item_scope(item);
            self.muted -= 1;
        } else {
            self.visit_item_scope(item);
        }
    }

    /// Evaluates operands in order. False if that never ends, so that the operation they belong
    /// to never happens.
    pub(super) fn operation<'e>(&mut self, operands: impl IntoIterator<Item = &'e Expr>) -> bool {
        match self.operands(operands) {
            Some(operand) => {
                self.dead_operation(operand);
                false
            }
            None => true,
        }
    }

    /// An operation never happens, because of this operand. What waits for an endless loop is
    /// rustc's to report, even where only a send leaves the loop.
    pub(super) fn dead_operation(&mut self, operand: &Expr) {
        if shape::is_loop(operand) {
            self.report.foreign_dead = true;
            self.reach = Reach::Left;
        } else {
            self.dead(|| Place::of(operand), Dead::Operand);
        }
    }

    /// Evaluates operands in order, up to the first that never ends.
    pub(super) fn operands<'e>(
        &mut self,
        operands: impl IntoIterator<Item = &'e Expr>,
    ) -> Option<&'e Expr> {
        operands.into_iter().find(|operand| {
            self.expr(operand, Next::Use);
            self.reach.is_dead()
        })
    }

    /// Walks code that a `#[cfg]` may take away.
    pub(super) fn perhaps(&mut self, walk: impl FnOnce(&mut Self)) {
        let without = self.reach;
        self.muted += 1;
        walk(self);
        self.muted -= 1;
        // With it, what follows may be dead: rustc warns, and so it must stay.
        self.report.foreign_dead |= self.reach.is_dead();
        self.reach = without.perhaps(self.reach);
    }

    /// `node` ran, and if nothing comes next the path ends with it. `value` says what it is in
    /// tail position if that is certain.
    pub(super) fn path_ends(&mut self, node: Node<'_>, next: Next, value: Option<PathEnd>) {
        if !self.reach.is_live() {
            return;
        }
        match next {
            Next::Tail => match value {
                Some(end) => self.missing(node.place(), end),
                None => self.suspect(node, false, false),
            },
            Next::End if self.reach.is_sure() => {
                self.missing(node.place(), PathEnd::LastStatement);
            }
            Next::End => self.suspect(node, true, false),
            Next::Code | Next::Use => {}
        }
    }

    /// What ends the path from here on is only a mistake if the calls above return.
    pub(super) fn path_taken(&mut self, next: Next) {
        self.report.takes_calls_to_return |= next.is_end() && self.reach == Reach::Taken;
    }

    /// A path that surely got here ends with nothing sent.
    pub(super) fn missing(&mut self, place: Option<Place>, end: PathEnd) {
        if self.reach.is_live() {
            self.report.takes_calls_to_return |= self.reach == Reach::Taken;
            self.find(place, Mistake::MissingSend(end));
        }
    }

    /// The type of `node` decides whether the path ends.
    pub(super) fn suspect(&mut self, node: Node<'_>, semicolon: bool, in_break: bool) {
        if self.muted > 0 || self.in_macro > 0 {
            return;
        }
        if let Some(place) = node.place() {
            self.report.suspects.push(Suspect {
                expr: node.id(),
                place,
                semicolon,
                in_break,
            });
        }
    }

    /// Nothing gets to this code. Says so if that is because of a send, and if it is the first
    /// code of which this is true.
    pub(super) fn dead(&mut self, place: impl FnOnce() -> Option<Place>, what: Dead) {
        match self.reach {
            Reach::Sent => {
                self.find(place(), Mistake::CodeAfterSend(what));
                self.reach = Reach::Told;
            }
            Reach::Left => self.report.foreign_dead = true,
            Reach::Live | Reach::Taken | Reach::Assumed | Reach::Unknown | Reach::Told => {}
        }
    }

    pub(super) fn find(&mut self, place: Option<Place>, mistake: Mistake) {
        if self.muted > 0 {
            return;
        }
        if let Some(place) = place {
            self.report.findings.push(Finding {
                place,
                mistake,
                expr: None,
            });
        }
    }
}
