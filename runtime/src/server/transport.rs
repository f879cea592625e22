//! What goes through a connection's transport, and what does hyper not get to read or to write?

use std::future::{Future as _, poll_fn};
use std::io::{self, IoSlice};
use std::mem::MaybeUninit;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};

use bytes::{Buf as _, Bytes, BytesMut};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::time::Sleep;

use super::activity::{Activity, Wait};
use super::socket::{Linger, Transport};
use super::upgraded::{Cutoff, Side};
use crate::peer::Peer;

/// A transport that tells what happens.
///
/// hyper answers a head that it cannot parse by itself, with a status and no body. Such an answer
/// is held back here: it is the last thing on the connection, and sendoff has a better one.
pub(super) struct Io<T> {
    transport: T,
    activity: Arc<Activity>,
    /// What was read before there was a hyper to read it.
    first: BytesMut,
    held: Option<Bytes>,
    /// hyper writes; when it is done, all that is written is meant.
    is_hypers: bool,
    /// Nothing more is to be read.
    at_end: bool,
    /// We have closed our side.
    linger: Option<Linger>,
    /// For an upgraded connection.
    cutoff: Option<Box<Cutoff>>,
}

/// The first bytes of every HTTP/2 connection (RFC 9113 section 3.4).
const PREFACE: &[u8] = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";

/// How much a client may send ahead of its answers and still be seen to leave.
const AHEAD: usize = 16 * 1024;

/// As long as most heads are: they are read at once.
const A_HEAD: usize = 1024;

impl<T: Transport> Io<T> {
    pub(super) fn new(transport: T, activity: Arc<Activity>) -> Self {
        Io {
            transport,
            activity,
            first: BytesMut::new(),
            held: None,
            is_hypers: true,
            at_end: false,
            linger: None,
            cutoff: None,
        }
    }

    /// Reads until it is clear whether the connection begins as HTTP/2. hyper reads it again.
    pub(super) async fn begins_as_http2(&mut self) -> io::Result<bool> {
        while self.first.len() < PREFACE.len() {
            if !poll_fn(|context| self.poll_first(context)).await? {
                return Err(io::ErrorKind::UnexpectedEof.into());
            }
            if !self.may_be_http2() {
                return Ok(false);
            }
        }
        Ok(true)
    }

    fn may_be_http2(&self) -> bool {
        let length = self.first.len().min(PREFACE.len());
        PREFACE.starts_with(&self.first[..length])
    }

    /// Has a request begun that may be one of HTTP/1.1? `P` may be the beginning of a `POST`.
    pub(super) fn peer(&self) -> Option<Peer> {
        self.transport.peer()
    }

    pub(super) fn may_be_http1(&self) -> bool {
        self.first.len() == 1 || !self.may_be_http2()
    }

    /// Reads the first bytes, without a buffer for as long as there are none. `false` is the end.
    fn poll_first(&mut self, context: &mut Context<'_>) -> Poll<io::Result<bool>> {
        let mut space = [MaybeUninit::uninit(); A_HEAD];
        let mut buffer = ReadBuf::uninit(&mut space);
        ready!(self.poll_fill(context, &mut buffer))?;
        self.first.extend_from_slice(buffer.filled());
        Poll::Ready(Ok(!buffer.filled().is_empty()))
    }

    /// Waits for the next request, without hyper and its buffers. `false` is the end, which comes
    /// from the client, or with the alarm unless the kernel has a request.
    pub(super) fn poll_request(
        &mut self,
        mut alarm: Pin<&mut Sleep>,
        context: &mut Context<'_>,
    ) -> Poll<io::Result<bool>> {
        if let Poll::Ready(begins) = self.poll_first(context) {
            return Poll::Ready(begins);
        }
        ready!(alarm.as_mut().poll(context));
        self.activity.end_reads();
        // If this waits there is something, of which tokio will hear.
        self.poll_first(context)
    }

    /// Is the client still there? hyper reads no more than its handler asks for, so this looks for
    /// the end, also behind what the client has sent ahead.
    fn look_ahead(&mut self, context: &mut Context<'_>) -> io::Result<()> {
        while !self.at_end && self.first.len() < AHEAD {
            match self.poll_first(context) {
                // hyper may wait for this.
                Poll::Ready(Ok(_)) => context.waker().wake_by_ref(),
                Poll::Ready(Err(fault)) => return Err(fault),
                Poll::Pending => break,
            }
        }
        if self.at_end && !self.activity.has_left() {
            self.activity.leave();
            // The handler's future has been asked already, and did not know.
            context.waker().wake_by_ref();
        }
        if self.activity.is_given_up() {
            let fault = io::Error::new(io::ErrorKind::ConnectionAborted, "the client has left");
            return Err(fault);
        }
        Ok(())
    }

