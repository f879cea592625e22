//! How is a body written?

use std::fmt::Write;

use super::grammar::{
    Arm, Body, Call, Cond, Else, Exit, If, Label, Loop, Scope, Send, Stmt, Value, What,
};

/// The statements of a handler, the first of them on line 1.
pub(crate) fn print(body: &Body) -> String {
    let mut printer = Printer::default();
    printer.body(body);
    printer.0.trim_start_matches('\n').to_owned()
}

#[derive(Default)]
struct Printer(String);

impl Printer {
    fn add(&mut self, text: &str) {
        self.0.push_str(text);
    }

    fn body(&mut self, body: &Body) {
        for stmt in &body.stmts {
            self.add("\n");
            self.cfg(stmt.cfg);
            self.stmt(stmt);
            self.add(if stmt.semicolon { "; " } else { " " });
        }
        if let Some((_, value)) = &body.tail {
            self.add("\n");
            self.value(value);
            self.add(" ");
        }
    }

    fn braced(&mut self, label: Option<Label>, head: &str, body: &Body) {
        if let Some(label) = label {
            let _ = write!(self.0, "'l{label}: ");
        }
        self.add(head);
        self.add("{ ");
        self.body(body);
        self.add("}");
    }

    fn cfg(&mut self, cfg: Option<bool>) {
        match cfg {
            Some(true) => self.add("#[cfg(all())] "),
            Some(false) => self.add("#[cfg(any())] "),
            None => {}
        }
    }

    fn stmt(&mut self, stmt: &Stmt) {
        match &stmt.what {
            What::Plain => self.add("n += 1"),
            What::Call(call) => self.add(match call {
                Call::Work => "work()",
                Call::Tick => "tick().await",
                Call::Fetch => "fetch()?",
                Call::Fatal => "fatal()",
            }),
            What::Print => self.add("println!(\"x\")"),
            What::Unknown => self.add("noop!()"),
            What::Exit(exit) => self.exit(exit),
            What::Let(value) => {
                self.add("let _x: u8 = ");
                self.value(value);
            }
            What::Assign(value) => {
                self.add("n = ");
                self.value(value);
            }
            What::LetElse(body) => {
                self.add("let Some(_) = m else ");
                self.braced(None, "", body);
            }
            What::Guard(cond) => self.cond(cond),
            What::Last(text) => self.add(text),
            What::Scope { scope, sends } => self.scope(*scope, *sends, stmt.line),
            What::If(branches) => self.if_(branches),
            What::Match(arms) => self.arms("match n", arms),
            What::Select(arms) => self.arms("tokio::select!", arms),
            What::Block(label, body) => self.braced(*label, "", body),
            What::Loop(kind, label, body) => self.loop_(kind, *label, body),
        }
    }

    fn loop_(&mut self, kind: &Loop, label: Option<Label>, body: &Body) {
        match kind {
            Loop::Endless => self.braced(label, "loop ", body),
            Loop::For => self.braced(label, "for _ in 0..n ", body),
            Loop::While(cond) => {
                let mut head = Printer::default();
                head.cond(cond);
                self.braced(label, &format!("while {} ", head.0), body);
            }
        }
    }

    fn scope(&mut self, scope: Scope, sends: bool, line: usize) {
        let inner = if sends { "send!(200)" } else { "return" };
        let _ = match (scope, sends) {
            (Scope::Closure, _) => write!(self.0, "let _ = || {{ {inner} }}"),
            (Scope::Async, _) => write!(self.0, "let _ = async {{ {inner} }}"),
            (Scope::Function, _) => write!(self.0, "fn f{line}() {{ {inner} }}"),
            (Scope::Const, true) => write!(self.0, "const C{line}: u8 = {{ send!(200); 5 }}"),
            (Scope::Const, false) => write!(self.0, "const C{line}: u8 = 5"),
        };
    }

