//! What answers requests? [`App`]: a state, and the routes that share it.

mod parts;

use std::convert::Infallible;
use std::fmt;
use std::sync::Arc;
use std::task::{Context, Poll};

use axum_core::body::Body;
use axum_core::extract::{DefaultBodyLimit, Request};
use axum_core::response::{IntoResponse, Response};
use bytes::Bytes;
use http::{HeaderValue, Method, StatusCode, header};
use tower_service::Service;
use tracing::Span;

use crate::body;
use crate::endpoint::{AppFuture, Ending};
use crate::fallback::not_found;
use crate::format::Format;
use crate::layer::{Layers, Target};
use crate::observe::{self, Exchange, Observation, Observers};
use crate::peer::Peer;
use crate::problem::Problem;
use crate::route::{Routes, State};
use crate::router::{Matched, Table};
use crate::serving::Serving;
use crate::site::SendSites;
use crate::spelling;

/// The routes of a service and the state they share.
///
/// An `App` is a [`tower::Service`](tower_service::Service) and cheap to clone: [`serve`] runs it,
/// and so does any other host of services, such as hyper or an axum `Router`
/// (`fallback_service(app)`).
///
/// A path that no route has is answered 404; a path with other methods only, 405 with `Allow`. Of
/// several patterns that match a path, the most specific one that has the method answers: `DELETE
/// /users/me` is for `DELETE /users/{id}`, where `/users/me` is for `GET` only. `HEAD` is answered
/// by the route for `GET`, without the body. A panic in a handler is logged and answered
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
///
/// # An app of several parts
///
/// | for | write |
/// |---|---|
/// | routes below a prefix | [`nest`](App::nest)`("/api", routes![..])` |
/// | another app, with its own state, layers and fallback | [`nest`](App::nest)`("/api", app)`, or [`merge`](App::merge)`(app)` without a prefix |
/// | a tower layer around the whole app | [`layer`](App::layer) |
/// | a layer around some routes, or one | `routes![..]`[`.layer(..)`](Routes::layer) |
/// | an axum `Router`, static files, any tower service | [`nest_service`](App::nest_service) |
/// | your own 404 | [`fallback`](App::fallback) |
///
/// The parts share one route table: a route is found by its whole path, whichever part it is in, and
/// the order of these calls does not matter. Two routes that answer the same request are an error
/// when the app is served: see [`check`](App::check).
pub struct App<S = ()> {
    table: Arc<Table>,
    state: Arc<S>,
    layers: Layers,
    format: Option<Format>,
    serving: Serving,
    observers: Observers,
}

impl<S: State> App<S> {
    /// An app without routes. Handlers get the state, or a part of it
    /// ([`FromRef`](crate::FromRef)), by the extractor [`State`](crate::State).
    pub fn new(state: S) -> Self {
        App {
            table: Arc::default(),
            state: Arc::new(state),
            layers: Layers::default(),
            format: None,
            serving: Serving::default(),
            observers: Observers::default(),
        }
    }

    /// Adds routes, made by [`routes!`](crate::routes).
    ///
    /// Two routes that answer the same request are an error when the app is served, or checked:
    /// see [`App::check`].
    #[must_use]
    pub fn routes(mut self, routes: Routes<S>) -> Self {
        routes.mount(Arc::make_mut(&mut self.table), &self.state);
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
        self.format = Some(Format::new(format));
        self
    }

