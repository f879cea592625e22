//! How is an app made of several parts?

use std::any::type_name;
use std::sync::Arc;

use tower_layer::Layer;

use super::App;
use crate::fallback::Fallback;
use crate::layer::{HttpService, InnerService, Layers, shared};
use crate::prefix::{self, Nested, NestedTable};
use crate::route::State;
use crate::router::Table;
use crate::settings::Settings;
use crate::spelling;

impl<S: State> App<S> {
    /// Adds routes, or another app, below a prefix.
    ///
    /// `routes![..]` get this app's state. An [`App`] keeps its own, of any type, and its layers,
    /// its format of problems and its fallback, for all paths below the prefix; what it has none of
    /// it shares with this app.
    ///
    /// ```
    /// use sendoff::{App, State, handler, routes, send};
    ///
    /// #[handler(GET "/")]
    /// async fn list() {
    ///     send!("users");
    /// }
    ///
    /// #[handler(GET "/{id}")]
    /// async fn show(id: u64, State(name): State<&'static str>) {
    ///     send!(200, format!("{name} {id}"));
    /// }
    ///
    /// let users = App::new("user").routes(routes![list, show]);
    /// // GET /api/users and GET /api/users/7
    /// let app = App::new(()).nest("/api/users", users);
    /// # use sendoff::Body;
    /// # use tower_service::Service;
    /// # let mut app = app;
    /// # let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    /// # for (path, status) in [("/api/users", 200), ("/api/users/7", 200), ("/api/users/", 404)] {
    /// #     let request = sendoff::http::Request::get(path).body(Body::empty()).unwrap();
    /// #     assert_eq!(runtime.block_on(app.call(request)).unwrap().status(), status, "{path}");
    /// # }
    /// ```
    ///
    /// The pattern `/` is the prefix itself, without a `/` behind it.
    ///
    /// A prefix has no parameters: a handler takes the parameters of its own pattern. Handlers see
    /// the request with its whole path. A handler's `path(..)` does not know where it is nested, and
    /// gives the path of its pattern: keep the prefix in a constant, and write
    /// `format!("{USERS}{}", show::path(7))`.
    ///
    /// A prefix that cannot be one is an error when the app is served: see [`App::check`].
    #[must_use]
    pub fn nest(mut self, prefix: &str, nested: impl Nested<S>) -> Self {
        let table = Arc::make_mut(&mut self.table);
        let NestedTable(nested) = nested.into_table(&self.state);
        match prefix::check(prefix) {
            Ok(()) => table.absorb(prefix, nested),
            Err(fault) => table.fault(fault),
        }
        self
    }

    /// Adds the routes of another app, which keep its state, of any type, its layers, and its
    /// format of problems.
    ///
    /// If the other app has a fallback, it becomes this app's; its layers are not around the 404 of
    /// this app.
    ///
    /// ```
    /// use sendoff::{App, State, handler, routes, send};
    ///
    /// #[handler(GET "/users")]
    /// async fn users(State(users): State<Vec<String>>) {
    ///     send!(200, users.join(", "));
    /// }
    ///
    /// #[handler(GET "/healthy")]
    /// async fn healthy() {
    ///     send!(204);
    /// }
    ///
    /// let app = App::new(vec!["Ann".to_owned()]).routes(routes![users]);
    /// let app = app.merge(App::new(()).routes(routes![healthy]));
    /// # assert!(app.check().is_ok());
    /// ```
    #[must_use]
    pub fn merge<T: State>(mut self, other: App<T>) -> Self {
        Arc::make_mut(&mut self.table).absorb("", other.into_inner_table());
        self
    }

