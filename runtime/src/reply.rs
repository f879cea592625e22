//! What is a response before it is sent? [`Reply`], made by [`reply!`](crate::reply).

use std::fmt;
use std::panic::Location;

use axum_core::response::{IntoResponse, IntoResponseParts, Response, ResponseParts};
use http::{StatusCode, header};

use crate::after;
use crate::format::as_failure;
use crate::problem::Problem;

/// A response that has not been sent yet.
///
/// [`reply!`](crate::reply) makes one. As the error of a helper it leaves the handler by `?`; as a
/// value it can be kept, and sent with `send!(reply)`. It is not an answer by itself: a handler
/// that ends in a `Reply` does not compile.
///
/// ```
/// use sendoff::{Reply, handler, reply, send};
///
/// fn positive(n: i64) -> Result<u64, Reply> {
///     u64::try_from(n).map_err(|_| reply!(422, "must not be negative"))
/// }
///
/// #[handler]
/// async fn root(n: i64) {
///     let n = positive(n)?;
///     send!(200, n.isqrt().to_string());
/// }
///
/// # use sendoff::IntoResponse;
/// # let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
/// # assert_eq!(runtime.block_on(root(-1)).into_response().status(), 422);
/// # assert_eq!(runtime.block_on(root(9)).into_response().status(), 200);
/// ```
#[must_use = "this reply is dropped: only `send!` sends [unsent-reply]"]
// Boxed, so that `Result<T, Reply>` stays as small as its `T`.
pub struct Reply(Box<Response>);

impl Reply {
    pub(crate) fn new(response: Response) -> Self {
        Reply(Box::new(response))
    }

    /// Its status.
    pub fn status(&self) -> StatusCode {
        self.0.status()
    }
}

impl IntoResponse for Reply {
    fn into_response(self) -> Response {
        after::bind(*self.0)
    }
}

impl fmt::Debug for Reply {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Reply").field(&self.0).finish()
    }
}

/// Makes a [`Reply`] from what [`send!`](crate::send) takes, and does not leave.
///
/// ```
/// use sendoff::reply;
///
/// let missing = reply!(404, "no such user");
/// assert_eq!(missing.status(), 404);
/// ```
#[macro_export]
macro_rules! reply {
    ($($reply:tt)*) => { $crate::__private::reply($crate::__private::response!($($reply)*)) };
}

/// The response that the arguments of `send!` and `reply!` stand for.
#[doc(hidden)]
#[macro_export]
macro_rules! __response {
    () => {
        $crate::__private::compile_error!(
            "nothing is sent [empty-send]\nhelp: write `send!(204)` for an empty response"
        )
    };
    // A lone literal is a status if it is an integer, else a body. No macro matcher tells the two
    // apart, so the literal's text does.
    ($literal:literal $(,)?) => {{
        $crate::__response!(@check $literal);
        $crate::__private::Literal::<
            { $crate::__private::is_integer($crate::__private::stringify!($literal)) },
        >::respond($literal)
    }};
    // Unfinished code stays a warning: `!` is no response, and nothing that is generic takes it.
    (todo!$why:tt $(,)?) => { todo!$why };
    (unimplemented!$why:tt $(,)?) => { unimplemented!$why };
    ($status:expr, todo!$why:tt $(,)?) => { todo!$why };
    ($status:expr, unimplemented!$why:tt $(,)?) => { unimplemented!$why };
    ($value:expr $(,)?) => { $crate::__private::respond($value) };
    ($status:literal, $($rest:tt)+) => {{
        $crate::__response!(@check $status);
        $crate::__response!(@parts $status, () $($rest)+)
    }};
    ($status:expr, $($rest:tt)+) => { $crate::__response!(@parts $status, () $($rest)+) };
    (@parts $status:expr, ($($part:expr,)*) $body:expr $(,)?) => {
        $crate::__private::respond_with($status, ($($part,)*), $body)
    };
    (@parts $status:expr, ($($part:expr,)*) $next:expr, $($rest:tt)+) => {
        $crate::__response!(@parts $status, ($($part,)* $next,) $($rest)+)
    };
    // Half-typed: no expression yet, but an editor completes it where the whole one would be.
    (@parts $status:expr, ($($part:expr,)*) $($half:tt)*) => {
        $crate::__private::respond_with($status, ($($part,)*), ($($half)*))
    };
    // An item, not a `const` block: rustc looks into it even if nothing calls the function.
    (@check $literal:literal) => {
        const _: () = $crate::__private::check_literal($crate::__private::stringify!($literal));
    };
    // Half-typed, as above.
    ($($half:tt)*) => { $crate::__private::respond(($($half)*)) };
}

