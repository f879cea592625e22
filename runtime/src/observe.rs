//! What is to be seen of a request? A span in the log, and an [`Exchange`] for who counts.
//!
//! Both cost nothing but a look at two flags while nobody looks at them.

use std::net::SocketAddr;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::Pin;
use std::sync::{Arc, OnceLock};
use std::task::{Context, Poll, ready};
use std::time::{Duration, Instant};

use axum::extract::ConnectInfo;
use axum_core::body::Body;
use axum_core::response::Response;
use bytes::Bytes;
use http::{HeaderMap, Method, Request, StatusCode};
use http_body::{Body as _, Frame, SizeHint};
use tracing::field::{Empty, display};
use tracing::{Level, Span};

use crate::peer::Peer;
use crate::response::SendSite;
use crate::running::message;

/// A request and its response, when both are over: what [`App::observe`](crate::App::observe) is
/// told.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Exchange {
    /// The request's method.
    pub method: Method,
    /// The whole path pattern of the route, such as `/api/users/{id}`, or that of a nested service,
    /// `/files/{*rest}`; none if no route has the path and the method. Unlike the path it has few values, so it can be the label of a metric.
    pub route: Option<String>,
    /// The path of the handler.
    pub handler: Option<&'static str>,
    /// The response's status; none if the client left before there was a response.
    pub status: Option<StatusCode>,
    /// From the head of the request until the last of the response's body was handed to the
    /// connection, or was dropped.
    pub latency: Duration,
    /// How much of the body was handed to the connection, in bytes.
    pub bytes: u64,
    /// Was that all of it? If not, the client has left, as far as is known (see
    /// [`Outcome`](crate::Outcome)), or the body failed.
    pub is_complete: bool,
    /// The `send!` that answered. It is known while a `tracing` subscriber takes `INFO` of
    /// `sendoff::request`, and in tests with a [`test::Client`](crate::test::Client).
    pub sent_at: Option<SendSite>,
}

/// Who looks at the requests of an app, beside the log.
#[derive(Clone, Default)]
pub(crate) struct Observers {
    /// In the order in which they were given.
    pub(crate) exchange: Vec<Arc<OnExchange>>,
    pub(crate) span: Option<Arc<OnSpan>>,
}

type OnExchange = dyn Fn(&Exchange) + Send + Sync;
type OnSpan = dyn Fn(&Span, &Request<Body>) + Send + Sync;

impl Observers {
    fn tell(&self, exchange: &Exchange) {
        for observer in &self.exchange {
            // It runs where a body is dropped, among other places, and a panic there is the
            // process's.
            if catch_unwind(AssertUnwindSafe(|| observer(exchange))).is_err() {
                tracing::error!("the observer of an app panicked");
            }
        }
    }
}

/// One request that somebody looks at, until its response is over.
pub(crate) struct Observation {
    exchange: Exchange,
    seen: Arc<Seen>,
    observers: Observers,
    start: Instant,
    /// The client has closed its side before there was a response.
    has_left: bool,
}

/// What is known of a request from its arrival on, and later of its route.
struct Seen {
    span: Span,
    route: OnceLock<(Option<String>, &'static str)>,
}

/// In the extensions of a request that somebody looks at: layers may come before its route is known.
#[derive(Clone)]
struct Looked(Arc<Seen>);

impl Observation {
    /// Begins, if anybody looks.
    pub(crate) fn of(
        request: &mut Request<Body>,
        observers: &Observers,
        peer: Option<Peer>,
    ) -> Option<Box<Self>> {
        let traced = tracing::enabled!(target: "sendoff::request", Level::INFO);
        if !traced && observers.exchange.is_empty() {
            return None;
        }
        Peer::tell(peer, request);
        let exchange = Exchange {
            method: request.method().clone(),
            route: None,
            handler: None,
            status: None,
            latency: Duration::ZERO,
            bytes: 0,
            is_complete: false,
            sent_at: None,
        };
        let span = match traced {
            true => span(request),
            false => Span::none(),
        };
        if traced && let Some(prepare) = &observers.span {
            // The request is answered without it.
            if let Err(panic) = catch_unwind(AssertUnwindSafe(|| prepare(&span, request))) {
                let panic = message(&*panic);
                tracing::error!(panic, "the hook of an app's spans panicked");
            }
        }
        let route = OnceLock::new();
        let seen = Arc::new(Seen { span, route });
        request.extensions_mut().insert(Looked(Arc::clone(&seen)));
        Some(Box::new(Observation {
            exchange,
            seen,
            observers: observers.clone(),
            start: Instant::now(),
            has_left: false,
        }))
    }

