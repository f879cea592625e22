//! What goes on on a connection? What it takes to know when it may be closed.
//!
//! [`Counted`] stands between hyper and the app and counts requests; [`super::socket::Watched`]
//! stands between hyper and the socket and counts bytes. Both write into one [`Traffic`], which
//! [`super::closing`] reads.

use std::convert::Infallible;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering::Relaxed};
use std::task::{Context, Poll, ready};

use axum_core::body::Body;
use axum_core::response::Response;
use bytes::Bytes;
use http::header::{CONNECTION, HeaderValue};
use http::{Method, StatusCode, Version};
use http_body::{Frame, SizeHint};
use hyper::service::Service;
use tokio_util::task::task_tracker::TaskTrackerToken;

use crate::endpoint::AppFuture;

/// What goes on on one connection.
///
/// All but the count of requests is written by the connection's own task; nothing here orders other
/// memory, hence `Relaxed`.
pub(super) struct Traffic {
    /// Requests whose response hyper has not got completely.
    running: AtomicUsize,
    /// Reads and writes that moved bytes.
    moves: AtomicUsize,
    /// The client has not taken all that hyper wants to write.
    write_blocked: AtomicBool,
    http2: AtomicBool,
    /// Another protocol has taken over, such as WebSocket.
    upgraded: AtomicBool,
    /// Every response of HTTP/1 says that it is the last one.
    last: AtomicBool,
    /// A read that finds nothing finds the end.
    reads_end: AtomicBool,
    /// What still runs is cut off.
    cut: AtomicBool,
    /// Responses that were cut off, on all connections.
    all_cut: Arc<AtomicUsize>,
    /// Shutdown waits for it: for the connection, its streams, and what it was upgraded to.
    _tracked: TaskTrackerToken,
}

impl Traffic {
    pub(super) fn new(tracked: TaskTrackerToken, all_cut: Arc<AtomicUsize>) -> Arc<Self> {
        Arc::new(Traffic {
            running: AtomicUsize::new(0),
            moves: AtomicUsize::new(0),
            write_blocked: AtomicBool::new(false),
            http2: AtomicBool::new(false),
            upgraded: AtomicBool::new(false),
            last: AtomicBool::new(false),
            reads_end: AtomicBool::new(false),
            cut: AtomicBool::new(false),
            all_cut,
            _tracked: tracked,
        })
    }

    /// Nothing is to be answered and nothing is to be written.
    pub(super) fn is_idle(&self) -> bool {
        self.running.load(Relaxed) == 0 && !self.write_blocked.load(Relaxed)
    }

    /// Another number than before, if bytes have moved since.
    pub(super) fn moves(&self) -> usize {
        self.moves.load(Relaxed)
    }

    pub(super) fn moved(&self) {
        self.moves.store(self.moves().wrapping_add(1), Relaxed);
    }

    pub(super) fn set_write_blocked(&self, blocked: bool) {
        self.write_blocked.store(blocked, Relaxed);
    }

    pub(super) fn is_http2(&self) -> bool {
        self.http2.load(Relaxed)
    }

    pub(super) fn set_http2(&self) {
        self.http2.store(true, Relaxed);
    }

    pub(super) fn is_upgraded(&self) -> bool {
        self.upgraded.load(Relaxed)
    }

    /// From now on every response of HTTP/1 says `Connection: close`.
    pub(super) fn announce_the_end(&self) {
        self.last.store(true, Relaxed);
    }

    /// The next read that finds nothing finds the end.
    pub(super) fn end(&self) {
        self.reads_end.store(true, Relaxed);
    }

    /// Is the end to be found? Asked once.
    pub(super) fn take_end(&self) -> bool {
        self.reads_end.load(Relaxed) && self.reads_end.swap(false, Relaxed)
    }

    /// From now on what is dropped unfinished was cut off.
    pub(super) fn cut(&self) {
        self.cut.store(true, Relaxed);
    }
}

/// A service whose requests are counted, and whose responses announce the end.
pub(super) struct Counted<S> {
    service: S,
    traffic: Arc<Traffic>,
}

impl<S> Counted<S> {
    pub(super) fn new(service: S, traffic: Arc<Traffic>) -> Self {
        Counted { service, traffic }
    }
}

impl<S, B> Service<http::Request<B>> for Counted<S>
where
    S: Service<http::Request<B>, Response = Response, Error = Infallible, Future = AppFuture>,
{
    type Response = http::Response<CountedBody>;
    type Error = Infallible;
    type Future = CountedFuture;

    fn call(&self, request: http::Request<B>) -> CountedFuture {
        self.traffic.running.fetch_add(1, Relaxed);
        let version = request.version();
        let connects = request.method() == Method::CONNECT;
        let future = self.service.call(request);
        CountedFuture {
            running: Some(Running {
                traffic: Arc::clone(&self.traffic),
                handler: future.handler_name(),
            }),
            future,
            http1: version < Version::HTTP_2,
            connects,
        }
    }
}

/// The future of a response that is counted.
pub(super) struct CountedFuture {
    future: AppFuture,
    running: Option<Running>,
    http1: bool,
    connects: bool,
}

impl Future for CountedFuture {
    type Output = Result<http::Response<CountedBody>, Infallible>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        let Ok(mut response) = ready!(Pin::new(&mut self.future).poll(context));
        if let Some(Running { traffic, .. }) = &self.running
            && self.http1
        {
            let status = response.status();
            if status == StatusCode::SWITCHING_PROTOCOLS || self.connects && status.is_success() {
                traffic.upgraded.store(true, Relaxed);
            } else if traffic.last.load(Relaxed) {
                let close = HeaderValue::from_static("close");
                response.headers_mut().insert(CONNECTION, close);
            }
        }
        let _running = self.running.take();
        Poll::Ready(Ok(response.map(|body| CountedBody { body, _running })))
    }
}

/// The body of a response that is counted until hyper drops it.
pub(super) struct CountedBody {
    body: Body,
    _running: Option<Running>,
}

impl http_body::Body for CountedBody {
    type Data = Bytes;
    type Error = axum_core::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum_core::Error>>> {
        Pin::new(&mut self.body).poll_frame(context)
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

/// A request that is not answered completely.
struct Running {
    traffic: Arc<Traffic>,
    handler: Option<&'static str>,
}

impl Drop for Running {
    fn drop(&mut self) {
        self.traffic.running.fetch_sub(1, Relaxed);
        if self.traffic.cut.load(Relaxed) {
            self.traffic.all_cut.fetch_add(1, Relaxed);
            let handler = self.handler.unwrap_or("none");
            tracing::warn!(handler, "a response was cut off by the end of the server");
        }
    }
}