    /// Tells a function of every request when its response is over: for metrics.
    ///
    /// It is called on the task of the connection, so it must not block. Requests that the server
    /// refuses by itself, such as one without a `Host`, are not among them. An app that is nested in
    /// or merged into another is observed by the other. Several functions are all told, in the order in
    /// which they were given; a panic of one is logged and is not the others'.
    ///
    /// ```
    /// use std::sync::atomic::{AtomicU64, Ordering};
    /// use sendoff::{App, Exchange, handler, routes, send};
    ///
    /// static BYTES: AtomicU64 = AtomicU64::new(0);
    ///
    /// fn count(exchange: &Exchange) {
    ///     BYTES.fetch_add(exchange.bytes, Ordering::Relaxed);
    /// }
    ///
    /// #[handler(GET "/")]
    /// async fn home() {
    ///     send!("home");
    /// }
    ///
    /// let app = App::new(()).routes(routes![home]).observe(count);
    /// # let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    /// # runtime.block_on(async { let _ = sendoff::test::Client::new(app).get("/").await; });
    /// # assert_eq!(BYTES.load(Ordering::Relaxed), 4);
    /// ```
    #[must_use]
    pub fn observe(mut self, observer: impl Fn(&Exchange) + Send + Sync + 'static) -> Self {
        self.observers.exchange.push(Arc::new(observer));
        self
    }

    /// Shows a function the span of every request before anything happens in it, to join the
    /// caller's trace: the example `traces` does that with OpenTelemetry.
    ///
    /// The span is `request` of the target `sendoff::request`, of the level `INFO`. Its fields have
    /// the names of OpenTelemetry's conventions: `http.request.method`, `url.path`, `http.route`,
    /// `http.response.status_code`, `http.response.body.size` in bytes, `code.function.name` (the
    /// handler), `client.address` and `client.port`; `trace_id` is that of a `traceparent` header (W3C Trace Context),
    /// `http.request.header.x_request_id` that of a proxy, `sent_at` the place of the `send!`. At its
    /// end comes an event with `latency` and `bytes`. If the function panics, the log says so, and
    /// the request is answered all the same.
    ///
    /// ```
    /// use sendoff::{App, Request};
    /// use tracing::Span;
    ///
    /// fn join_trace(span: &Span, request: &Request) {
    ///     // `span.set_parent(..)` of tracing-opentelemetry, from `request.headers()`
    /// #   let _ = (span, request);
    /// }
    ///
    /// let app = App::new(()).span(join_trace);
    /// # let _ = app;
    /// ```
    #[must_use]
    pub fn span(mut self, prepare: impl Fn(&Span, &Request) + Send + Sync + 'static) -> Self {
        self.observers.span = Some(Arc::new(prepare));
        self
    }

    /// Are all routes in place? [`serve`](crate::serve) asks before it listens.
    ///
    /// # Errors
    ///
    /// Returns an error that has a line for each
    ///
    /// - two routes that answer the same request, with the handlers and the whole patterns,
    /// - two patterns for the same paths of which none goes before the other, such as `/users/{id}`
    ///   and `/users/{*rest}`,
    /// - fallback or service that answers what another answers,
    /// - prefix that is not valid.
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
    /// assert!(App::new(()).nest("/{team}", routes![home]).check().is_err());
    /// ```
    pub fn check(&self) -> Result<(), RouteConflict> {
        match self.table.faults() {
            [] => Ok(()),
            faults => Err(RouteConflict(faults.join("\n"))),
        }
    }

    /// The handlers of all routes, and where they can answer from.
    pub(crate) fn sends(&self) -> impl Iterator<Item = (&'static str, SendSites)> {
        let endpoints = self.table.endpoints();
        endpoints.map(|endpoint| (endpoint.info.handler, endpoint.sends))
    }

    /// Answers a request that no handler is to see.
    pub(crate) fn refuse(&self, method: &Method, response: Response) -> AppFuture {
        AppFuture::ready(response, self.ending(method))
    }

    fn ending(&self, method: &Method) -> Ending {
        Ending {
            to_head: *method == Method::HEAD,
            is_last: true,
            format: self.format.clone(),
            serving: self.serving.clone(),
            observation: None,
            has_left: false,
            entered: None,
        }
    }

    /// The same app with another serving.
    pub(crate) fn with_serving(mut self, serving: Serving) -> Self {
        self.serving = serving;
        self
    }

    pub(crate) fn serving(&self) -> &Serving {
        &self.serving
    }

