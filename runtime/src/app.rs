//! What answers requests? [`App`]: a state, and the routes that share it.

use std::convert::Infallible;
use std::fmt;
use std::sync::Arc;
use std::task::{Context, Poll};

use axum_core::response::{IntoResponse, Response};
use bytes::Bytes;
use http::{HeaderValue, Method, StatusCode, header};
use tower_service::Service;

use crate::body;
use crate::endpoint::{AppFuture, Common, Ending};
use crate::format::Format;
use crate::problem::Problem;
use crate::route::{Routes, State};
use crate::router::{Conflict, Matched, Router};
use crate::settings::Defaults;
use crate::work::Work;

/// The routes of a service and the state they share.
///
/// An `App` is a [`tower::Service`](tower_service::Service) and cheap to clone: [`serve`] runs it,
/// and so does any other host of services, such as hyper or an axum `Router`
/// (`fallback_service(app)`).
///
/// A path that no route has is answered 404; a path with other methods only, 405 with `Allow`;
/// `HEAD`, by the route for `GET`, without the body. A panic in a handler is logged and answered
/// 500. These answers are [`Problem`]s, as are those of extractors that refuse a request;
/// [`App::problems`] gives them another format.
///
/// [`serve`]: crate::serve
///
/// ```
/// use sendoff::{App, State, handler, routes, send};
///
/// #[derive(Clone)]
/// struct Greeting(&'static str);
///
/// #[handler(GET "/hello/{name}")]
/// async fn hello(name: String, State(greeting): State<Greeting>) {
///     send!(200, format!("{}, {name}", greeting.0));
/// }
///
/// let app = App::new(Greeting("hello")).routes(routes![hello]);
/// # let _: App<Greeting> = app;
/// ```
pub struct App<S = ()> {
    router: Arc<Router<S>>,
    state: Arc<S>,
    /// Routes that could not be added; [`App::check`] tells.
    conflicts: Arc<Vec<Conflict>>,
    common: Arc<Common>,
}

impl<S: State> App<S> {
    /// An app without routes. Handlers get the state, or a part of it
    /// ([`FromRef`](crate::FromRef)), by the extractor [`State`](crate::State).
    pub fn new(state: S) -> Self {
        App {
            router: Arc::new(Router::new()),
            state: Arc::new(state),
            conflicts: Arc::default(),
            common: Arc::default(),
        }
    }

    /// Adds routes, made by [`routes!`](crate::routes).
    ///
    /// Two routes that answer the same request are an error when the app is served, or checked:
    /// see [`App::check`].
    #[must_use]
    pub fn routes(mut self, routes: Routes<S>) -> Self {
        let router = Arc::make_mut(&mut self.router);
        for endpoint in routes.endpoints {
            if let Err(conflict) = router.insert(endpoint) {
                Arc::make_mut(&mut self.conflicts).push(conflict);
            }
        }
        self
    }

    /// Gives every [`Problem`] of the app a format of its own: those that sendoff answers by itself,
    /// and those that handlers send.
    ///
    /// The response keeps the problem's status, unless the format's is another than 200, and its
    /// headers, unless the format has those too.
    ///
    /// ```
    /// use sendoff::{App, Json, Problem, handler, routes, send};
    /// # use sendoff::{Body, IntoResponse, http::Request};
    /// # use tower_service::Service;
    ///
    /// #[derive(serde::Serialize)]
    /// struct Failed {
    ///     error: String,
    /// }
    ///
    /// #[handler(GET "/")]
    /// async fn home() {
    ///     send!("home");
    /// }
    ///
    /// let app = App::new(()).routes(routes![home]).problems(|problem: Problem| {
    ///     let error = problem.get_detail().unwrap_or(problem.get_title());
    ///     Json(Failed { error: error.to_owned() })
    /// });
    /// # let mut app = app;
    /// # let request = Request::get("/other").body(Body::empty()).unwrap();
    /// # let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    /// # let answer = runtime.block_on(app.call(request)).unwrap();
    /// # assert_eq!(answer.status(), 404);
    /// # assert_eq!(answer.headers()["content-type"], "application/json");
    /// ```
    ///
    /// It is called where the response has left the handler, so a handler that a unit test calls
    /// answers in the default format.
    #[must_use]
    pub fn problems<R: IntoResponse>(
        mut self,
        format: impl Fn(Problem) -> R + Send + Sync + 'static,
    ) -> Self {
        Arc::make_mut(&mut self.common).format = Some(Format::new(format));
        self
    }

