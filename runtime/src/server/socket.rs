//! What does a connection's socket do beyond carrying bytes? It finds out whether some are unread,
//! and closes so that the client gets the last response.

use std::future::Future;
use std::io;
use std::mem::MaybeUninit;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use socket2::SockRef;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;
#[cfg(unix)]
use tokio::net::UnixStream;
use tokio::time::{Instant, Sleep, sleep};

use crate::peer::Peer;

/// How long a closed connection waits for its client to close, too, while nothing comes; and how
/// long in all. The values are those of Apache's lingering close.
const LINGER: Duration = Duration::from_secs(2);
pub(super) const LINGER_IN_ALL: Duration = Duration::from_secs(30);

/// How much the kernel keeps of what could not be sent yet, in bytes; it takes more when a half of
/// that has gone.
///
/// By itself it keeps up to 4 MiB, and says that there is room when a third of that has been read:
/// after minutes, if the client is slow, who would be taken for one that does not read.
#[cfg(any(target_os = "linux", target_os = "android"))]
const UNSENT: u32 = 64 * 1024;

/// What is set for every TCP connection. It works without, too.
pub(super) fn set_options(stream: &TcpStream) {
    if let Err(fault) = stream.set_nodelay(true) {
        tracing::debug!(%fault, "TCP_NODELAY could not be set");
    }
    #[cfg(any(target_os = "linux", target_os = "android"))]
    if let Err(fault) = SockRef::from(stream).set_tcp_notsent_lowat(UNSENT) {
        tracing::debug!(%fault, "TCP_NOTSENT_LOWAT could not be set");
    }
}

/// The socket of a connection, perhaps encrypted.
pub(super) trait Transport: AsyncRead + AsyncWrite + Unpin + Send + 'static {
    /// Has the client sent what was not read yet, as far as the kernel knows? tokio may not have
    /// heard of it.
    fn has_unread(&self) -> bool;

    /// Who is at the other end, if the kernel knows.
    fn peer(&self) -> Option<Peer>;
}

impl Transport for TcpStream {
    fn has_unread(&self) -> bool {
        is_readable(&SockRef::from(self))
    }

    fn peer(&self) -> Option<Peer> {
        self.peer_addr().ok().map(Peer::Address)
    }
}

#[cfg(unix)]
impl Transport for UnixStream {
    fn has_unread(&self) -> bool {
        is_readable(&SockRef::from(self))
    }

    fn peer(&self) -> Option<Peer> {
        self.peer_cred().ok().map(Peer::Process)
    }
}

/// The end is there to be read, too, and so is a fault.
fn is_readable(socket: &SockRef<'_>) -> bool {
    let mut byte = [MaybeUninit::uninit()];
    let peeked = socket.peek(&mut byte);
    !peeked.is_err_and(|fault| fault.kind() == io::ErrorKind::WouldBlock)
}

/// The time that a client has to read the last response and to close.
///
/// A socket that is closed with bytes unread, or that gets some later, resets the connection, and
/// the client's kernel may then forget the response that it has (RFC 9112 section 9.6).
pub(super) struct Linger {
    quiet: Pin<Box<Sleep>>,
    end: Instant,
}

impl Linger {
    /// We have closed our side.
    pub(super) fn begin() -> Self {
        Linger {
            quiet: Box::pin(sleep(LINGER)),
            end: Instant::now() + LINGER_IN_ALL,
        }
    }

    /// Reads and forgets, until the client closes or has had its time.
    pub(super) fn poll(
        &mut self,
        transport: &mut (impl AsyncRead + Unpin),
        context: &mut Context<'_>,
    ) -> Poll<()> {
        let mut space = [MaybeUninit::uninit(); 4096];
        loop {
            let mut buffer = ReadBuf::uninit(&mut space);
            match Pin::new(&mut *transport).poll_read(context, &mut buffer) {
                Poll::Ready(Ok(())) if !buffer.filled().is_empty() => {
                    let until = (Instant::now() + LINGER).min(self.end);
                    self.quiet.as_mut().reset(until);
                }
                Poll::Ready(_) => return Poll::Ready(()),
                Poll::Pending => return self.quiet.as_mut().poll(context),
            }
            if Instant::now() >= self.end {
                return Poll::Ready(());
            }
        }
    }
}
