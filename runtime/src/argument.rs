//! Where may an argument stand? What takes the body: last in a handler, and in no guard.
//!
//! Only its type knows, so the generated code asks the type, in the handler itself, and not only
//! where an app mounts it. That leaves one question open until then, whether an argument is an
//! extractor at all: many are for the state of their app alone, and no app is in sight.

#![allow(missing_docs)]

use std::marker::PhantomData;

use axum_core::extract::{FromRequest, FromRequestParts};
use bytes::Bytes;
use http::{HeaderMap, Method, Uri};

use crate::extract::{Form, Json, Query, State};

/// Asks a type. Of the three traits below rustc takes the first whose bounds hold: it tries them in
/// the order in which they take the `&`s off `&&&Ask<T>`.
#[allow(missing_debug_implementations)]
pub struct Ask<T>(PhantomData<fn() -> T>);

impl<T> Ask<T> {
    pub const NEW: Self = Ask(PhantomData);
}

/// What looks at the head alone may stand anywhere.
pub trait ReadsHead {
    fn __stands_before_another(&self) {}
    fn __stands_in_a_guard(&self) {}
}

impl<T: FromRequestParts<()>> ReadsHead for &&Ask<T> {}

/// What takes the body, whatever the state.
pub trait TakesBody {
    type Extractor;
    fn __stands_before_another(&self)
    where
        Self::Extractor: LeavesTheBody,
    {
    }
    fn __stands_in_a_guard(&self)
    where
        Self::Extractor: LeavesTheBodyToHandlers,
    {
    }
}

impl<T: FromRequest<()>> TakesBody for &Ask<T> {
    type Extractor = T;
}

/// What is only known together with the state of an app.
pub trait AsksForState {
    fn __stands_before_another(&self) {}
    fn __stands_in_a_guard(&self) {}
}

impl<T> AsksForState for Ask<T> {}

/// Implemented for nothing: what takes the body does not leave it.
#[diagnostic::on_unimplemented(
    message = "`{Self}` takes the body, which only the last argument can [body-extractor-not-last]",
    label = "another argument comes after this one",
    note = "help: move it to the end; of two such arguments, keep one"
)]
pub trait LeavesTheBody {}

/// Implemented for nothing, too.
#[diagnostic::on_unimplemented(
    message = "`{Self}` takes the body, which a guard leaves to the handler [body-extractor-in-guard]",
    label = "a guard looks at the head of a request",
    note = "help: take it as the last argument of the handler, and check it there"
)]
pub trait LeavesTheBodyToHandlers {}

/// What an argument of the type `T` may look at. Any may look at who the client is, but for those below:
/// an associated constant of the type goes before that of a trait.
#[allow(missing_debug_implementations)]
pub struct LooksAt<T>(PhantomData<fn() -> T>);

pub trait MayLook {
    const PEER: bool = true;
}

impl<T> MayLook for LooksAt<T> {}

macro_rules! do_not_look {
    ($($plain:ident)*; $($of:ident)*) => {
        $(impl LooksAt<$plain> {
            pub const PEER: bool = false;
        })*
        $(impl<T> LooksAt<$of<T>> {
            pub const PEER: bool = false;
        })*
    };
}

do_not_look!(Bytes HeaderMap Method String Uri; Form Json Query State);
