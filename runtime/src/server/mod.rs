//! How does an app meet the network? [`serve`], and [`Server`] for more say in it.

mod accept;
mod activity;
mod behind;
mod bind;
mod body;
mod closing;
mod connection;
mod gate;
mod handlers;
mod limits;
mod listen;
#[cfg(unix)]
mod passed;
mod proxy_protocol;
mod refusal;
mod shutdown;
mod signal;
mod socket;
#[cfg(feature = "tls")]
mod tls;
mod transport;
#[cfg(unix)]
mod unix;
mod upgraded;
mod watch;
mod workers;

use std::fmt;
use std::future::{Future, pending};
use std::io;
use std::sync::Arc;
use std::time::Duration;

use tokio::net::ToSocketAddrs;

use crate::App;
use crate::proxies::{Networks, Proxies};
use crate::route::State;
use crate::serving::{Defaults, Serving};
use accept::{End, Host};
use limits::Limits;
use listen::Listener;
use shutdown::Phase;

pub use shutdown::Draining;
#[cfg(feature = "tls")]
pub use tls::Tls;
pub use workers::Workers;

/// Serves an app until SIGINT or SIGTERM, then finishes what runs.
///
/// The defaults are those of [`Server`].
///
/// # Errors
///
/// Returns an error if the address cannot be listened on, or if two routes of the app answer the same
/// request.
///
/// ```no_run
/// use sendoff::{App, handler, routes, send};
///
/// #[handler(GET "/")]
/// async fn hello() {
///     send!("hello");
/// }
///
/// #[tokio::main]
/// async fn main() -> std::io::Result<()> {
///     let app = App::new(()).routes(routes![hello]);
///     sendoff::serve(app, "127.0.0.1:3000").await
/// }
/// ```
pub async fn serve<S: State>(app: App<S>, address: impl ToSocketAddrs) -> io::Result<()> {
    check(&app)?;
    Server::bind(address).await?.serve(app).await
}

/// A server that listens: HTTP/1.1 and HTTP/2 on one port.
///
/// | what | default |
/// |---|---|
/// | listen backlog | 4,096 connections |
/// | `TCP_NODELAY` | on |
/// | `TCP_NOTSENT_LOWAT`, on Linux | 64 KiB |
/// | time for a request's head | 10 s, [`head_timeout`](Server::head_timeout) |
/// | time without a request | 75 s, [`idle_timeout`](Server::idle_timeout) |
/// | pause in a request body | 30 s, [`body_timeout`](Server::body_timeout) |
/// | pause in reading a response | 30 s, [`write_timeout`](Server::write_timeout) |
/// | size of a request's head | 16 KiB, [`max_head_size`](Server::max_head_size) |
/// | headers of a request | 100, [`max_headers`](Server::max_headers) |
/// | path and query of a request | 8 KiB, [`max_uri_length`](Server::max_uri_length) |
/// | open connections | 20,000, [`max_connections`](Server::max_connections) |
/// | HTTP/2 requests at once on a connection | 200, [`max_streams`](Server::max_streams) |
/// | HTTP/2 requests taken back | 100, [`max_resets`](Server::max_resets) |
/// | HTTP/2 ping | every 60 s, 20 s for the answer, [`ping`](Server::ping) |
/// | time for a handler | no limit, [`handler_timeout`](Server::handler_timeout) |
/// | body of a request | 2 MiB, [`body_limit`](Server::body_limit) |
/// | handlers that run on after their clients have left | 10,000, [`finishing_limit`](Server::finishing_limit) |
/// | time for running requests after the signal to stop | 30 s |
///
/// ```no_run
/// # use sendoff::{App, Server};
/// # async fn example(app: App) -> std::io::Result<()> {
/// let server = Server::bind("127.0.0.1:0").await?;
/// println!("listening on http://{}", server.local_addr()?);
/// server.serve(app).await
/// # }
/// ```
///
/// # How it ends
///
/// [`serve`](Server::serve) returns after SIGINT or SIGTERM, [`serve_until`](Server::serve_until)
/// after a future of yours:
///
/// 1. [`Draining`] says so. If there is a [`drain_delay`](Server::drain_delay), all else goes on
///    for that long.
/// 2. It stops listening. The connections that the system has accepted by then are served.
/// 3. A connection without a request on which nothing has happened for a quarter of a second is
///    closed; so is one of TLS whose client has not begun its handshake. No request is lost by
///    that: what the system has received is answered first. Every response says
///    `Connection: close`, or `GOAWAY` on HTTP/2, so that the client sends its next request
///    elsewhere. Who is in the midst of sending is waited for: the head of a request has its time
///    as ever, while a part of it comes at least every 1.5 seconds, and a handshake of TLS has
///    1.5 seconds in all. A client may take 2 seconds after its last response of HTTP/1.1 to close
///    its side, too, so that the response is not lost in a reset; with HTTP/2 and no request left,
///    5 seconds to answer the PING that comes with the `GOAWAY`, then 2 to close.
/// 4. It waits for the requests that run, their bodies in both directions, and connections that
///    were upgraded, to WebSocket for example; for the handlers whose clients have left; and for
///    the work [`after`](crate::after()) responses.
/// 5. After [`shutdown_timeout`](Server::shutdown_timeout), or at once if a second signal comes,
///    it drops what is left, and the log has a warning for every response that was cut off, with
///    the name of its handler, and one with the number of connections. To the handler of an
///    upgraded connection its reads and writes fail from then on.
pub struct Server {
    listeners: Vec<Listener>,
    phase: tokio::sync::watch::Sender<Phase>,
    workers: Workers,
    shutdown_timeout: Duration,
    drain_delay: Duration,
    limits: Limits,
    defaults: Defaults,
    proxies: Option<Proxies>,
    proxy_protocol: Option<Arc<Networks>>,
    #[cfg(feature = "tls")]
    tls: Option<Tls>,
}

