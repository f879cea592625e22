//! How does a test ask an app? [`Client`], in process: no socket, no port, no server.
//!
//! ```
//! use sendoff::{App, Json, handler, routes, send};
//! use sendoff::test::Client;
//! # use serde_json::{Value, json};
//!
//! #[handler(POST "/sums")]
//! async fn add(Json(terms): Json<Vec<u32>>) {
//!     let Some(sum) = terms.iter().try_fold(0_u32, |sum, term| sum.checked_add(*term)) else {
//!         send!(422, "too large");
//!     };
//!     send!(201, Json(sum));
//! }
//!
//! # let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
//! # runtime.block_on(async {
//! let client = Client::new(App::new(()).routes(routes![add]));
//! client.post("/sums").json(&[1, 2, 3]).await.assert_status(201).assert_json(&6);
//! client.post("/sums").json(&[u32::MAX, 1]).await.assert_status(422);
//! client.post("/sums").text("1, 2, 3").await.assert_status(415);
//! # });
//! ```
//!
//! # Time
//!
//! Nothing here waits for a network, so in a test with `#[tokio::test(start_paused = true)]` time
//! jumps to the next timer, and a handler that sleeps for an hour answers at once.
//!
//! # Which sends has no test reached?
//!
//! [`unreached`] lists them, of all apps that a client of this process was made for. With the
//! variable `SENDOFF_UNREACHED=DIRECTORY` in the environment, each test binary writes that list to
//! `DIRECTORY/BINARY.txt`, and the last client that goes leaves the whole of it:
//!
//! ```text
//! $ SENDOFF_UNREACHED=target/unreached cargo test
//! $ cat target/unreached/*
//! src/notes.rs:31:9 in app::notes::show
//! ```

mod answer;
mod cookies;
mod reached;
mod request;

use std::fmt;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::{Arc, Mutex, PoisonError};

use axum::extract::ConnectInfo;
use axum_core::response::Response;
use http::{Method, Request};

pub use self::answer::Answer;
use self::cookies::Cookies;
pub(crate) use self::reached::reach;
pub use self::reached::{Unreached, unreached};
pub use self::request::RequestBuilder;
use crate::App;
use crate::peer::Peer;
use crate::route::State;

/// Asks an app in process, and keeps its cookies.
///
/// A clone shares the cookies. See the [module](crate::test) for an example.
pub struct Client<S = ()> {
    app: App<S>,
    cookies: Arc<Mutex<Cookies>>,
    _reached: Arc<reached::Listed>,
}

impl<S: State> Client<S> {
    /// A client without cookies.
    ///
    /// # Panics
    ///
    /// Panics if two routes of the app answer the same request, as [`App::check`] tells.
    #[track_caller]
    pub fn new(app: App<S>) -> Self {
        if let Err(conflict) = app.check() {
            panic!("the app cannot be served: {conflict}");
        }
        Client {
            _reached: Arc::new(reached::Listed::new(app.sends())),
            app,
            cookies: Arc::default(),
        }
    }

    /// A `GET` of a path, with its query.
    ///
    /// # Panics
    ///
    /// Panics if this is not a path. The other methods do, too.
    #[track_caller]
    pub fn get(&self, path: impl AsRef<str>) -> RequestBuilder<S> {
        self.request(Method::GET, path)
    }

    /// A `HEAD` of a path.
    #[track_caller]
    pub fn head(&self, path: impl AsRef<str>) -> RequestBuilder<S> {
        self.request(Method::HEAD, path)
    }

    /// A `POST` to a path.
    #[track_caller]
    pub fn post(&self, path: impl AsRef<str>) -> RequestBuilder<S> {
        self.request(Method::POST, path)
    }

    /// A `PUT` to a path.
    #[track_caller]
    pub fn put(&self, path: impl AsRef<str>) -> RequestBuilder<S> {
        self.request(Method::PUT, path)
    }

    /// A `PATCH` of a path.
    #[track_caller]
    pub fn patch(&self, path: impl AsRef<str>) -> RequestBuilder<S> {
        self.request(Method::PATCH, path)
    }

    /// A `DELETE` of a path.
    #[track_caller]
    pub fn delete(&self, path: impl AsRef<str>) -> RequestBuilder<S> {
        self.request(Method::DELETE, path)
    }

    /// A request of any method.
    #[track_caller]
    pub fn request(&self, method: Method, path: impl AsRef<str>) -> RequestBuilder<S> {
        RequestBuilder::new(self.clone(), method, path.as_ref())
    }

    /// Sends a request as it is, without the client's cookies, and returns the response with its
    /// body unread: for bodies that arrive piece by piece.
    ///
    /// Its client's address is `127.0.0.1:49152`, unless its extensions have a
    /// [`ConnectInfo`].
    pub async fn call(&self, request: Request<crate::Body>) -> Response {
        let said = request.extensions().get::<ConnectInfo<SocketAddr>>();
        // The first port that is nobody's (RFC 6335 section 6).
        let own = SocketAddr::from((Ipv4Addr::LOCALHOST, 49_152));
        let peer = said.is_none().then_some(Peer::Address(own));
        match self.app.answer(request, peer).await {
            Ok(response) => response,
            Err(never) => match never {},
        }
    }

    fn cookies<T>(&self, with: impl FnOnce(&mut Cookies) -> T) -> T {
        with(&mut self.cookies.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl<S> Clone for Client<S> {
    fn clone(&self) -> Self {
        Client {
            app: self.app.clone(),
            cookies: Arc::clone(&self.cookies),
            _reached: Arc::clone(&self._reached),
        }
    }
}

impl<S> fmt::Debug for Client<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Client").finish_non_exhaustive()
    }
}
