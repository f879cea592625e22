//! What is a body made of?
//!
//! Every statement, `else` and arm starts a line of its own, and knows which.

/// Statements, and a value behind them where one is wanted.
#[derive(Debug, Default)]
pub(crate) struct Body {
    pub(crate) stmts: Vec<Stmt>,
    /// Where the value stands, and the value.
    pub(crate) tail: Option<(usize, Value)>,
}

#[derive(Debug)]
pub(crate) struct Stmt {
    pub(crate) line: usize,
    /// `#[cfg(all())]`, which holds, or `#[cfg(any())]`, which does not.
    pub(crate) cfg: Option<bool>,
    /// A `;` behind it.
    pub(crate) semicolon: bool,
    pub(crate) what: What,
}

#[derive(Debug)]
pub(crate) enum What {
    /// `n += 1`
    Plain,
    Call(Call),
    /// `println!("x")`, which the walk takes for what it is only where code follows.
    Print,
    /// `noop!()`, which it does not.
    Unknown,
    Exit(Exit),
    /// `let x: u8 = ..`
    Let(Value),
    /// `n = ..`
    Assign(Value),
    /// `let Some(_) = m else { .. }`
    LetElse(Body),
    /// `a || send!(..)` for its effect.
    Guard(Cond),
    /// A value of the wrong type as that of the handler.
    Last(&'static str),
    /// A scope of its own, perhaps with a send in it.
    Scope {
        scope: Scope,
        sends: bool,
    },
    If(Box<If>),
    Match(Vec<Arm>),
    Select(Vec<Arm>),
    Block(Option<Label>, Body),
    Loop(Loop, Option<Label>, Body),
}

/// What repeats a body.
#[derive(Debug)]
pub(crate) enum Loop {
    Endless,
    While(Cond),
    For,
}

/// `'l3`, where 3 is the line it was made on.
pub(crate) type Label = usize;

#[derive(Clone, Copy, Debug)]
pub(crate) enum Call {
    Work,
    /// `tick().await`
    Tick,
    /// `fetch()?`
    Fetch,
    /// Its type is `!`, which only the oracle knows.
    Fatal,
}

/// What ends a path.
#[derive(Debug)]
pub(crate) enum Exit {
    Send(Send),
    /// `return;` and the like, with nothing sent.
    Return(&'static str),
    /// `return Err(..)`
    Fail,
    /// `panic!()` and the like.
    Panic(&'static str),
    Break(Option<Label>, Option<Box<Value>>),
    Continue(Option<Label>),
}

#[derive(Debug)]
pub(crate) enum Send {
    /// As written.
    Plain(&'static str),
    /// `send!(200, text(..))`
    Text(Box<Value>),
}

#[derive(Clone, Copy, Debug)]
pub(crate) enum Scope {
    Closure,
    Async,
    Function,
    Const,
}

/// A condition, which to the oracle can hold and can fail.
#[derive(Debug)]
pub(crate) enum Cond {
    /// `n == 3`
    Plain,
    /// `ready()`
    Call,
    /// `let Some(_) = m`
    Let,
    Not(Box<Cond>),
    And(Box<Cond>, Box<Cond>),
    Or(Box<Cond>, Box<Cond>),
    /// Neither, for the path ends here. With braces around it, or without.
    Exit(Exit, bool),
}

#[derive(Debug)]
pub(crate) struct If {
    pub(crate) cond: Cond,
    pub(crate) then: Body,
    /// The line of the `else`.
    pub(crate) otherwise: Option<(usize, Else)>,
}

#[derive(Debug)]
pub(crate) enum Else {
    Block(Body),
    If(Box<If>),
}

#[derive(Debug)]
pub(crate) struct Arm {
    pub(crate) line: usize,
    pub(crate) cfg: Option<bool>,
    pub(crate) guard: Option<Cond>,
    /// Without braces.
    pub(crate) bare: bool,
    pub(crate) body: Body,
}

/// A `u8`.
#[derive(Debug)]
pub(crate) enum Value {
    /// `5`
    Plain,
    /// `pick()`
    Call,
    /// `fetch()?`
    Fetch,
    /// `fatal()`
    Fatal,
    /// `id(..)`
    Argument(Box<Value>),
    /// `[5u8, ..][0]`
    Array(Box<Value>),
    /// `match vec![1u8, ..] { _ => 5 }`
    Vec(Box<Value>),
    /// `match format!("{}", ..) { _ => 5 }`
    Format(Box<Value>),
    If(Box<If>),
    Match(Vec<Arm>),
    Block(Option<Label>, Box<Body>),
    Loop(Label, Box<Body>),
    Exit(Exit),
}

impl Body {
    pub(crate) fn is_empty(&self) -> bool {
        self.tail.is_none() && !self.stmts.iter().any(Stmt::is_code)
    }
}

impl Stmt {
    /// Not an item.
    pub(crate) fn is_code(&self) -> bool {
        !matches!(self.what, What::Scope { scope, .. } if scope.is_item())
    }
}

impl Scope {
    /// Declared for the whole block, wherever it stands.
    pub(crate) fn is_item(self) -> bool {
        matches!(self, Scope::Function | Scope::Const)
    }
}