impl Server {
    fn on(listener: Listener) -> Self {
        Server {
            listeners: vec![listener],
            phase: tokio::sync::watch::Sender::new(Phase::Serving),
            workers: Workers::CallersRuntime,
            shutdown_timeout: Duration::from_secs(30),
            drain_delay: Duration::ZERO,
            limits: Limits::default(),
            defaults: Defaults::default(),
            proxies: None,
            proxy_protocol: None,
            #[cfg(feature = "tls")]
            tls: None,
        }
    }

    /// Encrypts every connection, whichever socket it comes from. HTTP in plain text is answered 400.
    #[cfg(feature = "tls")]
    #[must_use]
    pub fn tls(mut self, tls: Tls) -> Self {
        self.tls = Some(tls);
        self
    }

    /// Which threads run the handlers; those of the caller's runtime by default.
    ///
    /// A worker is a thread with a tokio runtime of its own, on which it runs all that its
    /// connections need: no task moves to another thread. It gets a new connection when it has the
    /// fewest. A handler that computes for long, or blocks, holds up the other connections of its
    /// worker, where the caller's runtime may let another thread have them. What a handler spawns
    /// runs on its worker, too, and ends with the server.
    ///
    /// ```no_run
    /// # use sendoff::{App, Server};
    /// # async fn example(app: App) -> std::io::Result<()> {
    /// use sendoff::Workers;
    ///
    /// Server::bind("127.0.0.1:3000").await?.workers(Workers::PerCore).serve(app).await
    /// # }
    /// ```
    #[must_use]
    pub fn workers(mut self, workers: Workers) -> Self {
        self.workers = workers;
        self
    }

    /// How long requests that run when it stops listening may go on; 30 seconds by default.
    #[must_use]
    pub fn shutdown_timeout(mut self, timeout: Duration) -> Self {
        self.shutdown_timeout = timeout;
        self
    }

    /// How long it goes on as before after it was told to stop, while [`Draining`] says that it
    /// does; not at all by default.
    ///
    /// Load balancers that ask whether the server is ready find out in this time, and send no
    /// more connections. It comes before the [`shutdown_timeout`](Server::shutdown_timeout).
    #[must_use]
    pub fn drain_delay(mut self, delay: Duration) -> Self {
        self.drain_delay = delay;
        self
    }

    /// A handle that tells whether the server is to stop, for a route that says whether it is
    /// ready, and for what would go on for ever.
    #[must_use]
    pub fn draining(&self) -> Draining {
        Draining::new(self.phase.subscribe())
    }

    /// Serves until SIGINT or SIGTERM, then finishes what runs. A second signal ends it at once.
    ///
    /// The signals are listened to from this call on, not from the first poll of the future: who
    /// says "ready" between the two can be stopped at once. From then on they no longer end the
    /// process by themselves, as is the way of `tokio::signal`: not after this has returned either,
    /// nor if its future was dropped. A `main` that has more to do then, and is to be stopped in it,
    /// listens to them itself.
    ///
    /// # Errors
    ///
    /// Returns an error if two routes of the app answer the same request, if the signals cannot be
    /// listened to, or if a worker cannot be started or has died.
    ///
    /// # Panics
    ///
    /// Panics outside a tokio runtime.
    pub fn serve<S: State>(self, app: App<S>) -> impl Future<Output = io::Result<()>> {
        let signals = signal::Signals::new();
        async move {
            let signals = tokio::sync::Mutex::new(signals?);
            let next = async || signals.lock().await.next().await;
            self.run(app, next(), next()).await
        }
    }

    /// Serves until `stop` is ready, then finishes what runs.
    ///
    /// To drop the future instead is to stop listening at once; connections that are open then
    /// finish what runs, without an end to the time that they have.
    ///
    /// # Errors
    ///
    /// Returns an error if two routes of the app answer the same request, or if a worker cannot be
    /// started or has died.
    pub async fn serve_until<S: State>(
        self,
        app: App<S>,
        stop: impl Future<Output = ()>,
    ) -> io::Result<()> {
        self.run(app, stop, pending()).await
    }

    async fn run<S: State>(
        self,
        app: App<S>,
        stop: impl Future<Output = ()>,
        hurry: impl Future<Output = ()>,
    ) -> io::Result<()> {
        check(&app)?;
        let host = Host {
            app: app.with_serving(Serving::new(self.defaults, self.proxies)),
            limits: self.limits,
            proxy_protocol: self.proxy_protocol,
            #[cfg(feature = "tls")]
            tls: self.tls,
            phase: self.phase.subscribe(),
        };
        let end = End {
            stop,
            hurry,
            delay: self.drain_delay,
            deadline: self.shutdown_timeout,
        };
        accept::run(self.listeners, self.workers, host, self.phase, end).await
    }
}

impl fmt::Debug for Server {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Server")
            .field("listeners", &self.listeners)
            .field("workers", &self.workers)
            .field("shutdown_timeout", &self.shutdown_timeout)
            .field("drain_delay", &self.drain_delay)
            .field("limits", &self.limits)
            .field("defaults", &self.defaults)
            .finish()
    }
}

fn check<S: State>(app: &App<S>) -> io::Result<()> {
    app.check()
        .map_err(|conflict| io::Error::new(io::ErrorKind::InvalidInput, conflict))
}
