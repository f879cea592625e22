//! What is a handler? The documentation of [`handler`](macro@crate::handler), where it can run.

/// Makes a function an HTTP handler: every path that ends, ends in exactly one
/// [`send!`](crate::send).
///
/// ```
/// use sendoff::{IntoResponse, handler, send};
///
/// #[handler]
/// async fn parity(n: u64) {
///     if n % 2 == 0 {
///         send!("even");
///     }
///     send!("odd");
/// }
///
/// # let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
/// # runtime.block_on(async {
/// // It stays a function: a test calls it.
/// assert_eq!(parity(7).await.into_response().status(), 200);
/// # });
/// ```
///
/// A path without a send does not compile:
///
/// ```compile_fail
/// # use sendoff::{handler, send};
/// #[handler]
/// async fn parity(n: u64) {
///     if n % 2 == 0 {
///         send!("even");
///     }
/// }
/// ```
///
/// A handler writes no return type (it returns [`Answer`](crate::Answer)), and may be `async` or
/// not.
///
/// # Plain and routed
///
/// `#[handler]` alone leaves a plain function. It works wherever axum takes a handler, and as
/// `axum::middleware::from_fn` middleware.
///
/// `#[handler(METHOD "/pattern")]` also makes a type of the same name, which
/// [`routes!`](crate::routes) mounts. An argument named in the pattern is a path parameter, of any
/// type that is [`FromStr`](std::str::FromStr). `{*rest}` is the rest of the path. The other arguments are extractors
/// ([`FromRequestParts`](crate::FromRequestParts)); the last one may take the body
/// ([`FromRequest`](crate::FromRequest)).
///
/// ```
/// use sendoff::{App, Json, State, handler, routes, send};
///
/// #[handler(PUT "/users/{id}/name")]
/// async fn rename(id: u64, State(prefix): State<&'static str>, Json(name): Json<String>) {
///     send!(200, format!("{prefix} {id} is now {name}"));
/// }
///
/// let app = App::new("user").routes(routes![rename]);
/// # let _: App<&'static str> = app;
/// ```
///
/// A path parameter whose text does not parse is answered 400, with a [`Problem`](crate::Problem)
/// that names it, in its turn: arguments are taken in their order, so that a guard in front of the
/// parameter answers first. The route is there, and what is wrong is the request. (404 would say that a user
/// may have been deleted, and caches keep a 404 by themselves, RFC 9110 section 15.1, but not a 400.)
/// Where another answer is due, take the parameter as a `String` and parse it:
/// `id.parse::<u64>().or_send(reply!(404))?`.
///
/// A parameter that is a `String` may hold **any text**, the empty one and `{*rest}` included: it is
/// decoded after the path has been taken apart, so `/files/..%2F..%2Fetc%2Fpasswd` gives a `{name}`
/// of `../../etc/passwd`, and `%00` or `%0A` what no path has. A type that takes no more than is
/// meant, such as a number or one of your own that is `FromStr`, is the best check; see
/// [what a client sends](https://github.com/sendoff-rs/sendoff/blob/main/docs/security.md#what-a-client-sends).
///
/// ```
/// use std::str::FromStr;
/// use sendoff::{handler, send};
///
/// /// The name of a file, and no path to another one.
/// struct Name(String);
///
/// impl FromStr for Name {
///     type Err = &'static str;
///
///     fn from_str(text: &str) -> Result<Self, Self::Err> {
///         let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-';
///         match !text.is_empty() && text.bytes().all(is_plain) {
///             true => Ok(Name(text.to_owned())),
///             false => Err("a name is of letters, digits and `-`"),
///         }
///     }
/// }
///
/// #[handler(GET "/files/{name}")]
/// async fn show(name: Name) {
///     send!(200, format!("the file {}", name.0));
/// }
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() {
/// # let app = sendoff::App::new(()).routes(sendoff::routes![show]);
/// # let client = sendoff::test::Client::new(app);
/// # client.get("/files/notes").await.assert_status(200);
/// # client.get("/files/..%2Fnotes").await.assert_status(400);
/// # }
/// ```
///
/// # Several methods and patterns
///
/// ```
/// use sendoff::{App, handler, http::Method, routes, send};
///
/// #[handler(GET | POST "/search")]
/// async fn search(method: Method) {
///     send!(200, method.to_string());
/// }
///
/// #[handler(GET "/posts", GET "/posts/{page}")]
/// async fn posts(page: Option<u32>) {
///     send!(200, format!("page {}", page.unwrap_or(1)));
/// }
///
/// #[handler("PURGE" "/cache/{key}")]
/// async fn purge(key: String) {
///     send!(200, format!("forgot {key}"));
/// }
///
/// let app: App = App::new(()).routes(routes![search, posts, purge]);
/// assert_eq!(posts::path(None), "/posts");
/// assert_eq!(posts::path(Some(7)), "/posts/7");
/// ```
///
/// A method without a word of its own is a string; its case is kept, since methods are
/// case-sensitive (RFC 9110 section 9.1). A parameter that not every pattern has is an `Option`,
/// `None` where the pattern does not have it.
///
/// # Links
///
/// `rename::path(7)` is the path of that route, for a `Location` header or a link: one argument for
/// each parameter of the pattern, percent-encoded.
///
/// ```
/// # use sendoff::{Redirect, handler, send};
/// #[handler(GET "/users/{name}/posts/{post}")]
/// async fn show(name: String, post: u32) {
///     send!(200, format!("{name} #{post}"));
/// }
///
/// #[handler(POST "/users/{name}/posts")]
/// async fn publish(name: String) {
///     send!(Redirect::to(&show::path(name, 1)));
/// }
///
/// assert_eq!(show::path("ann lee", 7), "/users/ann%20lee/posts/7");
/// ```
///
/// It panics where the path would not lead back to the route: a parameter that is `""`, `.` or `..`
/// cannot be one, since clients take dot segments out of a path (RFC 3986 section 5.2.4), and what
/// begins with `//` names another host. So check a text that comes from outside before you make a link
/// of it; a number needs no check.
///
/// With several patterns, it is the first that has just the parameters that are `Some`. If there are
/// choices that no pattern has, `path(..)` returns an `Option`, which is `None` for those. Where the
/// route is nested, it does not know: see [`App::nest`](crate::App::nest).
///
/// # Errors
///
/// `expr?` leaves with the error's response, if the error is an
/// [`IntoResponse`](crate::IntoResponse). [`OrSend`](crate::OrSend) makes a response of what is
/// missing (`.or_send(reply!(404, ".."))?`), or of an error that is not the client's business
/// (`.or_500()?`). With the option `error = T`, `?` converts into `T` by
/// [`From`]:
///
/// ```
/// use sendoff::{IntoResponse, Response, StatusCode, handler, send};
///
/// struct AppError(&'static str);
///
/// impl From<std::num::ParseIntError> for AppError {
///     fn from(_: std::num::ParseIntError) -> Self {
///         AppError("not a number")
///     }
/// }
///
/// impl IntoResponse for AppError {
///     fn into_response(self) -> Response {
///         (StatusCode::BAD_REQUEST, self.0).into_response()
///     }
/// }
///
/// #[handler(error = AppError)]
/// async fn double(text: String) {
///     let n: u32 = text.parse()?;
///     send!(200, (u64::from(n) * 2).to_string());
/// }
/// # let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
/// # assert_eq!(runtime.block_on(double("x".into())).into_response().status(), 400);
/// ```
///
/// # Options
///
/// | option | meaning |
/// |---|---|
/// | `METHOD "/pattern"` | which requests it answers; several are `GET \| POST "/pattern"`, or separated by commas |
/// | `error = Type` | what `?` converts into |
/// | `timeout = 5s` | the time it has: see [below](#the-time-it-has) |
/// | `body_limit = 10MB` | how long the body of a request may be: see [below](#the-body-of-a-request) |
/// | `on_disconnect = finish` or `cancel` | what becomes of it when its client leaves: see [below](#when-the-client-leaves) |
/// | `crate = path` | where the crate `sendoff` is, if it was renamed |
///
/// `timeout`, `body_limit` and `on_disconnect` need a route: a plain handler is run by another host,
/// which has its own ways to say so.
///
/// ## The time it has
///
/// A whole number with `ms`, `s`, `m` or `h`, or the path of a constant
/// [`Duration`](std::time::Duration). It begins with the call and covers the arguments, so the body
/// too where one of them reads it, but not the sending of the response. A handler that takes longer
/// is dropped, which is logged, and the answer is 503 (RFC 9110 section 15.6.4). Without the
/// option, [`Server::handler_timeout`](crate::Server::handler_timeout) holds, which is off by
/// default.
///
/// ```
/// use sendoff::{App, handler, routes, send};
/// use std::time::Duration;
///
/// const PATIENCE: Duration = Duration::from_millis(1_500);
///
/// #[handler(GET "/report", timeout = PATIENCE)]
/// async fn report() {
///     send!("done in time");
/// }
///
/// #[handler(PUT "/video", timeout = 10m, body_limit = 2GB)]
/// async fn upload(video: sendoff::Body) {
///     # let _ = video;
///     send!(204);
/// }
/// # let app = App::new(()).routes(routes![report, upload]);
/// # let _: App = app;
/// ```
///
/// ## The body of a request
///
/// A whole number with `B`, `kB` (or `KB`), `MB` or `GB`, which are powers of 1,000, or with `KiB`,
/// `MiB` or `GiB`, which are powers of 1,024; or the path of a constant `usize`, in bytes. A longer
/// body is answered 413 (RFC 9110 section 15.5.14) where it is read; if the request declares its
/// length, before any of it is. The limit is in the body, so it holds for every extractor and for a
/// handler that reads the stream ([`or_500`](crate::OrSend::or_500) knows the error); axum's
/// `DefaultBodyLimit` has no say in it. Without the option,
/// [`Server::body_limit`](crate::Server::body_limit) holds, which is 2 MiB by default.
///
/// ## When the client leaves
///
/// A handler that has started runs on to its send: with `finish`, which is the default, a client
/// cannot stop it half-way by closing the connection. It runs on in a task of its own, for which a
/// [`Server`](crate::Server) that stops waits; its timeout still holds. How many do so at once is
/// limited ([`Server::finishing_limit`](crate::Server::finishing_limit)). With `cancel` it is
/// dropped where it waits, for handlers that only compute what the client would have read.
///
/// TCP says the same of a client that is gone and of one that has sent all it has to send and still
/// reads (RFC 9293 section 3.6), as `nc -N` does. So over HTTP/1.1 the response of a `finish` handler
/// is written in either case, as long as it does not pause for a second; and what comes after it is
/// told that the client has left.
///
/// ```
/// use sendoff::{handler, send};
///
/// #[handler(GET "/search", on_disconnect = cancel)]
/// async fn search() {
///     send!("found");
/// }
/// ```
///
/// # On another host
///
/// An [`App`](crate::App) that a host other than [`Server`](crate::Server) runs has the options of
/// its routes and, where they say nothing, the defaults of a `Server`. Handlers whose clients have
/// left run on there too, but nobody waits for them at the end. A timeout needs tokio's timer.
pub use sendoff_macros::handler;
