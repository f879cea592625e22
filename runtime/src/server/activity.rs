//! What has happened on a connection? Its transport, its requests and its clock share an
//! [`Activity`].

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering::Relaxed};

/// What is known of a connection.
///
/// Nothing else is guarded by these: each is a count or a flag of its own. On HTTP/1.1 all of them
/// belong to one task, apart from those of the request body.
#[derive(Debug, Default)]
pub(super) struct Activity {
    pub(super) is_http2: bool,
    /// Requests that have begun.
    calls: AtomicUsize,
    /// Requests that have begun and whose response is not with the transport.
    running: AtomicUsize,
    /// Bytes that are not of a request that has begun have come.
    has_head: AtomicBool,
    /// The bytes that came last end as a head or a chunked body does.
    at_end: AtomicBool,
    /// The request that began last has a body with a length, which ends in any bytes.
    has_length: AtomicBool,
    /// A request body was not read to its end.
    pub(super) has_unread_body: AtomicBool,
    /// A request body did not come in time.
    pub(super) has_stalled_body: AtomicBool,
    /// The transport has taken all that was written, or did not take it yet.
    is_blocked: AtomicBool,
    /// Writes that the transport took.
    writes: AtomicUsize,
    /// Response bodies that wait for the transport, not for the handler.
    unsent: AtomicUsize,
    /// What was asked of response bodies.
    moves: AtomicUsize,
    /// Requests that the client took back before there was a response, less those with one.
    resets: AtomicUsize,
}

/// What a connection waits for. It lasts while it compares equal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Phase {
    /// The head of a request.
    Head(usize),
    /// A request.
    Idle(usize),
    /// The client to read what was written.
    Blocked(usize),
    /// The client to let response bodies be sent: HTTP/2 has windows for them.
    Unsent(usize),
    /// The handler.
    Running,
}

impl Activity {
    pub(super) fn new(is_http2: bool) -> Self {
        Activity {
            is_http2,
            ..Activity::default()
        }
    }

    pub(super) fn phase(&self) -> Phase {
        let calls = self.calls.load(Relaxed);
        if self.is_blocked.load(Relaxed) {
            Phase::Blocked(self.writes.load(Relaxed))
        } else if self.is_http2 && self.unsent.load(Relaxed) > 0 {
            Phase::Unsent(self.moves.load(Relaxed))
        } else if self.running.load(Relaxed) > 0 {
            Phase::Running
        } else if !self.is_http2 && (calls == 0 || self.has_head.load(Relaxed)) {
            Phase::Head(calls)
        } else {
            Phase::Idle(calls)
        }
    }

    /// Bytes have come.
    pub(super) fn read(&self, bytes: &[u8]) {
        self.has_head.store(true, Relaxed);
        let at_end = bytes.ends_with(b"\n\r\n") || bytes.ends_with(b"\n\n");
        self.at_end.store(at_end, Relaxed);
    }

    /// Bytes were written, or could not be.
    pub(super) fn wrote(&self, is_blocked: bool) {
        self.is_blocked.store(is_blocked, Relaxed);
        if !is_blocked {
            // One writer: the transport is in one place.
            let writes = self.writes.load(Relaxed).wrapping_add(1);
            self.writes.store(writes, Relaxed);
        }
    }

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
    }

    /// A request has ended. What came after it is the head of the next: it is in hyper's buffer,
    /// so only the last bytes tell whether there is something.
    pub(super) fn end(&self, is_answered: bool) {
        let is_whole = self.at_end.load(Relaxed) || self.has_length.load(Relaxed);
        self.has_head.store(!is_whole, Relaxed);
        if self.is_http2 {
            self.count_reset(is_answered);
        }
        self.running.fetch_sub(1, Relaxed);
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

    pub(super) fn resets(&self) -> usize {
        self.resets.load(Relaxed)
    }

    /// A response body waits for the transport from now on.
    pub(super) fn hold_body(&self) {
        self.moves.fetch_add(1, Relaxed);
        self.unsent.fetch_add(1, Relaxed);
    }

    /// A response body waits for the handler from now on, or is no more.
    pub(super) fn release_body(&self) {
        self.moves.fetch_add(1, Relaxed);
        self.unsent.fetch_sub(1, Relaxed);
    }

    /// The transport has asked a response body for more.
    pub(super) fn move_body(&self) {
        self.moves.fetch_add(1, Relaxed);
    }
}
