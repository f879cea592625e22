//! How is one connection served? Its first bytes say whether as HTTP/1.1 or HTTP/2.

use std::future::poll_fn;
use std::io;
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::sync::atomic::Ordering::Relaxed;
use std::task::Poll;
use std::time::Duration;

use http::StatusCode;
use hyper::server::conn::{http1, http2};
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite};
use tokio::sync::OwnedSemaphorePermit;
use tokio::time::{Instant, timeout};
use tokio_util::sync::CancellationToken;

use super::activity::{Activity, Phase};
use super::gate::Gate;
use super::limits::Limits;
use super::refusal;
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

/// Stands for a time without an end, to which hyper could not add.
const LONGEST_PING: Duration = Duration::from_secs(60 * 60 * 24);

/// Serves one connection to its end. After `stop` it takes no new request.
pub(super) async fn serve<T, S>(
    mut transport: T,
    app: App<S>,
    limits: Limits,
    stop: CancellationToken,
    slot: OwnedSemaphorePermit,
) where
    T: AsyncRead + AsyncWrite + Unpin + Send + 'static,
    S: State,
{
    let accepted = Instant::now();
    let mut first = [0; FIRST];
    let mut length = 0;
    let begins = begins(&mut transport, &mut first, &mut length);
    let begins = timeout(limits.head_timeout, begins);
    let stopped = async {
        stop.cancelled().await;
        // Here the runtime learns which sockets have something to read.
        tokio::task::yield_now().await;
    };
    let is_http2 = tokio::select! {
        biased;
        begins = begins => match begins {
            Ok(Ok(is_http2)) => is_http2,
            Ok(Err(fault)) => {
                tracing::debug!(%fault, "a connection ended before its first request");
                return;
            }
            Err(_) => {
                // `P` may be the beginning of a `POST`.
                if length == 1 {
                    late(&mut transport, &app).await;
                }
                return;
            }
        },
        () = stopped => return,
    };
    let activity = Arc::new(Activity::new(is_http2));
    let io = Io::new(transport, first, length, Arc::clone(&activity), slot);
    let watch = Watch::new(Arc::clone(&activity), limits, accepted);
    // Boxed, so that a connection that sends nothing costs no more than it has to.
    if is_http2 {
        Box::pin(serve_http2(io, app, limits, activity, watch, stop)).await;
    } else {
        Box::pin(serve_http1(io, app, limits, activity, watch, stop)).await;
    }
}

async fn serve_http2<T, S>(
    io: Io<T>,
    app: App<S>,
    limits: Limits,
    activity: Arc<Activity>,
    watch: Watch,
    stop: CancellationToken,
) where
    T: AsyncRead + AsyncWrite + Unpin + Send + 'static,
    S: State,
{
    let gate = Gate::new(app, limits, Arc::clone(&activity));
    let connection = http2(limits).serve_connection(TokioIo::new(io), gate);
    let close = http2::Connection::graceful_shutdown;
    let pinned = pin!(connection);
    let driven = Driven::new(pinned, close, watch, activity);
    driven.run_until(&stop).await;
}

async fn serve_http1<T, S>(
    io: Io<T>,
    app: App<S>,
    limits: Limits,
    activity: Arc<Activity>,
    watch: Watch,
    stop: CancellationToken,
) where
    T: AsyncRead + AsyncWrite + Unpin + Send + 'static,
    S: State,
{
    let gate = Gate::new(app.clone(), limits, Arc::clone(&activity));
    let connection = http1(limits).serve_connection(TokioIo::new(io), gate);
    let mut connection = connection.with_upgrades();
    let close = http1::UpgradeableConnection::graceful_shutdown;
    let pinned = Pin::new(&mut connection);
    let driven = Driven::new(pinned, close, watch, Arc::clone(&activity));
    let end = driven.run_until(&stop).await;
    // An upgraded connection is its handler's.
    if let Some(parts) = connection.into_parts() {
        let mut io = parts.io.into_inner();
        let last = last_words(end, &mut io, &parts.read_buf, &activity, &limits, &app);
        tokio::select! {
            () = last => {}
            () = stop.cancelled() => {}
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
    // hyper adds it to the time, which is not for ever.
    let pings = Instant::now().checked_add(limits.ping_interval).is_some();
    builder
        .timer(TokioTimer::new())
        .max_concurrent_streams(limits.max_streams)
        .max_header_list_size(u32::try_from(limits.max_head_size).unwrap_or(u32::MAX))
        .initial_stream_window_size(STREAM_WINDOW)
        .initial_connection_window_size(CONNECTION_WINDOW)
        .max_send_buf_size(BUFFER)
        .keep_alive_interval(pings.then_some(limits.ping_interval))
        .keep_alive_timeout(limits.ping_timeout.min(LONGEST_PING));
    builder
}

/// A connection and its clock.
struct Driven<'a, C> {
    connection: Pin<&'a mut C>,
    /// Tells hyper to take no new request.
    close: fn(Pin<&mut C>),
    watch: Watch,
    activity: Arc<Activity>,
    /// No new request is to be taken.
    is_stopping: bool,
    /// hyper knows it.
    is_closing: bool,
}

/// Why a connection ended.
enum End {
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
            is_stopping: false,
            is_closing: false,
        }
    }

    async fn run_until(mut self, stop: &CancellationToken) -> End {
        tokio::select! {
            biased;
            end = self.run() => return end,
            () = stop.cancelled() => {}
        }
        if !self.activity.is_http2 && matches!(self.activity.phase(), Phase::Idle(_)) {
            // As above: a request that has come already is answered.
            tokio::task::yield_now().await;
        } else if !self.is_closing && !matches!(self.activity.phase(), Phase::Head(_)) {
            self.close();
        }
        self.is_stopping = true;
        self.run().await
    }

    async fn run(&mut self) -> End {
        poll_fn(|context| {
            loop {
                if let Poll::Ready(end) = self.connection.as_mut().poll(context) {
                    return Poll::Ready(End::Closed(end));
                }
                // A request that has begun to come is answered before the connection closes.
                let waits = matches!(self.activity.phase(), Phase::Head(_));
                if self.is_stopping && !self.is_closing && !waits {
                    self.close();
                    continue;
                }
                match self.watch.poll(context) {
                    Poll::Ready(Over::Idle) => self.close(),
                    Poll::Ready(over) => {
                        tracing::debug!(?over, "ended a connection");
                        return Poll::Ready(End::Over(over));
                    }
                    Poll::Pending => return Poll::Pending,
                }
            }
        })
        .await
    }

    fn close(&mut self) {
        self.is_closing = true;
        self.watch.close();
        (self.close)(self.connection.as_mut());
    }
}

/// What an HTTP/1.1 client still gets when hyper is done with it.
async fn last_words<T: AsyncRead + AsyncWrite + Unpin, S: State>(
    end: End,
    io: &mut Io<T>,
    unread: &[u8],
    activity: &Activity,
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
        End::Closed(Err(fault))
            if fault.is_incomplete_message() && matches!(activity.phase(), Phase::Head(_)) =>
        {
            let detail = "the request ends in its head";
            refusal::answer(io, app, StatusCode::BAD_REQUEST, detail).await;
        }
        End::Closed(result) => {
            if let Err(fault) = result {
                tracing::debug!(%fault, "a connection ended with an error");
            }
            if let Some(held) = io.take_held() {
                refusal::write(io, &held).await;
            } else if activity.has_unread_body.load(Relaxed) {
                refusal::linger(io).await;
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
