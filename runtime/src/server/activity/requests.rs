//! What becomes of the requests of a connection, of their bodies, and of who sent them?

use std::sync::atomic::Ordering::{Relaxed, Release};
use std::sync::{MutexGuard, PoisonError};

use hyper::body::Incoming;

use super::Activity;

/// A request body that is not read to its end by who had it.
#[derive(Default)]
pub(super) enum LeftBody {
    /// The rest of the body is dropped.
    #[default]
    Dropped,
    /// The rest of the body is kept for whoever has the response.
    Kept(Option<Incoming>),
}

/// What becomes of requests.
impl Activity {
    /// A request has begun.
    pub(in crate::server) fn begin(&self, has_length: bool) {
        self.calls.fetch_add(1, Relaxed);
        self.running.fetch_add(1, Relaxed);
        self.has_length.store(has_length, Relaxed);
    }

    /// A WebSocket has begun, on a stream of HTTP/2. It counts as a request that goes on until the
    /// connection ends, since hyper does not tell when the stream does; PING finds out whether the
    /// client is there.
    pub(in crate::server) fn open_tunnel(&self) {
        self.running.fetch_add(1, Relaxed);
        self.tunnels.fetch_add(1, Relaxed);
    }

    /// A request has ended. What came after it is the head of the next: it is in hyper's buffer,
    /// so only the last bytes tell whether there is something.
    pub(in crate::server) fn end(&self, is_answered: bool) {
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
    pub(in crate::server) fn forget_head(&self) {
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

    pub(in crate::server) fn is_running(&self) -> bool {
        self.running.load(Relaxed) > 0
    }

    /// The client has closed its side. It may still read, or be gone: TCP does not tell.
    pub(in crate::server) fn leave(&self) {
        self.has_left.store(true, Relaxed);
    }

    pub(in crate::server) fn has_left(&self) -> bool {
        self.has_left.load(Relaxed)
    }

    /// The handler may take its time although the client has left. It is one of those that run on
    /// without a client, which have a limit of their own, and makes room for another connection.
    pub(in crate::server) fn let_finish(&self) {
        self.may_finish.store(true, Relaxed);
        let mut slot = self.slot.lock().unwrap_or_else(PoisonError::into_inner);
        slot.take();
    }

    /// The handler is done, and there is a response to be written.
    pub(in crate::server) fn has_finished(&self) {
        self.may_finish.store(false, Relaxed);
    }

    /// The client has left, and is not to be answered.
    pub(in crate::server) fn give_up(&self) {
        self.is_given_up.store(true, Relaxed);
    }

    pub(in crate::server) fn is_given_up(&self) -> bool {
        self.is_given_up.load(Relaxed)
    }

    pub(in crate::server) fn resets(&self) -> usize {
        self.resets.load(Relaxed)
    }

    /// There is a request body.
    pub(in crate::server) fn open_body(&self) {
        self.bodies.fetch_add(1, Relaxed);
    }

    /// A request body has ended, or is not wanted any more: who sees that sees also what was done
    /// to it before.
    pub(in crate::server) fn close_body(&self) {
        self.end_part();
        self.bodies.fetch_sub(1, Release);
    }

    /// Does somebody wait for a part of a request body? Then hyper reads.
    pub(in crate::server) fn want_body(&self, is_wanted: bool) {
        self.is_body_wanted.store(is_wanted, Relaxed);
    }

    /// HTTP/1.1: does a handler run, and nobody read?
    pub(in crate::server) fn runs_unread(&self) -> bool {
        self.is_running()
            && !self.is_http2()
            && !self.is_body_wanted.load(Relaxed)
            && !self.is_upgraded()
    }

    /// A request body did not come in time, or is no body.
    pub(in crate::server) fn break_body(&self) {
        self.has_broken_body.store(true, Relaxed);
    }

    pub(in crate::server) fn has_broken_body(&self) -> bool {
        self.has_broken_body.load(Relaxed)
    }

    /// A request body of HTTP/1.1 ended in trailers. hyper reads up to an empty line that ends in
    /// CRLF, and drops what stands behind one that ends in a bare LF, which another reader may take
    /// for the next request: none is to be awaited here.
    pub(in crate::server) fn take_trailers(&self) {
        self.has_trailers.store(true, Relaxed);
    }

    pub(in crate::server) fn has_trailers(&self) -> bool {
        self.has_trailers.load(Relaxed)
    }

    /// From now on a body that nobody reads on is kept.
    pub(in crate::server) fn keep_left_body(&self) {
        *self.left_body() = LeftBody::Kept(None);
    }

    /// Nobody reads on in a request body.
    pub(in crate::server) fn leave_body(&self, body: Incoming) {
        if let LeftBody::Kept(kept) = &mut *self.left_body() {
            *kept = Some(body);
        }
    }

    /// What was kept. From now on nothing is.
    pub(in crate::server) fn take_left_body(&self) -> Option<Incoming> {
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
    pub(in crate::server) fn hold_body(&self) {
        self.pulls.fetch_add(1, Relaxed);
        self.unsent.fetch_add(1, Relaxed);
    }

    /// A response body waits for the handler from now on, or is no more.
    pub(in crate::server) fn release_body(&self) {
        self.pulls.fetch_add(1, Relaxed);
        self.unsent.fetch_sub(1, Relaxed);
    }

    /// The transport has asked a response body for more.
    pub(in crate::server) fn pull_body(&self) {
        self.pulls.fetch_add(1, Relaxed);
    }

    /// Another protocol takes over.
    pub(in crate::server) fn upgrade(&self, handler: Option<&'static str>) {
        self.upgraded.get_or_init(|| handler);
    }

    pub(in crate::server) fn is_upgraded(&self) -> bool {
        self.upgraded.get().is_some()
    }
}
