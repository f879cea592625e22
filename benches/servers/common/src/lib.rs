//! What do all servers of the comparison share? What they answer, and how they are started.

use std::future::Future;
use std::io;
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};
use std::time::Duration;

use bytes::Bytes;
use futures_util::Stream;
use serde::Serialize;
use tokio::signal::unix::{SignalKind, signal};

pub const HELLO: &str = "hello, world";
pub const NO_SUCH_USER: &str = "no such user";

/// Users have the numbers up to this one.
pub const LAST_USER: u64 = 1000;

#[derive(Serialize)]
pub struct User {
    id: u64,
    name: &'static str,
}

impl User {
    pub fn new(id: u64) -> Self {
        User { id, name: "Ann" }
    }
}

/// Is the server to use one thread? Instructions are counted so, since how often idle threads look
/// for work depends on time.
pub fn one_thread() -> bool {
    std::env::args().any(|word| word == "--one-thread")
}

/// Runs `main` as `#[tokio::main]` would.
pub fn run<T>(main: impl Future<Output = io::Result<T>>) -> io::Result<T> {
    let mut builder = if one_thread() {
        tokio::runtime::Builder::new_current_thread()
    } else {
        tokio::runtime::Builder::new_multi_thread()
    };
    builder.enable_all().build()?.block_on(main)
}

/// Waits for SIGTERM.
pub async fn terminated() {
    let mut signals = signal(SignalKind::terminate()).expect("a handler of signals");
    signals.recv().await;
}

static STARTED: AtomicUsize = AtomicUsize::new(0);
static ENDED: AtomicUsize = AtomicUsize::new(0);

/// A handler that takes its time, and counts how often it starts, and reaches its end.
pub async fn slow(milliseconds: u64) -> String {
    STARTED.fetch_add(1, Relaxed);
    tokio::time::sleep(Duration::from_millis(milliseconds)).await;
    ENDED.fetch_add(1, Relaxed);
    format!("after {milliseconds} ms")
}

/// How many handlers have started, and how many have reached their end.
pub fn counts() -> String {
    format!("{} {}", STARTED.load(Relaxed), ENDED.load(Relaxed))
}

const CHUNK: usize = 64 * 1024;

/// A body of so many MiB, in chunks of 64 KiB, each made when it is asked for.
pub fn download(mebibytes: u64) -> impl Stream<Item = io::Result<Bytes>> + Send + 'static {
    let chunks = mebibytes.saturating_mul(16);
    futures_util::stream::unfold(0, move |done| async move {
        (done < chunks).then(|| (Ok(Bytes::from(vec![b'x'; CHUNK])), done + 1))
    })
}
