//! What is a route? A routed handler's type, and the list that `routes![..]` makes of them.

use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::str::FromStr;
use std::sync::Arc;

use axum_core::extract::{FromRequest, FromRequestParts, Request};
use axum_core::response::{IntoResponse, Response};
use http::Method;
use http::request::Parts;
use percent_encoding::percent_decode_str;

use crate::answer::Answer;
use crate::problem::Problem;
use crate::rejection::invalid_parameter;
use crate::settings::Settings;

/// What `#[handler(METHOD "/pattern")]` implements for the type it makes.
///
/// `M` tells which of axum's extractor traits the last argument goes through.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a route of an app with the state `{S}`",
    label = "not a routed handler of this state",
    note = "a route is a function under `#[handler(METHOD \"/pattern\")]`",
    note = "each of its arguments is a path parameter or an extractor; `State<T>` needs `T: FromRef<{S}>`"
)]
pub trait Route<S: State, M>: Routed {
    /// Answers one.
    fn call(
        request: Request,
        captures: Captures,
        state: Arc<S>,
    ) -> impl Future<Output = Response> + Send + 'static;

    /// Mounts it.
    fn add_to(routes: Routes<S>) -> Routes<S> {
        routes.add(Self::INFO, &Self::SETTINGS, |request, captures, state| {
            Box::pin(Self::call(request, captures, state))
        })
    }
}

/// What is known of a route whatever the app.
pub trait Routed: Sized {
    /// Which requests it answers.
    const INFO: RouteInfo;
    /// How it is run.
    const SETTINGS: Settings;
}

/// Which requests a route answers, and who it is.
#[derive(Clone, Copy, Debug)]
pub struct RouteInfo {
    /// The method it answers.
    pub method: &'static str,
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
    pub(crate) settings: &'static Settings,
    pub(crate) method: Method,
    pub(crate) call: Call<S>,
}

// Not derived: a derive would ask for `S: Clone`.
impl<S> Clone for Endpoint<S> {
    fn clone(&self) -> Self {
        Endpoint {
            info: self.info,
            settings: self.settings,
            method: self.method.clone(),
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

    fn add(mut self, info: RouteInfo, settings: &'static Settings, call: Call<S>) -> Self {
        match Method::from_bytes(info.method.as_bytes()) {
            Ok(method) => self.endpoints.push(Endpoint {
                info,
                settings,
                method,
                call,
            }),
            // `#[handler]` lets only methods through.
            Err(fault) => tracing::error!(%fault, handler = info.handler, "not a method"),
        }
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
///
/// Two handlers that answer the same request are a compile error that names both:
///
/// ```compile_fail
/// # use sendoff::{App, handler, routes, send};
/// #[handler(GET "/users/{id}")]
/// async fn show(id: u64) {
///     send!(200, id.to_string());
/// }
///
/// #[handler(GET "/users/{name}")]
/// async fn find(name: String) {
///     send!(name);
/// }
///
/// let app: App = App::new(()).routes(routes![show, find]);
/// ```
#[macro_export]
macro_rules! routes {
    // The user's own tokens go to both, so that an error is at the route it is about, once.
    ($($routes:tt)*) => {{
        $crate::__private::check_routes!([$($routes)*] $($routes)*);
        $crate::__private::collect_routes!($($routes)*)
    }};
}

/// Looks for conflicts, in a constant. That cannot name type parameters, so it is done if the
/// routes have none; when the app is served, all are looked at.
#[doc(hidden)]
#[macro_export]
macro_rules! __check_routes {
    ([$($routes:tt)*] $($($name:ident)::+),* $(,)?) => {
        $crate::__private::check_routes!(@types $($routes)*);
    };
    (@types $($route:ty),* $(,)?) => {
        const _: () = {
            use $crate::__private::conflict;
            const ROUTES: &[$crate::__private::RouteInfo] =
                &[$(<$route as $crate::__private::Routed>::INFO),*];
            const FOUND: $crate::__private::Option<(usize, usize)> =
                conflict::find::<{ conflict::slots(ROUTES.len()) }>(ROUTES);
            conflict::report(
                &conflict::message::<{ conflict::length(ROUTES, FOUND) }>(ROUTES, FOUND),
            );
        };
    };
    ([$($routes:tt)*] $($with_parameters:tt)*) => {};
}

/// The list that `routes!` makes.
#[doc(hidden)]
#[macro_export]
macro_rules! __collect_routes {
    ($($route:ty),* $(,)?) => {{
        let __routes = $crate::__private::Routes::new();
        // A qualified path, not an argument of `add`: what is no type is then said to be none.
        $(let __routes = <$route as $crate::__private::Route<_, _>>::add_to(__routes);)*
        __routes
    }};
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

/// The answer of a routed handler that names its error type.
#[diagnostic::on_unimplemented(
    message = "the error type of this handler is no response",
    label = "in `{Self}` the error does not implement `IntoResponse`",
    note = "the type in `error = ..` is what `?` leaves with: `impl IntoResponse` for it"
)]
pub trait HandlerAnswer: IntoResponse {}

#[diagnostic::do_not_recommend]
impl<E> HandlerAnswer for Answer<E> where Answer<E>: IntoResponse {}

/// The response of a handler with the error type `E`.
pub fn respond_to_answer<E>(answer: Answer<E>) -> Response
where
    Answer<E>: HandlerAnswer,
{
    answer.into_response()
}

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
) -> Result<T, Problem> {
    let raw = captures.get(parts.uri.path(), position);
    let text = percent_decode_str(raw)
        .decode_utf8()
        .map_err(|_| invalid_parameter(name, "is not percent-encoded UTF-8"))?;
    T::parse(&text).ok_or_else(|| invalid_parameter(name, "does not have the expected form"))
}
