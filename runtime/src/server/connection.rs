//! How is one connection served? Its first bytes say whether as HTTP/1.1 or HTTP/2.

use std::future::Future;
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use http::StatusCode;
use hyper::server::conn::{http1, http2};
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::sync::watch;
use tokio::time::{Instant, timeout};

use super::activity::{Activity, Wait};
use super::closing;
use super::gate::Gate;
use super::limits::Limits;
use super::refusal;
use super::shutdown::{Phase, reached};
use super::socket::Transport;
use super::transport::Io;
use super::watch::{Over, Watch};
use crate::App;
use crate::route::State;
use crate::serving::Serving;

/// How much of a body is read ahead of the handler, and of a response is kept for a slow client.
const BUFFER: usize = 64 * 1024;

/// HTTP/2's flow control: how much of a request body, and of all on a connection, a client may send
/// ahead of the handlers.
const STREAM_WINDOW: u32 = 256 * 1024;
const CONNECTION_WINDOW: u32 = 1024 * 1024;

/// Stands for a time without an end, to which hyper could not add.
const LONGEST_PING: Duration = Duration::from_secs(60 * 60 * 24);

/// Serves one connection to its end, HTTP/1.1 or HTTP/2.
pub(super) async fn serve<T: Transport, S: State>(
    transport: T,
    app: App<S>,
    limits: Limits,
    activity: Arc<Activity>,
    mut phase: watch::Receiver<Phase>,
) {
    let accepted = Instant::now();
    let mut io = Io::new(transport, Arc::clone(&activity));
    let begins = {
        let begins = pin!(timeout(limits.head_timeout, io.begins_as_http2()));
        closing::run(begins, &activity, &mut phase).await
    };
    let is_http2 = match begins {
        Some(Ok(Ok(is_http2))) => is_http2,
        Some(Ok(Err(fault))) => {
            tracing::debug!(%fault, "a connection ended before its first request");
            return;
        }
        Some(Err(_)) if io.may_be_http1() => {
            let end = End::Over(Over::Head);
            return last_words(end, io, &[], &limits, &app, &mut phase).await;
        }
        Some(Err(_)) | None => return,
    };
    if is_http2 {
        activity.set_http2();
    }
    let watch = Watch::new(Arc::clone(&activity), limits, accepted);
    let opened = Opened {
        io,
        app,
        limits,
        activity,
        watch,
    };
    // Boxed, so that a connection that sends nothing costs no more than it has to.
    if is_http2 {
        Box::pin(serve_http2(opened, phase)).await;
    } else {
        Box::pin(serve_http1(opened, phase)).await;
    }
}

/// A connection whose version is known.
struct Opened<T, S> {
    io: Io<T>,
    app: App<S>,
    limits: Limits,
    activity: Arc<Activity>,
    watch: Watch,
}

async fn serve_http2<T: Transport, S: State>(
    opened: Opened<T, S>,
    mut phase: watch::Receiver<Phase>,
) {
    let Opened {
        io,
        app,
        limits,
        activity,
        watch,
    } = opened;
    let builder = http2(limits, app.serving().clone());
    let gate = Gate::new(app, limits, Arc::clone(&activity));
    let connection = pin!(builder.serve_connection(TokioIo::new(io), gate));
    let close = http2::Connection::graceful_shutdown;
    let driven = pin!(Driven::new(connection, close, watch, &activity));
    closing::run(driven, &activity, &mut phase).await;
}