/// The status of a response: [`StatusCode`] or `u16`.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no status",
    label = "expected an integer literal, a `StatusCode` or a `u16`",
    note = "write `send!(404, body)` or `Problem::new(404)`; several values that make one response go in a tuple"
)]
pub trait IntoStatus: sealed::Status {
    #[doc(hidden)]
    fn into_status(self) -> Option<StatusCode>;
}

/// What else can be a status is not for other crates to say.
mod sealed {
    pub trait Status {}

    impl Status for super::StatusCode {}
    impl Status for u16 {}
    impl Status for i32 {}
}

impl IntoStatus for StatusCode {
    fn into_status(self) -> Option<StatusCode> {
        Some(self)
    }
}

impl IntoStatus for u16 {
    fn into_status(self) -> Option<StatusCode> {
        is_final(self)
            .then(|| StatusCode::from_u16(self).ok())
            .flatten()
    }
}

/// The type that rustc falls back to in `send!(if n == 0 { 204 } else { 200 }, body)`.
#[doc(hidden)]
impl IntoStatus for i32 {
    fn into_status(self) -> Option<StatusCode> {
        u16::try_from(self).ok()?.into_status()
    }
}

/// A response that may be the last word: 1xx is not (RFC 9110 section 15.2), unless it hands the
/// connection over to another protocol.
#[track_caller]
pub(crate) fn as_final(response: Response) -> Response {
    let status = response.status();
    let upgrades = status == StatusCode::SWITCHING_PROTOCOLS
        && response.headers().contains_key(header::UPGRADE);
    if is_final(status.as_u16()) || upgrades {
        return response;
    }
    let at = Location::caller();
    tracing::error!(%status, %at, "a handler sent a status that is not final (200..=599); answered 500");
    Problem::failed().into_response()
}

/// The status of a literal that was checked while compiling.
pub(crate) fn respond_status(status: u16) -> StatusCode {
    StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
}

/// `send!(404, body)`, with a status that was checked while compiling.
#[track_caller]
pub(crate) fn respond_with_literal(status: u16, body: impl Sendable) -> Response {
    let body = body.respond();
    if cannot_be_sent(&body) {
        return body;
    }
    (respond_status(status), body).into_response()
}

/// 1xx is never the final response (RFC 9110 section 15.2); 6xx and above do not exist.
pub(crate) const fn is_final(status: u16) -> bool {
    200 <= status && status <= 599
}

/// What a `send!` outside a handler can return: a `Result` that takes a [`Reply`] for its error.
#[diagnostic::on_unimplemented(
    message = "this `send!` cannot leave a function that returns `{Self}` [send-without-a-way-out]",
    label = "this `send!` is in no handler, so it leaves as an error",
    note = "help: let the helper return `Result<T, Reply>`, and call it with `?`",
    note = "a closure or an async block returns a value, and the handler sends outside of it"
)]
pub trait LeaveWith {
    #[doc(hidden)]
    fn leave_with(reply: Reply) -> Self;
}

impl<T, E: FromReply> LeaveWith for Result<T, E> {
    fn leave_with(reply: Reply) -> Self {
        Err(E::from_reply(reply))
    }
}

/// What a [`Reply`] can leave as.
#[diagnostic::on_unimplemented(
    message = "a `Reply` cannot leave as `{Self}`",
    label = "this `send!` leaves through the error, which is `{Self}` here",
    note = "add `impl From<Reply> for {Self}`, for an enum with a variant that holds the reply"
)]
pub trait FromReply {
    #[doc(hidden)]
    fn from_reply(reply: Reply) -> Self;
}

#[diagnostic::do_not_recommend]
impl<E: From<Reply>> FromReply for E {
    fn from_reply(reply: Reply) -> Self {
        E::from(reply)
    }
}

