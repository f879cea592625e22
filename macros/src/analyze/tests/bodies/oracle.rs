//! What is true of a body?
//!
//! Its statements become a graph, in which the truth is searched.

use super::grammar::{Arm, Body, Call, Cond, Else, Exit, If, Label, Loop, Send, Stmt, Value, What};
use super::graph::{Graph, Id, Kind, Node, Truth};

/// Of what there may be more than one view.
#[derive(Clone, Copy, Debug)]
pub(crate) struct World {
    /// `fatal()` returns after all.
    pub(crate) calls_return: bool,
    /// A macro that nobody knows lets the path go on, rather than out of the loop.
    pub(crate) macros_return: bool,
    /// What stands under a `#[cfg]` is there; `None` for those that hold.
    pub(crate) cfg: Option<bool>,
}

impl World {
    /// As it is.
    pub(crate) const TRUTH: World = World {
        calls_return: false,
        macros_return: true,
        cfg: None,
    };
}

impl Truth {
    pub(crate) fn of(body: &Body, world: World) -> Truth {
        let mut drawing = Drawing {
            graph: Graph::default(),
            targets: Vec::new(),
            // An empty body has its mistake on the line of its braces.
            line: usize::from(body.is_empty()),
            world,
        };
        let entry = drawing.node(Kind::Mark);
        let end = drawing.node(Kind::Join);
        drawing.graph.end = end;
        let last = drawing.body(body, entry);
        drawing.edge(last, end);
        drawing.graph.truth()
    }
}

/// What a `break` or `continue` leads to.
struct Target {
    label: Option<Label>,
    /// `None` for a labelled block.
    again: Option<Id>,
    behind: Id,
    is_endless: bool,
}

/// A graph while it is drawn.
struct Drawing {
    graph: Graph,
    targets: Vec<Target>,
    /// Of what is drawn.
    line: usize,
    world: World,
}

impl Drawing {
    fn node(&mut self, kind: Kind) -> Id {
        self.graph.nodes.push(Node {
            kind,
            line: self.line,
            next: Vec::new(),
            to_rustc: Vec::new(),
            if_ignored: Vec::new(),
            out_of_loops: Vec::new(),
        });
        self.graph.nodes.len() - 1
    }

    fn edge(&mut self, from: Id, to: Id) {
        self.graph.nodes[from].next.push(to);
    }

    /// A node behind another.
    fn then(&mut self, from: Id, kind: Kind) -> Id {
        let node = self.node(kind);
        self.edge(from, node);
        node
    }

    fn join(&mut self, points: &[Id]) -> Id {
        let node = self.node(Kind::Join);
        for point in points {
            self.edge(*point, node);
        }
        node
    }

    /// Where nothing gets.
    fn nowhere(&mut self) -> Id {
        self.node(Kind::Join)
    }

    fn is_there(&self, cfg: Option<bool>) -> bool {
        cfg.is_none_or(|holds| self.world.cfg.unwrap_or(holds))
    }

    fn body(&mut self, body: &Body, entry: Id) -> Id {
        let mut at = entry;
        for stmt in &body.stmts {
            if self.is_there(stmt.cfg) {
                self.line = stmt.line;
                at = self.stmt(stmt, entry, at);
            }
        }
        if let Some((line, value)) = &body.tail {
            self.line = *line;
            at = self.then(at, Kind::Code);
            at = self.value(value, at);
        }
        at
    }

    fn stmt(&mut self, stmt: &Stmt, block: Id, from: Id) -> Id {
        if let What::Scope { scope, sends } = &stmt.what {
            // An item is declared for the whole block.
            let point = if scope.is_item() {
                block
            } else {
                self.then(from, Kind::Code)
            };
            let kind = if *sends { Kind::Foreign } else { Kind::Mark };
            let inner = self.then(point, kind);
            return if scope.is_item() { from } else { inner };
        }
        let at = self.then(from, Kind::Code);
        match &stmt.what {
            What::Plain | What::Print | What::Scope { .. } => at,
            What::Unknown if self.world.macros_return => at,
            What::Unknown => {
                if let Some(target) = self.target(None) {
                    let behind = target.behind;
                    self.edge(at, behind);
                }
                self.nowhere()
            }
            What::Last(_) => self.then(at, Kind::Last),
            What::Call(call) => self.call(matches!(call, Call::Fatal), at),
            What::Exit(exit) => self.exit(exit, at),
            What::Let(value) => {
                let bound = self.value(value, at);
                self.line = stmt.line;
                self.then(bound, Kind::Mark)
            }
            What::Assign(value) => self.operation(value, at),
            What::LetElse(body) => self.let_else(body, stmt.line, at),
            What::Guard(cond) => {
                let (holds, fails) = self.cond(cond, at);
                let both = self.join(&[holds, fails]);
                self.then(both, Kind::Mark)
            }
            What::If(branches) => self.if_(branches, at),
            What::Match(arms) | What::Select(arms) => self.arms(arms, at),
            What::Block(label, body) => self.labelled(*label, body, at),
            What::Loop(kind, label, body) => self.loop_(kind, *label, body, at),
        }
    }

