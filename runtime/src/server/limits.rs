//! What may a client take of a server? The limits, and the methods of [`Server`] that set them.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use super::Server;

/// The limits of every connection of a server.
#[derive(Clone, Copy, Debug)]
pub(super) struct Limits {
    pub(super) head_timeout: Duration,
    pub(super) idle_timeout: Duration,
    pub(super) body_timeout: Duration,
    pub(super) write_timeout: Duration,
    pub(super) max_head_size: usize,
    pub(super) max_headers: usize,
    pub(super) max_uri_length: usize,
    pub(super) max_connections: usize,
    pub(super) max_streams: u32,
    pub(super) max_resets: usize,
    pub(super) ping_interval: Duration,
    pub(super) ping_timeout: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Limits {
            head_timeout: Duration::from_secs(10),
            idle_timeout: Duration::from_secs(75),
            body_timeout: Duration::from_secs(30),
            write_timeout: Duration::from_secs(30),
            max_head_size: 16 * 1024,
            max_headers: 100,
            max_uri_length: 8 * 1024,
            max_connections: 20_000,
            max_streams: 200,
            max_resets: 100,
            ping_interval: Duration::from_secs(60),
            ping_timeout: Duration::from_secs(20),
        }
    }
}

/// As many headers as the parser of HTTP/1.1 is ever asked for. A `HeaderMap` panics beyond 24,576,
/// and layers add some.
const MOST_HEADERS: usize = 24_000;

/// The shortest header, `a:` and a line feed, in bytes.
const SHORTEST_HEADER: usize = 3;

impl Limits {
    /// How many headers the parser of HTTP/1.1 makes room for.
    pub(super) fn parsed_headers(&self) -> usize {
        let that_fit = self.max_head_size / SHORTEST_HEADER;
        self.max_headers.min(that_fit).min(MOST_HEADERS)
    }

    /// Room for as many connections as may be open.
    pub(super) fn slots(&self) -> Arc<Semaphore> {
        Arc::new(Semaphore::new(
            self.max_connections.min(Semaphore::MAX_PERMITS),
        ))
    }
}

/// Waits for room for one more connection. The log says once that there is none.
pub(super) async fn slot(slots: &Arc<Semaphore>, was_full: &mut bool) -> OwnedSemaphorePermit {
    let is_full = slots.available_permits() == 0;
    if is_full && !*was_full {
        tracing::warn!("as many connections are open as may be; the next waits for one to end");
    }
    *was_full = is_full;
    let slot = Arc::clone(slots).acquire_owned().await;
    slot.expect("the semaphore is never closed")
}

/// # Limits
///
/// What a client may take, so that no proxy in front is needed to be safe. All are on by default;
/// `docs/limits.md` has a table of what is answered to whom. `Duration::MAX` is no limit.
///
/// ```no_run
/// use std::time::Duration;
/// # use sendoff::{App, Server};
/// # async fn example(app: App) -> std::io::Result<()> {
/// Server::bind("127.0.0.1:3000")
///     .await?
///     .idle_timeout(Duration::from_secs(5))
///     .max_head_size(64 * 1024)
///     .max_connections(1_000)
///     .serve(app)
///     .await
/// # }
/// ```
impl Server {
    /// How long a client may take for the head of a request; 10 seconds by default.
    ///
    /// For the first request it runs from the moment the connection is accepted, whether or not a
    /// byte comes; HTTP/2's preface (RFC 9113 section 3.4) counts as a head. For the others it runs
    /// from the first byte of the head. A head that has begun is answered 408, a connection that
    /// sent nothing is closed without a word.
    #[must_use]
    pub fn head_timeout(mut self, timeout: Duration) -> Self {
        self.limits.head_timeout = timeout;
        self
    }

    /// How long a connection is kept open without a request; 75 seconds by default.
    ///
    /// Then it is closed, with HTTP/2 by a GOAWAY. Nothing else is sent (RFC 9112 section 9.5).
    #[must_use]
    pub fn idle_timeout(mut self, timeout: Duration) -> Self {
        self.limits.idle_timeout = timeout;
        self
    }

