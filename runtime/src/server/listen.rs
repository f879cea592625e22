//! Where does a server listen, and how do connections come from there?

use std::io;
use std::net::SocketAddr;
use std::task::{Context, Poll};

use tokio::net::{TcpListener, TcpStream, ToSocketAddrs, lookup_host};
#[cfg(unix)]
use tokio::net::{UnixListener, UnixStream};

#[cfg(unix)]
use super::unix::SocketFile;

/// As many connections as the kernel queues before they are accepted. With the common 128, a
/// flood of new connections costs each of them a second.
pub(super) const BACKLOG: i32 = 4096;

/// A program for the kernel that drops a TCP segment without ACK, which is what begins a handshake:
/// load the byte with the flags; if it has ACK (0x10), take the segment whole; else, nothing of it.
/// See `Documentation/networking/filter.rst` of Linux.
#[cfg(any(target_os = "linux", target_os = "android"))]
const WITHOUT_SYN: [socket2::SockFilter; 4] = [
    socket2::SockFilter::new(0x30, 0, 0, 13),
    socket2::SockFilter::new(0x45, 0, 1, 0x10),
    socket2::SockFilter::new(0x06, 0, 0, u32::MAX),
    socket2::SockFilter::new(0x06, 0, 0, 0),
];

/// A socket that listens.
#[derive(Debug)]
pub(super) enum Listener {
    Tcp {
        socket: TcpListener,
        queue: Queue,
    },
    #[cfg(unix)]
    Unix {
        socket: UnixListener,
        queue: Queue,
        /// The file that we made for it.
        file: Option<SocketFile>,
    },
}

/// Who answers connections that are in the socket's queue when this server ends?
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Queue {
    /// Nobody else: the queue ends with the server.
    Ours,
    /// The next process that the supervisor gives the socket to.
    Passed,
}

/// A connection that was accepted.
#[derive(Debug)]
pub(super) enum Stream {
    Tcp(TcpStream),
    #[cfg(unix)]
    Unix(UnixStream),
}

