//! Which bodies does the grammar make?
//!
//! The same for the same seed, everywhere. Types fit, so that rustc has nothing else to object to.

use super::grammar::{Arm, Body, Call, Cond, Else, Exit, If, Label, Loop, Scope, Send, Stmt, What};

/// What may be in a body.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Words {
    /// Only what the walk can be sure of.
    Known,
    /// Also calls, which may not return; `#[cfg]`; macros that the walk does not know.
    All,
}

/// The body of this seed. The larger the size, the larger the body, as a rule.
pub(crate) fn body(seed: u64, size: usize, words: Words) -> Body {
    let mut maker = Maker {
        random: seed,
        line: 0,
        fuel: size,
        words,
        targets: Vec::new(),
    };
    let ends = maker.often(85);
    let mut body = maker.block(ends, true);
    if !ends && maker.often(30) {
        let text = maker.pick(&["n", "\"text\"", "Some(n)", "(5, 6)", "[n, n]", "&n"]);
        // A variable might hold a `Sent`.
        let text = if text == "n" { "n + 1" } else { text };
        let line = maker.next_line();
        if let Some(last) = body.stmts.last_mut() {
            last.semicolon = true;
        }
        body.stmts.push(stmt(line, What::Last(text), false));
    }
    body
}

fn stmt(line: usize, what: What, semicolon: bool) -> Stmt {
    Stmt {
        line,
        cfg: None,
        semicolon,
        what,
    }
}

/// What a `break` or `continue` can name.
#[derive(Clone, Copy)]
pub(super) struct Target {
    pub(super) label: Option<Label>,
    pub(super) is_loop: bool,
    pub(super) takes_value: bool,
}

pub(super) struct Maker {
    random: u64,
    line: usize,
    fuel: usize,
    words: Words,
    pub(super) targets: Vec<Target>,
}

impl Maker {
    /// SplitMix64.
    pub(super) fn below(&mut self, end: usize) -> usize {
        self.random = self.random.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.random;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        let range = u64::try_from(end.max(1)).unwrap_or(1);
        usize::try_from((z ^ (z >> 31)) % range).unwrap_or(0)
    }

    pub(super) fn often(&mut self, percent: usize) -> bool {
        self.below(100) < percent
    }

    pub(super) fn pick<T: Copy>(&mut self, choices: &[T]) -> T {
        choices[self.below(choices.len())]
    }

    fn next_line(&mut self) -> usize {
        self.line += 1;
        self.line
    }

    /// False where nothing may grow any more.
    pub(super) fn grow(&mut self) -> bool {
        let grows = self.fuel > 0;
        self.fuel = self.fuel.saturating_sub(1);
        grows
    }

    pub(super) fn all(&self) -> bool {
        self.words == Words::All
    }

    /// Statements; the last one ends the path if `ends`, unless there is a slip.
    pub(super) fn block(&mut self, ends: bool, nonempty: bool) -> Body {
        let mut stmts = Vec::new();
        if self.fuel > 0 && (nonempty || self.often(92)) {
            for _ in 0..self.below(3) {
                stmts.push(self.any_stmt());
            }
        }
        if ends {
            stmts.push(self.ending());
        } else if nonempty && !stmts.iter().any(Stmt::is_code) {
            let line = self.next_line();
            stmts.push(stmt(line, What::Plain, true));
        }
        // Now and then something stands behind the end.
        if ends && self.often(4) {
            stmts.push(self.any_stmt());
        }
        if let [before @ .., _] = &mut stmts[..] {
            for stmt in before {
                stmt.semicolon |= matches!(stmt.what, What::Exit(_) | What::Call(_));
            }
        }
        Body { stmts, tail: None }
    }

    /// A block with a value.
    pub(super) fn value_body(&mut self) -> Body {
        let mut body = Body::default();
        if self.often(40) && self.grow() {
            let mut stmt = self.any_stmt();
            stmt.semicolon |= matches!(stmt.what, What::Exit(_) | What::Call(_));
            body.stmts.push(stmt);
        }
        let line = self.next_line();
        body.tail = Some((line, self.value()));
        body
    }