    /// Takes back what hyper has read of a request and has done nothing with.
    pub(super) fn put_back(&mut self, unread: Bytes) {
        self.activity.read(&unread);
        self.first = unread.into();
    }

    /// Closes a connection on which no request has come. TLS says so, for which it is asked once:
    /// such a client is not waited for.
    pub(super) async fn close(&mut self) {
        poll_fn(|context| {
            let _ = Pin::new(&mut self.transport).poll_shutdown(context);
            Poll::Ready(())
        })
        .await;
    }

    /// A client that stopped in the midst of a head is not waited for once more when the server
    /// ends.
    pub(super) fn linger_only_while_serving(&mut self) {
        self.at_end |= self.activity.is_last();
    }

    /// Has a head begun, and not ended?
    pub(super) fn waits_for_head(&self) -> bool {
        matches!(self.activity.waits_for(), Wait::Head(_))
    }

    /// Has the head that began last an empty line before it?
    pub(super) fn begins_empty(&self) -> bool {
        self.activity.begins_empty()
    }

    /// The answer that was held back. From now on none is.
    pub(super) fn take_held(&mut self) -> Option<Bytes> {
        self.is_hypers = false;
        self.held.take()
    }

    /// Reads from the transport.
    fn poll_fill(
        &mut self,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        if self.at_end {
            return Poll::Ready(Ok(()));
        }
        let before = buffer.filled().len();
        let polled = Pin::new(&mut self.transport).poll_read(context, buffer);
        // What is asked once is asked here, whatever was found.
        let reads_end = self.activity.take_end();
        match polled {
            Poll::Pending if reads_end && !self.transport.has_unread() => {
                self.at_end = true;
                Poll::Ready(Ok(()))
            }
            Poll::Pending => Poll::Pending,
            Poll::Ready(Ok(())) => {
                let read = &buffer.filled()[before..];
                if !read.is_empty() {
                    self.activity.read(read);
                } else if buffer.remaining() > 0 {
                    self.at_end = true;
                }
                Poll::Ready(Ok(()))
            }
            Poll::Ready(Err(fault)) => Poll::Ready(Err(fault)),
        }
    }

    /// Reads the first bytes again. What came after them is read at once: then hyper needs one
    /// buffer where it would need two, for as long as the connection lasts.
    fn replay(&mut self, buffer: &mut ReadBuf<'_>) -> bool {
        let next = buffer.remaining().min(self.first.len());
        if next == 0 {
            return false;
        }
        buffer.put_slice(&self.first[..next]);
        self.first.advance(next);
        if self.first.is_empty() {
            self.first = BytesMut::new();
        }
        true
    }

    /// Fails from the end of the server on, if another protocol has taken over.
    fn check_cutoff(&mut self, side: Side, context: &mut Context<'_>) -> io::Result<()> {
        if !self.activity.is_upgraded() {
            return Ok(());
        }
        let cutoff = self.cutoff.get_or_insert_default();
        match cutoff.poll(side, &self.activity, context) {
            Poll::Ready(fault) => Err(fault),
            Poll::Pending => Ok(()),
        }
    }

    fn wrote(&self, polled: Poll<io::Result<usize>>) -> Poll<io::Result<usize>> {
        self.activity.wrote(polled.is_pending());
        polled
    }

    /// Holds the bytes back if they may be hyper's answer. So may a handler's be: what becomes of
    /// them is decided when the connection has ended.
    fn holds(&mut self, bytes: &[u8]) -> bool {
        let holds = self.is_hypers && is_bare_refusal(bytes) && !self.activity.is_running();
        if holds {
            self.held = Some(Bytes::copy_from_slice(bytes));
        }
        holds
    }

    /// Writes what was held back: the connection goes on, so it was a part of a response.
    fn poll_release(&mut self, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        while let Some(held) = &mut self.held {
            let polled = Pin::new(&mut self.transport).poll_write(context, held);
            self.activity.wrote(polled.is_pending());
            match ready!(polled)? {
                0 => return Poll::Ready(Err(io::ErrorKind::WriteZero.into())),
                length => held.advance(length),
            }
            if held.is_empty() {
                self.held = None;
            }
        }
        Poll::Ready(Ok(()))
    }
}

/// Is this an error without a body after which the connection closes?
fn is_bare_refusal(bytes: &[u8]) -> bool {
    bytes.starts_with(b"HTTP/1.1 4")
        && bytes.len() < 256
        && bytes.windows(4).position(|end| end == b"\r\n\r\n") == Some(bytes.len() - 4)
        && contains(bytes, b"\r\nconnection: close\r\n")
        && contains(bytes, b"\r\ncontent-length: 0\r\n")
}