/// What can be sent.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be sent: it is no response",
    label = "this type does not implement `IntoResponse`",
    note = "text, bytes, `Json(value)`, `Html(text)` and a tuple of headers and a body can be sent",
    note = "for a struct that implements `Serialize`, write `send!(Json(value))`",
    note = "a status that is computed stands before a body, or is a `StatusCode`: `send!(status, \"\")`"
)]
pub trait Sendable {
    #[doc(hidden)]
    #[track_caller]
    fn respond(self) -> Response;
}

#[diagnostic::do_not_recommend]
impl<T: IntoResponse> Sendable for T {
    #[track_caller]
    fn respond(self) -> Response {
        let response = self.into_response();
        if response.status() == StatusCode::INTERNAL_SERVER_ERROR {
            return checked_failure(response, std::any::type_name::<T>());
        }
        response
    }
}

/// A `Json` or a `Form` that cannot be serialized is a 500 of axum's with serde's text, which is
/// not for the client. Nothing but the type's name tells it from a 500 that is meant.
#[cold]
#[track_caller]
fn checked_failure(response: Response, of: &str) -> Response {
    if !["axum::json::Json<", "axum::form::Form<"]
        .iter()
        .any(|name| of.starts_with(name))
    {
        return response;
    }
    let mut response = as_failure(response, Location::caller());
    response.extensions_mut().insert(CannotBeSent);
    response
}

/// Marks the 500 in place of a body that cannot be sent: no other status goes with it.
#[derive(Clone, Copy)]
struct CannotBeSent;

fn cannot_be_sent(body: &Response) -> bool {
    body.status() == StatusCode::INTERNAL_SERVER_ERROR
        && body.extensions().get::<CannotBeSent>().is_some()
}

/// Where a `send!` stands.
type Place = &'static Location<'static>;

/// What can stand between the status and the body.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot stand between the status and the body",
    label = "this type does not implement `IntoResponseParts`",
    note = "headers can: `[(\"name\", \"value\")]` or a `HeaderMap`; only the last value is the body"
)]
pub trait SendablePart {
    #[doc(hidden)]
    fn apply(self, parts: ResponseParts, at: Place) -> Result<ResponseParts, Reply>;
}

#[diagnostic::do_not_recommend]
impl<T: IntoResponseParts> SendablePart for T {
    fn apply(self, parts: ResponseParts, at: Place) -> Result<ResponseParts, Reply> {
        self.into_response_parts(parts)
            .map_err(|fault| Reply::new(as_failure(fault.into_response(), at)))
    }
}

/// All that stands between the status and the body.
#[diagnostic::on_unimplemented(
    message = "too much stands between the status and the body",
    label = "up to eight values can",
    note = "a `HeaderMap` is one value, and holds any number of headers"
)]
pub trait SendableParts {
    #[doc(hidden)]
    fn apply_all(self, parts: ResponseParts, at: Place) -> Result<ResponseParts, Reply>;
}

macro_rules! tuples {
    ($($name:ident)*) => {
        impl<$($name: SendablePart),*> SendableParts for ($($name,)*) {
            fn apply_all(self, parts: ResponseParts, at: Place) -> Result<ResponseParts, Reply> {
                #[allow(non_snake_case, unused_variables)]
                let (at, ($($name,)*)) = (at, self);
                $(let parts = $name.apply(parts, at)?;)*
                Ok(parts)
            }
        }
    };
}

tuples!();
tuples!(A);
tuples!(A B);
tuples!(A B C);
tuples!(A B C D);
tuples!(A B C D E);
tuples!(A B C D E F);
tuples!(A B C D E F G);
tuples!(A B C D E F G H);

/// Lets a tuple of parts through axum-core's own tuples, which alone can make `ResponseParts`.
struct Parts<T>(T, Place);

impl<T: SendableParts> IntoResponseParts for Parts<T> {
    type Error = Reply;

    fn into_response_parts(self, parts: ResponseParts) -> Result<ResponseParts, Reply> {
        self.0.apply_all(parts, self.1)
    }
}

#[track_caller]
pub(crate) fn respond_with(
    status: impl IntoStatus,
    parts: impl SendableParts,
    body: impl Sendable,
) -> Response {
    let (at, body) = (Location::caller(), body.respond());
    match status.into_status() {
        Some(_) if cannot_be_sent(&body) => body,
        Some(status) => (status, Parts(parts, at), body).into_response(),
        None => {
            tracing::error!(%at, "a handler sent a status that is none (200..=599); answered 500");
            Problem::failed().into_response()
        }
    }
}