    /// The span of the request.
    pub(crate) fn span(&self) -> &Span {
        &self.seen.span
    }

    /// What is sent may be read by nobody.
    pub(crate) fn client_left(&mut self) {
        self.has_left = true;
    }

    /// Looks on until the body is over.
    pub(crate) fn bind(mut self: Box<Self>, response: Response) -> Response {
        let (status, sent_at) = (response.status(), response.extensions().get().copied());
        self.exchange.status = Some(status);
        self.exchange.sent_at = sent_at;
        let span = self.span();
        // Exporters know `i64`, and write any other number as a text.
        span.record("http.response.status_code", i64::from(status.as_u16()));
        if let Some(site) = sent_at {
            span.record("sent_at", display(site));
        }
        response.map(|body| {
            if body.is_end_stream() {
                self.exchange.is_complete = !self.has_left;
                return body;
            }
            Body::new(Watched {
                body,
                observation: Some(self),
            })
        })
    }
}

/// An observation that is dropped is over, and is reported.
impl Drop for Observation {
    fn drop(&mut self) {
        self.exchange.latency = self.start.elapsed();
        if let Some((route, handler)) = self.seen.route.get() {
            self.exchange.route.clone_from(route);
            self.exchange.handler = Some(handler);
        }
        let Exchange { latency, bytes, .. } = self.exchange;
        let bytes = i64::try_from(bytes).unwrap_or(i64::MAX);
        self.span().record("http.response.body.size", bytes);
        self.seen.span.in_scope(|| {
            if self.exchange.is_complete {
                tracing::info!(target: "sendoff::request", ?latency, bytes, "answered");
            } else {
                tracing::info!(target: "sendoff::request", ?latency, bytes, "broke off");
            }
        });
        self.observers.tell(&self.exchange);
    }
}

/// The request goes to this handler, by this pattern.
pub(crate) fn matched<B>(request: &Request<B>, pattern: Option<&str>, handler: &'static str) {
    let Some(Looked(seen)) = request.extensions().get() else {
        return;
    };
    if seen
        .route
        .set((pattern.map(str::to_owned), handler))
        .is_ok()
    {
        if let Some(pattern) = pattern {
            let name = format!("{} {pattern}", request.method());
            seen.span.record("otel.name", name);
            seen.span.record("http.route", pattern);
        }
        seen.span.record("code.function.name", handler);
    }
}

/// The names are those of OpenTelemetry's semantic conventions for HTTP servers.
fn span<B>(request: &Request<B>) -> Span {
    let span = tracing::info_span!(
        target: "sendoff::request",
        "request",
        otel.name = Empty,
        otel.kind = "server",
        http.request.method = %request.method(),
        url.path = request.uri().path(),
        client.address = Empty,
        client.port = Empty,
        http.route = Empty,
        code.function.name = Empty,
        http.request.header.x_request_id = Empty,
        trace_id = Empty,
        http.response.status_code = Empty,
        http.response.body.size = Empty,
        sent_at = Empty,
    );
    if let Some(ConnectInfo(client)) = request.extensions().get::<ConnectInfo<SocketAddr>>() {
        span.record("client.address", display(client.ip()));
        span.record("client.port", i64::from(client.port()));
    }
    if let Some(id) = request_id(request.headers()) {
        span.record("http.request.header.x_request_id", id);
    }
    if let Some(id) = trace_id(request.headers()) {
        span.record("trace_id", id);
    }
    span
}

/// What a proxy calls the request. It goes to the log, so it is short and holds nothing that a
/// terminal would obey.
fn request_id(headers: &HeaderMap) -> Option<&str> {
    let id = headers.get("x-request-id")?.to_str().ok()?;
    (1..=128).contains(&id.len()).then_some(id)
}

/// The trace that the request belongs to (W3C Trace Context, section 3.2.2).
fn trace_id(headers: &HeaderMap) -> Option<&str> {
    let parent = headers.get("traceparent")?.to_str().ok()?;
    let mut parts = parent.split('-');
    let [version, trace, span, flags] =
        [parts.next()?, parts.next()?, parts.next()?, parts.next()?];
    let is_hex = |text: &str, length: usize| {
        text.len() == length && text.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'))
    };
    let is_zero = |text: &str| text.bytes().all(|b| b == b'0');
    // A later version may have more parts (section 3.2.4); `ff` is none (section 3.2.2.1).
    let ends = version != "00" || parts.next().is_none();
    let fits = is_hex(version, 2) && is_hex(trace, 32) && is_hex(span, 16) && is_hex(flags, 2);
    (fits && ends && version != "ff" && !is_zero(trace) && !is_zero(span)).then_some(trace)
}

/// A body whose bytes are counted.
struct Watched {
    body: Body,
    /// Until the body is over.
    observation: Option<Box<Observation>>,
}

impl Watched {
    /// Has it no more bytes? HTTP/2 may still ask it for trailers.
    fn is_whole(&self) -> bool {
        self.body.size_hint().exact() == Some(0)
    }

