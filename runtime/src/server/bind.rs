//! Where does a server listen? The methods of [`Server`] that make one, and that tell.

use std::io;
use std::net::SocketAddr;

use tokio::net::ToSocketAddrs;

use super::Server;
use super::listen::{Listener, Queue};
#[cfg(unix)]
use super::{passed, unix};

impl Server {
    /// Listens on the first of the addresses that can be listened on. Port 0 lets the system
    /// choose; [`local_addr`](Server::local_addr) tells which port it is.
    ///
    /// To listen on several, see [`and`](Server::and).
    ///
    /// # Errors
    ///
    /// Returns an error if none of the addresses can be listened on.
    pub async fn bind(address: impl ToSocketAddrs) -> io::Result<Self> {
        Listener::bind(address).await.map(Server::on)
    }

    /// Listens on a Unix socket with this path, which its owner and group may connect to (mode
    /// 660); [`bind_unix_with_mode`](Server::bind_unix_with_mode) allows more, or less.
    ///
    /// The file of a server that has ended without removing it is replaced. It is removed at the
    /// end, unless another socket has taken its place.
    ///
    /// ```
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> std::io::Result<()> {
    /// # let folder = tempfile::tempdir()?;
    /// # let path = folder.path().join("app.sock");
    /// use sendoff::Server;
    ///
    /// let server = Server::bind_unix(&path)?.and(Server::bind("127.0.0.1:0").await?);
    /// # assert!(path.exists());
    /// # drop(server);
    /// # assert!(!path.exists());
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// Returns an error if another process listens on the path, if there is a file on it that is not
    /// a socket, or if the folder does not permit the socket.
    ///
    /// # Panics
    ///
    /// Panics outside a tokio runtime.
    #[cfg(unix)]
    pub fn bind_unix(path: impl AsRef<std::path::Path>) -> io::Result<Self> {
        Server::bind_unix_with_mode(path, 0o660)
    }

    /// Listens on a Unix socket as [`bind_unix`](Server::bind_unix) does; the file gets these
    /// permissions, whatever the umask is. To connect is to write: `0o666` is for everybody.
    ///
    /// # Errors
    ///
    /// Returns the errors of [`bind_unix`](Server::bind_unix).
    ///
    /// # Panics
    ///
    /// Panics outside a tokio runtime.
    #[cfg(unix)]
    pub fn bind_unix_with_mode(path: impl AsRef<std::path::Path>, mode: u32) -> io::Result<Self> {
        let (socket, file) = unix::bind(path.as_ref(), mode)?;
        Listener::from_unix(socket, Queue::Ours, Some(file)).map(Server::on)
    }

    /// Listens on a socket that is bound already.
    ///
    /// ```
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> std::io::Result<()> {
    /// use sendoff::Server;
    ///
    /// let listener = std::net::TcpListener::bind("127.0.0.1:0")?;
    /// let server = Server::from_tcp(listener)?;
    /// # server.local_addr()?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// Returns the system's error if the socket cannot be made non-blocking.
    ///
    /// # Panics
    ///
    /// Panics outside a tokio runtime.
    pub fn from_tcp(listener: std::net::TcpListener) -> io::Result<Self> {
        Listener::from_tcp(listener, Queue::Ours).map(Server::on)
    }

    /// Listens on the sockets that a supervisor has passed, TCP or Unix: systemd's socket
    /// activation, or a tool such as `systemfd`. `None` if it has passed none.
    ///
    /// The sockets are those from descriptor 3 on, as many as `LISTEN_FDS` says, for the process
    /// of `LISTEN_PID` (see [`sd_listen_fds(3)`]). They can be taken once: later calls give `None`.
    ///
    /// Connections that wait in such a socket's queue when the server ends are left to the next
    /// process that gets the socket.
    ///
    /// [`sd_listen_fds(3)`]: https://www.freedesktop.org/software/systemd/man/latest/sd_listen_fds.html
    ///
    /// ```
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> std::io::Result<()> {
    /// use sendoff::Server;
    ///
    /// let server = match Server::from_env()? {
    ///     Some(server) => server,
    ///     None => Server::bind("127.0.0.1:0").await?,
    /// };
    /// # server.local_addr()?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// Returns an error if `LISTEN_FDS` is not a number, or if one of the descriptors is not a
    /// listening stream socket.
    ///
    /// # Panics
    ///
    /// Panics outside a tokio runtime, if sockets were passed.
    #[cfg(unix)]
    pub fn from_env() -> io::Result<Option<Self>> {
        let mut listeners = passed::listeners()?.into_iter();
        let Some(first) = listeners.next() else {
            return Ok(None);
        };
        let mut server = Server::on(first);
        server.listeners.extend(listeners);
        Ok(Some(server))
    }

    /// Listens where the other server does, too. The settings are those of `self`.
    ///
    /// ```
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> std::io::Result<()> {
    /// use sendoff::Server;
    ///
    /// let server = Server::bind("127.0.0.1:0").await?.and(Server::bind("127.0.0.1:0").await?);
    /// assert_eq!(server.local_addrs()?.len(), 2);
    /// # Ok(())
    /// # }
    /// ```
    #[must_use]
    pub fn and(mut self, other: Server) -> Self {
        self.listeners.extend(other.listeners);
        self
    }

    /// The TCP address it listens on; the first one if there are several.
    ///
    /// # Errors
    ///
    /// Returns an error if the server listens on Unix sockets only, or if the system does not tell the
    /// address.
    pub fn local_addr(&self) -> io::Result<SocketAddr> {
        let first = self.listeners.iter().find_map(Listener::local_addr);
        first.unwrap_or_else(|| {
            Err(io::Error::new(
                io::ErrorKind::AddrNotAvailable,
                "the server listens on no TCP address",
            ))
        })
    }

    /// All the TCP addresses it listens on.
    ///
    /// # Errors
    ///
    /// Returns an error if the system does not tell the address.
    pub fn local_addrs(&self) -> io::Result<Vec<SocketAddr>> {
        self.listeners
            .iter()
            .filter_map(Listener::local_addr)
            .collect()
    }
}
