//! What do the messages about the flow of a handler or a guard say?
//!
//! The other half of the catalogue: one text per [`Mistake`] that `analyze` can find.

use super::Diagnostic;
use crate::analyze::{Dead, Mistake, PathEnd, Scope};
use crate::parse::Kind;
use crate::span::Place;

/// The message for a mistake at a place.
pub(crate) fn flow(kind: Kind, place: Place, mistake: &Mistake) -> Diagnostic {
    match mistake {
        Mistake::MissingSend(end) => missing_send(place, *end),
        Mistake::CodeAfterSend(dead) => code_after_send(kind, place, *dead),
        Mistake::SendInScope(scope) => send_in_scope(kind, place, *scope),
        Mistake::ReturnWithoutSend { with_value } => return_without_send(kind, place, *with_value),
        Mistake::ShadowedSend => shadowed_send(place),
        Mistake::UnsentReply => unsent_reply(kind, place),
        Mistake::ReturnOk => return_ok(place),
        Mistake::Bail => bail(kind, place),
        Mistake::EmptySend => empty_send(place),
        Mistake::SemicolonInSend => semicolon_in_send(place),
        Mistake::InvalidStatus { literal } => invalid_status(place, literal),
        Mistake::BodyNotAllowed { status } => body_not_allowed(place, *status),
    }
}

fn missing_send(place: Place, end: PathEnd) -> Diagnostic {
    let (headline, help) = match end {
        PathEnd::EmptyBody => (
            "handler sends no response",
            "send one; `send!(204)` is an empty one",
        ),
        PathEnd::TailValue => (
            "handler ends in a value that is never sent",
            "send it: `send!(..)` around the value",
        ),
        PathEnd::WhileTrue => (
            "handler can finish without sending a response",
            "write `loop`: rustc takes no `while` for endless",
        ),
        PathEnd::LastStatement => (
            "handler can finish without sending a response",
            "end this path with `send!(..)`",
        ),
        PathEnd::UnderCfg => (
            "handler can finish without sending a response",
            "a `#[cfg]` leaves this out: send in the other configuration, too",
        ),
        PathEnd::IfWithoutElse => (
            "handler can finish without sending a response",
            "add an `else` that sends, or `send!(..)` after the `if`",
        ),
        PathEnd::EmptyBranch => (
            "handler can finish without sending a response",
            "end this branch with `send!(..)`",
        ),
        PathEnd::LoopRunsDry => (
            "handler can finish without sending a response",
            "add a `send!(..)` after the loop, for when it ends without one",
        ),
        PathEnd::Break => (
            "handler can finish without sending a response",
            "send in place of this `break`, or `send!(..)` behind what it leaves",
        ),
        PathEnd::ShortCircuit => (
            "handler can finish without sending a response",
            "add a `send!(..)` after this, for when its right side is skipped",
        ),
    };
    Diagnostic::new(place, "missing-send", headline).help(help)
}

fn code_after_send(kind: Kind, place: Place, dead: Dead) -> Diagnostic {
    let (what, help) = match dead {
        Dead::SecondSend => (
            "this second send never happens",
            "remove one of the two, or put them on different paths",
        ),
        Dead::Return => ("this `return` is never reached", "remove it"),
        Dead::Unreachable => (
            "this is never reached",
            "remove it: rustc knows that nothing follows a send",
        ),
        Dead::Operand => (
            "nothing can be done with a `send!`",
            "make `send!(..)` a statement of its own",
        ),
        Dead::Code => (
            "this code never runs",
            "move it above the send, or remove it",
        ),
    };
    let leaves = match dead {
        Dead::Operand => "it leaves",
        _ => "`send!` leaves",
    };
    let headline = format!("{what}: {leaves} the {}", kind.word());
    Diagnostic::new(place, "code-after-send", headline).help(help)
}

