//! Which expressions does the grammar make?

use super::generate::Maker;
use super::grammar::{Arm, Cond, Exit, Send, Value};

const SENDS: &[&str] = &[
    "send!(200)",
    "send!(\"text\")",
    "send!(404, \"no\")",
    "send!{200}",
    "send![StatusCode::CREATED, \"made\"]",
    "sendoff::send!(200)",
    "return send!(200)",
];
const RETURNS: &[&str] = &[
    "return",
    "return ()",
    "return 5",
    "return \"x\"",
    "return reply!(404)",
];
const PANICS: &[&str] = &[
    "panic!(\"x\")",
    "todo!()",
    "unreachable!()",
    "std::process::exit(1)",
];

impl Maker {
    pub(super) fn send(&mut self) -> Send {
        if self.often(25) && self.grow() {
            return Send::Text(Box::new(self.value()));
        }
        Send::Plain(self.pick(SENDS))
    }

    pub(super) fn exit(&mut self) -> Exit {
        if let Some(jump) = self.jump() {
            return jump;
        }
        match self.below(10) {
            0..5 => Exit::Send(self.send()),
            5 => Exit::Return(self.pick(RETURNS)),
            6..8 => Exit::Fail,
            _ => Exit::Panic(self.pick(PANICS)),
        }
    }

    /// An exit that needs neither a loop nor a line of its own.
    pub(super) fn exit_of_condition(&mut self) -> Cond {
        let (exit, braces) = match self.below(8) {
            0..3 => (Exit::Send(Send::Plain("send!(403)")), false),
            3..5 => (Exit::Send(Send::Plain("send!(403)")), true),
            5 => (Exit::Return("return"), true),
            6 => (Exit::Fail, true),
            _ => (Exit::Panic("panic!(\"x\")"), false),
        };
        Cond::Exit(exit, braces)
    }

    fn jump(&mut self) -> Option<Exit> {
        if self.targets.is_empty() || self.often(50) {
            return None;
        }
        let index = self.below(self.targets.len());
        let target = *self.targets.get(index)?;
        let is_innermost = self.targets.iter().rposition(|target| target.is_loop) == Some(index);
        let label = match target.label {
            Some(label) if !is_innermost || self.often(50) => Some(label),
            _ if is_innermost => None,
            _ => return None,
        };
        if target.is_loop && self.often(40) {
            return Some(Exit::Continue(label));
        }
        let value = target.takes_value.then(|| Box::new(Value::Plain));
        Some(Exit::Break(label, value))
    }

    pub(super) fn plain_cond(&mut self) -> Cond {
        if self.all() && self.often(40) {
            Cond::Call
        } else {
            Cond::Plain
        }
    }

    pub(super) fn cond_without_let(&mut self) -> Cond {
        let left = self.plain_cond();
        match self.below(12) {
            0 => Cond::Not(Box::new(left)),
            1 => Cond::And(Box::new(left), Box::new(self.plain_cond())),
            2 => Cond::Or(Box::new(left), Box::new(self.plain_cond())),
            3 => {
                let exit = self.exit_of_condition();
                Cond::And(Box::new(left), Box::new(exit))
            }
            4 => {
                let exit = self.exit_of_condition();
                Cond::Or(Box::new(left), Box::new(exit))
            }
            _ => left,
        }
    }

    pub(super) fn cond(&mut self) -> Cond {
        match self.below(10) {
            0 => Cond::Let,
            1 => Cond::And(Box::new(Cond::Let), Box::new(self.plain_cond())),
            _ => self.cond_without_let(),
        }
    }

    pub(super) fn value(&mut self) -> Value {
        if !self.grow() {
            return Value::Plain;
        }
        let calls = self.all();
        match self.below(16) {
            0 if calls => Value::Call,
            1 if calls => Value::Fetch,
            3 if calls => Value::Argument(Box::new(self.value())),
            4 => Value::Array(Box::new(self.value())),
            5 => Value::Vec(Box::new(self.value())),
            6 => Value::Format(Box::new(self.value())),
            7 => {
                let mut branches = self.branches(|maker, _| maker.value_body(), 100);
                if matches!(branches.cond, Cond::Exit(..)) {
                    branches.cond = Cond::Plain;
                }
                Value::If(Box::new(branches))
            }
            8..10 => {
                let mut arms = self.arms(true, Self::value_body);
                // Nobody binds the value of a call that never returns, but one arm may be such.
                if let [
                    Arm {
                        guard: None,
                        body: first,
                        cfg: None,
                        ..
                    },
                    ..,
                    last,
                ] = &mut arms[..]
                    && calls
                    && first.stmts.is_empty()
                    && let Some((_, value @ Value::Plain)) = &mut last.body.tail
                    && let Some((_, Value::Plain | Value::Call)) = &first.tail
                {
                    *value = Value::Fatal;
                }
                Value::Match(arms)
            }
            10 => {
                let (label, body) = self.target(false, true, Self::value_body);
                Value::Block(label, Box::new(body))
            }
            11 => Value::Block(None, Box::new(self.value_body())),
            12 => {
                let (label, body) = self.target(true, true, |maker| maker.block(false, true));
                Value::Loop(label.unwrap_or_default(), Box::new(body))
            }
            13 | 14 => Value::Exit(self.exit()),
            _ => Value::Plain,
        }
    }
}
