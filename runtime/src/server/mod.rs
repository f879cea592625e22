//! How does an app meet the network? [`serve`], and [`Server`] for more say in it.

mod accept;
mod activity;
mod body;
mod connection;
mod gate;
mod limits;
mod refusal;
mod signal;
mod transport;
mod watch;

use std::fmt;
use std::future::Future;
use std::io;
use std::net::SocketAddr;
use std::time::Duration;

use tokio::net::{TcpListener, ToSocketAddrs, lookup_host};

use crate::App;
use crate::route::State;
use limits::Limits;

/// Serves an app until SIGINT or SIGTERM, then finishes what runs.
///
/// The defaults are those of [`Server`].
///
/// # Errors
///
/// The address cannot be listened on, or two routes of the app answer the same request.
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
/// | time for a request's head | 10 s |
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
pub struct Server {
    listener: TcpListener,
    shutdown_timeout: Duration,
    limits: Limits,
}

/// As many connections as the kernel queues before they are accepted. With the common 128, a
/// flood of new connections costs each of them a second.
const BACKLOG: i32 = 4096;

impl Server {
    /// Listens on the first of the addresses that can be listened on. Port 0 lets the system
    /// choose; [`local_addr`](Server::local_addr) tells which port it is.
    ///
    /// # Errors
    ///
    /// None of the addresses can be listened on.
    pub async fn bind(address: impl ToSocketAddrs) -> io::Result<Self> {
        let mut last = None;
        let found = lookup_host(address).await.map_err(|fault| {
            io::Error::new(
                fault.kind(),
                format!("no such address to listen on: {fault}"),
            )
        })?;
        for address in found {
            match listen(address) {
                Ok(listener) => {
                    return Ok(Server {
                        listener,
                        shutdown_timeout: Duration::from_secs(30),
                        limits: Limits::default(),
                    });
                }
                Err(fault) => {
                    last = Some(io::Error::new(
                        fault.kind(),
                        format!("cannot listen on {address}: {fault}"),
                    ));
                }
            }
        }
        Err(last.unwrap_or_else(|| {
            io::Error::new(io::ErrorKind::InvalidInput, "no address to listen on")
        }))
    }

    /// The address it listens on.
    ///
    /// # Errors
    ///
    /// The socket has none, which the system says.
    pub fn local_addr(&self) -> io::Result<SocketAddr> {
        self.listener.local_addr()
    }

    /// How long requests that run at the signal to stop may go on; 30 seconds by default.
    #[must_use]
    pub fn shutdown_timeout(mut self, timeout: Duration) -> Self {
        self.shutdown_timeout = timeout;
        self
    }

    /// Serves until SIGINT or SIGTERM, then finishes what runs.
    ///
    /// The signals are listened to from this call on, not from the first poll of the future: who
    /// says "ready" between the two can be stopped at once.
    ///
    /// # Errors
    ///
    /// Two routes of the app answer the same request, or the signals cannot be listened to.
    ///
    /// # Panics
    ///
    /// Outside a tokio runtime.
    pub fn serve<S: State>(self, app: App<S>) -> impl Future<Output = io::Result<()>> {
        let stop = signal::stop();
        async move { self.serve_until(app, stop?).await }
    }

    /// Serves until `stop` is ready, then finishes what runs.
    ///
    /// # Errors
    ///
    /// Two routes of the app answer the same request.
    pub async fn serve_until<S: State>(
        self,
        app: App<S>,
        stop: impl Future<Output = ()>,
    ) -> io::Result<()> {
        check(&app)?;
        accept::run(self.listener, app, self.limits, stop, self.shutdown_timeout).await;
        Ok(())
    }
}

impl fmt::Debug for Server {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Server")
            .field("listener", &self.listener)
            .field("shutdown_timeout", &self.shutdown_timeout)
            .field("limits", &self.limits)
            .finish()
    }
}

fn check<S: State>(app: &App<S>) -> io::Result<()> {
    app.check()
        .map_err(|conflict| io::Error::new(io::ErrorKind::InvalidInput, conflict))
}

fn listen(address: SocketAddr) -> io::Result<TcpListener> {
    let domain = socket2::Domain::for_address(address);
    let socket = socket2::Socket::new(domain, socket2::Type::STREAM, None)?;
    // On Unix a restarted server may listen at once; on Windows the option means something else.
    #[cfg(unix)]
    socket.set_reuse_address(true)?;
    socket.set_nonblocking(true)?;
    socket.bind(&address.into())?;
    socket.listen(BACKLOG)?;
    TcpListener::from_std(socket.into())
}
