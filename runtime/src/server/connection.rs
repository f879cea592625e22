//! How is one connection served? Its first bytes say whether as HTTP/1.1 or HTTP/2.

use std::future::{Future, poll_fn};
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use http::{Method, StatusCode};
use hyper::server::conn::{http1, http2};
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::sync::watch;
use tokio::time::{Instant, sleep_until, timeout};

use super::activity::{Activity, Wait};
use super::closing;
use super::gate::Gate;
use super::limits::Limits;
use super::refusal;
use super::shutdown::{Phase, reached};
use super::socket::Transport;
use super::transport::Io;
use super::watch::{Over, Watch, far};
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

/// A connection that hyper has not got. It is all that there is of an idle one.
struct Connection<T, S> {
    io: Io<T>,
    app: App<S>,
    limits: Limits,
    activity: Arc<Activity>,
    phase: watch::Receiver<Phase>,
    /// Since when it waits for a request.
    since: Instant,
}

/// Serves one connection to its end, HTTP/1.1 or HTTP/2.
pub(super) fn serve<T: Transport, S: State>(
    transport: T,
    app: App<S>,
    limits: Limits,
    activity: Arc<Activity>,
    phase: watch::Receiver<Phase>,
) -> impl Future<Output = ()> + Send {
    let mut connection = Connection {
        io: Io::new(transport, Arc::clone(&activity)),
        app,
        limits,
        activity,
        phase,
        since: Instant::now(),
    };
    // Not an `async fn`, which would keep its arguments twice. What is boxed here is gone while a
    // connection is idle.
    async move {
        match connection.begins_as_http2().await {
            Some(true) => return Box::pin(connection.serve_http2()).await,
            Some(false) => {}
            None => return,
        }
        while let Some(idle) = Box::pin(connection.serve_http1()).await {
            connection = idle;
            if !connection.goes_on().await {
                return;
            }
        }
    }
}

impl<T: Transport, S: State> Connection<T, S> {
    /// Waits for the first request; `None` if there is none.
    async fn begins_as_http2(&mut self) -> Option<bool> {
        let begins = {
            let begins = pin!(timeout(self.limits.head_timeout, self.io.begins_as_http2()));
            closing::run(begins, &self.activity, &mut self.phase).await?
        };
        match begins {
            Ok(Ok(is_http2)) => return Some(is_http2),
            Ok(Err(fault)) => {
                tracing::debug!(%fault, "a connection ended before its first request");
                self.io.close().await;
            }
            Err(_) if self.io.may_be_http1() => {
                Box::pin(self.last_words(End::Over(Over::Head, self.since), &[])).await;
            }
            Err(_) => self.io.close().await,
        }
        None
    }

    /// Waits for the next request with nothing but the socket. `false` if none comes.
    async fn goes_on(&mut self) -> bool {
        let idle_end = self.since.checked_add(self.limits.idle_timeout);
        let comes = {
            let mut alarm = pin!(sleep_until(idle_end.unwrap_or_else(far)));
            let comes = pin!(poll_fn(|context| self
                .io
                .poll_request(alarm.as_mut(), context)));
            closing::run(comes, &self.activity, &mut self.phase).await
        };
        match comes {
            Some(Ok(true)) => {
                self.since = Instant::now();
                return true;
            }
            Some(Ok(false)) => {
                Box::pin(self.last_words(End::Over(Over::Idle, self.since), &[])).await;
            }
            Some(Err(fault)) => tracing::debug!(%fault, "a connection ended with an error"),
            None => {}
        }
        false
    }

    async fn serve_http2(self) {
        let Connection {
            io,
            app,
            limits,
            activity,
            mut phase,
            since,
        } = self;
        activity.set_http2();
        let builder = http2(limits, app.serving().clone());
        let watch = Watch::new(Arc::clone(&activity), limits, since);
        let gate = Gate::new(app, limits, Arc::clone(&activity), io.peer());
        let connection = pin!(builder.serve_connection(TokioIo::new(io), gate));
        let close = http2::Connection::graceful_shutdown;
        let driven = pin!(Driven::new(connection, close, watch, &activity));
        closing::run(driven, &activity, &mut phase).await;
    }

    /// Serves requests; gives the connection back when it is idle.
    async fn serve_http1(mut self) -> Option<Self> {
        loop {
            let Connection {
                io,
                app,
                limits,
                activity,
                mut phase,
                since,
            } = self;
            let watch = Watch::new(Arc::clone(&activity), limits, since);
            let gate = Gate::new(app.clone(), limits, Arc::clone(&activity), io.peer());
            let connection = http1(limits).serve_connection(TokioIo::new(io), gate);
            let mut connection = connection.with_upgrades();
            let close = http1::UpgradeableConnection::graceful_shutdown;
            let end = {
                let driven = Driven::new(Pin::new(&mut connection), close, watch, &activity);
                closing::run(pin!(driven), &activity, &mut phase).await?
            };
            // An upgraded connection is its handler's.
            let parts = connection.into_parts()?;
            self = Connection {
                io: parts.io.into_inner(),
                app,
                limits,
                activity,
                phase,
                since,
            };
            match end {
                // What has come since the last request was of its body.
                End::Over(Over::Rest | Over::Head, since) if parts.read_buf.is_empty() => {
                    self.since = since;
                    self.activity.forget_head();
                    return Some(self);
                }
                // A part of a head has come together with the end of the last request.
                End::Over(Over::Rest, since) => {
                    self.since = since;
                    self.io.put_back(parts.read_buf);
                }
                end => {
                    self.last_words(end, &parts.read_buf).await;
                    return None;
                }
            }
        }
    }
}

