//! How is one connection served? Its first bytes say whether as HTTP/1.1 or HTTP/2.

use std::future::poll_fn;
use std::io;
use std::mem;
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::task::{Context, Poll};

use http::StatusCode;
use hyper::server::conn::{http1, http2};
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite};
use tokio::sync::watch;
use tokio::time::{Instant, timeout};

use super::activity::Activity;
use super::closing;
use super::gate::Gate;
use super::limits::Limits;
use super::refusal;
use super::shutdown::{Phase, reached};
use super::traffic::Traffic;
use super::transport::{FIRST, Io};
use super::watch::{Over, Watch};
use crate::App;
use crate::route::State;

/// The first bytes of every HTTP/2 connection (RFC 9113 section 3.4).
const PREFACE: &[u8; FIRST] = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";

/// How much of a body is read ahead of the handler, and of a response is kept for a slow client.
const BUFFER: usize = 64 * 1024;

/// HTTP/2's flow control: how much of a request body, and of all on a connection, a client may send
/// ahead of the handlers.
const STREAM_WINDOW: u32 = 256 * 1024;
const CONNECTION_WINDOW: u32 = 1024 * 1024;

/// Serves one connection to its end.
pub(super) async fn serve<T, S>(
    mut transport: T,
    app: App<S>,
    limits: Limits,
    traffic: Arc<Traffic>,
    mut phase: watch::Receiver<Phase>,
) where
    T: AsyncRead + AsyncWrite + Unpin + Send + 'static,
    S: State,
{
    let accepted = Instant::now();
    let mut first = [0; FIRST];
    let mut length = 0;
    let begun = {
        let begins = begins(&mut transport, &mut first, &mut length);
        let begins = pin!(timeout(limits.head_timeout, begins));
        closing::first(begins, &traffic, &mut phase).await
    };
    let is_http2 = match begun {
        Some(Ok(Ok(is_http2))) => is_http2,
        Some(Ok(Err(fault))) => {
            tracing::debug!(%fault, "a connection ended before its first request");
            return;
        }
        Some(Err(_)) => {
            // `P` may be the beginning of a `POST`.
            if length == 1 {
                late(&mut transport, &app).await;
            }
            return;
        }
        None => return,
    };
    let activity = Arc::new(Activity::new(is_http2, traffic));
    let io = Io::new(transport, first, length, Arc::clone(&activity));
    let watch = Watch::new(Arc::clone(&activity), limits, accepted);
    let gate = Gate::new(app.clone(), limits, Arc::clone(&activity));
    if is_http2 {
        let connection = http2(limits).serve_connection(TokioIo::new(io), gate);
        let close = http2::Connection::graceful_shutdown;
        let pinned = pin!(connection);
        let mut driven = Driven::new(pinned, close, watch, activity);
        closing::run(&mut driven, &mut phase).await;
        return;
    }
    let connection = http1(limits).serve_connection(TokioIo::new(io), gate);
    let mut connection = connection.with_upgrades();
    let close = http1::UpgradeableConnection::graceful_shutdown;
    let pinned = Pin::new(&mut connection);
    let mut driven = Driven::new(pinned, close, watch, Arc::clone(&activity));
    let end = closing::run(&mut driven, &mut phase).await;
    // An upgraded connection is its handler's.
    if let Some(parts) = connection.into_parts() {
        let mut io = parts.io.into_inner();
        let last = last_words(end, &mut io, &parts.read_buf, &limits, &app);
        tokio::select! {
            () = last => {}
            () = reached(&mut phase, Phase::Cut) => {}
        }
    }
}

/// Reads until it is clear whether the connection begins as HTTP/2.
async fn begins(
    transport: &mut (impl AsyncRead + Unpin),
    first: &mut [u8; FIRST],
    length: &mut usize,
) -> io::Result<bool> {
    while *length < FIRST {
        let read = transport.read(&mut first[*length..]).await?;
        if read == 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        *length += read;
        if first[..*length] != PREFACE[..*length] {
            return Ok(false);
        }
    }
    Ok(true)
}

fn http1(limits: Limits) -> http1::Builder {
    let mut builder = http1::Builder::new();
    builder
        .timer(TokioTimer::new())
        // The watch has one for the head, and another for the time before it.
        .header_read_timeout(None)
        .max_header_size(limits.max_head_size)
        .max_buf_size(BUFFER.max(limits.max_head_size));
    // Up to 100 are parsed on the stack; the gate counts them.
    if limits.max_headers > 100 {
        builder.max_headers(limits.max_headers);
    }
    builder
}

fn http2(limits: Limits) -> http2::Builder<TokioExecutor> {
    let mut builder = http2::Builder::new(TokioExecutor::new());
    builder
        .timer(TokioTimer::new())
        .max_concurrent_streams(limits.max_streams)
        .max_header_list_size(u32::try_from(limits.max_head_size).unwrap_or(u32::MAX))
        .initial_stream_window_size(STREAM_WINDOW)
        .initial_connection_window_size(CONNECTION_WINDOW)
        .max_send_buf_size(BUFFER)
        .keep_alive_interval(limits.ping_interval)
        .keep_alive_timeout(limits.ping_timeout);
    builder
}