    /// Are all routes in place? [`serve`](crate::serve) asks before it listens.
    ///
    /// # Errors
    ///
    /// One line for each route that answers a request that another route answers already.
    ///
    /// ```
    /// use sendoff::{App, handler, routes, send};
    ///
    /// #[handler(GET "/")]
    /// async fn home() {
    ///     send!("home");
    /// }
    ///
    /// assert!(App::new(()).routes(routes![home]).check().is_ok());
    /// assert!(App::new(()).routes(routes![home]).routes(routes![home]).check().is_err());
    /// ```
    pub fn check(&self) -> Result<(), RouteConflict> {
        if self.conflicts.is_empty() {
            return Ok(());
        }
        let lines: Vec<&str> = self
            .conflicts
            .iter()
            .map(|conflict| conflict.0.as_str())
            .collect();
        Err(RouteConflict(lines.join("\n")))
    }

    /// The same app for one serving, with its defaults, and with work of its own to wait for.
    pub(crate) fn serving(mut self, defaults: Defaults) -> Self {
        let common = Arc::make_mut(&mut self.common);
        common.work = Work::new(defaults.finishing_limit);
        common.defaults = defaults;
        self
    }

    /// What may still run when all connections are gone.
    pub(crate) fn work(&self) -> &Work {
        &self.common.work
    }

    /// Starts to answer a request.
    pub(crate) fn answer<B>(&self, request: http::Request<B>) -> AppFuture
    where
        B: http_body::Body<Data = Bytes> + Send + 'static,
        B::Error: Into<axum_core::BoxError>,
    {
        let ending = Ending {
            without_body: request.method() == Method::HEAD,
            common: Arc::clone(&self.common),
        };
        match self.router.find(&request) {
            Matched::Route(endpoint, captures) => {
                let limit = self.common.defaults.body_limit_of(endpoint.settings);
                let request = body::limited(request, limit);
                let future = (endpoint.call)(request, captures, Arc::clone(&self.state));
                AppFuture::handler(future, endpoint.info.handler, endpoint.settings, ending)
            }
            Matched::MethodNotAllowed(allow) => {
                AppFuture::ready(method_not_allowed(allow.clone()), &ending)
            }
            Matched::NotFound => {
                let problem = Problem::new(StatusCode::NOT_FOUND).detail("nothing has this path");
                AppFuture::ready(problem.into_response(), &ending)
            }
        }
    }
}

fn method_not_allowed(allow: HeaderValue) -> Response {
    let methods = allow.to_str().unwrap_or_default();
    let problem = Problem::new(StatusCode::METHOD_NOT_ALLOWED)
        .detail(format!("this path answers {methods} only"));
    ([(header::ALLOW, allow)], problem).into_response()
}

/// An error that names the routes which answer the same request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RouteConflict(String);

impl fmt::Display for RouteConflict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for RouteConflict {}

impl<S> Clone for App<S> {
    fn clone(&self) -> Self {
        App {
            router: Arc::clone(&self.router),
            state: Arc::clone(&self.state),
            conflicts: Arc::clone(&self.conflicts),
            common: Arc::clone(&self.common),
        }
    }
}

impl<S> fmt::Debug for App<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("App").finish_non_exhaustive()
    }
}

/// Takes any body that carries bytes, so that every host of tower services can host an app.
impl<S, B> Service<http::Request<B>> for App<S>
where
    S: State,
    B: http_body::Body<Data = Bytes> + Send + 'static,
    B::Error: Into<axum_core::BoxError>,
{
    type Response = Response;
    type Error = Infallible;
    type Future = AppFuture;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: http::Request<B>) -> AppFuture {
        self.answer(request)
    }
}