    fn any_stmt(&mut self) -> Stmt {
        if !self.grow() {
            let line = self.next_line();
            return stmt(line, What::Plain, true);
        }
        match self.below(20) {
            0..3 => self.simple(),
            3..5 => self.simple_cfg(),
            5 => self.let_else(),
            6 => self.guard(),
            7 => self.scope(),
            8..10 => self.with_value(),
            10 => {
                let line = self.next_line();
                let exit = self.exit();
                stmt(line, What::Exit(exit), true)
            }
            11..15 => {
                let ends = [self.often(50), self.often(50)];
                self.if_stmt(ends, 40)
            }
            15..17 => self.match_stmt(50),
            17 => self.repeat(),
            18 => self.labelled(false),
            _ => self.select(50),
        }
    }

    /// A statement that ends its path, or should.
    fn ending(&mut self) -> Stmt {
        if !self.grow() || self.often(45) {
            let line = self.next_line();
            let exit = if self.often(75) {
                Exit::Send(self.send())
            } else {
                self.exit()
            };
            // `return send!(..)` and such may do without, too.
            let semicolon = self.often(60);
            return stmt(line, What::Exit(exit), semicolon);
        }
        match self.below(9) {
            0..4 => {
                let ends = [self.often(96), self.often(96)];
                self.if_stmt(ends, 97)
            }
            4..6 => self.match_stmt(96),
            6 => self.select(96),
            7 => self.labelled(true),
            _ => {
                let line = self.next_line();
                let (label, body) = self.target(true, false, |maker| maker.block(false, true));
                stmt(line, What::Loop(Loop::Endless, label, body), false)
            }
        }
    }

    fn simple(&mut self) -> Stmt {
        let line = self.next_line();
        let calls = self.all();
        let what = match self.below(8) {
            0..3 if calls => What::Call(Call::Work),
            3 if calls => What::Call(Call::Tick),
            4 if calls => What::Call(Call::Fetch),
            5 if calls && self.often(40) => What::Call(Call::Fatal),
            6 if calls && self.often(40) => What::Unknown,
            7 if calls => What::Print,
            _ => What::Plain,
        };
        let semicolon =
            !matches!(what, What::Call(Call::Work | Call::Tick | Call::Fatal)) || self.often(98);
        stmt(line, what, semicolon)
    }

    fn simple_cfg(&mut self) -> Stmt {
        let mut made = if self.often(60) {
            self.simple()
        } else {
            let line = self.next_line();
            stmt(line, What::Exit(Exit::Send(self.send())), true)
        };
        made.semicolon = true;
        if self.all() {
            let holds = self.often(50);
            made.cfg = Some(holds);
            return made;
        }
        made
    }

    fn with_value(&mut self) -> Stmt {
        let line = self.next_line();
        let value = self.value();
        let what = if self.often(60) {
            What::Let(value)
        } else {
            What::Assign(value)
        };
        stmt(line, what, true)
    }

    fn let_else(&mut self) -> Stmt {
        let line = self.next_line();
        let ends = self.often(97);
        let body = self.block(ends, true);
        stmt(line, What::LetElse(body), true)
    }

    /// `a || send!(..);`
    fn guard(&mut self) -> Stmt {
        let line = self.next_line();
        let exit = self.exit_of_condition();
        let left = Box::new(self.plain_cond());
        let cond = if self.often(70) {
            Cond::Or(left, Box::new(exit))
        } else {
            Cond::And(left, Box::new(exit))
        };
        let cond = if self.often(10) {
            Cond::And(Box::new(cond), Box::new(Cond::Plain))
        } else {
            cond
        };
        stmt(line, What::Guard(cond), true)
    }

    fn scope(&mut self) -> Stmt {
        let line = self.next_line();
        let scope = self.pick(&[Scope::Closure, Scope::Async, Scope::Function, Scope::Const]);
        let sends = self.often(15);
        let semicolon = !matches!(scope, Scope::Function);
        stmt(line, What::Scope { scope, sends }, semicolon)
    }

    fn if_stmt(&mut self, ends: [bool; 2], otherwise: usize) -> Stmt {
        let line = self.next_line();
        let branches = self.branches(|maker, side| maker.block(ends[side], false), otherwise);
        let semicolon = self.often(5);
        stmt(line, What::If(Box::new(branches)), semicolon)
    }

