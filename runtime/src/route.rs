//! What is a route? A routed handler's type, and the list that `routes![..]` makes of them.

use std::fmt;
use std::future::Future;
use std::marker::PhantomData;
use std::pin::Pin;
use std::sync::Arc;

use axum_core::extract::{FromRequest, FromRequestParts, Request};
use axum_core::response::{IntoResponse, Response};
use tower_layer::Layer;

use crate::answer::Answer;
use crate::layer::{HttpService, InnerService, Layers};
use crate::parameter::Captures;
use crate::router::{Endpoint, Respond, Table};
use crate::settings::Settings;
use crate::site::SendSites;

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
    /// Answers one of its requests.
    fn call(
        request: Request,
        captures: Captures,
        state: Arc<S>,
    ) -> impl Future<Output = Response> + Send + 'static;
}

/// Names the type of a route, as a value.
pub trait Named {
    /// What a name is of.
    type Of;
    /// The name.
    const NAME: PhantomData<fn() -> Self::Of> = PhantomData;
}

impl<R> Named for fn() -> R {
    type Of = R;
}

/// What is known of a route whatever the app.
pub trait Routed: Sized {
    /// Which requests it answers.
    const INFO: RouteInfo;
    /// Where it can answer from.
    const SENDS: SendSites;
    /// How it is run.
    const SETTINGS: Settings;
}

/// Which requests a route answers, and who it is.
#[derive(Clone, Copy, Debug)]
pub struct RouteInfo {
    /// The methods that it answers, each with its path pattern as written.
    pub requests: &'static [(&'static str, &'static str)],
    /// The path of the function.
    pub handler: &'static str,
}

impl RouteInfo {
    /// Of what is on record as no route.
    pub const NONE: Self = RouteInfo::unrouted("");

    /// Of what is no routed handler.
    pub(crate) const fn unrouted(name: &'static str) -> Self {
        RouteInfo {
            requests: &[],
            handler: name,
        }
    }
}

/// What the state of an app must be.
pub trait State: Send + Sync + 'static {}

impl<S: Send + Sync + 'static> State for S {}

/// A running handler.
pub(crate) type HandlerFuture = Pin<Box<dyn Future<Output = Response> + Send>>;

type Call<S> = fn(Request, Captures, Arc<S>) -> HandlerFuture;

/// A route that waits for an app.
struct Listed<S> {
    info: RouteInfo,
    sends: SendSites,
    settings: &'static Settings,
    call: Call<S>,
    layers: Layers,
}

/// Some routes for an app with the state `S`; [`routes!`](crate::routes) makes it.
pub struct Routes<S> {
    listed: Vec<Listed<S>>,
}

impl<S: State> Routes<S> {
    #[doc(hidden)]
    #[allow(clippy::new_without_default)]
    pub fn new() -> Self {
        Routes { listed: Vec::new() }
    }

    /// Adds a route.
    #[doc(hidden)]
    #[must_use]
    pub fn and<R: Route<S, M>, M>(self, _: PhantomData<fn() -> R>) -> Self {
        self.add(
            R::INFO,
            R::SENDS,
            &R::SETTINGS,
            |request, captures, state| Box::pin(R::call(request, captures, state)),
        )
    }

    fn add(
        mut self,
        info: RouteInfo,
        sends: SendSites,
        settings: &'static Settings,
        call: Call<S>,
    ) -> Self {
        self.listed.push(Listed {
            info,
            sends,
            settings,
            call,
            layers: Layers::default(),
        });
        self
    }

    /// Puts a tower layer around these routes, outside the layers that they have.
    ///
    /// It is applied once: a limit of concurrency, for instance, is for all of these routes
    /// together. One route alone is a `routes![..]` of its own.
    ///
    /// Any layer does that axum takes: tower-http's, or a plain handler as middleware.
    ///
    /// ```
    /// use axum::middleware::{Next, from_fn};
    /// use sendoff::{App, Request, handler, routes, send};
    ///
    /// #[handler]
    /// async fn staff_only(request: Request, next: Next) {
    ///     // Set by the proxy in front of us, which takes away what clients send by this name.
    ///     if !request.headers().contains_key("x-staff") {
    ///         send!(403, "staff only");
    ///     }
    ///     send!(next.run(request).await);
    /// }
    ///
    /// #[handler(GET "/")]
    /// async fn home() {
    ///     send!("home");
    /// }
    ///
    /// #[handler(DELETE "/users/{id}")]
    /// async fn delete(id: u64) {
    ///     send!(200, format!("deleted {id}"));
    /// }
    ///
    /// let app = App::new(())
    ///     .routes(routes![home])
    ///     .routes(routes![delete].layer(from_fn(staff_only)));
    /// # use sendoff::Body;
    /// # use tower_service::Service;
    /// # let mut app = app;
    /// # let request = sendoff::http::Request::delete("/users/7").body(Body::empty()).unwrap();
    /// # let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    /// # assert_eq!(runtime.block_on(app.call(request)).unwrap().status(), 403);
    /// ```
    ///
    /// Where all routes of a path have a layer, so has the 405 of that path. A CORS preflight that no
    /// route answers is answered by the layers of the route that it asks for, so that tower-http's
    /// `CorsLayer` may differ for the methods of one path.
    #[must_use]
    pub fn layer<L>(mut self, layer: L) -> Self
    where
        L: Layer<InnerService, Service: HttpService>,
    {
        let layer = Layers::new(&layer);
        for route in &mut self.listed {
            route.layers = layer.around(&route.layers);
        }
        self
    }