    fn call(&mut self, never_returns: bool, at: Id) -> Id {
        let call = self.then(at, Kind::Mark);
        if never_returns && !self.world.calls_return {
            return self.nowhere();
        }
        call
    }

    /// A block that must not be left at its end.
    fn let_else(&mut self, body: &Body, line: usize, at: Id) -> Id {
        let otherwise = self.then(at, Kind::Mark);
        let end = self.body(body, otherwise);
        self.edge(end, self.graph.end);
        self.line = line;
        self.then(at, Kind::Mark)
    }

    fn exit(&mut self, exit: &Exit, from: Id) -> Id {
        match exit {
            Exit::Send(send) => return self.send(send, from),
            Exit::Return(_) => {
                self.then(from, Kind::Return);
            }
            Exit::Fail | Exit::Panic(_) => {}
            Exit::Break(label, _) => {
                let left = self.then(from, Kind::Mark);
                if let Some(target) = self.target(*label) {
                    let behind = target.behind;
                    self.edge(left, behind);
                }
            }
            Exit::Continue(label) => {
                if let Some(again) = self.target(*label).and_then(|target| target.again) {
                    self.edge(from, again);
                }
            }
        }
        self.nowhere()
    }

    fn target(&self, label: Option<Label>) -> Option<&Target> {
        self.targets.iter().rev().find(|target| match label {
            Some(_) => target.label == label,
            None => target.again.is_some(),
        })
    }

    fn send(&mut self, send: &Send, from: Id) -> Id {
        let ready = match send {
            Send::Plain(_) => from,
            Send::Text(value) => {
                let line = self.line;
                let text = self.operation(value, from);
                self.line = line;
                text
            }
        };
        let sent = self.then(ready, Kind::Send);
        let behind = self.nowhere();
        let endless = self.targets.iter().filter(|target| target.is_endless);
        let out_of_loops = endless.map(|target| target.behind).collect();
        self.graph.nodes[sent].if_ignored.push(behind);
        self.graph.nodes[sent].out_of_loops = out_of_loops;
        behind
    }

    /// Behind a condition that holds, and behind one that fails.
    fn cond(&mut self, cond: &Cond, from: Id) -> (Id, Id) {
        let (holds, fails) = match cond {
            Cond::Plain | Cond::Call | Cond::Let => {
                (self.then(from, Kind::Join), self.then(from, Kind::Join))
            }
            Cond::Not(inner) => {
                let (holds, fails) = self.cond(inner, from);
                (fails, holds)
            }
            Cond::And(left, right) => {
                let (holds, fails) = self.cond(left, from);
                let right_side = self.then(holds, Kind::Conditional);
                let (both, second_fails) = self.cond(right, right_side);
                (both, self.join(&[fails, second_fails]))
            }
            Cond::Or(left, right) => {
                let (holds, fails) = self.cond(left, from);
                let right_side = self.then(fails, Kind::Conditional);
                let (second_holds, neither) = self.cond(right, right_side);
                (self.join(&[holds, second_holds]), neither)
            }
            Cond::Exit(exit, _) => {
                let nowhere = self.exit(exit, from);
                (
                    self.then(nowhere, Kind::Join),
                    self.then(nowhere, Kind::Join),
                )
            }
        };
        // No condition always holds: rustc wants an `else` even to `a || send!(..)`.
        self.edge(holds, fails);
        self.graph.nodes[fails].to_rustc.push(holds);
        (holds, fails)
    }

    /// What runs if a condition holds: code, unless it is empty.
    fn branch(&mut self, body: &Body, from: Id) -> Id {
        let entry = self.then(from, conditional(body));
        self.body(body, entry)
    }

