//! What does an app answer over a real socket?

mod draining;
mod extractors;
mod http2;
mod keep_alive;
mod panics;
mod routing;
mod stop;
mod stop_under_load;
mod tower_service;

use sendoff::App;

use crate::support::wire::{Answer, Running};

/// Starts a server on the runtime of the test.
pub(crate) async fn start<S: Send + Sync + 'static>(app: App<S>) -> Running {
    Running::start(app).await
}

/// Sends one request on a connection of its own.
pub(crate) async fn ask<S: Send + Sync + 'static>(
    app: App<S>,
    line: &str,
    headers: &[&str],
    body: &str,
) -> Answer {
    let server = start(app).await;
    let mut wire = server.connect().await;
    wire.request(line, headers, body).await;
    let answer = wire.answer(line.starts_with("HEAD ")).await;
    server.stop();
    answer
}
