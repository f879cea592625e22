//! What is a route? A routed handler's type, and the list that `routes![..]` makes of them.

use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::str::FromStr;
use std::sync::Arc;

use axum_core::extract::{FromRequest, FromRequestParts, Request};
use axum_core::response::Response;
use http::Method;
use http::request::Parts;
use percent_encoding::percent_decode_str;

use crate::reply;
use crate::reply::Reply;

/// What `#[handler(METHOD "/pattern")]` implements for the type it makes.
///
/// `M` tells which of axum's extractor traits the last argument goes through.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a route of an app with the state `{S}`",
    label = "not a routed handler of this state",
    note = "a route is a function under `#[handler(METHOD \"/pattern\")]`",
    note = "each of its arguments is a path parameter or an extractor; `State<T>` needs `T: FromRef<{S}>`"
)]
pub trait Route<S: State, M>: Sized {
    /// Which requests it answers.
    const INFO: RouteInfo;

    /// Answers one.
    fn call(
        request: Request,
        captures: Captures,
        state: Arc<S>,
    ) -> impl Future<Output = Response> + Send + 'static;

    /// Mounts it.
    fn add_to(routes: Routes<S>) -> Routes<S> {
        routes.add(Self::INFO, |request, captures, state| {
            Box::pin(Self::call(request, captures, state))
        })
    }
}

/// Which requests a route answers, and who it is.
#[derive(Clone, Debug)]
pub struct RouteInfo {
    /// The method it answers.
    pub method: Method,
    /// The path pattern as written.
    pub pattern: &'static str,
    /// The path of the function.
    pub handler: &'static str,
}

/// What the state of an app must be.
pub trait State: Send + Sync + 'static {}

impl<S: Send + Sync + 'static> State for S {}

/// A running handler.
pub(crate) type HandlerFuture = Pin<Box<dyn Future<Output = Response> + Send>>;

type Call<S> = fn(Request, Captures, Arc<S>) -> HandlerFuture;

/// A route's `call`, with its type erased.
pub(crate) struct Endpoint<S> {
    pub(crate) info: RouteInfo,
    pub(crate) call: Call<S>,
}

// Not derived: a derive would ask for `S: Clone`.
impl<S> Clone for Endpoint<S> {
    fn clone(&self) -> Self {
        Endpoint {
            info: self.info.clone(),
            call: self.call,
        }
    }
}

/// Some routes for an app with the state `S`; [`routes!`](crate::routes) makes it.
pub struct Routes<S> {
    pub(crate) endpoints: Vec<Endpoint<S>>,
}

impl<S: State> Routes<S> {
    #[doc(hidden)]
    #[allow(clippy::new_without_default)]
    pub fn new() -> Self {
        Routes {
            endpoints: Vec::new(),
        }
    }

    fn add(mut self, info: RouteInfo, call: Call<S>) -> Self {
        self.endpoints.push(Endpoint { info, call });
        self
    }
}

impl<S> fmt::Debug for Routes<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list()
            .entries(self.endpoints.iter().map(|endpoint| &endpoint.info))
            .finish()
    }
}

/// Collects routed handlers for [`App::routes`](crate::App::routes).
///
/// ```
/// use sendoff::{App, handler, routes, send};
///
/// #[handler(GET "/")]
/// async fn home() {
///     send!("home");
/// }
///
/// mod users {
///     use sendoff::{handler, send};
///
///     #[handler(GET "/users/{id}")]
///     pub async fn show(id: u64) {
///         send!(200, format!("user {id}"));
///     }
/// }
///
/// let app = App::new(()).routes(routes![home, users::show]);
/// # let _: App<()> = app;
/// ```
#[macro_export]
macro_rules! routes {
    ($($route:ty),* $(,)?) => {
{
        let __routes = $crate::__private::Routes::new();
        // A qualified path, not an argument of `add`: what is no type is then said to be none.
        $(let __routes = <$route as $crate::__private::Route<_, _>>::add_to(__routes);)*
        __routes
    }    };
}

/// An argument of a routed handler that is no path parameter.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be an argument of a routed handler",
    label = "this handler has an argument of the type `{Self}`, which is no extractor",
    note = "an argument is a path parameter, named in the pattern, or an extractor, such as `Query<T>`, `Json<T>` or `State<T>`",
    note = "a guard is an extractor if all its arguments are; what takes the body, and path parameters, are for the handler"
)]
pub trait Argument<S>: FromRequestParts<S> {}

#[diagnostic::do_not_recommend]
impl<S, T: FromRequestParts<S>> Argument<S> for T {}

/// The last such argument, which may take the body.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be an argument of a routed handler",
    label = "this handler has an argument of the type `{Self}`, which is no extractor",
    note = "an argument is a path parameter, named in the pattern, or an extractor, such as `Query<T>`, `Json<T>` or `State<T>`",
    note = "a guard is an extractor if all its arguments are; what takes the body, and path parameters, are for the handler"
)]
pub trait LastArgument<S, M>: FromRequest<S, M> {}

#[diagnostic::do_not_recommend]
impl<S, M, T: FromRequest<S, M>> LastArgument<S, M> for T {}

/// As many parameters as a pattern may have (`#[handler]` refuses more), so that matching a path
/// allocates nothing.
const MOST_PARAMETERS: usize = 16;

/// Where the path parameters are in the request's path, as byte offsets. A path is shorter than
/// 64 KiB: `http::Uri` refuses more.
#[derive(Clone, Copy, Debug, Default)]
pub struct Captures {
    ranges: [(u16, u16); MOST_PARAMETERS],
}

impl Captures {
    /// Remembers where in `path` these parts of it are.
    pub(crate) fn of<'p>(path: &'p str, values: impl Iterator<Item = &'p str>) -> Self {
        let mut captures = Captures::default();
        for (range, value) in captures.ranges.iter_mut().zip(values) {
            let start = value.as_ptr().addr() - path.as_ptr().addr();
            let offset = |at: usize| u16::try_from(at).unwrap_or(u16::MAX);
            *range = (offset(start), offset(start + value.len()));
        }
        captures
    }

    fn get<'p>(&self, path: &'p str, position: usize) -> &'p str {
        let (start, end) = self.ranges.get(position).copied().unwrap_or_default();
        path.get(usize::from(start)..usize::from(end))
            .unwrap_or_default()
    }
}

/// A type that a path parameter can have: any [`FromStr`].
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be a path parameter",
    label = "this type does not implement `FromStr`",
    note = "a path parameter is an argument named in the pattern; its type is made from the text by `FromStr`"
)]
pub trait PathParameter: Sized {
    #[doc(hidden)]
    fn parse(text: &str) -> Option<Self>;
}

#[diagnostic::do_not_recommend]
impl<T: FromStr> PathParameter for T {
    fn parse(text: &str) -> Option<Self> {
        text.parse().ok()
    }
}

/// The value of a path parameter: percent-decoded (RFC 3986 section 2.1), then parsed. What cannot
/// be is answered 400.
pub fn path_parameter<T: PathParameter>(
    parts: &Parts,
    captures: &Captures,
    position: usize,
    name: &str,
) -> Result<T, Reply> {
    let raw = captures.get(parts.uri.path(), position);
    percent_decode_str(raw)
        .decode_utf8()
        .ok()
        .and_then(|text| T::parse(&text))
        .ok_or_else(|| {
            let detail = format!("the path parameter `{name}` is invalid");
            reply!(400, detail)
        })
}
