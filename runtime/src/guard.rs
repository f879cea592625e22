//! What is a guard? The documentation of [`guard`](macro@crate::guard), where it can run, and what
//! its expansion calls.

use axum_core::extract::FromRequestParts;
use axum_core::response::IntoResponse;
use http::request::Parts;

use crate::answer::Sent;
use crate::reply::{FromReply, Reply};

/// Makes a function an extractor that may deny: a handler that takes the guard runs only for
/// requests that the guard lets through.
///
/// In a guard [`send!`](crate::send) ends **the request**. A path that ends without one has come
/// to a value of the declared type, and lets the request through with it; anything else does not
/// compile. So no code behind a denial can run, neither in the guard nor in the handler.
///
/// ```
/// use sendoff::{App, HeaderMap, State, guard, handler, routes, send};
/// # #[derive(Clone)] struct Db;
/// # struct User { name: String }
/// # impl Db { async fn user_of(&self, _: &str) -> Option<User> { None } }
///
/// /// Who is logged in.
/// #[guard(LoggedIn)]
/// async fn logged_in(headers: HeaderMap, State(db): State<Db>) -> User {
///     let Some(token) = headers.get("x-token").and_then(|token| token.to_str().ok()) else {
///         send!(401, "log in first");
///     };
///     let Some(user) = db.user_of(token).await else {
///         send!(401, "token expired");
///     };
///     user
/// }
///
/// #[handler(GET "/me")]
/// async fn me(LoggedIn(user): LoggedIn) {
///     send!(user.name);
/// }
///
/// let app = App::new(Db).routes(routes![me]);
/// # let _: App<Db> = app;
/// ```
///
/// # What it makes
///
/// `struct LoggedIn(User)`, as visible as the function, which implements axum-core's
/// [`FromRequestParts`]: so it is an argument of handlers and of other guards, here and on axum.
/// A guard without a return type yields `()`; take it as `_: Name`. The struct has the function's
/// documentation, and a [`Debug`] that leaves the value out. `Name(value)` makes one by hand, for
/// the unit test of a handler.
///
/// # It runs once
///
/// The arguments of a handler are taken in their order, path parameters too, so a guard that comes
/// first denies before anything is said of the others. If several arguments and guards of a request
/// ask for the same guard, it runs once, and each gets a clone of its value; a value that is not
/// [`Clone`] (and `Send + Sync + 'static`) is made for each. That holds as long as the state is the same
/// one, and never for another request: a copy of a request has passed no guard.
///
/// # What its function returns
///
/// The function stays, and returns a [`Result`]:
///
/// ```
/// use sendoff::{HeaderMap, IntoResponse, guard, send};
///
/// #[guard(Versioned)]
/// fn versioned(headers: HeaderMap) -> u8 {
///     match headers.get("x-version").map(|version| version.as_bytes()) {
///         Some(b"1") => 1,
///         Some(_) => send!(400, "this version is not known"),
///         None => 0,
///     }
/// }
///
/// assert_eq!(versioned(HeaderMap::new()).ok(), Some(0));
/// let headers = HeaderMap::from_iter([("x-version".parse().unwrap(), "9".parse().unwrap())]);
/// assert_eq!(versioned(headers).map(|_| ()).into_response().status(), 400);
/// ```
///
/// So an early `return Ok(value)` lets the request through, too; and `?` denies with the error's
/// response, as in a handler.
///
/// # Arguments
///
/// Extractors that look at the head of the request, and other guards:
///
/// ```
/// # use sendoff::{HeaderMap, guard, handler, send};
/// # struct User { is_admin: bool }
/// # #[guard(LoggedIn)]
/// # async fn logged_in() -> User { User { is_admin: false } }
/// #[guard(Admin)]
/// async fn admin(LoggedIn(user): LoggedIn) -> User {
///     if !user.is_admin {
///         send!(403, "admins only");
///     }
///     user
/// }
/// ```
///
/// A guard does not take the body, which is the handler's, and no path parameters. Each argument
/// that is a guard runs it: one that is asked for twice runs twice.
///
/// # `Option<Name>`
///
/// A handler that takes `Option<LoggedIn>` runs for visitors, too: a denial of 3xx or 4xx (by a
/// `send!`, a `?`, or an argument of the guard) is `None`. A 5xx is no answer to the question, so
/// it still ends the request; and so does a 2xx, with which the guard has answered itself. To look
/// at the denial, take `Result<LoggedIn, Reply>`.
///
/// # Generics
///
/// ```
/// use std::marker::PhantomData;
/// use sendoff::{guard, handler, send};
/// # #[derive(Clone, PartialEq)] struct User { role: &'static str }
/// # #[guard(LoggedIn)]
/// # async fn logged_in() -> User { User { role: "admin" } }
///
/// trait Role {
///     const NAME: &'static str;
/// }
///
/// struct Editor;
///
/// impl Role for Editor {
///     const NAME: &'static str = "editor";
/// }
///
/// #[guard(Has)]
/// async fn has<R: Role>(LoggedIn(user): LoggedIn) -> User {
///     if user.role != R::NAME {
///         send!(403, format!("only for the role {}", R::NAME));
///     }
///     user
/// }
///
/// #[handler(POST "/articles")]
/// async fn publish(Has(user): Has<Editor>) {
///     send!(201, user.role);
/// }
/// ```
///
/// # Options
///
/// | option | meaning |
/// |---|---|
/// | `Name` | the name of the type; required |
/// | `error = Type` | what `?` converts into; needs `From<Reply>`, since a denial is one |
/// | `crate = path` | where the crate `sendoff` is, if it was renamed |
pub use sendoff_macros::guard;

