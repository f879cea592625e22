//! `WebSocketUpgrade`: a handshake, checked as RFC 6455 section 4.2.1 says, and over HTTP/2 as
//! RFC 8441 does. axum does the rest.
//!
//! axum takes any text for a key, the first of several, and no list in `Upgrade`; and its refusals
//! lack the fields that say how to do better.

use std::borrow::Cow;
use std::fmt;
use std::future::Future;

use axum::extract::ws;
use axum::extract::ws::{DefaultOnFailedUpgrade, OnFailedUpgrade, WebSocket};
use axum_core::extract::FromRequestParts;
use axum_core::response::Response;
use http::header::{self, HeaderName};
use http::request::Parts;
use http::{HeaderMap, HeaderValue, Method, Version};

use crate::problem::Problem;
use crate::rejection::of_websocket;

/// The handshake of a WebSocket (RFC 6455). Needs the feature `ws`.
///
/// A route for `GET` takes them over HTTP/1.1, and over HTTP/2 too, where the request is an
/// extended `CONNECT` (RFC 8441): a `GET` route answers it, unless `CONNECT` has its own.
///
/// The handler answers 101; the socket lives on in a task of its own. The graceful stop of a
/// [`Server`](crate::Server) waits for it as for a request, so let it close when
/// [`Draining`](crate::Draining) begins, as the example `live` does.
///
/// ```
/// use sendoff::extract::ws::{WebSocket, WebSocketUpgrade};
/// use sendoff::{handler, send};
///
/// #[handler(GET "/echo")]
/// async fn echo(upgrade: WebSocketUpgrade) {
///     send!(upgrade.on_upgrade(back));
/// }
///
/// async fn back(mut socket: WebSocket) {
///     while let Some(Ok(message)) = socket.recv().await {
///         if socket.send(message).await.is_err() {
///             return;
///         }
///     }
/// }
/// ```
///
/// What is no handshake is refused: a request that asks for no WebSocket with 426 and `Upgrade`, one
/// of another version with 426 and `Sec-WebSocket-Version`, what is malformed with 400. The whole
/// list is in [the page on input](crate::extract#input).
#[must_use = "a WebSocket is opened by the response of `on_upgrade`"]
pub struct WebSocketUpgrade<F = DefaultOnFailedUpgrade>(ws::WebSocketUpgrade<F>);

impl<F> WebSocketUpgrade<F> {
    /// Sets how much is read at once, in bytes; 128 KiB by default.
    pub fn read_buffer_size(self, size: usize) -> Self {
        WebSocketUpgrade(self.0.read_buffer_size(size))
    }

    /// Sets how much is kept before it is written, in bytes; 128 KiB by default. With 0 each message
    /// is written at once.
    pub fn write_buffer_size(self, size: usize) -> Self {
        WebSocketUpgrade(self.0.write_buffer_size(size))
    }

    /// Sets how much may wait to be written, in bytes; without a limit by default. It has to be
    /// larger than [`write_buffer_size`](Self::write_buffer_size) and a message.
    pub fn max_write_buffer_size(self, max: usize) -> Self {
        WebSocketUpgrade(self.0.max_write_buffer_size(max))
    }

    /// Sets how long a message may be, in bytes; 64 MiB by default.
    pub fn max_message_size(self, max: usize) -> Self {
        WebSocketUpgrade(self.0.max_message_size(max))
    }

    /// Sets how long a frame may be, in bytes; 16 MiB by default.
    pub fn max_frame_size(self, max: usize) -> Self {
        WebSocketUpgrade(self.0.max_frame_size(max))
    }

    /// Says whether frames without a mask are taken, which RFC 6455 section 5.1 forbids; they are
    /// not by default.
    pub fn accept_unmasked_frames(self, accept: bool) -> Self {
        WebSocketUpgrade(self.0.accept_unmasked_frames(accept))
    }

    /// Names the protocols that the handler speaks, the one that it likes best first: the first of
    /// them that the client has asked for is chosen.
    pub fn protocols<I>(self, protocols: I) -> Self
    where
        I: IntoIterator,
        I::Item: Into<Cow<'static, str>>,
    {
        WebSocketUpgrade(self.0.protocols(protocols))
    }

    /// The protocols that the client has asked for.
    pub fn requested_protocols(&self) -> impl Iterator<Item = &HeaderValue> {
        self.0.requested_protocols()
    }

    /// Chooses a protocol, which should be one that the client has asked for.
    pub fn set_selected_protocol(&mut self, protocol: HeaderValue) {
        self.0.set_selected_protocol(protocol);
    }

    /// The protocol that was chosen.
    pub fn selected_protocol(&self) -> Option<&HeaderValue> {
        self.0.selected_protocol()
    }

    /// Says what is done if the connection ends before it is a WebSocket; nothing by default.
    pub fn on_failed_upgrade<C: OnFailedUpgrade>(self, callback: C) -> WebSocketUpgrade<C> {
        WebSocketUpgrade(self.0.on_failed_upgrade(callback))
    }

