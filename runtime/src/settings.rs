//! How does a route want its handler to be run? Its [`Settings`], from the options of `#[handler]`.

use std::time::Duration;

/// What a route says of how its handler is run, and where the handler is.
#[derive(Clone, Copy, Debug)]
pub struct Settings {
    file: &'static str,
    line: u32,
    /// `None` is the default of the serving, here and below.
    pub(crate) timeout: Option<Duration>,
    /// In bytes.
    pub(crate) body_limit: Option<usize>,
    /// What becomes of the handler when its client leaves.
    pub(crate) on_disconnect: OnDisconnect,
    /// An argument may look at who the client is.
    pub(crate) asks_for_peer: bool,
}

/// What becomes of a handler when its client leaves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum OnDisconnect {
    /// The handler runs until it has sent.
    Finish,
    /// The handler is dropped at its next `.await`.
    Cancel,
    /// A service that an app does not know is dropped with its connection.
    Service,
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
            on_disconnect: OnDisconnect::Finish,
            asks_for_peer: true,
        }
    }

    /// May an argument look at who the client is?
    pub const fn asks_for_peer(mut self, asks: bool) -> Self {
        self.asks_for_peer = asks;
        self
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
        self.on_disconnect = OnDisconnect::Cancel;
        self
    }
}

impl Settings {
    /// Those of a handler that is found by no route.
    pub(crate) const OF_A_FALLBACK: Settings = Settings::at("", 0);

    /// Those of a service that an app does not know: its end is its own.
    pub(crate) const OF_A_SERVICE: Settings = Settings {
        on_disconnect: OnDisconnect::Service,
        ..Settings::at("", 0)
    };

    /// Where the handler is, if that is known.
    pub(crate) fn place(&self) -> Option<String> {
        (self.line > 0).then(|| format!("{}:{}", self.file, self.line))
    }
}
