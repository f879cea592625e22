//! What may generated code name?
//!
//! Everything the macros expand to, and nothing else. Not public API: it changes without notice.

pub use std::concat;
pub use std::future::Future;
pub use std::marker::{PhantomData, Send, Sync};
pub use std::module_path;
pub use std::option::Option;
pub use std::result::Result::{self, Err, Ok};
pub use std::stringify;
pub use std::sync::Arc;
pub use std::time::Duration;
pub use std::{compile_error, file, fmt};

pub use axum_core::extract::{FromRequest, FromRequestParts, OptionalFromRequestParts, Request};
pub use axum_core::response::{ErrorResponse, IntoResponse, Response};
pub use http::Method;
pub use http::request::Parts;

pub use std::string::String;

pub use crate::__check_routes as check_routes;
pub use crate::__collect_routes as collect_routes;
pub use crate::__response as response;
pub use crate::__sent as sent;
pub use crate::argument::{Ask, AsksForState, LooksAt, MayLook, ReadsHead, TakesBody};
pub use crate::guard::{
    Denial, GuardArgument, ValueOf, Yields, deny, guard_argument, is_denial, passed,
};
pub use crate::parameter::{
    Captures, OptionalPathParameter, PathParameter, optional_path_parameter, path_parameter,
};
pub use crate::part::{AnyPart, KnownPart, Slot, StatusPart};
pub use crate::question::{Leaves, Question, leaving};
pub use crate::rejection::rejected;
pub use crate::route::{
    Argument, LastArgument, Named, OfState, Route, RouteInfo, Routed, Routes, State, collected,
    respond_to_answer,
};
pub use crate::settings::Settings;
pub use sendoff_macros::routes;

use std::panic::Location;

use crate::answer::Sent;
/// The check that `routes!` makes while compiling.
pub mod conflict {
    pub use crate::conflict::{Found, find, length, message, report, slots};
}
pub use crate::granted::{Forgets, Memory, Remembers, address};
pub use crate::link::{AnyLink, Link, LinkError, LinkParameter, OptionalLinkParameter, made};
use crate::part::SendableParts;
use crate::reply::{self, IntoStatus, Sendable};
pub use crate::reply::{LeaveWith, Reply};
pub use crate::site::SendSites;
use crate::site::mark;

/// The witness that `send!` breaks out with.
#[doc(hidden)]
#[macro_export]
macro_rules! __sent {
    ($($reply:tt)*) => { $crate::__private::sent($crate::__private::response!($($reply)*)) };
}

/// A field of this type makes a route's type impossible to build: it is only ever named.
#[allow(missing_debug_implementations)]
pub struct Never<T>(std::convert::Infallible, PhantomData<fn() -> T>);

#[track_caller]
pub fn sent(response: Response) -> Sent {
    Sent::new(mark(reply::as_final(response), Location::caller()))
}

/// `send!(value)`
#[track_caller]
#[rustfmt::skip] // rustc shows this line where what is borrowed does not live long enough.
pub fn sent_value(value: impl Sendable) -> Sent { // Of a local, send a copy: `name.to_owned()`.
    Sent::new(mark(reply::as_final(value.respond()), Location::caller()))
}

/// `send!(404)`
#[track_caller]
pub fn sent_status(status: u16) -> Sent {
    Sent::new(mark(
        reply::respond_status(status).into_response(),
        Location::caller(),
    ))
}

/// `send!(404, body)`
#[track_caller]
#[rustfmt::skip] // For the same reason as `sent_value`.
pub fn sent_with(status: u16, body: impl Sendable) -> Sent { // Of a local, send a copy: `name.to_owned()`.
    Sent::new(mark(
        reply::respond_with_literal(status, body),
        Location::caller(),
    ))
}

#[track_caller]
pub fn reply(response: Response) -> Reply {
    Reply::new(mark(reply::as_final(response), Location::caller()))
}

#[track_caller]
pub fn respond(value: impl Sendable) -> Response {
    value.respond()
}

#[track_caller]
pub fn respond_tuple(
    status: Option<http::StatusCode>,
    parts: impl SendableParts,
    body: impl Sendable,
) -> Response {
    reply::respond_tuple(status, parts, body)
}

#[track_caller]
pub fn respond_with(
    status: impl IntoStatus,
    parts: impl SendableParts,
    body: impl Sendable,
) -> Response {
    reply::respond_with(status, parts, body)
}

/// What a body that could not be proven ends in; the error that says why is on record.
pub fn unproven<T, E>() -> Result<T, E> {
    unreachable!("a handler that does not compile cannot run")
}

/// What stands in a branch that is never taken, for rustc to see that it might be.
pub const fn never_run<T>() -> T {
    panic!("what is never run was run")
}

/// A lone literal, told apart by `is_integer`.
#[allow(missing_debug_implementations)]
pub enum Literal<const INTEGER: bool> {}