    pub(super) fn branches(
        &mut self,
        body: impl Fn(&mut Self, usize) -> Body,
        otherwise: usize,
    ) -> If {
        let cond = self.cond();
        let then = body(self, 0);
        let mut branches = If {
            cond,
            then,
            otherwise: None,
        };
        if self.often(otherwise) {
            let line = self.next_line();
            let block = if self.often(20) && self.grow() {
                Else::If(Box::new(self.branches(body, otherwise)))
            } else {
                Else::Block(body(self, 1))
            };
            branches.otherwise = Some((line, block));
        } else if self.often(5) {
            // A condition that never holds nor fails: nothing else than the block is dead.
            branches.then = if branches.then.is_empty() {
                self.block(false, true)
            } else {
                branches.then
            };
            branches.cond = Cond::Exit(Exit::Send(Send::Plain("send!(200)")), false);
        }
        branches
    }

    fn match_stmt(&mut self, ends: usize) -> Stmt {
        let line = self.next_line();
        let arms = self.arms(true, |maker| {
            let ends = maker.often(ends);
            maker.block(ends, false)
        });
        stmt(line, What::Match(arms), false)
    }

    fn select(&mut self, ends: usize) -> Stmt {
        if !self.all() {
            return self.match_stmt(ends);
        }
        let line = self.next_line();
        let mut arms = self.arms(false, |maker| {
            let ends = maker.often(ends);
            maker.block(ends, false)
        });
        for arm in &mut arms {
            arm.guard = None;
            arm.bare = false;
        }
        stmt(line, What::Select(arms), false)
    }

    pub(super) fn arms(&mut self, is_match: bool, body: impl Fn(&mut Self) -> Body) -> Vec<Arm> {
        let count = 2 + self.below(2);
        let mut arms = Vec::new();
        for index in 0..count {
            let is_last = index + 1 == count;
            let line = self.next_line();
            let guard = (is_match && !is_last && self.often(25)).then(|| self.cond_without_let());
            let cfg = is_match && self.all() && !is_last && self.often(8);
            let cfg = cfg.then(|| self.often(50));
            let bare = is_match && self.often(40);
            let mut arm = Arm {
                line,
                cfg,
                guard,
                bare,
                body: Body::default(),
            };
            if bare {
                self.line -= 1;
                arm.body = body(self);
                let single = arm.body.stmts.len() == 1 && arm.body.tail.is_none();
                let is_exit =
                    |stmt: &Stmt| matches!(stmt.what, What::Exit(_)) && stmt.cfg.is_none();
                let fits = match arm.body.stmts.first() {
                    Some(stmt) => single && is_exit(stmt),
                    None => true,
                };
                // The body has taken the line of the arm. If it needs braces, make it anew.
                if !fits {
                    arm.bare = false;
                    self.line = line;
                    arm.body = body(self);
                }
                self.line = self.line.max(line);
            } else {
                arm.body = body(self);
            }
            arms.push(arm);
        }
        arms
    }

    pub(super) fn target<T>(
        &mut self,
        is_loop: bool,
        takes_value: bool,
        make: impl FnOnce(&mut Self) -> T,
    ) -> (Option<Label>, T) {
        let label = (takes_value || !is_loop || self.often(30)).then_some(self.line);
        self.targets.push(Target {
            label,
            is_loop,
            takes_value,
        });
        let made = make(self);
        self.targets.pop();
        (label, made)
    }

    fn repeat(&mut self) -> Stmt {
        let line = self.next_line();
        let kind = match self.below(3) {
            0 => Loop::Endless,
            1 => Loop::For,
            _ => Loop::While(self.cond()),
        };
        let ends = self.often(30);
        let (label, body) = self.target(true, false, |maker| maker.block(ends, true));
        stmt(line, What::Loop(kind, label, body), false)
    }

    fn labelled(&mut self, ends: bool) -> Stmt {
        let line = self.next_line();
        if self.often(50) {
            let (label, body) = self.target(false, false, |maker| maker.block(ends, false));
            return stmt(line, What::Block(label, body), false);
        }
        let body = self.block(ends, false);
        stmt(line, What::Block(None, body), false)
    }
}
