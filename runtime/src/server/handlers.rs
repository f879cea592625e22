//! What may a handler take of a server? The methods of [`Server`] that say so, for all routes.

use std::time::Duration;

use super::Server;

/// # Handlers
///
/// What holds for every route that does not say otherwise in its options: see
/// [`handler`](macro@crate::handler#options).
impl Server {
    /// How long a handler may take to its response, its arguments included; as long as it wants by
    /// default. The option `timeout = 5s` of a route wins.
    ///
    /// A handler that takes longer is dropped, which is logged, and its request answered 503 (RFC
    /// 9110 section 15.6.4); 408 if it waited for the body of the request (section 15.5.9). Layers
    /// around the handler, and the sending of the response, are not counted.
    #[must_use]
    pub fn handler_timeout(mut self, timeout: Duration) -> Self {
        self.defaults.timeout = Some(timeout);
        self
    }

    /// How many bytes the body of a request may have; 2,097,152 (2 MiB) by default. The option
    /// `body_limit = 10MB` of a route wins.
    ///
    /// A longer body is answered 413 (RFC 9110 section 15.5.14) where it is read: one that declares
    /// its length, before any of it is; any other, when that much of it has been. It holds for every
    /// extractor, for a handler that reads the stream itself, and for services:
    /// [`App::nest_service_with_body_limit`](crate::App::nest_service_with_body_limit) has another one.
    #[must_use]
    pub fn body_limit(mut self, bytes: usize) -> Self {
        self.defaults.body_limit = bytes;
        self
    }

    /// How many handlers may run on at once after their clients have left; 10,000 by default. One
    /// more is dropped, and a warning logged.
    ///
    /// A route with the option `on_disconnect = cancel` never runs on. Work that is to come
    /// [`after`](crate::after()) a response is not counted, and has no limit but its own.
    #[must_use]
    pub fn finishing_limit(mut self, handlers: usize) -> Self {
        self.defaults.finishing_limit = handlers;
        self
    }
}
