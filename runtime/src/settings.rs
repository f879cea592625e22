//! How is a handler run? What its route says, and what holds where it says nothing.

use std::time::Duration;

/// What a route says of how its handler is run, and where the handler is.
#[derive(Clone, Copy, Debug)]
pub struct Settings {
    file: &'static str,
    line: u32,
    timeout: Option<Duration>,
    body_limit: Option<usize>,
    cancels: bool,
}

/// Built while compiling, by what `#[handler]` makes of its options.
impl Settings {
    /// Those of a handler without options.
    pub const fn at(file: &'static str, line: u32) -> Self {
        Settings {
            file,
            line,
            timeout: None,
            body_limit: None,
            cancels: false,
        }
    }

    /// `timeout = ..`
    pub const fn timeout(mut self, timeout: Duration) -> Self {
        self.timeout = Some(timeout);
        self
    }

    /// `body_limit = ..`, in bytes.
    pub const fn body_limit(mut self, bytes: usize) -> Self {
        self.body_limit = Some(bytes);
        self
    }

    /// `on_disconnect = cancel`
    pub const fn cancel_on_disconnect(mut self) -> Self {
        self.cancels = true;
        self
    }
}

impl Settings {
    /// Where the handler is, for the log.
    pub(crate) fn place(&self) -> String {
        format!("{}:{}", self.file, self.line)
    }

    /// Does the handler run on when its client has left?
    pub(crate) fn finishes(&self) -> bool {
        !self.cancels
    }
}

/// What holds for every route that does not say otherwise.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Defaults {
    /// The time a handler has.
    pub(crate) timeout: Option<Duration>,
    /// In bytes.
    pub(crate) body_limit: usize,
    /// How many handlers may run on at once after their clients have left.
    pub(crate) finishing_limit: usize,
}

impl Default for Defaults {
    fn default() -> Self {
        Defaults {
            timeout: None,
            body_limit: 2 * 1024 * 1024,
            finishing_limit: 10_000,
        }
    }
}

impl Defaults {
    /// The time that the handler of a route has.
    pub(crate) fn timeout_of(&self, route: &Settings) -> Option<Duration> {
        route.timeout.or(self.timeout)
    }

    /// How many bytes the body of a request for a route may have.
    pub(crate) fn body_limit_of(&self, route: &Settings) -> usize {
        route.body_limit.unwrap_or(self.body_limit)
    }
}