    /// Gives them the state, and a place in the table.
    pub(crate) fn mount(self, table: &mut Table, state: &Arc<S>) {
        for listed in self.listed {
            let Listed {
                info,
                sends,
                settings,
                call,
                layers,
            } = listed;
            let state = Arc::clone(state);
            let respond: Respond =
                Arc::new(move |request, captures| call(request, captures, Arc::clone(&state)));
            table.mount(&Arc::new(Endpoint {
                info,
                sends,
                settings,
                respond,
                layers,
                format: None,
            }));
        }
    }
}

impl<S> fmt::Debug for Routes<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list()
            .entries(self.listed.iter().map(|route| &route.info))
            .finish()
    }
}

/// The state of an app, as far as it is known where routes are listed.
#[derive(Debug)]
pub struct OfState<S>(PhantomData<fn() -> S>);

impl<S> OfState<S> {
    /// Stands for the state, of whatever type it is.
    pub const NEW: Self = OfState(PhantomData);
}

/// A list, made by a closure. rustc looks at closures last: by then it has the state from where the
/// list goes to, and a handler of another state is told so by its name.
pub fn collected<S: State>(_: OfState<S>, list: impl FnOnce(Routes<S>) -> Routes<S>) -> Routes<S> {
    list(Routes::new())
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
/// `routes![home, #[cfg(feature = "users")] users::show]` leaves out what the configuration does.
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
    ([$($routes:tt)*] $($(#[$attribute:meta])* $($name:ident)::+),* $(,)?) => {
        $crate::__private::check_routes!(@types $($routes)*);
    };
    (@types $($(#[$attribute:meta])* $route:ty),* $(,)?) => {
        const _: () = {
            use $crate::__private::conflict;
            const ROUTES: &[$crate::__private::RouteInfo] =
                $crate::__private::routes!([$crate::__private] [] $($(#[$attribute])* $route),*);
            const FOUND: conflict::Found =
                conflict::find::<{ conflict::slots(ROUTES) }>(ROUTES);
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
    ($($(#[$attribute:meta])* $route:ty),* $(,)?) => {
        $crate::__private::collected($crate::__private::OfState::NEW, |__routes| {
            $crate::__private::routes! {
                [$crate::__private] [__routes] $($(#[$attribute])* $route),*
            }
            __routes
        })
    };
}

/// An argument of a routed handler that is no path parameter.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be an argument of a routed handler of an app with the state `{S}`",
    label = "this handler has an argument of the type `{Self}`, which is no extractor",
    note = "an argument is a path parameter, named in the pattern, or an extractor, such as `Query<T>`, `Json<T>` or `State<T>`",
    note = "`State<T>` hands out a clone of `T`, so `T: Clone`, and is for an app with the state `T` or one that `T: FromRef<..>` knows",
    note = "a guard is an extractor if all its arguments are; what takes the body, and path parameters, are for the handler"
)]
pub trait Argument<S>: FromRequestParts<S> {}

#[diagnostic::do_not_recommend]
impl<S, T: FromRequestParts<S>> Argument<S> for T {}

/// The last such argument, which may take the body.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be an argument of a routed handler of an app with the state `{S}`",
    label = "this handler has an argument of the type `{Self}`, which is no extractor",
    note = "an argument is a path parameter, named in the pattern, or an extractor, such as `Query<T>`, `Json<T>` or `State<T>`",
    note = "`State<T>` hands out a clone of `T`, so `T: Clone`, and is for an app with the state `T` or one that `T: FromRef<..>` knows",
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