    /// How long a handler that reads a request body may wait for the next part of it; 30 seconds by
    /// default.
    ///
    /// It is the pause that is limited, not the whole: a slow client that goes on sending is
    /// served. After the pause the body yields a [`std::io::Error`] of the kind `TimedOut`, which
    /// an extractor answers with 408; an HTTP/1.1 connection is closed after the response.
    #[must_use]
    pub fn body_timeout(mut self, timeout: Duration) -> Self {
        self.limits.body_timeout = timeout;
        self
    }

    /// How long a client may leave the response unread; 30 seconds by default.
    ///
    /// It runs while there is something to send and the client takes nothing of it, because its
    /// socket is full or because it opens no HTTP/2 window. Then the connection is cut: there is no
    /// way to say why.
    ///
    /// What a client reads is known by what its system makes room for, which it does in larger
    /// parts: on Linux 32 KiB, or a sixteenth of the client's buffer; over a Unix socket 160 KiB.
    /// So who reads less than that in the time is cut, too. Other systems say when a third of the
    /// send buffer is free.
    #[must_use]
    pub fn write_timeout(mut self, timeout: Duration) -> Self {
        self.limits.write_timeout = timeout;
        self
    }

    /// How large the head of a request may be, in bytes: request line and headers, or all trailers
    /// of a chunked body; 16 KiB by default.
    ///
    /// A larger one is answered 431 (RFC 6585 section 5). With HTTP/2 it is the size of the header
    /// list (`SETTINGS_MAX_HEADER_LIST_SIZE`, RFC 9113 section 6.5.2).
    #[must_use]
    pub fn max_head_size(mut self, bytes: usize) -> Self {
        self.limits.max_head_size = bytes;
        self
    }

    /// How many headers a request may have; 100 by default. More are answered 431.
    ///
    /// `usize::MAX` is no limit but that of [`max_head_size`](Server::max_head_size), and that
    /// HTTP/1.1 takes 24,000 at most. Above 100 each request of HTTP/1.1 costs room for as many as
    /// are allowed, unless fewer fit into a head, 64 bytes each, while its head is parsed.
    #[must_use]
    pub fn max_headers(mut self, headers: usize) -> Self {
        self.limits.max_headers = headers;
        self
    }

    /// How long the path and the query of a request may be together, in bytes; 8 KiB by default,
    /// as RFC 9112 section 3 asks for at least 8,000. A longer one is answered 414.
    #[must_use]
    pub fn max_uri_length(mut self, bytes: usize) -> Self {
        self.limits.max_uri_length = bytes;
        self
    }

    /// How many connections may be open at once; 20,000 by default.
    ///
    /// The next ones are not accepted until one ends. They wait in the kernel's queue, where they
    /// cost the process nothing, and are served then. Those that wait there when the server ends
    /// are served at once, with one last response, whether there is room or not.
    #[must_use]
    pub fn max_connections(mut self, connections: usize) -> Self {
        self.limits.max_connections = connections;
        self
    }

    /// How many requests one HTTP/2 connection may have running at once; 200 by default
    /// (`SETTINGS_MAX_CONCURRENT_STREAMS`). The streams above are refused.
    #[must_use]
    pub fn max_streams(mut self, streams: u32) -> Self {
        self.limits.max_streams = streams;
        self
    }

    /// How many HTTP/2 requests one connection may take back before they are answered, beyond those
    /// it lets be answered; 100 by default.
    ///
    /// With more the connection is cut: requests that are sent and reset at once cost the client
    /// nothing and the server its work ("rapid reset", CVE-2023-44487).
    #[must_use]
    pub fn max_resets(mut self, resets: usize) -> Self {
        self.limits.max_resets = resets;
        self
    }

    /// How often an HTTP/2 client is asked whether it is still there (PING, RFC 9113 section 6.7),
    /// and how long it may take to say so; 60 and 20 seconds by default.
    #[must_use]
    pub fn ping(mut self, interval: Duration, timeout: Duration) -> Self {
        self.limits.ping_interval = interval;
        self.limits.ping_timeout = timeout;
        self
    }
}
