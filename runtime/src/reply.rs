//! What is a response before it is sent? [`Reply`], made by [`reply!`](crate::reply).

use std::fmt;
use std::panic::Location;

use axum_core::response::{IntoResponse, Response};
use http::{StatusCode, header};

use crate::after;
use crate::failed;
use crate::part::{self, SendableParts};
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

    pub(crate) fn into_inner(self) -> Response {
        *self.0
    }

    /// Its status.
    pub fn status(&self) -> StatusCode {
        self.0.status()
    }
}

impl IntoResponse for Reply {
    fn into_response(self) -> Response {
        after::bind(failed::settled(*self.0, None))
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
    // A tuple is taken apart, so that what is said of the parts of a `send!` holds for its parts.
    // Where it begins with a number, rustc is to say that this is no response.
    (($first:literal, $($rest:tt)*) $(,)?) => {
        $crate::__private::respond(($first, $($rest)*))
    };
    (($first:expr, $($rest:tt)+) $(,)?) => {
        $crate::__response!(@tuple ($first, $($rest)+), $first, () $($rest)+)
    };
    ($value:expr $(,)?) => { $crate::__private::respond($value) };
    ($status:literal, $($rest:tt)+) => {{
        $crate::__response!(@check $status);
        $crate::__response!(@parts $status, () $($rest)+)
    }};
    ($status:expr, $($rest:tt)+) => { $crate::__response!(@parts $status, () $($rest)+) };
    (@parts $status:expr, ($($part:expr,)*) $body:expr $(,)?) => {
        $crate::__private::respond_with($status, ($($crate::__response!(@part $part),)*), $body)
    };
    (@parts $status:expr, ($($part:expr,)*) $next:expr, $($rest:tt)+) => {
        $crate::__response!(@parts $status, ($($part,)* $next,) $($rest)+)
    };
    // Half-typed: no expression yet, but an editor completes it where the whole one would be.
    (@parts $status:expr, ($($part:expr,)*) $($half:tt)*) => {
        $crate::__private::respond_with($status, ($($part,)*), ($($half)*))
    };
    (@tuple $whole:expr, $first:expr, ($($part:expr,)*) $body:expr $(,)?) => {
        match $crate::__response!(@head $first) {
            (__status, __first) => $crate::__private::respond_tuple(
                __status,
                (__first, $($crate::__response!(@part $part),)*),
                $body,
            ),
        }
    };
    (@tuple $whole:expr, $first:expr, ($($part:expr,)*) $next:expr, $($rest:tt)+) => {
        $crate::__response!(@tuple $whole, $first, ($($part,)* $next,) $($rest)+)
    };
    (@tuple $whole:expr, $($half:tt)*) => { $crate::__private::respond($whole) };
    (@part $part:expr) => {{
        use $crate::__private::{AnyPart as _, KnownPart as _};
        $crate::__private::Slot::new($part).__part()
    }};
    (@head $part:expr) => {{
        use $crate::__private::{AnyPart as _, KnownPart as _, StatusPart as _};
        $crate::__private::Slot::new($part).__head()
    }};
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
    failed::instead_of(response)
}

/// The status of a literal that was checked while compiling.
pub(crate) fn respond_status(status: u16) -> StatusCode {
    StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
}

/// `send!(404, body)`, with a status that was checked while compiling.
#[track_caller]
pub(crate) fn respond_with_literal(status: u16, body: impl Sendable) -> Response {
    let body = body.respond();
    if failed::has_failed(&body) {
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
        failed::checked(self.into_response(), std::any::type_name::<T>)
    }
}

/// `send!(status, parts.., body)`
#[track_caller]
pub(crate) fn respond_with(
    status: impl IntoStatus,
    parts: impl SendableParts,
    body: impl Sendable,
) -> Response {
    let status = status.into_status();
    if status.is_none() {
        let at = Location::caller();
        tracing::error!(%at, "a handler sent a status that is none (200..=599); answered 500");
        return part::respond(
            None,
            parts,
            failed::marked(Problem::failed().into_response()),
        );
    }
    part::respond(status, parts, body)
}

/// `send!((status, parts.., body))`, or a tuple without a status.
#[track_caller]
pub(crate) fn respond_tuple(
    status: Option<StatusCode>,
    parts: impl SendableParts,
    body: impl Sendable,
) -> Response {
    part::respond(status, parts, body)
}
