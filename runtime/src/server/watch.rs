//! When has a connection waited long enough? One timer for each, set anew only when it fires or
//! when something shorter begins.

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use tokio::time::{Instant, Sleep, sleep_until};

use super::activity::{Activity, Wait};
use super::limits::Limits;
use super::socket::LINGER_IN_ALL;

/// So long an idle connection of HTTP/1.1 keeps hyper's buffers, 16 KiB, before it gives them back.
///
/// To make them anew costs about what it costs to read and parse a request, so it should not be
/// done for a client that sends one after the other, even from far away. And with a thousand new
/// connections a second no more than 4 MiB wait to be given back.
const REST: Duration = Duration::from_millis(250);

/// The clock of one connection.
pub(super) struct Watch {
    activity: Arc<Activity>,
    limits: Limits,
    wait: Wait,
    since: Instant,
    is_closing: bool,
    /// It never fires later than the time at which what is waited for is due.
    alarm: Pin<Box<Sleep>>,
    /// Whether the alarm wakes the task.
    is_armed: bool,
}

/// Which of the times that a client has is over.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Over {
    /// The head of a request has not come.
    Head,
    /// No request has come for a moment.
    Rest,
    /// No request has come.
    Idle,
    /// The client does not read.
    Blocked,
    /// It has closed its side, and its response pauses.
    Left,
    /// It was told to close, and did not.
    Close,
    /// The client has taken back too many requests.
    Resets,
}

impl Watch {
    /// The clock of a connection that has waited since an instant.
    pub(super) fn new(activity: Arc<Activity>, limits: Limits, since: Instant) -> Self {
        let wait = activity.waits_for();
        let limit = match wait {
            Wait::Head(_) => limits.head_timeout,
            _ => limits.idle_timeout,
        };
        let alarm = since.checked_add(limit).unwrap_or_else(far);
        Watch {
            activity,
            limits,
            wait,
            since,
            is_closing: false,
            alarm: Box::pin(sleep_until(alarm)),
            is_armed: false,
        }
    }

    /// Since when it has waited for what it waits for.
    pub(super) fn since(&self) -> Instant {
        self.since
    }

    /// Has nothing happened since it was polled?
    pub(super) fn waits_still(&self) -> bool {
        self.activity.waits_for() == self.wait
    }

    /// The connection has been told to close.
    pub(super) fn close(&mut self) {
        self.is_closing = true;
        self.since = Instant::now();
    }

    /// Ready when something is over. To be polled after the connection.
    pub(super) fn poll(&mut self, context: &mut Context<'_>) -> Poll<Over> {
        if self.activity.resets() > self.limits.max_resets {
            return Poll::Ready(Over::Resets);
        }
        let wait = self.activity.waits_for();
        if wait != self.wait {
            self.wait = wait;
            // Nothing is due while a handler runs.
            if wait != Wait::Running {
                self.since = Instant::now();
            }
        }
        let (over, limit) = self.limit();
        let due = limit.and_then(|limit| self.since.checked_add(limit));
        if let Some(due) = due
            && due < self.alarm.deadline()
        {
            self.alarm.as_mut().reset(due);
            self.is_armed = false;
        }
        loop {
            // The task is always the same, so it need not say again whom to wake.
            if self.is_armed && !self.alarm.is_elapsed() {
                return Poll::Pending;
            }
            self.is_armed = true;
            ready!(self.alarm.as_mut().poll(context));
            self.is_armed = false;
            let now = Instant::now();
            let next = due.or_else(|| now.checked_add(self.limits.idle_timeout));
            if due.is_some_and(|due| due <= now) {
                return Poll::Ready(over);
            }
            self.alarm.as_mut().reset(next.unwrap_or_else(far));
        }
    }

    fn limit(&self) -> (Over, Option<Duration>) {
        let limits = &self.limits;
        match self.wait {
            Wait::Blocked(_) | Wait::Unsent(_) => (Over::Blocked, Some(limits.write_timeout)),
            Wait::Running => (Over::Idle, None),
            Wait::Left(_) => (Over::Left, Some(LEFT)),
            Wait::Shut => (Over::Close, Some(LINGER_IN_ALL)),
            // What is left to do is to write.
            _ if self.is_closing => (Over::Close, Some(limits.write_timeout)),
            Wait::Head(_) if self.activity.is_head_over() => (Over::Head, Some(Duration::ZERO)),
            Wait::Head(_) => (Over::Head, Some(limits.head_timeout)),
            Wait::Idle(_) if self.may_rest() => (Over::Rest, Some(REST)),
            Wait::Idle(_) => (Over::Idle, Some(limits.idle_timeout)),
        }
    }

    /// HTTP/2 has its windows and its compressed headers to remember. A connection that is to be
    /// closed will not be for long.
    fn may_rest(&self) -> bool {
        let activity = &self.activity;
        self.limits.idle_timeout > REST && !activity.is_http2() && !activity.is_last()
    }
}

/// How long the response may pause for a client that has closed its side. It may read on, as
/// `nc -N` does; but most that do that have gone.
const LEFT: Duration = Duration::from_secs(1);

/// Later than any server runs.
pub(super) fn far() -> Instant {
    Instant::now() + Duration::from_secs(60 * 60 * 24 * 365 * 30)
}