    /// Starts to answer a request.
    pub(crate) fn answer(&self, mut request: Request, peer: Option<Peer>) -> AppFuture {
        let mut ending = self.ending(request.method());
        ending.observation = Observation::of(&mut request, &self.observers, peer);
        if self.layers.is_empty() {
            return dispatch(&self.table, request, ending, peer);
        }
        // What a layer says of a path holds for all its spellings. One that is too long is refused
        // when it is routed.
        spelling::respell(&mut request).ok();
        Peer::tell(peer, &mut request);
        // The route, and so the limit, is not known yet: what the layers read has the default.
        let limit = self.serving.defaults().body_limit;
        DefaultBodyLimit::max(limit).apply(&mut request);
        let target = Target::App(Arc::clone(&self.table));
        self.layers.enter(request, target, ending)
    }
}

/// Starts to answer a request by the route that it matches.
pub(crate) fn dispatch(
    table: &Table,
    mut request: Request,
    mut ending: Ending,
    peer: Option<Peer>,
) -> AppFuture {
    if let Err(spelling::TooLong) = spelling::respell(&mut request) {
        let problem = Problem::new(StatusCode::URI_TOO_LONG);
        let problem = problem.detail("the path is too long");
        return AppFuture::ready(problem.into_response(), ending);
    }
    match table.find(&request) {
        Matched::Route(endpoint, captures, pattern) => {
            observe::matched(&request, pattern, endpoint.info.handler);
            ending.set_format(endpoint.format.as_ref());
            let limit = ending.serving.body_limit_of(endpoint.settings);
            let is_layered = !endpoint.layers.is_empty();
            if is_layered || endpoint.settings.asks_for_peer {
                Peer::tell(peer, &mut request);
            }
            body::limit(&mut request, limit, is_layered);
            if !is_layered {
                return AppFuture::call(endpoint, request, captures, ending);
            }
            let target = Target::Endpoint(Arc::clone(endpoint), captures);
            endpoint.layers.enter(request, target, ending)
        }
        Matched::MethodNotAllowed(refusal) => {
            ending.set_format(refusal.format.as_ref());
            if refusal.layers.is_empty() {
                return AppFuture::ready(method_not_allowed(refusal.allow), ending);
            }
            Peer::tell(peer, &mut request);
            let target = Target::MethodNotAllowed(refusal.allow);
            refusal.layers.enter(request, target, ending)
        }
        Matched::Fallback(endpoint, captures, pattern) => {
            observe::matched(&request, pattern, endpoint.info.handler);
            ending.set_format(endpoint.format.as_ref());
            let limit = ending.serving.body_limit_of(endpoint.settings);
            Peer::tell(peer, &mut request);
            body::limit(&mut request, limit, true);
            let layers = endpoint.layers.clone();
            let target = Target::Endpoint(endpoint, captures);
            layers.enter(request, target, ending)
        }
        Matched::NotFound => AppFuture::ready(not_found(), ending),
    }
}

pub(crate) fn method_not_allowed(allow: HeaderValue) -> Response {
    let methods = allow.to_str().unwrap_or_default();
    let problem = Problem::new(StatusCode::METHOD_NOT_ALLOWED)
        .detail(format!("this path answers {methods} only"));
    ([(header::ALLOW, allow)], problem).into_response()
}

/// The error that names the routes which answer the same request, and the prefixes which are not
/// valid. See [`App::check`].
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
            table: Arc::clone(&self.table),
            state: Arc::clone(&self.state),
            layers: self.layers.clone(),
            format: self.format.clone(),
            serving: self.serving.clone(),
            observers: self.observers.clone(),
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
        self.answer(request.map(erase), None)
    }
}

/// Boxes a body. Most requests have none, and `Body::empty` does not allocate.
pub(crate) fn erase<B>(body: B) -> Body
where
    B: http_body::Body<Data = Bytes> + Send + 'static,
    B::Error: Into<axum_core::BoxError>,
{
    if body.is_end_stream() {
        Body::empty()
    } else {
        Body::new(body)
    }
}