    /// Puts a tower layer around the whole app, outside the layers that it has: the one added last
    /// sees a request first.
    ///
    /// It is around every answer of the app, the 404s and 405s too, and around routes that are added
    /// later as well: no route gets past a layer by its place in the code. For some routes only, see
    /// [`Routes::layer`](crate::Routes::layer); or give them an app of their own, and [`nest`](App::nest) or
    /// [`merge`](App::merge) it.
    ///
    /// ```
    /// use axum::middleware::{Next, from_fn};
    /// use sendoff::{App, Request, handler, routes, send};
    ///
    /// #[handler]
    /// async fn frame_options(request: Request, next: Next) {
    ///     let response = next.run(request).await;
    ///     send!(response.status(), [("x-frame-options", "deny")], response);
    /// }
    ///
    /// #[handler(GET "/")]
    /// async fn home() {
    ///     send!("home");
    /// }
    ///
    /// let app = App::new(()).routes(routes![home]).layer(from_fn(frame_options));
    /// # let app: App = app;
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn check(app: App) {
    /// # let client = sendoff::test::Client::new(app);
    /// # client.get("/").await.assert_status(200).assert_header("x-frame-options", "deny");
    /// # client.get("/lost").await.assert_status(404).assert_header("x-frame-options", "deny");
    /// # }
    /// # check(app);
    /// ```
    ///
    /// Every layer does that axum takes: tower-http's, a `tower::ServiceBuilder`, or a plain handler
    /// as above. It is applied once, so that a limit of concurrency is for the app, not for each of
    /// its routes. A panic in it is answered 500.
    ///
    /// In the app that is served, layers come before routing: one that changes the path or the
    /// method changes which route answers. The layers of a nested or a merged app, and those of
    /// `routes![..]`, come after it, and a handler's path parameters are those of the path that was
    /// routed.
    #[must_use]
    pub fn layer<L>(mut self, layer: L) -> Self
    where
        L: Layer<InnerService, Service: HttpService>,
    {
        self.layers = Layers::new(&layer).around(&self.layers);
        self
    }

    /// Answers the paths that no route has, with any method, in place of the 404. In a nested app,
    /// those below its prefix.
    ///
    /// It is a handler without a route; `send!` says the status, which is 404 only if you say so.
    ///
    /// ```
    /// use sendoff::{App, handler, http::Uri, send};
    ///
    /// #[handler]
    /// async fn lost(uri: Uri) {
    ///     send!(404, format!("{} is not here", uri.path()));
    /// }
    ///
    /// let app = App::new(()).fallback(lost);
    /// # use sendoff::Body;
    /// # use tower_service::Service;
    /// # let mut app = app;
    /// # let request = sendoff::http::Request::get("/x").body(Body::empty()).unwrap();
    /// # let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    /// # assert_eq!(runtime.block_on(app.call(request)).unwrap().status(), 404);
    /// ```
    ///
    /// A second fallback is an error when the app is served: see [`App::check`].
    #[must_use]
    pub fn fallback<F, M>(mut self, fallback: F) -> Self
    where
        F: Fallback<S, M>,
    {
        let state = Arc::clone(&self.state);
        let respond =
            Arc::new(move |request, _| fallback.clone().respond(request, Arc::clone(&state)));
        Arc::make_mut(&mut self.table).set_fallback(type_name::<F>(), respond);
        self
    }

    /// Gives all paths below a prefix that no route has, and the prefix itself, to a tower service:
    /// an axum `Router`, tower-http's `ServeDir`, ..
    ///
    /// The service gets the path without the prefix, with no more escapes than it needs and without dot
    /// segments; what was sent is in the request's extensions, as
    /// axum's [`OriginalUri`](crate::extract::OriginalUri). With the prefix `/` it gets every path
    /// that no route has.
    ///
    /// ```
    /// use axum::{Router, routing::get};
    /// use sendoff::App;
    ///
    /// let old = Router::new().route("/hello", get(async || "hello from axum"));
    /// let app = App::new(()).nest_service("/old", old);
    /// # use sendoff::Body;
    /// # use tower_service::Service;
    /// # let mut app = app;
    /// # let request = sendoff::http::Request::get("/old/hello").body(Body::empty()).unwrap();
    /// # let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    /// # assert_eq!(runtime.block_on(app.call(request)).unwrap().status(), 200);
    /// ```
    ///
    /// The service gets no body that is longer than [`Server::body_limit`](crate::Server::body_limit):
    /// see [`nest_service_with_body_limit`](App::nest_service_with_body_limit).
    ///
    /// A route goes before the service, also if it has the request's path but not its method (405),
    /// unless its pattern has a parameter where the prefix has text: `/{*rest}` does not hide a service
    /// at `/old`. Where the service could read the path as one for somebody else, since it may decode
    /// `%2F` or leave out an empty segment, the answer is 404: it is no way around a guard or a layer.
    /// The page on [security](https://github.com/sendoff-rs/sendoff/blob/main/docs/security.md) has the rule.
    ///
    /// Where the service sends the client to the folder that it has asked for, as `ServeDir` does, the
    /// `Location` gets the prefix that the service does not know. Any other `Location` stays.
    ///
    /// A prefix that cannot be one, and two services for one prefix, are an error when the app is
    /// served: see [`App::check`].
    #[must_use]
    pub fn nest_service(mut self, prefix: &str, service: impl HttpService) -> Self {
        self.add_service(prefix, &Settings::OF_A_SERVICE, service);
        self
    }

    /// As [`nest_service`](App::nest_service), for a service that takes bodies of up to so many bytes,
    /// whatever [`Server::body_limit`](crate::Server::body_limit) says.
    ///
    /// ```
    /// use axum::{Router, extract::DefaultBodyLimit, routing::post};
    /// use sendoff::{App, Bytes};
    ///
    /// // Its extractors have axum's limit of 2 MiB unless the `Router` says otherwise.
    /// let uploads = Router::new()
    ///     .route("/", post(async |body: Bytes| body.len().to_string()))
    ///     .layer(DefaultBodyLimit::disable());
    /// let app = App::new(()).nest_service_with_body_limit("/uploads", 1 << 30, uploads);
    /// # assert!(app.check().is_ok());
    /// ```
    #[must_use]
    pub fn nest_service_with_body_limit(
        mut self,
        prefix: &str,
        bytes: usize,
        service: impl HttpService,
    ) -> Self {
        // For as long as the program, as those of handlers: an app is made when it starts.
        let settings = Box::leak(Box::new(Settings::OF_A_SERVICE.body_limit(bytes)));
        self.add_service(prefix, settings, service);
        self
    }

    fn add_service(
        &mut self,
        prefix: &str,
        settings: &'static Settings,
        service: impl HttpService,
    ) {
        let table = Arc::make_mut(&mut self.table);
        // The root is fit for a service: there is nothing to take off the path.
        let prefix = if prefix == "/" { "" } else { prefix };
        if let Err(fault) = prefix::check(prefix)
            && !prefix.is_empty()
        {
            table.fault(fault);
            return;
        }
        let prefix = spelling::escaped(prefix);
        table.add_service(&prefix, name_of(&service), settings, shared(service));
    }

    /// Its routes for another app, with all that is around them.
    pub(crate) fn into_inner_table(self) -> Table {
        let mut table = Arc::unwrap_or_clone(self.table);
        table.wrap(&self.layers, self.format.as_ref());
        table
    }
}

fn name_of<T>(_: &T) -> &'static str {
    type_name::<T>()
}