impl Literal<true> {
    pub fn respond(status: u16) -> Response {
        reply::respond_status(status).into_response()
    }
}

impl Literal<false> {
    #[track_caller]
    pub fn respond(value: impl Sendable) -> Response {
        value.respond()
    }
}

/// Is this the text of an integer literal? `404`, `404u16`, `-1`; not `4.5`, `"404"`, `b'4'`, `true`.
pub const fn is_integer(literal: &str) -> bool {
    let bytes = literal.as_bytes();
    if bytes.is_empty() || !(bytes[0].is_ascii_digit() || bytes[0] == b'-') {
        return false;
    }
    let mut at = 0;
    while at < bytes.len() {
        if bytes[at] == b'.' {
            return false;
        }
        at += 1;
    }
    true
}

/// Refuses an integer literal that is no status; other literals are bodies.
pub const fn check_literal(literal: &str) {
    if !is_integer(literal) {
        return;
    }
    let bytes = literal.as_bytes();
    let mut status: u16 = 0;
    let mut at = 0;
    while at < bytes.len() && (bytes[at].is_ascii_digit() || bytes[at] == b'_') {
        if bytes[at] != b'_' {
            status = status
                .saturating_mul(10)
                .saturating_add((bytes[at] - b'0') as u16);
        }
        at += 1;
    }
    assert!(
        reply::is_final(status),
        "this is not the status of a final response [invalid-status]: use one from 200 to 599"
    );
}

/// `!`, which stable Rust has no other name for in a trait's implementation.
pub type NeverType = <fn() -> ! as ReturnType>::Output;

/// The return type of a function pointer.
pub trait ReturnType {
    type Output;
}

impl<T> ReturnType for fn() -> T {
    type Output = T;
}

/// What may stand last on a path: a call that never returns, and a `Sent` that another handler
/// made.
#[diagnostic::on_unimplemented(
    message = "handler can finish without sending a response [missing-send]",
    label = "the handler ends after this, and `{Self}` is not a send",
    note = "help: end this path with `send!(..)`"
)]
pub trait EndsHandler {
    fn sent(self) -> Sent;
}

impl EndsHandler for Sent {
    fn sent(self) -> Sent {
        self
    }
}

impl EndsHandler for NeverType {
    fn sent(self) -> Sent {
        self
    }
}

impl<E: Left> EndsHandler for Result<Sent, E> {
    fn sent(self) -> Sent {
        unreachable!("no error is `Left`")
    }
}

/// Implemented for nothing: the answer of another handler is not passed on by itself.
#[diagnostic::on_unimplemented(
    message = "handler can finish without sending a response [missing-send]",
    label = "this is the answer of another handler, which nobody sends",
    note = "help: put a `?` behind it, and no `;`: `other_handler(..).await?`"
)]
pub trait Left {}

/// What may stand last on a path with a `;` behind it: only a call that never returns.
#[diagnostic::on_unimplemented(
    message = "handler can finish without sending a response [missing-send]",
    label = "the handler ends after this, with nothing sent",
    note = "help: end this path with `send!(..)`"
)]
pub trait NeverReturns {
    fn never(self) -> Sent;
}

impl NeverReturns for NeverType {
    fn never(self) -> Sent {
        self
    }
}

impl<E: Left> NeverReturns for Result<Sent, E> {
    fn never(self) -> Sent {
        unreachable!("no error is `Left`")
    }
}

/// Asks the call that stands last on a path for its type.
pub trait MustSend: Sized {
    fn __must_send(self) -> Sent;
}

/// Asks the call that stands last on a path, before a `;`, for its type.
pub trait MustDiverge: Sized {
    fn __must_diverge(self) -> Sent;
}

#[diagnostic::do_not_recommend]
impl<T: NeverReturns> MustDiverge for T {
    fn __must_diverge(self) -> Sent {
        self.never()
    }
}

#[diagnostic::do_not_recommend]
impl<T: EndsHandler> MustSend for T {
    fn __must_send(self) -> Sent {
        self.sent()
    }
}

/// As [`MustSend`], of a value that is there.
pub fn must_send_value(value: impl EndsHandler) -> Sent {
    value.sent()
}

/// As [`MustSend`], of what will be awaited: the type of an `.await` is inferred, and forgets `!`. It
/// asks the future, and not for one of its own: rustc would complain at each place that knows it.
pub fn must_send_later<F: IntoFuture<Output: EndsHandler>>(_: &F) -> fn(F::Output) -> Sent {
    EndsHandler::sent
}

/// As [`MustDiverge`], of what will be awaited.
pub fn must_diverge_later<F: IntoFuture<Output: NeverReturns>>(_: &F) -> fn(F::Output) -> Sent {
    NeverReturns::never
}

/// Takes the place of a send that was reported as a mistake.
pub const fn refused() -> ! {
    panic!("a handler that does not compile cannot run")
}