fn contains(bytes: &[u8], part: &[u8]) -> bool {
    bytes.windows(part.len()).any(|window| window == part)
}

impl<T: Transport> AsyncRead for Io<T> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        ready!(self.poll_release(context))?;
        self.check_cutoff(Side::Reader, context)?;
        let replayed = self.replay(buffer);
        let polled = self.poll_fill(context, buffer);
        if replayed && !matches!(polled, Poll::Ready(Ok(()))) {
            // There is something to return. What is wrong comes again with the next read.
            return Poll::Ready(Ok(()));
        }
        polled
    }
}

impl<T: Transport> AsyncWrite for Io<T> {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        ready!(self.poll_release(context))?;
        self.check_cutoff(Side::Writer, context)?;
        if self.holds(bytes) {
            return Poll::Ready(Ok(bytes.len()));
        }
        let polled = Pin::new(&mut self.transport).poll_write(context, bytes);
        self.wrote(polled)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        parts: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        ready!(self.poll_release(context))?;
        self.check_cutoff(Side::Writer, context)?;
        if let [bytes] = parts
            && self.holds(bytes)
        {
            return Poll::Ready(Ok(bytes.len()));
        }
        let polled = Pin::new(&mut self.transport).poll_write_vectored(context, parts);
        self.wrote(polled)
    }

    fn is_write_vectored(&self) -> bool {
        self.transport.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.check_cutoff(Side::Writer, context)?;
        let polled = Pin::new(&mut self.transport).poll_flush(context);
        // hyper flushes when all is written. What TLS holds back is not written yet.
        self.activity.flushed(polled.is_pending());
        let activity = &self.activity;
        if activity.runs_unread() {
            self.look_ahead(context)?;
        }
        polled
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        let this = &mut *self;
        // hyper is done, and this is not: something is still to be written.
        if this.held.is_some() {
            return Poll::Ready(Ok(()));
        }
        if this.check_cutoff(Side::Writer, context).is_err() {
            // The client is not waited for any more.
            let _ = Pin::new(&mut this.transport).poll_shutdown(context);
            return Poll::Ready(Ok(()));
        }
        if this.linger.is_none() {
            this.activity.shut();
            ready!(Pin::new(&mut this.transport).poll_shutdown(context))?;
        }
        // What another protocol still reads is not ours to forget.
        if this.at_end || this.activity.is_upgraded() {
            return Poll::Ready(Ok(()));
        }
        let linger = this.linger.get_or_insert_with(Linger::begin);
        linger.poll(&mut this.transport, context).map(Ok)
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;

    use tokio::net::{TcpListener, TcpStream};
    use tokio::sync::watch;

    use super::*;
    use crate::server::shutdown::{Connections, Phase};
    use crate::serving::Serving;

    /// A connection, and its client, which blocks.
    async fn pair() -> (Io<TcpStream>, std::net::TcpStream) {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let address = listener.local_addr().expect("an address");
        let client = std::net::TcpStream::connect(address).expect("it listens");
        let (server, _) = listener.accept().await.expect("a connection");
        let (_, phase) = watch::channel(Phase::Serving);
        let connections = Connections::new(phase, Serving::default());
        (Io::new(server, connections.begin(None)), client)
    }

    /// How many bytes a read gives, if it does not wait.
    async fn read(io: &mut Io<TcpStream>) -> Poll<usize> {
        let mut bytes = [0; 8];
        poll_fn(|context| {
            let mut buffer = ReadBuf::new(&mut bytes);
            let polled = Pin::new(&mut *io).poll_read(context, &mut buffer);
            Poll::Ready(polled.map(|read| read.map(|()| buffer.filled().len())))
        })
        .await
        .map(|read| read.expect("no fault"))
    }

    #[tokio::test]
    async fn a_read_that_is_to_end_finds_what_tokio_has_not_heard_of() {
        let (mut io, mut client) = pair().await;
        assert_eq!(read(&mut io).await, Poll::Pending);
        // Nothing has waited since, so tokio has not asked the kernel.
        client.write_all(b"GET").expect("the kernel has room");
        io.activity.end_reads();
        assert_eq!(read(&mut io).await, Poll::Pending);
        assert!(!io.activity.take_end(), "it is asked once");
        let mut bytes = [0; 8];
        let length = tokio::io::AsyncReadExt::read(&mut io, &mut bytes).await;
        assert_eq!(length.expect("no fault"), 3);

        io.activity.end_reads();
        assert_eq!(read(&mut io).await, Poll::Ready(0));
        client.write_all(b"GET").expect("the kernel has room");
        assert_eq!(read(&mut io).await, Poll::Ready(0));
    }
}