    fn if_(&mut self, branches: &If, from: Id) -> Id {
        let line = self.line;
        let (holds, mut fails) = self.cond(&branches.cond, from);
        if matches!(branches.cond, Cond::Exit(..)) {
            // One thing is said of the whole `if`.
            fails = self.then(fails, Kind::Code);
        }
        let then = self.branch(&branches.then, holds);
        let otherwise = match &branches.otherwise {
            None => {
                self.line = line;
                self.then(fails, Kind::Mark)
            }
            Some((line, Else::Block(body))) => {
                self.line = *line;
                self.branch(body, fails)
            }
            Some((line, Else::If(branches))) => {
                self.line = *line;
                let entry = self.then(fails, Kind::Code);
                self.if_(branches, entry)
            }
        };
        self.join(&[then, otherwise])
    }

    fn arms(&mut self, arms: &[Arm], from: Id) -> Id {
        let mut ends = Vec::new();
        for arm in arms {
            if !self.is_there(arm.cfg) {
                continue;
            }
            self.line = arm.line;
            let entry = self.then(from, Kind::Join);
            let holds = match &arm.guard {
                Some(guard) => self.cond(guard, entry).0,
                None => entry,
            };
            ends.push(self.branch(&arm.body, holds));
        }
        self.join(&ends)
    }

    fn labelled(&mut self, label: Option<Label>, body: &Body, from: Id) -> Id {
        let entry = self.then(from, Kind::Mark);
        let behind = self.nowhere();
        if label.is_some() {
            self.targets.push(Target {
                label,
                again: None,
                behind,
                is_endless: false,
            });
        }
        let end = self.body(body, entry);
        if label.is_some() {
            self.targets.pop();
        }
        self.edge(end, behind);
        behind
    }

    fn loop_(&mut self, kind: &Loop, label: Option<Label>, body: &Body, from: Id) -> Id {
        let head = self.then(from, Kind::Join);
        let behind = self.nowhere();
        let entry = match kind {
            Loop::Endless => head,
            Loop::For => {
                let dry = self.then(head, Kind::Mark);
                self.edge(dry, behind);
                head
            }
            Loop::While(cond) => {
                let (holds, fails) = self.cond(cond, head);
                let dry = self.then(fails, Kind::Mark);
                self.edge(dry, behind);
                self.then(holds, conditional(body))
            }
        };
        let is_endless = matches!(kind, Loop::Endless);
        self.targets.push(Target {
            label,
            again: Some(head),
            behind,
            is_endless,
        });
        let end = self.body(body, entry);
        self.targets.pop();
        self.edge(end, head);
        behind
    }

    /// Something that is done with a value.
    fn operation(&mut self, value: &Value, from: Id) -> Id {
        let line = self.line;
        let operand = self.value(value, from);
        self.line = line;
        if is_loop(value) {
            // What waits for an endless loop is rustc's to report.
            self.close_loop(operand);
        }
        self.then(operand, Kind::Code)
    }

    /// The sends of a loop that ends here are no way out of it.
    fn close_loop(&mut self, behind: Id) {
        let mut ends = vec![behind];
        while let Some(end) = ends.pop() {
            for id in 0..self.graph.nodes.len() {
                let node = &mut self.graph.nodes[id];
                node.out_of_loops.retain(|to| *to != end);
                if node.kind == Kind::Join && node.next.contains(&end) {
                    ends.push(id);
                }
            }
        }
    }

    fn value(&mut self, value: &Value, from: Id) -> Id {
        match value {
            Value::Plain => from,
            Value::Call | Value::Fetch => self.call(false, from),
            Value::Fatal => self.call(true, from),
            Value::Argument(inner)
            | Value::Array(inner)
            | Value::Vec(inner)
            | Value::Format(inner) => self.operation(inner, from),
            Value::If(branches) => self.if_(branches, from),
            Value::Match(arms) => self.arms(arms, from),
            Value::Block(label, body) => self.labelled(*label, body, from),
            Value::Loop(label, body) => self.loop_(&Loop::Endless, Some(*label), body, from),
            Value::Exit(exit) => self.exit(exit, from),
        }
    }
}

/// `loop`, perhaps in a block of its own.
fn is_loop(value: &Value) -> bool {
    match value {
        Value::Loop(..) => true,
        Value::Block(_, body) => body.tail.as_ref().is_some_and(|(_, value)| is_loop(value)),
        _ => false,
    }
}

/// What a body is that runs if a condition holds.
fn conditional(body: &Body) -> Kind {
    if body.is_empty() {
        Kind::Mark
    } else {
        Kind::Conditional
    }
}
