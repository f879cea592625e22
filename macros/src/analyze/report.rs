//! What does the walk say about a handler's body?
//!
//! Plain data: no tokens, no wording. `diagnose` turns findings into messages, `expand` turns
//! suspects into typed probes.

use std::collections::{HashMap, HashSet};

use proc_macro2::TokenStream;

use syn::{Expr, Local, Stmt, StmtMacro};

use crate::span::Place;

/// Everything the walk found, in source order.
#[derive(Debug, Default)]
pub(crate) struct Report {
    /// What can be said of the whole body.
    pub(crate) verdict: Verdict,
    /// The mistakes that are certain.
    pub(crate) findings: Vec<Finding>,
    /// Calls that end a path and whose type decides: `!` is fine, anything else is a missing send.
    pub(crate) suspects: Vec<Suspect>,
    /// A call that stands alone (`log(..);`) was taken to return because code follows. If none of
    /// the findings is more than a missing send, rustc could still accept the body: where the call
    /// returns `!`, what follows is unreachable code and no mistake.
    pub(crate) takes_calls_to_return: bool,
    /// Some tokens could hold a send or an exit and could not be read (a macro the walk does not
    /// know), so that only rustc can tell what runs after them.
    pub(crate) unread: bool,
    /// Is there a function `send` in the module of the handler?
    pub(crate) has_send_function: bool,
    /// Each statement under a `#[cfg(..)]` that ends a path: where it is, and the condition. Without
    /// it the path sends nothing.
    pub(crate) ends_under_cfg: HashMap<ExprId, (Place, TokenStream)>,
    /// Each `return` of a macro that may not come back with a value.
    pub(crate) returned: HashSet<ExprId>,
    /// The statements that follow such tokens in a block.
    pub(crate) behind_unread: HashSet<ExprId>,
    /// Statements that are a `reply!(..);`, which nobody sends, unless the macro is the user's own.
    pub(crate) replies: HashSet<ExprId>,
    /// Code follows an exit that is not a send (`todo!(); ..`): rustc warns, and so it must stay.
    pub(crate) foreign_dead: bool,
}

/// What the walk can say of a whole body.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Verdict {
    /// Every path that ends, ends in a send (or in a panic, or with an error).
    AlwaysSends,
    /// Some path ends with nothing sent.
    FallsThrough,
    /// Types or unread macros decide.
    #[default]
    CannotTell,
}

/// One mistake and where it is.
#[derive(Debug)]
pub(crate) struct Finding {
    /// What to underline.
    pub(crate) place: Place,
    /// What is wrong.
    pub(crate) mistake: Mistake,
    /// The `return` or the tail of which rustc would complain as well, which the fallback excuses.
    pub(crate) expr: Option<ExprId>,
}

/// The kinds of mistake, with what a message needs to know.
#[derive(Debug, PartialEq)]
pub(crate) enum Mistake {
    /// R1: a path reaches the end of the handler with nothing sent.
    MissingSend(PathEnd),
    /// R2: this can never run, because a send came first.
    CodeAfterSend(Dead),
    /// R3: a send that cannot end this handler.
    SendInScope(Scope),
    /// R4: a `return` that leaves with nothing sent.
    ReturnWithoutSend {
        /// `return x` rather than a bare `return`.
        with_value: bool,
    },
    /// R4: `return Ok(())`, which lets a request through a guard.
    ReturnOk,
    /// A `send!` that a local `macro_rules! send` took over.
    ShadowedSend,
    /// A reply that is made and dropped.
    UnsentReply,
    /// `bail!(..)`, whose error is no response.
    Bail,
    /// `send!()`.
    EmptySend,
    /// `send!(404; "none")`.
    SemicolonInSend,
    /// An integer literal outside 200..=599.
    InvalidStatus {
        /// The literal as written.
        literal: String,
    },
    /// A body with a status that never has one (204, 205, 304).
    BodyNotAllowed {
        /// The status.
        status: u16,
    },
}

/// How a path that sends nothing comes to its end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum PathEnd {
    /// The handler's block is empty.
    EmptyBody,
    /// The last statement of the path does something else.
    LastStatement,
    /// The last statement of the path is taken away by a `#[cfg]`.
    UnderCfg,
    /// A value in tail position that was never sent.
    TailValue,
    /// An `if` without `else`.
    IfWithoutElse,
    /// An empty block: a branch, an arm.
    EmptyBranch,
    /// A `while` or `for` that can run dry.
    LoopRunsDry,
    /// `while true`, which rustc does not take for endless.
    WhileTrue,
    /// A `break` that leads straight to the end.
    Break,
    /// `a || send!()` or `a && send!()` in tail position.
    ShortCircuit,
}

/// What came after a send.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Dead {
    /// Another `send!`.
    SecondSend,
    /// A bare or valued `return` (`send!(..); return;`).
    Return,
    /// `unreachable!()` and its like.
    Unreachable,
    /// The operation whose operand the send is (`log(send!(..))`, `send!(..).await`).
    Operand,
    /// Anything else.
    Code,
}

/// A scope that a send cannot leave.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Scope {
    /// `|..| ..`
    Closure,
    /// `.ok_or_else(|| ..)` and its like: what a closure makes of an error.
    ErrorClosure,
    /// `async || ..`
    AsyncClosure,
    /// `async { .. }`
    AsyncBlock,
    /// A function, method or module inside the handler.
    NestedItem,
    /// `const { .. }`, a `const` or a `static`.
    Const,
}

/// Something that ends a path and may or may not return: an expression, a `let`, or a macro call
/// that is a statement.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Suspect {
    /// Which expression (or statement) of the analyzed block.
    pub(crate) expr: ExprId,
    /// Where to point.
    pub(crate) place: Place,
    /// Its value is dropped, by a `;` or because nobody takes it. Then it is right only if its end
    /// is never reached, which may as well be due to an operand (`x = fatal();`, `f(fatal());`):
    /// ask `{ it; }` for its type, not `it`. Otherwise its own type has to be `!` or `Sent`.
    pub(crate) semicolon: bool,
    /// It is the value of a `break`, which leads to the end.
    pub(crate) in_break: bool,
}

/// Names an expression or statement of the analyzed block for as long as the block is not moved.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct ExprId(usize);

impl ExprId {
    /// The name of this very expression (not of a copy of it).
    pub(crate) fn of(expr: &Expr) -> Self {
        ExprId(std::ptr::from_ref(expr).addr())
    }

    /// The name of a statement.
    pub(crate) fn of_stmt(stmt: &Stmt) -> Self {
        ExprId(std::ptr::from_ref(stmt).addr())
    }

    /// The name of a `let` statement.
    pub(crate) fn of_local(local: &Local) -> Self {
        ExprId(std::ptr::from_ref(local).addr())
    }

    /// The name of a macro call that is a statement, and so is no [`Expr`] to syn.
    pub(crate) fn of_macro(stmt: &StmtMacro) -> Self {
        ExprId(std::ptr::from_ref(stmt).addr())
    }
}
