//! What does a connection's socket do beyond carrying bytes? It notes that they move, finds out
//! whether some are unread, and closes so that the client gets the last response.

use std::io;
use std::mem::MaybeUninit;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use socket2::SockRef;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;
#[cfg(unix)]
use tokio::net::UnixStream;
use tokio::time::{Instant, Sleep, sleep};

use super::traffic::Traffic;

/// How long a closed connection waits for its client to close, too, while nothing comes; and how
/// long in all. The values are those of Apache's lingering close.
const LINGER: Duration = Duration::from_secs(2);
const LINGER_IN_ALL: Duration = Duration::from_secs(30);

/// The socket of a connection, perhaps encrypted.
pub(super) trait Transport: AsyncRead + AsyncWrite + Unpin + Send + 'static {
    /// Has the client sent what was not read yet, as far as the kernel knows? tokio may not have
    /// heard of it.
    fn has_unread(&self) -> bool;
}

impl Transport for TcpStream {
    fn has_unread(&self) -> bool {
        is_readable(&SockRef::from(self))
    }
}

#[cfg(unix)]
impl Transport for UnixStream {
    fn has_unread(&self) -> bool {
        is_readable(&SockRef::from(self))
    }
}

/// The end is there to be read, too, and so is a fault.
fn is_readable(socket: &SockRef<'_>) -> bool {
    let mut byte = [MaybeUninit::uninit()];
    let peeked = socket.peek(&mut byte);
    !peeked.is_err_and(|fault| fault.kind() == io::ErrorKind::WouldBlock)
}

/// A transport that notes what moves.
pub(super) struct Watched<T> {
    transport: T,
    traffic: Arc<Traffic>,
    /// Nothing more is to be read.
    at_end: bool,
    closing: Closing,
}

enum Closing {
    Open,
    /// We have closed our side; the client has some time to do so, too.
    Lingering {
        quiet: Pin<Box<Sleep>>,
        end: Instant,
    },
}

impl<T> Watched<T> {
    pub(super) fn new(transport: T, traffic: Arc<Traffic>) -> Self {
        Watched {
            transport,
            traffic,
            at_end: false,
            closing: Closing::Open,
        }
    }
}

impl<T: Transport> Watched<T> {
    /// Reads and forgets, until the client closes or has had its time.
    ///
    /// A socket that is closed with bytes unread, or that gets some later, resets the connection,
    /// and the client's kernel may then forget the response that it has (RFC 9112 section 9.6).
    fn poll_linger(&mut self, context: &mut Context<'_>) -> Poll<()> {
        let Closing::Lingering { quiet, end } = &mut self.closing else {
            return Poll::Ready(());
        };
        let mut space = [MaybeUninit::uninit(); 4096];
        loop {
            let mut buffer = ReadBuf::uninit(&mut space);
            match Pin::new(&mut self.transport).poll_read(context, &mut buffer) {
                Poll::Ready(Ok(())) if !buffer.filled().is_empty() => {
                    let until = (Instant::now() + LINGER).min(*end);
                    quiet.as_mut().reset(until);
                }
                Poll::Ready(_) => return Poll::Ready(()),
                Poll::Pending => return quiet.as_mut().poll(context),
            }
            if Instant::now() >= *end {
                return Poll::Ready(());
            }
        }
    }
}

impl<T: Transport> AsyncRead for Watched<T> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let this = &mut *self;
        if this.at_end {
            return Poll::Ready(Ok(()));
        }
        let before = buffer.filled().len();
        let polled = Pin::new(&mut this.transport).poll_read(context, buffer);
        // What is asked once is asked here, whatever was found.
        let reads_end = this.traffic.take_end();
        match polled {
            Poll::Pending if reads_end && !this.transport.has_unread() => {
                this.at_end = true;
                this.traffic.set_ended();
                Poll::Ready(Ok(()))
            }
            Poll::Pending => Poll::Pending,
            Poll::Ready(Ok(())) => {
                let read = &buffer.filled()[before..];
                if read.is_empty() {
                    this.at_end = buffer.remaining() > 0;
                } else {
                    this.traffic.moved();
                }
                Poll::Ready(Ok(()))
            }
            Poll::Ready(Err(fault)) => Poll::Ready(Err(fault)),
        }
    }
}

impl<T: Transport> Watched<T> {
    fn wrote(&self, polled: Poll<io::Result<usize>>) -> Poll<io::Result<usize>> {
        if polled.is_ready() {
            self.traffic.moved();
        }
        polled
    }
}

impl<T: Transport> AsyncWrite for Watched<T> {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let polled = Pin::new(&mut self.transport).poll_write(context, bytes);
        self.wrote(polled)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        slices: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let polled = Pin::new(&mut self.transport).poll_write_vectored(context, slices);
        self.wrote(polled)
    }

    fn is_write_vectored(&self) -> bool {
        self.transport.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.transport).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        let this = &mut *self;
        if let Closing::Open = this.closing {
            ready!(Pin::new(&mut this.transport).poll_shutdown(context))?;
            // What another protocol still reads is not ours to forget.
            if this.at_end || this.traffic.is_upgraded() {
                return Poll::Ready(Ok(()));
            }
            this.closing = Closing::Lingering {
                quiet: Box::pin(sleep(LINGER)),
                end: Instant::now() + LINGER_IN_ALL,
            };
        }
        this.poll_linger(context).map(Ok)
    }
}
