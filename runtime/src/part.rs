//! What stands between the status and the body? Headers, cookies, work after the response: anything
//! that is `IntoResponseParts`.
//!
//! A part adds to repeatable fields and replaces the others, see [`fields`](crate::fields). Where a
//! part cannot be sent, the client gets a 500, and the work that stands beside it runs all the same.

#![allow(missing_docs)]

use std::fmt::Display;
use std::panic::Location;

use axum_core::response::{IntoResponse, IntoResponseParts, Response, ResponseParts};
use http::response::Parts as Head;
use http::{Extensions, HeaderMap, HeaderName, HeaderValue, StatusCode};

use crate::after;
use crate::failed;
use crate::fields::{put_back, set_aside};
use crate::format::as_failure;
use crate::reply::{Reply, Sendable};

/// Where a `send!` stands.
type Place = &'static Location<'static>;

/// The body, with the parts and the status around it.
#[track_caller]
pub(crate) fn respond(
    status: Option<StatusCode>,
    parts: impl SendableParts,
    body: impl Sendable,
) -> Response {
    let (at, mut body) = (Location::caller(), body.respond());
    if !body.extensions().is_empty() {
        after::unbind(&mut body);
    }
    if failed::has_failed(&body) {
        // Only the work that stands beside it counts.
        let beside = (Parts(parts, at), ()).into_response();
        after::join(beside.into_parts().0.extensions, body.extensions_mut());
        return body;
    }
    let response = (Parts(parts, at), body).into_response();
    match status.filter(|_| !failed::has_failed(&response)) {
        Some(status) => (status, response).into_response(),
        None => response,
    }
}

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
    fn apply(self, mut parts: ResponseParts, at: Place) -> Result<ResponseParts, Reply> {
        let aside = set_aside(parts.headers_mut());
        // What a part that fails has got is lost, and the work after the response must not be.
        let kept = std::mem::take(parts.extensions_mut());
        match self.into_response_parts(parts) {
            Ok(mut parts) => {
                if let Some(aside) = aside {
                    put_back(parts.headers_mut(), aside);
                }
                after::join(kept, parts.extensions_mut());
                Ok(parts)
            }
            Err(fault) => {
                let mut failure = failed::marked(as_failure(fault.into_response(), at));
                after::join(kept, failure.extensions_mut());
                Err(Reply::new(failure))
            }
        }
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
                let parts = Ok(parts);
                $(let parts = one_more(parts, $name, at);)*
                parts
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

fn one_more(
    parts: Result<ResponseParts, Reply>,
    part: impl SendablePart,
    at: Place,
) -> Result<ResponseParts, Reply> {
    match parts {
        Ok(parts) => part.apply(parts, at),
        // Only the work that it brings counts now.
        Err(reply) => {
            let mut failure = reply.into_inner();
            let other = (Parts((part,), at), ()).into_response();
            after::join(other.into_parts().0.extensions, failure.extensions_mut());
            Err(Reply::new(failure))
        }
    }
}

/// Lets a tuple of parts through axum-core's own tuples, which alone can make `ResponseParts`.
struct Parts<T>(T, Place);

impl<T: SendableParts> IntoResponseParts for Parts<T> {
    type Error = Reply;

    fn into_response_parts(self, parts: ResponseParts) -> Result<ResponseParts, Reply> {
        self.0.apply_all(parts, self.1)
    }
}

/// An array of fields, as it stands in `send!`: two of the same name are both meant.
#[derive(Debug)]
pub struct Fields<K, V, const N: usize>([(K, V); N]);

impl<K, V, const N: usize> IntoResponseParts for Fields<K, V, N>
where
    K: TryInto<HeaderName, Error: Display>,
    V: TryInto<HeaderValue, Error: Display>,
{
    type Error = Response;

    fn into_response_parts(self, mut parts: ResponseParts) -> Result<ResponseParts, Response> {
        for field in self.0 {
            let aside = set_aside(parts.headers_mut());
            let applied = [field].into_response_parts(parts);
            parts = applied.map_err(IntoResponse::into_response)?;
            if let Some(aside) = aside {
                put_back(parts.headers_mut(), aside);
            }
        }
        Ok(parts)
    }
}

/// A part, which is asked for its type: of the traits below rustc takes the first that fits, since
/// it tries a value before a reference to it.
#[derive(Debug)]
pub struct Slot<T>(Option<T>);

impl<T> Slot<T> {
    pub fn new(part: T) -> Self {
        Slot(Some(part))
    }
}

/// Those of which more is known than that they are parts.
pub trait KnownPart: Sized {
    type Part;
    fn __part(self) -> Self::Part;
    /// With its status, where it is the first of a tuple.
    fn __head(self) -> (Option<StatusCode>, Self::Part);
}

impl<K, V, const N: usize> KnownPart for Slot<[(K, V); N]>
where
    K: TryInto<HeaderName, Error: Display>,
    V: TryInto<HeaderValue, Error: Display>,
{
    type Part = Option<Fields<K, V, N>>;

    fn __part(self) -> Self::Part {
        self.0.map(Fields)
    }

    fn __head(self) -> (Option<StatusCode>, Self::Part) {
        (None, self.__part())
    }
}

impl KnownPart for Slot<Head> {
    type Part = Option<(HeaderMap, Extensions)>;

    fn __part(self) -> Self::Part {
        self.0.map(|head| (head.headers, head.extensions))
    }

    fn __head(self) -> (Option<StatusCode>, Self::Part) {
        (self.0.as_ref().map(|head| head.status), self.__part())
    }
}

impl KnownPart for Slot<http::Response<()>> {
    type Part = Option<(HeaderMap, Extensions)>;

    fn __part(self) -> Self::Part {
        Slot(self.0.map(|response| response.into_parts().0)).__part()
    }

    fn __head(self) -> (Option<StatusCode>, Self::Part) {
        Slot(self.0.map(|response| response.into_parts().0)).__head()
    }
}

/// The status that a tuple begins with. Between a status and a body there is no other.
pub trait StatusPart {
    fn __head(self) -> (Option<StatusCode>, ());
}

impl StatusPart for Slot<StatusCode> {
    fn __head(self) -> (Option<StatusCode>, ()) {
        (self.0, ())
    }
}

/// All others, as they are.
pub trait AnyPart {
    type Part;
    fn __part(self) -> Self::Part;
    fn __head(self) -> (Option<StatusCode>, Self::Part);
}

impl<T> AnyPart for &mut Slot<T> {
    type Part = T;

    fn __part(self) -> T {
        // Filled when it is made, and asked once.
        self.0
            .take()
            .unwrap_or_else(|| unreachable!("a part is taken once"))
    }

    fn __head(self) -> (Option<StatusCode>, T) {
        (None, self.__part())
    }
}