/// An argument of a guard.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be an argument of a guard",
    label = "this type does not implement `FromRequestParts`",
    note = "a guard takes extractors that leave the body alone, such as `HeaderMap`, `Query<T>` or `State<T>`, and other guards",
    note = "what takes the body, such as `Json<T>`, is the last argument of the handler"
)]
pub trait GuardArgument<S>: FromRequestParts<S> {}

#[diagnostic::do_not_recommend]
impl<S, T: FromRequestParts<S>> GuardArgument<S> for T {}

/// Gets an argument of a guard from the request.
pub async fn guard_argument<T: FromRequestParts<S>, S>(
    parts: &mut Parts,
    state: &S,
) -> Result<T, Reply> {
    let argument = T::from_request_parts(parts, state).await;
    argument.map_err(|rejection| Reply::new(rejection.into_response()))
}

/// Ends a guard with what it has sent.
pub fn deny<T, E: FromReply>(sent: Sent) -> Result<T, E> {
    Err(E::from_reply(Reply::new(sent.into_response())))
}

/// What a guard can deny with: a response. axum-core's `ErrorResponse` is one only inside a
/// `Result`.
#[diagnostic::on_unimplemented(
    message = "the error of a guard has to be a response, and `{Self}` is none",
    label = "this type does not implement `IntoResponse`",
    note = "the option `error = T` says what `?` converts into; that is what the client gets"
)]
pub trait Denial {
    /// The response.
    fn into_reply(self) -> Reply;
}

#[diagnostic::do_not_recommend]
impl<E> Denial for E
where
    Result<(), E>: IntoResponse,
{
    fn into_reply(self) -> Reply {
        Reply::new(Err::<(), E>(self).into_response())
    }
}

/// What the guard's function has decided, as an extractor says it.
pub fn passed<T, E: Denial>(decision: Result<T, E>) -> Result<T, Reply> {
    decision.map_err(Denial::into_reply)
}

/// `Option<Name>`: a request that the guard denies has no value, and goes on. A guard that failed,
/// or has answered the request itself, has not denied it.
pub fn is_denial(reply: &Reply) -> bool {
    reply.status().is_redirection() || reply.status().is_client_error()
}

/// A guard's value, with type parameters that only the guard's own code looks at.
pub type ValueOf<Parameters, Value> = <Parameters as Yields<Value>>::Value;

/// What mentions type parameters for [`ValueOf`].
pub trait Yields<V> {
    /// The value.
    type Value;
}

impl<P, V> Yields<V> for P {
    type Value = V;
}