    fn end(&mut self, is_complete: bool) {
        if let Some(mut observation) = self.observation.take() {
            observation.exchange.is_complete = is_complete && !observation.has_left;
        }
    }
}

impl http_body::Body for Watched {
    type Data = Bytes;
    type Error = axum_core::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum_core::Error>>> {
        let this = &mut *self;
        let polled = {
            let span = this.observation.as_ref();
            let span = span.map(|observation| observation.span().enter());
            let polled = Pin::new(&mut this.body).poll_frame(context);
            drop(span);
            ready!(polled)
        };
        match &polled {
            Some(Ok(frame)) => {
                if let (Some(data), Some(observation)) = (frame.data_ref(), &mut this.observation) {
                    observation.exchange.bytes += data.len() as u64;
                }
                // Who has got the last frame, or all bytes that the head says, need not ask for
                // another. Trailers are the last.
                if this.body.is_end_stream() || this.is_whole() || frame.is_trailers() {
                    this.end(true);
                }
            }
            Some(Err(_)) => this.end(false),
            None => this.end(true),
        }
        Poll::Ready(polled)
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

#[cfg(test)]
mod tests {
    use http::{HeaderMap, HeaderValue};

    use super::{request_id, trace_id};

    #[track_caller]
    fn trace(header: &'static str, expected: Option<&str>) {
        let headers = HeaderMap::from_iter([(
            http::HeaderName::from_static("traceparent"),
            HeaderValue::from_static(header),
        )]);
        assert_eq!(trace_id(&headers), expected, "{header}");
    }

    #[test]
    fn a_trace_is_taken_over_if_it_is_one() {
        const ID: &str = "0af7651916cd43dd8448eb211c80319c";
        trace(
            "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
            Some(ID),
        );
        trace(
            "01-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01-x",
            Some(ID),
        );
        trace(
            "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01-x",
            None,
        );
        trace(
            "ff-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
            None,
        );
        trace(
            "00-0AF7651916CD43DD8448EB211C80319C-b7ad6b7169203331-01",
            None,
        );
        trace(
            "00-00000000000000000000000000000000-b7ad6b7169203331-01",
            None,
        );
        trace(
            "00-0af7651916cd43dd8448eb211c80319c-0000000000000000-01",
            None,
        );
        trace("00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331", None);
        trace("00-0af7-b7ad6b7169203331-01", None);
        trace("", None);
    }

    #[test]
    fn a_request_id_is_short_text() {
        let of = |value: &[u8]| {
            let value = HeaderValue::from_bytes(value).expect("a header");
            let name = http::HeaderName::from_static("x-request-id");
            let headers = HeaderMap::from_iter([(name, value)]);
            request_id(&headers).map(str::to_owned)
        };
        assert_eq!(of(b"7f3a").as_deref(), Some("7f3a"));
        assert_eq!(of(b""), None);
        assert_eq!(of(&[b'x'; 129]), None);
        assert_eq!(of(b"\xff"), None);
    }
}
