//! What goes through a connection's transport, and what does hyper not get to write?

use std::io::{self, IoSlice};
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};

use bytes::{Buf as _, Bytes};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::sync::OwnedSemaphorePermit;

use super::activity::Activity;

/// A transport whose first bytes have been read, and that tells what happens.
///
/// hyper answers a head that it cannot parse by itself, with a status and no body. Such an answer
/// is held back here: it is the last thing on the connection, and sendoff has a better one.
pub(super) struct Io<T> {
    transport: T,
    /// What was read to tell HTTP/1.1 from HTTP/2, and how much of it is read again.
    first: ([u8; FIRST], usize, usize),
    activity: Arc<Activity>,
    held: Option<Bytes>,
    /// hyper writes; when it is done, all that is written is meant.
    is_hypers: bool,
    /// A connection counts as open as long as its transport is, also after an upgrade.
    _slot: OwnedSemaphorePermit,
}

/// As many bytes as tell HTTP/2 (RFC 9113 section 3.4).
pub(super) const FIRST: usize = 24;

impl<T> Io<T> {
    pub(super) fn new(
        transport: T,
        first: [u8; FIRST],
        length: usize,
        activity: Arc<Activity>,
        slot: OwnedSemaphorePermit,
    ) -> Self {
        activity.read(&first[..length]);
        Io {
            transport,
            first: (first, 0, length),
            activity,
            held: None,
            is_hypers: true,
            _slot: slot,
        }
    }

    /// The answer that was held back. From now on none is.
    pub(super) fn take_held(&mut self) -> Option<Bytes> {
        self.is_hypers = false;
        self.held.take()
    }

    /// Reads the first bytes again. What came after them is read at once: then hyper needs one
    /// buffer where it would need two, for as long as the connection lasts.
    fn replay(&mut self, buffer: &mut ReadBuf<'_>) -> bool {
        let (first, start, end) = &mut self.first;
        let length = buffer.remaining().min(*end - *start);
        buffer.put_slice(&first[*start..*start + length]);
        *start += length;
        length > 0
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
}

impl<T: AsyncWrite + Unpin> Io<T> {
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

impl<T: AsyncRead + AsyncWrite + Unpin> AsyncRead for Io<T> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        ready!(self.poll_release(context))?;
        let replayed = self.replay(buffer);
        let before = buffer.filled().len();
        let polled = Pin::new(&mut self.transport).poll_read(context, buffer);
        if replayed && !matches!(polled, Poll::Ready(Ok(()))) {
            // There is something to return. What is wrong comes again with the next read.
            return Poll::Ready(Ok(()));
        }
        ready!(polled)?;
        let read = &buffer.filled()[before..];
        if !read.is_empty() {
            self.activity.read(read);
        }
        Poll::Ready(Ok(()))
    }
}

impl<T: AsyncWrite + Unpin> AsyncWrite for Io<T> {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        ready!(self.poll_release(context))?;
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
        Pin::new(&mut self.transport).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        if self.held.is_some() {
            return Poll::Ready(Ok(()));
        }
        Pin::new(&mut self.transport).poll_shutdown(context)
    }
}