fn http1(limits: Limits) -> http1::Builder {
    let mut builder = http1::Builder::new();
    builder
        .timer(TokioTimer::new())
        // The watch has one for the head, and another for the time before it.
        .header_read_timeout(None)
        // The transport looks whether the client is there, and hyper need not: it would make room for
        // the next head while this one is in use, and drop a request whose client has sent its last.
        .half_close(true)
        .max_header_size(limits.max_head_size)
        .max_buf_size(BUFFER.max(limits.max_head_size));
    // Up to 100 are parsed on the stack; the gate counts them.
    if limits.parsed_headers() > 100 {
        builder.max_headers(limits.parsed_headers());
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
    /// Since when it has waited for what did not come.
    Over(Over, Instant),
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
            // The head of the response may have gone without a word of it.
            if this.activity.has_trailers() && !this.is_closing {
                this.close();
                continue;
            }
            match ready!(this.watch.poll(context)) {
                over @ (Over::Rest | Over::Head) => {
                    // hyper may not have seen yet that the last body is not wanted.
                    if let Poll::Ready(end) = this.connection.as_mut().poll(context) {
                        return Poll::Ready(End::Closed(end));
                    }
                    if this.watch.waits_still() {
                        return Poll::Ready(End::Over(over, this.watch.since()));
                    }
                }
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
                    return Poll::Ready(End::Over(over, this.watch.since()));
                }
            }
        }
    }
}

impl<T: Transport, S: State> Connection<T, S> {
    /// What an HTTP/1.1 client still gets when hyper is done with it.
    async fn last_words(&mut self, end: End, unread: &[u8]) {
        let Connection {
            io,
            app,
            limits,
            phase,
            ..
        } = self;
        tokio::select! {
            () = say(end, io, unread, limits, app) => {}
            () = reached(phase, Phase::Cut) => {}
        }
    }
}

async fn say<T: Transport, S: State>(
    end: End,
    io: &mut Io<T>,
    unread: &[u8],
    limits: &Limits,
    app: &App<S>,
) {
    // A response to it has no body (RFC 9110 section 9.3.2).
    let method = match unread.starts_with(b"HEAD ") {
        true => Method::HEAD,
        false => Method::GET,
    };
    match end {
        End::Over(Over::Head, _) => {
            io.linger_only_while_serving();
            let detail = "the head of the request did not come in time";
            refusal::answer(io, app, &method, StatusCode::REQUEST_TIMEOUT, detail).await;
        }
        End::Over(Over::Idle, _) => refusal::write(io, &[]).await,
        End::Over(..) => {}
        End::Closed(Err(fault)) if fault.is_parse() => {
            if io.take_held().is_some() {
                let (status, detail) =
                    refusal::of_unparsed(&fault, unread, limits, io.begins_empty());
                refusal::answer(io, app, &method, status, detail).await;
            }
        }
        End::Closed(Err(fault)) if fault.is_incomplete_message() && io.waits_for_head() => {
            let detail = "the request ends in its head";
            refusal::answer(io, app, &method, StatusCode::BAD_REQUEST, detail).await;
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

#[cfg(test)]
mod tests {
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
    use tokio::net::{TcpListener, TcpStream};

    use super::*;
    use crate::server::shutdown::Connections;

    const GET: &[u8] = b"GET / HTTP/1.1\r\nhost: test\r\n\r\n";

    /// A connection that has been accepted, and its client.
    async fn pair(phase: &watch::Sender<Phase>) -> (Connection<TcpStream, ()>, TcpStream) {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let address = listener.local_addr().expect("an address");
        let client = TcpStream::connect(address).await.expect("it listens");
        let (server, _) = listener.accept().await.expect("a connection");
        let phase = phase.subscribe();
        let activity = Connections::new(phase.clone(), Serving::default()).begin(None);
        let connection = Connection {
            io: Io::new(server, Arc::clone(&activity)),
            app: App::new(()),
            limits: Limits::default(),
            activity,
            phase,
            since: Instant::now(),
        };
        (connection, client)
    }

    /// Then hyper is gone, and its buffers with it.
    #[tokio::test(start_paused = true)]
    async fn hyper_is_for_requests_only() {
        let (phase, _) = watch::channel(Phase::Serving);
        let (mut connection, mut client) = pair(&phase).await;
        client.write_all(GET).await.expect("the kernel has room");
        assert_eq!(connection.begins_as_http2().await, Some(false));
        let mut begun = Instant::now();
        for _ in 0..3 {
            connection = connection.serve_http1().await.expect("it is idle");
            assert!(begun.elapsed() < Duration::from_secs(1));
            let mut answer = [0; 512];
            let length = client.read(&mut answer).await.expect("an answer");
            assert!(answer[..length].starts_with(b"HTTP/1.1 404 "));
            client.write_all(GET).await.expect("the kernel has room");
            assert!(connection.goes_on().await);
            begun = Instant::now();
        }
        connection = connection.serve_http1().await.expect("it is idle");
        assert!(!connection.goes_on().await);
        assert_eq!(begun.elapsed().as_secs(), 75);
    }
}
