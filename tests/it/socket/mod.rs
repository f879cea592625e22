//! What does an app answer over a real socket?

mod broken_bodies;
mod crowded;
mod draining;
mod extractors;
pub(crate) mod http2;
mod keep_alive;
mod panics;
mod peer;
mod routing;
mod stop;
mod stop_under_load;
mod tower_service;
mod unread;
mod upgraded;

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
    ask_of(start(app).await, line, headers, body).await
}

/// Sends one request to a server, and stops it.
pub(crate) async fn ask_of(server: Running, line: &str, headers: &[&str], body: &str) -> Answer {
    let mut wire = server.connect().await;
    wire.request(line, headers, body).await;
    let answer = wire.answer(line.starts_with("HEAD ")).await;
    server.stop();
    answer
}