    fn exit(&mut self, exit: &Exit) {
        let label = |name: &Option<Label>| name.map_or(String::new(), |name| format!(" 'l{name}"));
        match exit {
            Exit::Send(Send::Plain(text)) | Exit::Return(text) | Exit::Panic(text) => {
                self.add(text);
            }
            Exit::Send(Send::Text(value)) => self.wrapped("send!(200, text(", value, "))"),
            Exit::Fail => self.add("return Err(StatusCode::CONFLICT.into())"),
            Exit::Break(name, value) => {
                self.add(&format!("break{}", label(name)));
                if let Some(value) = value {
                    self.wrapped(" ", value, "");
                }
            }
            Exit::Continue(name) => self.add(&format!("continue{}", label(name))),
        }
    }

    fn cond(&mut self, cond: &Cond) {
        match cond {
            Cond::Plain => self.add("n == 3"),
            Cond::Call => self.add("ready()"),
            Cond::Let => self.add("let Some(_) = m"),
            Cond::Not(inner) => {
                self.add("!(");
                self.cond(inner);
                self.add(")");
            }
            // Only a chain of `&&` can hold a `let`.
            Cond::And(left, right) => {
                self.side(left, matches!(**left, Cond::Or(..)));
                self.add(" && ");
                self.side(right, matches!(**right, Cond::Or(..) | Cond::And(..)));
            }
            Cond::Or(left, right) => {
                self.side(left, matches!(**left, Cond::And(..)));
                self.add(" || ");
                self.side(right, matches!(**right, Cond::Or(..) | Cond::And(..)));
            }
            Cond::Exit(exit, braces) => {
                self.add(if *braces { "{ " } else { "" });
                self.exit(exit);
                self.add(if *braces { " }" } else { "" });
            }
        }
    }

    fn side(&mut self, cond: &Cond, parens: bool) {
        self.add(if parens { "(" } else { "" });
        self.cond(cond);
        self.add(if parens { ")" } else { "" });
    }

    fn if_(&mut self, branches: &If) {
        self.add("if ");
        self.cond(&branches.cond);
        self.braced(None, " ", &branches.then);
        if let Some((_, otherwise)) = &branches.otherwise {
            self.add("\nelse ");
            match otherwise {
                Else::Block(body) => self.braced(None, "", body),
                Else::If(branches) => self.if_(branches),
            }
        }
    }

    fn arms(&mut self, head: &str, arms: &[Arm]) {
        self.add(head);
        self.add(" { ");
        for (index, arm) in arms.iter().enumerate() {
            self.add("\n");
            self.cfg(arm.cfg);
            self.add(match (head, index) {
                ("tokio::select!", _) => "_ = tick()",
                (_, index) if index + 1 == arms.len() => "_",
                (_, 0) => "1 | 2",
                _ => "3",
            });
            if let Some(guard) = &arm.guard {
                self.add(" if ");
                self.cond(guard);
            }
            self.add(" => ");
            self.arm_body(arm);
        }
        self.add("}");
    }

    fn arm_body(&mut self, arm: &Arm) {
        match (&arm.body.tail, arm.body.stmts.first()) {
            (Some((_, value)), _) if arm.bare => self.value(value),
            (None, Some(stmt)) if arm.bare => self.stmt(stmt),
            (None, None) if arm.bare => self.add("()"),
            _ => self.braced(None, "", &arm.body),
        }
        self.add(", ");
    }

    fn wrapped(&mut self, before: &str, value: &Value, after: &str) {
        self.add(before);
        self.value(value);
        self.add(after);
    }

    fn value(&mut self, value: &Value) {
        match value {
            Value::Plain => self.add("5"),
            Value::Call => self.add("pick()"),
            Value::Fetch => self.add("fetch()?"),
            Value::Fatal => self.add("fatal()"),
            Value::Argument(inner) => self.wrapped("id(", inner, ")"),
            Value::Array(inner) => self.wrapped("[5u8, ", inner, "][0]"),
            Value::Vec(inner) => self.wrapped("match vec![1u8, ", inner, "] { _ => 5 }"),
            Value::Format(inner) => self.wrapped("match format!(\"{}\", ", inner, ") { _ => 5 }"),
            Value::If(branches) => self.if_(branches),
            Value::Match(arms) => self.arms("match n", arms),
            Value::Block(label, body) => self.braced(*label, "", body),
            Value::Loop(label, body) => self.braced(Some(*label), "loop ", body),
            Value::Exit(exit) => self.exit(exit),
        }
    }
}
