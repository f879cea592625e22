//! What may `?` leave a handler with? Whatever is a response, or says how it becomes one.
//!
//! rustc asks for `ErrorResponse: From<E>`, which is axum-core's, and knows of no way out. So the
//! operand of a `?` goes through [`leaving`], whose trait says it.

// The error is axum-core's, and holds a whole response.
#![allow(missing_docs, clippy::result_large_err)]

use std::marker::PhantomData;
use std::panic::Location;
use std::task::Poll;

use axum_core::response::{ErrorResponse, IntoResponse};

use crate::failed::settled;

/// Where a `?` stands.
type Place = &'static Location<'static>;

/// The operand of a `?`, with an error that needs no conversion any more.
#[inline]
#[track_caller]
pub fn leaving<Q: Question>(operand: Q) -> Q::Answered
where
    Q::Error: Leaves,
{
    operand.answered(Location::caller())
}

/// What can have a `?` in a handler.
#[diagnostic::on_unimplemented(
    message = "`?` in a handler is for a `Result`, and this is a `{Self}`",
    label = "this has no error"
)]
pub trait Question {
    type Error;
    type Answered;
    fn answered(self, at: Place) -> Self::Answered
    where
        Self::Error: Leaves;
}

impl<T, E> Question for Result<T, E> {
    type Error = E;
    type Answered = Result<T, ErrorResponse>;

    #[inline]
    fn answered(self, at: Place) -> Self::Answered
    where
        E: Leaves,
    {
        self.map_err(|error| error.left_with(at))
    }
}

impl<T, E> Question for Poll<Result<T, E>> {
    type Error = E;
    type Answered = Poll<Result<T, ErrorResponse>>;

    #[inline]
    fn answered(self, at: Place) -> Self::Answered
    where
        E: Leaves,
    {
        self.map(|result| result.map_err(|error| error.left_with(at)))
    }
}

/// The error of an `Option`: no response, for what is to be said?
#[derive(Debug)]
pub struct NoValue<T>(PhantomData<T>);

impl<T> Question for Option<T> {
    type Error = NoValue<T>;
    type Answered = Result<T, ErrorResponse>;

    fn answered(self, at: Place) -> Self::Answered
    where
        NoValue<T>: Leaves,
    {
        self.ok_or_else(|| NoValue(PhantomData).left_with(at))
    }
}

/// What `?` can answer with.
#[diagnostic::on_unimplemented(
    message = "`?` cannot answer with a `{Self}`, which is no response",
    label = "its error is a `{Self}`",
    note = "if it is the server's fault: `.or_500()?` logs the error and sends a 500 (`use sendoff::OrSend`)",
    note = "if it is the client's: `.or_send(reply!(404, \"why\"))?` sends this response, of an `Option` too",
    note = "or implement `IntoResponse` for the error, and `?` sends it"
)]
pub trait Leaves {
    fn left_with(self, at: Place) -> ErrorResponse;
}

#[diagnostic::do_not_recommend]
impl<E: Into<ErrorResponse>> Leaves for E {
    fn left_with(self, at: Place) -> ErrorResponse {
        let response = Err::<(), ErrorResponse>(self.into()).into_response();
        settled(response, Some(at)).into()
    }
}
