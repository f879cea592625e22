//! What has happened on a connection? Its transport, its requests, its clock and the end of the
//! server share an [`Activity`].

use std::future::Future;
use std::sync::atomic::{
    AtomicBool, AtomicU32, AtomicUsize, Ordering::Acquire, Ordering::Relaxed, Ordering::Release,
};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};

use hyper::body::Incoming;
use tokio::sync::{OwnedSemaphorePermit, watch};
use tokio_util::task::task_tracker::TaskTrackerToken;

use super::shutdown::{Phase, reached};

/// What is known of a connection.
///
/// Nothing else is guarded by these: each is a count or a flag of its own. On HTTP/1.1 all of them
/// belong to one task, apart from those of the request body.
pub(super) struct Activity {
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

/// A request body that is not read to its end by who had it.
#[derive(Default)]
enum LeftBody {
    /// It is dropped.
    #[default]
    Dropped,
    /// It is kept, for who has the response.
    Kept(Option<Incoming>),
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
    pub(super) fn new(
        tracked: TaskTrackerToken,
        slot: Option<OwnedSemaphorePermit>,
        all_cut: Arc<AtomicUsize>,
        phase: watch::Receiver<Phase>,
    ) -> Self {
        Activity {
            is_http2: AtomicBool::new(false),
            calls: AtomicUsize::new(0),
            running: AtomicUsize::new(0),
            has_head: AtomicBool::new(false),
            begins_empty: AtomicBool::new(false),
            last_bytes: AtomicU32::new(0),
            has_length: AtomicBool::new(false),
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

/// What becomes of requests.
impl Activity {
    /// A request has begun.
    pub(super) fn begin(&self, has_length: bool) {
        self.calls.fetch_add(1, Relaxed);
        self.running.fetch_add(1, Relaxed);
        self.has_length.store(has_length, Relaxed);
    }

    /// A WebSocket has begun, on a stream of HTTP/2. It counts as a request that goes on until the
    /// connection ends, since hyper does not tell when the stream does; PING finds out whether the
    /// client is there.
    pub(super) fn open_tunnel(&self) {
        self.running.fetch_add(1, Relaxed);
        self.tunnels.fetch_add(1, Relaxed);
    }

    /// A request has ended. What came after it is the head of the next: it is in hyper's buffer,
    /// so only the last bytes tell whether there is something.
    pub(super) fn end(&self, is_answered: bool) {
        self.end_part();
        if self.is_http2() {
            self.count_reset(is_answered);
        }
        self.running.fetch_sub(1, Relaxed);
    }

    /// What came until now was of a request that has begun, unless it plainly goes on.
    fn end_part(&self) {
        let is_whole = self.is_at_end() || self.has_length.load(Relaxed);
        self.has_head.store(!is_whole, Relaxed);
    }

    /// hyper has nothing of a head.
    pub(super) fn forget_head(&self) {
        self.has_head.store(false, Relaxed);
        self.is_head_over.store(false, Relaxed);
    }

    fn count_reset(&self, is_answered: bool) {
        let change = |resets: usize| match is_answered {
            true => resets.checked_sub(1),
            false => resets.checked_add(1),
        };
        // With nothing to take away from it stays.
        let _ = self.resets.fetch_update(Relaxed, Relaxed, change);
    }

    pub(super) fn is_running(&self) -> bool {
        self.running.load(Relaxed) > 0
    }

    /// The client has closed its side. It may still read, or be gone: TCP does not tell.
    pub(super) fn leave(&self) {
        self.has_left.store(true, Relaxed);
    }

    pub(super) fn has_left(&self) -> bool {
        self.has_left.load(Relaxed)
    }

    /// The handler may take its time although the client has left. It is one of those that run on
    /// without a client, which have a limit of their own, and makes room for another connection.
    pub(super) fn let_finish(&self) {
        self.may_finish.store(true, Relaxed);
        let mut slot = self.slot.lock().unwrap_or_else(PoisonError::into_inner);
        slot.take();
    }

    /// It has.
    pub(super) fn has_finished(&self) {
        self.may_finish.store(false, Relaxed);
    }

    /// The client has left, and is not to be answered.
    pub(super) fn give_up(&self) {
        self.is_given_up.store(true, Relaxed);
    }

    pub(super) fn is_given_up(&self) -> bool {
        self.is_given_up.load(Relaxed)
    }

    pub(super) fn resets(&self) -> usize {
        self.resets.load(Relaxed)
    }

    /// There is a request body.
    pub(super) fn open_body(&self) {
        self.bodies.fetch_add(1, Relaxed);
    }

    /// A request body has ended, or is not wanted any more: who sees that sees also what was done
    /// to it before.
    pub(super) fn close_body(&self) {
        self.end_part();
        self.bodies.fetch_sub(1, Release);
    }

    /// A request body did not come in time, or is no body.
    pub(super) fn break_body(&self) {
        self.has_broken_body.store(true, Relaxed);
    }

    pub(super) fn has_broken_body(&self) -> bool {
        self.has_broken_body.load(Relaxed)
    }

    /// A request body of HTTP/1.1 ended in trailers. hyper reads up to an empty line that ends in
    /// CRLF, and drops what stands behind one that ends in a bare LF, which another reader may take
    /// for the next request: none is to be awaited here.
    pub(super) fn take_trailers(&self) {
        self.has_trailers.store(true, Relaxed);
    }

    pub(super) fn has_trailers(&self) -> bool {
        self.has_trailers.load(Relaxed)
    }

    /// From now on a body that nobody reads on is kept.
    pub(super) fn keep_left_body(&self) {
        *self.left_body() = LeftBody::Kept(None);
    }

    /// Nobody reads on in a request body.
    pub(super) fn leave_body(&self, body: Incoming) {
        if let LeftBody::Kept(kept) = &mut *self.left_body() {
            *kept = Some(body);
        }
    }

    /// What was kept. From now on nothing is.
    pub(super) fn take_left_body(&self) -> Option<Incoming> {
        match std::mem::take(&mut *self.left_body()) {
            LeftBody::Kept(kept) => kept,
            LeftBody::Dropped => None,
        }
    }

    fn left_body(&self) -> MutexGuard<'_, LeftBody> {
        self.left_body
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }

    /// A response body waits for the transport from now on.
    pub(super) fn hold_body(&self) {
        self.pulls.fetch_add(1, Relaxed);
        self.unsent.fetch_add(1, Relaxed);
    }

    /// A response body waits for the handler from now on, or is no more.
    pub(super) fn release_body(&self) {
        self.pulls.fetch_add(1, Relaxed);
        self.unsent.fetch_sub(1, Relaxed);
    }

    /// The transport has asked a response body for more.
    pub(super) fn pull_body(&self) {
        self.pulls.fetch_add(1, Relaxed);
    }

    /// Another protocol takes over.
    pub(super) fn upgrade(&self, handler: Option<&'static str>) {
        self.upgraded.get_or_init(|| handler);
    }

    pub(super) fn is_upgraded(&self) -> bool {
        self.upgraded.get().is_some()
    }
}

/// How it ends.
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