/// A connection and its clock.
pub(super) struct Driven<'a, C> {
    connection: Pin<&'a mut C>,
    /// Tells hyper to take no new request.
    close: fn(Pin<&mut C>),
    watch: Watch,
    pub(super) activity: Arc<Activity>,
    /// hyper has been told.
    is_closing: bool,
    /// It is to end unless something comes, on HTTP/1.
    is_asked_to_end: bool,
}

/// Why a connection ended.
pub(super) enum End {
    Closed(hyper::Result<()>),
    Over(Over),
}

impl<'a, C> Driven<'a, C>
where
    C: Future<Output = hyper::Result<()>>,
{
    fn new(
        connection: Pin<&'a mut C>,
        close: fn(Pin<&mut C>),
        watch: Watch,
        activity: Arc<Activity>,
    ) -> Self {
        Driven {
            connection,
            close,
            watch,
            activity,
            is_closing: false,
            is_asked_to_end: false,
        }
    }

    /// Runs it to its end. It can be dropped, and called again.
    pub(super) async fn run(&mut self) -> End {
        poll_fn(|context| self.poll(context)).await
    }

    fn poll(&mut self, context: &mut Context<'_>) -> Poll<End> {
        loop {
            if let Poll::Ready(end) = self.poll_connection(context) {
                return Poll::Ready(End::Closed(end));
            }
            match self.watch.poll(context) {
                Poll::Ready(Over::Idle) if self.activity.is_http2 => self.close(),
                Poll::Ready(Over::Idle) => {
                    self.ask_to_end();
                    if let Poll::Ready(end) = self.poll_connection(context) {
                        return Poll::Ready(End::Closed(end));
                    }
                    if !self.activity.traffic.has_ended() {
                        // What the kernel has will wake us.
                        return Poll::Pending;
                    }
                    self.watch.close();
                }
                Poll::Ready(over) => {
                    tracing::debug!(?over, "ended a connection");
                    return Poll::Ready(End::Over(over));
                }
                Poll::Pending => return Poll::Pending,
            }
        }
    }

    fn poll_connection(&mut self, context: &mut Context<'_>) -> Poll<hyper::Result<()>> {
        if !mem::take(&mut self.is_asked_to_end) {
            return self.connection.as_mut().poll(context);
        }
        let traffic = &self.activity.traffic;
        traffic.end();
        let polled = self.connection.as_mut().poll(context);
        // Whatever it has read, it asks no more: a later read may be in the midst of a request.
        traffic.take_end();
        polled
    }

    /// Lets an idle connection of HTTP/1 read the end, unless there is something else to read.
    /// hyper's way to close it would not look.
    pub(super) fn ask_to_end(&mut self) {
        self.is_asked_to_end = true;
    }

    /// Lets hyper take no new request.
    pub(super) fn close(&mut self) {
        if !mem::replace(&mut self.is_closing, true) {
            self.watch.close();
            (self.close)(self.connection.as_mut());
        }
    }
}

/// What an HTTP/1.1 client still gets when hyper is done with it.
async fn last_words<T: AsyncRead + AsyncWrite + Unpin, S: State>(
    end: End,
    io: &mut Io<T>,
    unread: &[u8],
    limits: &Limits,
    app: &App<S>,
) {
    match end {
        End::Over(Over::Head) => late(io, app).await,
        End::Over(_) => {}
        End::Closed(Err(fault)) if fault.is_parse() => {
            if io.take_held().is_some() {
                let (status, detail) = of_unparsed(&fault, unread, limits);
                refusal::answer(io, app, status, detail).await;
            }
        }
        End::Closed(Err(fault)) if fault.is_incomplete_message() && !unread.is_empty() => {
            let detail = "the request ends in its head";
            refusal::answer(io, app, StatusCode::BAD_REQUEST, detail).await;
        }
        End::Closed(result) => {
            if let Err(fault) = result {
                tracing::debug!(%fault, "a connection ended with an error");
            }
            if let Some(held) = io.take_held() {
                refusal::write(io, &held).await;
            }
        }
    }
}

async fn late<S: State>(transport: &mut (impl AsyncRead + AsyncWrite + Unpin), app: &App<S>) {
    let detail = "the head of the request did not come in time";
    refusal::answer(transport, app, StatusCode::REQUEST_TIMEOUT, detail).await;
}

/// What is wrong with a head that hyper did not take.
fn of_unparsed(fault: &hyper::Error, unread: &[u8], limits: &Limits) -> (StatusCode, &'static str) {
    if !fault.is_parse_too_large() {
        return (StatusCode::BAD_REQUEST, "the request is not valid HTTP/1.1");
    }
    let lines = unread.iter().filter(|byte| **byte == b'\n').count();
    if unread.len() < limits.max_head_size && lines < limits.max_headers {
        // The head was taken: it is the content length that hyper cannot count to.
        let detail = "the body is larger than the limit";
        return (StatusCode::PAYLOAD_TOO_LARGE, detail);
    }
    let line = unread.iter().position(|byte| *byte == b'\n');
    if line.unwrap_or(unread.len()) > limits.max_uri_length {
        return (StatusCode::URI_TOO_LONG, "the URI is longer than the limit");
    }
    let status = StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE;
    (status, "the head of the request is larger than the limit")
}