async fn serve_http1<T: Transport, S: State>(
    opened: Opened<T, S>,
    mut phase: watch::Receiver<Phase>,
) {
    let Opened {
        io,
        app,
        limits,
        activity,
        watch,
    } = opened;
    let gate = Gate::new(app.clone(), limits, Arc::clone(&activity));
    let connection = http1(limits).serve_connection(TokioIo::new(io), gate);
    let mut connection = connection.with_upgrades();
    let close = http1::UpgradeableConnection::graceful_shutdown;
    let end = {
        let driven = Driven::new(Pin::new(&mut connection), close, watch, &activity);
        closing::run(pin!(driven), &activity, &mut phase).await
    };
    // An upgraded connection is its handler's.
    if let Some(end) = end
        && let Some(parts) = connection.into_parts()
    {
        let io = parts.io.into_inner();
        last_words(end, io, &parts.read_buf, &limits, &app, &mut phase).await;
    }
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

fn http2(limits: Limits, serving: Serving) -> http2::Builder<Serving> {
    let mut builder = http2::Builder::new(serving);
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
    // Tells clients that a WebSocket may share their connection (RFC 8441 section 3).
    #[cfg(feature = "ws")]
    builder.enable_connect_protocol();
    builder
}

/// A connection and its clock.
struct Driven<'a, C> {
    connection: Pin<&'a mut C>,
    /// Tells hyper to take no new request.
    close: fn(Pin<&mut C>),
    watch: Watch,
    activity: &'a Activity,
    /// hyper knows it.
    is_closing: bool,
}

/// Why a connection ended.
enum End {
    Closed(hyper::Result<()>),
    Over(Over),
}

impl<'a, C> Driven<'a, C> {
    fn new(
        connection: Pin<&'a mut C>,
        close: fn(Pin<&mut C>),
        watch: Watch,
        activity: &'a Activity,
    ) -> Self {
        Driven {
            connection,
            close,
            watch,
            activity,
            is_closing: false,
        }
    }

    fn close(&mut self) {
        self.is_closing = true;
        self.watch.close();
        (self.close)(self.connection.as_mut());
    }
}

impl<C: Future<Output = hyper::Result<()>>> Future for Driven<'_, C> {
    type Output = End;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<End> {
        let this = &mut *self;
        // HTTP/1.1 is told otherwise: see `closing`.
        if this.activity.is_last() && this.activity.is_http2() && !this.is_closing {
            this.close();
        }
        loop {
            if let Poll::Ready(end) = this.connection.as_mut().poll(context) {
                return Poll::Ready(End::Closed(end));
            }
            match ready!(this.watch.poll(context)) {
                Over::Idle if this.activity.is_http2() => this.close(),
                Over::Idle => {
                    // hyper would close over a request that the kernel has.
                    this.activity.end_reads();
                    if let Poll::Ready(end) = this.connection.as_mut().poll(context) {
                        return Poll::Ready(End::Closed(end));
                    }
                    this.activity.take_end();
                    if matches!(this.activity.waits_for(), Wait::Idle(_)) {
                        // There is one, of which tokio will hear.
                        return Poll::Pending;
                    }
                }
                over => {
                    tracing::debug!(?over, "ended a connection");
                    return Poll::Ready(End::Over(over));
                }
            }
        }
    }
}

/// What an HTTP/1.1 client still gets when hyper is done with it.
async fn last_words<T: Transport, S: State>(
    end: End,
    mut io: Io<T>,
    unread: &[u8],
    limits: &Limits,
    app: &App<S>,
    phase: &mut watch::Receiver<Phase>,
) {
    tokio::select! {
        () = say(end, &mut io, unread, limits, app) => {}
        () = reached(phase, Phase::Cut) => {}
    }
}

async fn say<T: Transport, S: State>(
    end: End,
    io: &mut Io<T>,
    unread: &[u8],
    limits: &Limits,
    app: &App<S>,
) {
    match end {
        End::Over(Over::Head) => {
            let detail = "the head of the request did not come in time";
            refusal::answer(io, app, StatusCode::REQUEST_TIMEOUT, detail).await;
        }
        End::Over(_) => {}
        End::Closed(Err(fault)) if fault.is_parse() => {
            if io.take_held().is_some() {
                let (status, detail) = of_unparsed(&fault, unread, limits);
                refusal::answer(io, app, status, detail).await;
            }
        }
        End::Closed(Err(fault)) if fault.is_incomplete_message() && io.waits_for_head() => {
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
