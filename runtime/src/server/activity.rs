//! What has happened on a connection? Its transport, its requests, its clock and the end of the
//! server share an [`Activity`].

mod requests;

use std::future::Future;
use std::net::SocketAddr;
use std::sync::atomic::{AtomicBool, AtomicU32, AtomicUsize, Ordering::Acquire, Ordering::Relaxed};
use std::sync::{Arc, Mutex, OnceLock};

use tokio::sync::{OwnedSemaphorePermit, watch};
use tokio_util::task::task_tracker::TaskTrackerToken;

use self::requests::LeftBody;
use super::shutdown::{Phase, reached};

/// What is known of a connection.
///
/// Nothing else is guarded by these: each is a count or a flag of its own. On HTTP/1.1 all of them
/// belong to one task, apart from those of the request body.
pub(super) struct Activity {
    /// For whom a proxy has opened the connection.
    client: OnceLock<SocketAddr>,
    is_http2: AtomicBool,
    /// Requests that have begun.
    calls: AtomicUsize,
    /// Requests that have begun and whose response is not with the transport.
    running: AtomicUsize,
    /// Bytes that are not of a request that has begun have come.
    has_head: AtomicBool,
    /// The head that began last has an empty line before it.
    begins_empty: AtomicBool,
    /// The four bytes that came last. They tell whether a head or a chunked body ends there.
    last_bytes: AtomicU32,
    /// The request that began last has a body with a length, which ends in any bytes.
    has_length: AtomicBool,
    /// Somebody waits for a part of a request body.
    is_body_wanted: AtomicBool,
    /// A request body did not come in time, or is no body.
    has_broken_body: AtomicBool,
    /// A request body had trailers, of which hyper may have taken too much.
    has_trailers: AtomicBool,
    /// What is to become of a request body of HTTP/1.1 that nobody reads on.
    left_body: Mutex<LeftBody>,
    /// HTTP/1.1: request bodies of which there may be more.
    bodies: AtomicUsize,
    /// The transport did not take what was written.
    is_blocked: AtomicBool,
    /// Reads that brought bytes.
    reads: AtomicUsize,
    /// Writes that the transport took.
    writes: AtomicUsize,
    /// Response bodies that wait for the transport, not for the handler.
    unsent: AtomicUsize,
    /// What was asked of response bodies.
    pulls: AtomicUsize,
    /// Requests that the client took back before there was a response, less those with one.
    resets: AtomicUsize,
    /// Another protocol has taken over, such as WebSocket; after which handler, if it has a name?
    upgraded: OnceLock<Option<&'static str>>,
    /// WebSockets that have begun on streams of HTTP/2.
    tunnels: AtomicUsize,
    /// HTTP/1.1: the client has closed its side.
    has_left: AtomicBool,
    /// A handler may take its time although the client has left.
    may_finish: AtomicBool,
    /// Nobody is to be answered.
    is_given_up: AtomicBool,
    /// Nothing more will be written.
    is_shut: AtomicBool,
    /// No request is expected after those that run.
    is_last: AtomicBool,
    /// A read that finds nothing finds the end.
    reads_end: AtomicBool,
    /// What has come of a head is all that is waited for.
    is_head_over: AtomicBool,
    /// What still runs is cut off.
    is_cut: AtomicBool,
    /// How far the server is on its way to its end.
    phase: watch::Receiver<Phase>,
    /// Responses that were cut off, on all connections.
    all_cut: Arc<AtomicUsize>,
    /// The end of the server waits for it: for the connection, its streams, and what it was upgraded
    /// to.
    _tracked: TaskTrackerToken,
    /// It counts as open for so long, too.
    slot: Mutex<Option<OwnedSemaphorePermit>>,
}

/// What a connection waits for. It lasts while it compares equal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Wait {
    /// The head of a request.
    Head(usize),
    /// A request.
    Idle(usize),
    /// The client to read what was written.
    Blocked(usize),
    /// The client to let response bodies be sent: HTTP/2 has windows for them.
    Unsent(usize),
    /// The handler, or who has got the body of its request.
    Running,
    /// The rest of a response, for a client that has closed its side.
    Left(usize),
    /// The client to close: it has all that it gets.
    Shut,
}

