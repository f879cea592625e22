//! HTTP handlers that provably answer exactly once.
//!
//! ```
//! use sendoff::{App, Json, State, handler, routes, send};
//! # #[derive(Clone)] struct Db;
//! # #[derive(serde::Serialize)] struct User { banned: bool }
//! # impl Db { async fn find(&self, _: u64) -> Option<User> { None } }
//!
//! #[handler(GET "/users/{id}")]
//! async fn show_user(id: u64, State(db): State<Db>) {
//!     let Some(user) = db.find(id).await else {
//!         send!(404, "no such user");
//!     };
//!     if user.banned {
//!         send!(410);
//!     }
//!     send!(Json(user));
//! }
//!
//! # fn example() {
//! let app = App::new(Db).routes(routes![show_user]);
//! # let _ = app; }
//! ```
//!
//! [`send!`] answers **and leaves**. The compiler proves that every path of a handler that ends,
//! ends with exactly one response: a path that sends nothing, code after a send, a send that
//! cannot end the handler (in a closure, an async block, a task) and a bare `return` do not
//! compile. A panic is answered by the server; an endless loop is not our claim.
//!
//! # Where to look
//!
//! | for | see |
//! |---|---|
//! | a handler | [`handler`](macro@handler), [`send!`] |
//! | an extractor that may deny | [`guard`](macro@guard) |
//! | early returns, helpers | [`reply!`], [`Reply`], [`OrSend`] |
//! | errors | [`OrSend`], [`Problem`], [`App::problems`] |
//! | routes and state | [`routes!`], [`App`] |
//! | prefixes, layers, a fallback, other services | [`App::nest`], [`App::layer`], [`App::fallback`], [`App::nest_service`] |
//! | running it | [`serve`], [`Server`], [`Workers`], [`Draining`]; `Tls` with the feature `tls` |
//! | limits, clients that leave | [the options of a handler](macro@handler#options) |
//! | work after the response | [`after()`], [`after_with`] |
//! | arguments of handlers | [`extract`], [`Json`], [`Query`], [`Form`], [`State`] |
//! | conditional requests: `ETag`, `If-Match`, 304, 412 | [`Preconditions`], [`Validators`], [`EntityTag`] |
//! | what can be sent | [`response`], [`IntoResponse`] |
//! | asking it in tests | [`test::Client`] |
//!
//! The vocabulary is axum's: whatever implements [`FromRequest`], [`FromRequestParts`],
//! [`IntoResponse`] or [`IntoResponseParts`] for axum works here, and a plain handler works on an
//! axum `Router`, as does a guard.
//!
//! # Features
//!
//! None is on by default.
//!
//! | feature | for |
//! |---|---|
//! | `multipart` | [`extract::Multipart`](extract), forms with files |
//! | `tls` | `Server::tls`, HTTPS |
//! | `ws` | [`extract::WebSocketUpgrade`](extract), WebSockets over HTTP/1.1 and HTTP/2 |

mod after;
mod answer;
mod app;
mod argument;
mod body;
mod conditional;
mod conflict;
mod endpoint;
mod failed;
mod fallback;
mod fields;
mod format;
mod framing;
mod granted;
mod guard;
mod handler;
mod layer;
mod length;
mod link;
mod observe;
mod or_send;
mod parameter;
mod part;
mod peer;
mod phrase;
mod prefix;
mod problem;
mod proxies;
mod question;
mod redirect;
mod rejection;
mod reply;
mod route;
mod router;
mod running;
mod send;
mod server;
mod serving;
mod settings;
mod site;
mod spelling;

#[doc(hidden)]
#[allow(missing_docs)]
pub mod __private;

/// The examples of the README.
#[cfg(all(doctest, feature = "tls"))]
#[doc = include_str!("../README.md")]
struct Readme;

/// The examples of the page on errors.
#[cfg(doctest)]
#[doc = include_str!("../errors.md")]
struct Errors;

pub mod extract;
pub mod response;
pub mod test;

pub use http;

pub use axum::extract::State;
pub use axum::response::Html;
pub use axum_core::body::Body;
pub use axum_core::extract::{FromRef, FromRequest, FromRequestParts, Request};
pub use axum_core::response::{IntoResponse, IntoResponseParts, Response};
pub use bytes::Bytes;
pub use http::{HeaderMap, StatusCode};

pub use crate::after::{After, Outcome, after, after_with};
pub use crate::answer::{Answer, Sent};
pub use crate::app::{App, RouteConflict};
pub use crate::conditional::{EntityTag, InvalidEntityTag, Preconditions, Validators};
pub use crate::endpoint::AppFuture;
pub use crate::extract::{Form, Json, Query};
pub use crate::fallback::Fallback;
pub use crate::guard::guard;
pub use crate::handler::handler;
pub use crate::layer::{HttpService, InnerService};
pub use crate::link::LinkError;
pub use crate::observe::Exchange;
pub use crate::or_send::OrSend;
pub use crate::prefix::Nested;
pub use crate::problem::Problem;
pub use crate::proxies::ProxyField;
pub use crate::redirect::Redirect;
pub use crate::reply::{IntoStatus, Reply};
pub use crate::route::Routes;
#[cfg(feature = "tls")]
pub use crate::server::Tls;
pub use crate::server::{Draining, Server, Workers, serve};