fn send_in_scope(kind: Kind, place: Place, scope: Scope) -> Diagnostic {
    let (slug, what, help) = match scope {
        Scope::Closure => (
            "send-in-closure",
            "a closure",
            "let the closure return a value, and send it outside; or use `match` or `let .. else`",
        ),
        Scope::ErrorClosure => (
            "send-in-closure",
            "a closure",
            "say what is sent without one: `.or_send(reply!(404))?`, with `use sendoff::OrSend`",
        ),
        Scope::AsyncClosure => (
            "send-in-closure",
            "an async closure",
            "let the closure return a value, and send it outside",
        ),
        Scope::AsyncBlock => (
            "send-in-async-block",
            "an async block",
            "let the block yield a value, `.await` it, and send it outside",
        ),
        Scope::NestedItem => (
            "send-in-nested-item",
            "a nested item",
            "move the function out, let it return `Result<_, Reply>`, and call it with `?`",
        ),
        Scope::Const => (
            "send-in-const",
            "a constant",
            "send outside: a constant is computed while compiling",
        ),
    };
    Diagnostic::new(
        place,
        slug,
        format!("a `send!` inside {what} cannot end the {}", kind.word()),
    )
    .help(help)
}

fn unsent_reply(kind: Kind, place: Place) -> Diagnostic {
    Diagnostic::new(
        place,
        "unsent-reply",
        "this reply is dropped: only `send!` sends",
    )
    .help(format!(
        "write `send!(..)` around it, which also ends the {}",
        kind.word()
    ))
}

fn return_without_send(kind: Kind, place: Place, with_value: bool) -> Diagnostic {
    const PASS: &str =
        "write `return Ok(value)` to let the request through, `send!(..)` to deny it";
    let (headline, help) = match (kind, with_value) {
        (Kind::Handler, true) => (
            "this `return` carries no response: a handler sends",
            "write `send!(..)` in place of `return ..`",
        ),
        (Kind::Handler, false) => (
            "this `return` leaves the handler with nothing sent",
            "write `send!(..)` in its place",
        ),
        (Kind::Guard, true) => (
            "this `return` says neither that the request passes nor that it is denied",
            PASS,
        ),
        (Kind::Guard, false) => (
            "this `return` leaves the guard with neither a value nor a send",
            PASS,
        ),
    };
    Diagnostic::new(place, "return-without-send", headline).help(help)
}

fn return_ok(place: Place) -> Diagnostic {
    Diagnostic::new(
        place,
        "return-without-send",
        "this `return` leaves the handler with nothing sent",
    )
    .help("write `send!(..)` in its place")
}

fn bail(kind: Kind, place: Place) -> Diagnostic {
    Diagnostic::new(
        place,
        "bail-without-response",
        format!(
            "this leaves the {} with an error that is no response",
            kind.word()
        ),
    )
    .help(
        "`send!(500, ..)`, or in a helper that returns a `Result`, of which `.or_500()?` is called",
    )
}

fn semicolon_in_send(place: Place) -> Diagnostic {
    Diagnostic::new(
        place,
        "semicolon-in-send",
        "the parts of a `send!` are separated by commas",
    )
    .help("write `,` here")
}

fn shadowed_send(place: Place) -> Diagnostic {
    Diagnostic::new(
        place,
        "shadowed-send",
        "this `send!` is a local macro, and sends nothing",
    )
    .help("rename the local `macro_rules! send`")
}

fn empty_send(place: Place) -> Diagnostic {
    Diagnostic::new(place, "empty-send", "`send!()` says nothing to send")
        .help("write `send!(204)` for an empty response")
}

pub(crate) fn invalid_status(place: Place, literal: &str) -> Diagnostic {
    Diagnostic::new(
        place,
        "invalid-status",
        format!("{literal} is not the status of a final response"),
    )
    .help("use a status from 200 to 599")
}

fn body_not_allowed(place: Place, status: u16) -> Diagnostic {
    Diagnostic::new(
        place,
        "body-not-allowed",
        format!("a response with the status {status} has no body"),
    )
    .help(format!(
        "write `send!({status})`, or send the body with another status"
    ))
    .note("RFC 9110 sections 15.3.5, 15.3.6 and 15.4.5: no content with 204, 205 and 304")
}