impl Listener {
    /// Listens on the first of the addresses that can be listened on.
    pub(super) async fn bind(address: impl ToSocketAddrs) -> io::Result<Self> {
        let mut last = None;
        let found = lookup_host(address).await.map_err(|fault| {
            io::Error::new(
                fault.kind(),
                format!("no such address to listen on: {fault}"),
            )
        })?;
        for address in found {
            match listen(address) {
                Ok(socket) => {
                    return Ok(Listener::Tcp {
                        socket,
                        queue: Queue::Ours,
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

    /// Listens on a socket that somebody else has bound.
    pub(super) fn from_tcp(socket: std::net::TcpListener, queue: Queue) -> io::Result<Self> {
        socket.set_nonblocking(true)?;
        let socket = TcpListener::from_std(socket)?;
        Ok(Listener::Tcp { socket, queue })
    }

    /// Listens on a Unix socket, and removes its file at the end.
    #[cfg(unix)]
    pub(super) fn from_unix(
        socket: std::os::unix::net::UnixListener,
        queue: Queue,
        file: Option<SocketFile>,
    ) -> io::Result<Self> {
        socket.set_nonblocking(true)?;
        let socket = UnixListener::from_std(socket)?;
        Ok(Listener::Unix {
            socket,
            queue,
            file,
        })
    }

    /// Its TCP address, if it has one.
    pub(super) fn local_addr(&self) -> Option<io::Result<SocketAddr>> {
        match self {
            Listener::Tcp { socket, .. } => Some(socket.local_addr()),
            #[cfg(unix)]
            Listener::Unix { .. } => None,
        }
    }

    /// The next connection.
    pub(super) fn poll_accept(&self, context: &mut Context<'_>) -> Poll<io::Result<Stream>> {
        match self {
            Listener::Tcp { socket, .. } => socket
                .poll_accept(context)
                .map_ok(|(stream, _)| Stream::Tcp(stream)),
            #[cfg(unix)]
            Listener::Unix { socket, .. } => socket
                .poll_accept(context)
                .map_ok(|(stream, _)| Stream::Unix(stream)),
        }
    }

    /// Lets no new handshake begin, so that nothing comes between the last accept and the end of
    /// the socket. Clients try again in a second, and are refused then.
    ///
    /// A handshake that has begun goes on: [`close`](Listener::close) is for a moment later.
    pub(super) fn stop(&self) {
        #[cfg(any(target_os = "linux", target_os = "android"))]
        if let Listener::Tcp { socket, queue } = self
            && *queue == Queue::Ours
            && let Err(fault) = socket2::SockRef::from(socket).attach_filter(&WITHOUT_SYN)
        {
            tracing::debug!(%fault, "new connections may still come, and be reset");
        }
    }

    /// Stops listening, and gives what the kernel has accepted for us until then: to close the
    /// socket resets these connections, whose clients may have sent a request already.
    ///
    /// It asks the kernel, not tokio, which may not have heard of the last connections yet.
    pub(super) fn close(self) -> Vec<Stream> {
        match self {
            Listener::Tcp { socket, queue } => rest(queue, || {
                let socket = socket.into_std()?;
                Ok(move || {
                    let (stream, _) = socket.accept()?;
                    stream.set_nonblocking(true)?;
                    TcpStream::from_std(stream).map(Stream::Tcp)
                })
            }),
            #[cfg(unix)]
            Listener::Unix {
                socket,
                queue,
                file,
            } => {
                // Whoever comes from now on finds nothing.
                drop(file);
                rest(queue, || {
                    let socket = socket.into_std()?;
                    Ok(move || {
                        let (stream, _) = socket.accept()?;
                        stream.set_nonblocking(true)?;
                        UnixStream::from_std(stream).map(Stream::Unix)
                    })
                })
            }
        }
    }
}

/// A connection that no runtime knows.
#[derive(Debug)]
pub(super) enum Detached {
    Tcp(std::net::TcpStream),
    #[cfg(unix)]
    Unix(std::os::unix::net::UnixStream),
}

impl Stream {
    /// Takes it away from this runtime.
    pub(super) fn detach(self) -> io::Result<Detached> {
        match self {
            Stream::Tcp(stream) => stream.into_std().map(Detached::Tcp),
            #[cfg(unix)]
            Stream::Unix(stream) => stream.into_std().map(Detached::Unix),
        }
    }
}

impl Detached {
    /// Gives it to this runtime.
    pub(super) fn attach(self) -> io::Result<Stream> {
        match self {
            Detached::Tcp(stream) => TcpStream::from_std(stream).map(Stream::Tcp),
            #[cfg(unix)]
            Detached::Unix(stream) => UnixStream::from_std(stream).map(Stream::Unix),
        }
    }
}

/// Accepts until nothing is queued; at most as many as fit into a queue, since clients of a socket
/// that another process holds, too, go on to come.
fn rest<A>(queue: Queue, open: impl FnOnce() -> io::Result<A>) -> Vec<Stream>
where
    A: FnMut() -> io::Result<Stream>,
{
    let mut streams = Vec::new();
    if queue == Queue::Passed {
        return streams;
    }
    let Ok(mut accept) = open() else {
        return streams;
    };
    for _ in 0..BACKLOG {
        match accept() {
            Ok(stream) => streams.push(stream),
            Err(fault) if is_of_the_connection(&fault) => {}
            Err(fault) if fault.kind() == io::ErrorKind::WouldBlock => break,
            Err(fault) => {
                tracing::error!(%fault, "cannot accept the connections that are left");
                break;
            }
        }
    }
    streams
}

/// Is it the connection that failed, and not the socket that listens?
pub(super) fn is_of_the_connection(fault: &io::Error) -> bool {
    matches!(
        fault.kind(),
        io::ErrorKind::ConnectionRefused
            | io::ErrorKind::ConnectionAborted
            | io::ErrorKind::ConnectionReset
            | io::ErrorKind::Interrupted
    )
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

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn what_the_kernel_has_accepted_comes_out_at_the_end() {
        let listener = Listener::bind("127.0.0.1:0").await.expect("a free port");
        let address = listener.local_addr().expect("TCP").expect("an address");
        let connect = || std::net::TcpStream::connect(address);
        let clients = [connect(), connect(), connect()];
        assert!(clients.iter().all(Result::is_ok));
        assert_eq!(listener.close().len(), 3);
        assert!(connect().is_err());
    }

    #[cfg(any(target_os = "linux", target_os = "android"))]
    #[tokio::test]
    async fn no_handshake_begins_after_the_stop() {
        let listener = Listener::bind("127.0.0.1:0").await.expect("a free port");
        let address = listener.local_addr().expect("TCP").expect("an address");
        listener.stop();
        let client = tokio::spawn(TcpStream::connect(address));
        tokio::task::yield_now().await;
        assert!(listener.close().is_empty());
        // It tries again, and nobody listens.
        assert!(client.await.expect("no panic").is_err());
    }
}
