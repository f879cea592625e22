//! How does `?` leave with what is no response yet? [`OrSend`]

use axum_core::BoxError;
use axum_core::response::IntoResponse;

use crate::problem::Problem;
use crate::reply::{Reply, as_final};

/// Turns what is missing, or has failed, into the [`Reply`] that `?` leaves with.
///
/// ```
/// use std::collections::HashMap;
/// use sendoff::{OrSend, State, StatusCode, handler, reply, send};
///
/// type Prices = HashMap<&'static str, &'static str>;
///
/// #[handler(GET "/prices/{item}/{count}")]
/// async fn price(item: String, count: String, State(prices): State<Prices>) {
///     let count: u32 = count.parse().or_send((StatusCode::BAD_REQUEST, "how many?"))?;
///     let price = prices.get(&*item).or_send(reply!(404, "no such item"))?;
///     // A price that is no number is our fault: the log says so, the client gets a 500.
///     let price: u32 = price.parse().or_500()?;
///     let price = count.checked_mul(price).or_send(reply!(422, "so many nobody has"))?;
///     send!(200, price.to_string());
/// }
///
/// # use sendoff::IntoResponse;
/// # let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
/// # for (item, count, status) in [
/// #     ("pen", "3", 200), ("pen", "x", 400), ("ink", "1", 404), ("car", "1", 500),
/// #     ("pen", "4294967295", 422),
/// # ] {
/// #     let prices = State(HashMap::from([("pen", "2"), ("car", "much")]));
/// #     let answer = price(item.into(), count.into(), prices);
/// #     assert_eq!(runtime.block_on(answer).into_response().status(), status);
/// # }
/// ```
///
/// It does the same in a helper that returns `Result<T, Reply>`. In a handler with
/// `error = AppError` it asks for `AppError: From<Reply>`:
///
/// ```
/// use sendoff::{IntoResponse, OrSend, Problem, Reply, Response, handler, send};
///
/// enum AppError {
///     Reply(Reply),
///     Io(std::io::Error),
/// }
///
/// impl From<Reply> for AppError {
///     fn from(reply: Reply) -> Self {
///         AppError::Reply(reply)
///     }
/// }
///
/// impl From<std::io::Error> for AppError {
///     fn from(error: std::io::Error) -> Self {
///         AppError::Io(error)
///     }
/// }
///
/// impl IntoResponse for AppError {
///     fn into_response(self) -> Response {
///         match self {
///             AppError::Reply(reply) => reply.into_response(),
///             AppError::Io(error) => Problem::internal(error).into_response(),
///         }
///     }
/// }
///
/// #[handler(error = AppError)]
/// async fn motd(name: Option<String>) {
///     let name = name.or_send(Problem::new(400).detail("who are you?"))?;
///     let text = std::fs::read_to_string("/does/not/exist")?;
///     send!(200, format!("{name}: {text}"));
/// }
/// # let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
/// # assert_eq!(runtime.block_on(motd(None)).into_response().status(), 400);
/// # assert_eq!(runtime.block_on(motd(Some("me".into()))).into_response().status(), 500);
/// ```
pub trait OrSend: Sized {
    /// What is there if all is well.
    type Value;

    /// The value, or this response.
    ///
    /// The error of a `Result` is dropped: the response is all that is to be said. The arguments
    /// are evaluated in any case, so a response that costs something to make is better sent from
    /// `let .. else { send!(..) }`.
    ///
    /// # Errors
    ///
    /// Returns the response if there is no value.
    fn or_send(self, reply: impl IntoReply) -> Result<Self::Value, Reply>;

    /// The value, or a 500 that tells the client nothing, and the log everything.
    ///
    /// The log gets one event of the level `ERROR`: the `error`, the `chain` of its sources (the
    /// outermost first), and the file and line of this call (`at`).
    ///
    /// It takes any error that is `Into<Box<dyn Error + Send + Sync>>`: the errors of the standard
    /// library and of most crates, `anyhow::Error`, `eyre::Report`, and text.
    ///
    /// # Errors
    ///
    /// Returns the 500 if there is an error.
    #[track_caller]
    fn or_500(self) -> Result<Self::Value, Reply>
    where
        Self: Fallible,
    {
        self.logged()
    }
}

impl<T> OrSend for Option<T> {
    type Value = T;

    fn or_send(self, reply: impl IntoReply) -> Result<T, Reply> {
        self.ok_or_else(|| reply.into_reply())
    }
}

impl<T, E> OrSend for Result<T, E> {
    type Value = T;

    fn or_send(self, reply: impl IntoReply) -> Result<T, Reply> {
        self.map_err(|_| reply.into_reply())
    }
}

/// What [`OrSend::or_send`] takes: any [`IntoResponse`], such as a `reply!(..)`, a [`Problem`], or
/// a tuple of a status and a body.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no response for `or_send`",
    label = "this type does not implement `IntoResponse`",
    note = "`reply!` makes a response of all that `send!` takes: `.or_send(reply!(404, \"..\"))?`"
)]
pub trait IntoReply {
    #[doc(hidden)]
    fn into_reply(self) -> Reply;
}

#[diagnostic::do_not_recommend]
impl<T: IntoResponse> IntoReply for T {
    fn into_reply(self) -> Reply {
        Reply::new(as_final(self.into_response()))
    }
}

/// What [`OrSend::or_500`] can be called on.
#[diagnostic::on_unimplemented(
    message = "`or_500` has no error to log in `{Self}`",
    label = "only a `Result` has one",
    note = "for what may be missing, write `.or_send(reply!(404, \"..\"))?`, or `let .. else {{ send!(404, \"..\") }}`"
)]
pub trait Fallible: OrSend {
    #[doc(hidden)]
    #[track_caller]
    fn logged(self) -> Result<Self::Value, Reply>;
}

impl<T, E: Failure> Fallible for Result<T, E> {
    #[track_caller]
    fn logged(self) -> Result<T, Reply> {
        match self {
            Ok(value) => Ok(value),
            // Not in a closure: that would be the caller.
            Err(error) => Err(Problem::internal(error.boxed()).into()),
        }
    }
}

/// An error that [`OrSend::or_500`] can log.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no error that `or_500` can log",
    label = "`{Self}` is not `Into<Box<dyn Error + Send + Sync>>`",
    note = "implement `std::error::Error` for it; it must also be `Send`, `Sync` and `'static`",
    note = "or say what the client gets: `.or_send(reply!(500))?`"
)]
pub trait Failure {
    #[doc(hidden)]
    fn boxed(self) -> BoxError;
}

#[diagnostic::do_not_recommend]
impl<E: Into<BoxError>> Failure for E {
    fn boxed(self) -> BoxError {
        self.into()
    }
}