impl Activity {
    /// A connection that was accepted.
    pub(super) fn set_client(&self, client: SocketAddr) {
        // It is said once.
        let _ = self.client.set(client);
    }

    pub(super) fn client(&self) -> Option<SocketAddr> {
        self.client.get().copied()
    }

    pub(super) fn new(
        tracked: TaskTrackerToken,
        slot: Option<OwnedSemaphorePermit>,
        all_cut: Arc<AtomicUsize>,
        phase: watch::Receiver<Phase>,
    ) -> Self {
        Activity {
            client: OnceLock::new(),
            is_http2: AtomicBool::new(false),
            calls: AtomicUsize::new(0),
            running: AtomicUsize::new(0),
            has_head: AtomicBool::new(false),
            begins_empty: AtomicBool::new(false),
            last_bytes: AtomicU32::new(0),
            has_length: AtomicBool::new(false),
            is_body_wanted: AtomicBool::new(false),
            has_broken_body: AtomicBool::new(false),
            has_trailers: AtomicBool::new(false),
            left_body: Mutex::default(),
            bodies: AtomicUsize::new(0),
            is_blocked: AtomicBool::new(false),
            reads: AtomicUsize::new(0),
            writes: AtomicUsize::new(0),
            unsent: AtomicUsize::new(0),
            pulls: AtomicUsize::new(0),
            resets: AtomicUsize::new(0),
            upgraded: OnceLock::new(),
            tunnels: AtomicUsize::new(0),
            has_left: AtomicBool::new(false),
            may_finish: AtomicBool::new(false),
            is_given_up: AtomicBool::new(false),
            is_shut: AtomicBool::new(false),
            is_last: AtomicBool::new(false),
            reads_end: AtomicBool::new(false),
            is_head_over: AtomicBool::new(false),
            is_cut: AtomicBool::new(false),
            phase,
            all_cut,
            _tracked: tracked,
            slot: Mutex::new(slot),
        }
    }

    pub(super) fn waits_for(&self) -> Wait {
        let calls = self.calls.load(Relaxed);
        if self.is_blocked.load(Relaxed) {
            Wait::Blocked(self.writes.load(Relaxed))
        } else if self.is_http2() && self.unsent.load(Relaxed) > 0 {
            Wait::Unsent(self.pulls.load(Relaxed))
        } else if self.is_running() && self.has_left() && !self.may_finish.load(Relaxed) {
            Wait::Left(self.writes.load(Relaxed))
        } else if self.is_running() || self.bodies.load(Acquire) > 0 {
            Wait::Running
        } else if self.is_shut.load(Relaxed) {
            Wait::Shut
        } else if !self.is_http2() && (calls == 0 || self.has_head.load(Relaxed)) {
            Wait::Head(calls)
        } else {
            Wait::Idle(calls)
        }
    }

    pub(super) fn is_http2(&self) -> bool {
        self.is_http2.load(Relaxed)
    }

    pub(super) fn set_http2(&self) {
        self.is_http2.store(true, Relaxed);
    }
}

/// What the transport does.
impl Activity {
    /// Bytes have come.
    pub(super) fn read(&self, bytes: &[u8]) {
        if !self.has_head.load(Relaxed) {
            self.has_head.store(true, Relaxed);
            let is_empty = matches!(bytes, [b'\r' | b'\n', ..]);
            self.begins_empty.store(is_empty, Relaxed);
        }
        let last = match bytes.last_chunk() {
            Some(last) => u32::from_be_bytes(*last),
            None => bytes
                .iter()
                .fold(self.last_bytes.load(Relaxed), |last, byte| {
                    last << 8 | u32::from(*byte)
                }),
        };
        self.last_bytes.store(last, Relaxed);
        count(&self.reads);
    }