    /// The response that opens the socket, and what is done with it.
    #[must_use = "the WebSocket is opened by this response"]
    pub fn on_upgrade<C, Fut>(self, callback: C) -> Response
    where
        C: FnOnce(WebSocket) -> Fut + Send + 'static,
        Fut: Future<Output = ()> + Send + 'static,
        F: OnFailedUpgrade,
    {
        self.0.on_upgrade(callback)
    }
}

impl<F> fmt::Debug for WebSocketUpgrade<F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl<S: Send + Sync> FromRequestParts<S> for WebSocketUpgrade {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        check(parts)?;
        // axum does not read the lists that `check` has read.
        let asked = is_a_list(&parts.headers).then(|| parts.headers.clone());
        if asked.is_some() {
            for (name, value) in [
                (header::UPGRADE, "websocket"),
                (header::CONNECTION, "upgrade"),
            ] {
                parts.headers.insert(name, HeaderValue::from_static(value));
            }
        }
        let upgrade = ws::WebSocketUpgrade::from_request_parts(parts, state).await;
        if let Some(asked) = asked {
            parts.headers = asked;
        }
        upgrade
            .map(WebSocketUpgrade)
            .map_err(|rejection| of_websocket(&rejection))
    }
}

/// Does the client name more than `websocket` and `upgrade`?
fn is_a_list(headers: &HeaderMap) -> bool {
    let is = |name, expected: &str| {
        let value = single(headers, name);
        value.is_some_and(|value| value.eq_ignore_ascii_case(expected))
    };
    let is_asked = headers.contains_key(header::UPGRADE);
    is_asked && !(is(&header::UPGRADE, "websocket") && is(&header::CONNECTION, "upgrade"))
}

/// Is this the request of RFC 6455 section 4.2.1, or of RFC 8441 section 4?
fn check(parts: &Parts) -> Result<(), Problem> {
    let headers = &parts.headers;
    if parts.version >= Version::HTTP_2 {
        let protocol = parts.extensions.get::<hyper::ext::Protocol>();
        if parts.method != Method::CONNECT
            || protocol.is_none_or(|protocol| protocol.as_str() != "websocket")
        {
            return Err(malformed(
                "over HTTP/2 a WebSocket is opened by CONNECT with the protocol websocket",
            ));
        }
        return check_version(headers, false);
    }
    if parts.method != Method::GET {
        return Err(Problem::new(405)
            .detail("a WebSocket is opened by GET")
            .header(header::ALLOW, HeaderValue::from_static("GET")));
    }
    // A request of HTTP/1.0 asks for nothing: RFC 9110 section 7.8.
    if parts.version < Version::HTTP_11
        || !lists(headers, &header::CONNECTION, "upgrade")
        || !lists(headers, &header::UPGRADE, "websocket")
    {
        return Err(upgrade_required("this path answers WebSockets only"));
    }
    check_version(headers, true)?;
    match single(headers, &header::SEC_WEBSOCKET_KEY) {
        Some(key) if is_key(key) => Ok(()),
        _ => Err(malformed(
            "a WebSocket is asked for with one Sec-WebSocket-Key of 16 bytes in base64",
        )),
    }
}

/// RFC 6455 section 4.4: whoever speaks another version is told which one is spoken here.
fn check_version(headers: &HeaderMap, may_upgrade: bool) -> Result<(), Problem> {
    let version = single(headers, &header::SEC_WEBSOCKET_VERSION);
    if version == Some("13") {
        return Ok(());
    }
    let detail = "the version of WebSockets that is spoken here is 13";
    // HTTP/2 has no upgrade.
    let problem = if may_upgrade && version.is_some() {
        upgrade_required(detail)
    } else {
        malformed(detail)
    };
    let version = HeaderValue::from_static("13");
    Err(problem.header(header::SEC_WEBSOCKET_VERSION, version))
}

#[cold]
fn malformed(detail: &'static str) -> Problem {
    Problem::new(400).detail(detail)
}

/// RFC 9110 sections 15.5.22 and 7.8.
#[cold]
pub(crate) fn upgrade_required(detail: &'static str) -> Problem {
    Problem::new(426)
        .detail(detail)
        .header(header::UPGRADE, HeaderValue::from_static("websocket"))
        .header(header::CONNECTION, HeaderValue::from_static("upgrade"))
}

/// Is this in the list, in any case?
fn lists(headers: &HeaderMap, name: &HeaderName, expected: &str) -> bool {
    let values = headers.get_all(name).iter();
    let mut members = values.flat_map(|value| value.as_bytes().split(|byte| *byte == b','));
    members.any(|member| {
        member
            .trim_ascii()
            .eq_ignore_ascii_case(expected.as_bytes())
    })
}

/// The value of a field that is there once.
fn single<'h>(headers: &'h HeaderMap, name: &HeaderName) -> Option<&'h str> {
    let mut values = headers.get_all(name).iter();
    let value = values.next()?.to_str().ok()?.trim_ascii();
    values.next().is_none().then_some(value)
}

/// Is it the base64 of 16 bytes: 22 digits, the last of which has two bits, and two `=`?
fn is_key(key: &str) -> bool {
    let Some(digits) = key.strip_suffix("==") else {
        return false;
    };
    let is_digit = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/');
    digits.len() == 22
        && digits.as_bytes().iter().all(is_digit)
        && digits.ends_with(['A', 'Q', 'g', 'w'])
}
