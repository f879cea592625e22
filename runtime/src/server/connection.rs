//! How is one connection served?

use std::convert::Infallible;
use std::time::Duration;

use axum_core::response::Response;
use hyper::body::Incoming;
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use hyper_util::server::conn::auto::Builder;
use hyper_util::server::graceful::Watcher;
use tokio::net::TcpStream;

use crate::App;
use crate::app::erase;
use crate::endpoint::AppFuture;
use crate::route::State;

/// The time a client has for the head of a request.
const HEAD_TIMEOUT: Duration = Duration::from_secs(10);

/// Serves one connection to its end, HTTP/1.1 or HTTP/2.
pub(super) async fn serve<S: State>(stream: TcpStream, app: App<S>, watcher: Watcher) {
    let mut builder = Builder::new(TokioExecutor::new());
    builder
        .http1()
        .timer(TokioTimer::new())
        .header_read_timeout(HEAD_TIMEOUT);
    builder.http2().timer(TokioTimer::new());
    // Tells clients that a WebSocket may share their connection (RFC 8441 section 3).
    #[cfg(feature = "ws")]
    builder.http2().enable_connect_protocol();
    let connection = builder.serve_connection_with_upgrades(TokioIo::new(stream), Hosted(app));
    if let Err(fault) = watcher.watch(connection).await {
        tracing::debug!(fault = &*fault, "connection ended with an error");
    }
}

/// An app as hyper wants it.
struct Hosted<S>(App<S>);

impl<S: State> hyper::service::Service<http::Request<Incoming>> for Hosted<S> {
    type Response = Response;
    type Error = Infallible;
    type Future = AppFuture;

    fn call(&self, request: http::Request<Incoming>) -> AppFuture {
        self.0.answer(request.map(erase))
    }
}