    /// Do the bytes that came last end as a head or a chunked body does?
    fn is_at_end(&self) -> bool {
        let last = self.last_bytes.load(Relaxed).to_be_bytes();
        last.ends_with(b"\n\r\n") || last.ends_with(b"\n\n")
    }

    /// Has the head that began last an empty line before it?
    pub(super) fn begins_empty(&self) -> bool {
        self.begins_empty.load(Relaxed)
    }

    /// How often bytes have come.
    pub(super) fn reads(&self) -> usize {
        self.reads.load(Relaxed)
    }

    /// Bytes were written, or could not be.
    pub(super) fn wrote(&self, is_blocked: bool) {
        self.is_blocked.store(is_blocked, Relaxed);
        if !is_blocked {
            count(&self.writes);
        }
    }

    /// All that was written has gone, or could not.
    pub(super) fn flushed(&self, is_blocked: bool) {
        self.is_blocked.store(is_blocked, Relaxed);
    }

    /// Another number than before, if bytes have moved since.
    pub(super) fn moves(&self) -> usize {
        let reads = self.reads.load(Relaxed);
        reads.wrapping_add(self.writes.load(Relaxed))
    }

    /// Nothing more will be written.
    pub(super) fn shut(&self) {
        self.is_shut.store(true, Relaxed);
    }
}

/// One more, of what one task counts: the transport is in one place.
fn count(counter: &AtomicUsize) {
    let next = counter.load(Relaxed).wrapping_add(1);
    counter.store(next, Relaxed);
}

/// How the connection comes to its end.
impl Activity {
    /// No request is expected from now on: every response of HTTP/1.1 says so, and HTTP/2 has GOAWAY.
    pub(super) fn announce_the_end(&self) {
        self.is_last.store(true, Relaxed);
    }

    pub(super) fn is_last(&self) -> bool {
        self.is_last.load(Relaxed)
    }

    /// Nothing has begun that the client waits for. What the kernel has is not known here.
    pub(super) fn is_quiet(&self) -> bool {
        matches!(self.waits_for(), Wait::Idle(_)) || self.moves() == 0
    }

    /// Has a head begun, of which the rest has not come?
    pub(super) fn has_part_of_head(&self) -> bool {
        matches!(self.waits_for(), Wait::Head(_)) && self.moves() > 0
    }

    /// The head that has begun has no more time. Had it none already?
    pub(super) fn end_head(&self) -> bool {
        self.is_head_over.swap(true, Relaxed)
    }

    pub(super) fn is_head_over(&self) -> bool {
        self.is_head_over.load(Relaxed)
    }

    /// The next read that finds nothing finds the end.
    pub(super) fn end_reads(&self) {
        self.reads_end.store(true, Relaxed);
    }

    /// Is the end to be found? Asked once.
    pub(super) fn take_end(&self) -> bool {
        self.reads_end.load(Relaxed) && self.reads_end.swap(false, Relaxed)
    }

    /// From now on what is dropped unfinished was cut off.
    pub(super) fn cut(&self) {
        self.is_cut.store(true, Relaxed);
        let tunnels = self.tunnels.load(Relaxed);
        if tunnels > 0 {
            tracing::warn!(
                tunnels,
                "a connection that had WebSockets was cut off by the end of the server"
            );
        }
    }

    /// Ready when the server cuts off what is left.
    pub(super) fn reached_cut(&self) -> impl Future<Output = ()> + Send + use<> {
        let mut phase = self.phase.clone();
        async move { reached(&mut phase, Phase::Cut).await }
    }

    /// What the connection was upgraded to is cut off.
    pub(super) fn cut_upgraded(&self) {
        let handler = self.upgraded.get().copied().flatten().unwrap_or("none");
        tracing::warn!(
            handler,
            "an upgraded connection was cut off by the end of the server"
        );
    }

    /// A response was dropped: was it cut off?
    pub(super) fn count_cut(&self) -> bool {
        let is_cut = self.is_cut.load(Relaxed);
        if is_cut {
            self.all_cut.fetch_add(1, Relaxed);
        }
        is_cut
    }
}
