//! Does a server with threads of its own answer as one on the caller's runtime does? The same tests.

#![allow(clippy::duplicate_mod)] // That is the point.

#[path = "../socket/extractors.rs"]
mod extractors;
#[path = "../socket/http2.rs"]
mod http2;
#[path = "../socket/keep_alive.rs"]
mod keep_alive;
#[path = "../socket/panics.rs"]
mod panics;
#[path = "../socket/routing.rs"]
mod routing;
#[path = "../socket/stop.rs"]
mod stop;

use std::num::NonZeroUsize;

use sendoff::{App, Server, Workers};

use crate::socket::ask_of;
use crate::support::wire::{Answer, Running};

async fn start<S: Send + Sync + 'static>(app: App<S>) -> Running {
    let two = NonZeroUsize::new(2).expect("two");
    let server = Server::bind("127.0.0.1:0").await.expect("a free port");
    Running::serve(server.workers(Workers::Threads(two)), app)
}

async fn ask<S: Send + Sync + 'static>(
    app: App<S>,
    line: &str,
    headers: &[&str],
    body: &str,
) -> Answer {
    ask_of(start(app).await, line, headers, body).await
}
