//! What does a handler return? [`Answer`], which only a send can make.

use std::fmt;

use axum_core::response::{ErrorResponse, IntoResponse, Response};

use crate::after;
use crate::failed::settled;

/// What a handler returns: the response that was sent, or an error that is one.
///
/// `#[handler]` writes this return type. `E` is what `?` converts into: axum-core's
/// [`ErrorResponse`], which takes any [`IntoResponse`], unless `#[handler(error = E)]` names
/// another.
///
/// An answer is a response, so a unit test can look at it:
///
/// ```
/// use sendoff::{IntoResponse, handler, send};
///
/// #[handler]
/// fn hello() {
///     send!("hello");
/// }
///
/// assert_eq!(hello().into_response().status(), 200);
/// ```
pub type Answer<E = ErrorResponse> = Result<Sent, E>;

/// The proof that a handler has sent its response. Only [`send!`](crate::send) makes one.
#[must_use = "a response that is dropped is never sent"]
pub struct Sent(Response);

impl Sent {
    pub(crate) fn new(response: Response) -> Self {
        Sent(response)
    }
}

impl IntoResponse for Sent {
    fn into_response(self) -> Response {
        after::bind(settled(self.0, None))
    }
}

impl fmt::Debug for Sent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Sent").field(&self.0).finish()
    }
}
