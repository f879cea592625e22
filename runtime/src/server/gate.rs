//! Which requests does an app not get to see? Those that hyper lets through and RFC 9110, 9112 and
//! 9113 do not.

use std::convert::Infallible;
use std::future::Future;
use std::net::Ipv6Addr;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};

use axum_core::body::Body;
use axum_core::response::{IntoResponse, Response};
use bytes::Bytes;
use http::request::Parts;
use http::{HeaderMap, HeaderValue, Method, Request, StatusCode, Version, header};
use http_body::Body as _;
use hyper::body::Incoming;

use super::activity::Activity;
use super::body::{RequestBody, ResponseBody, Running, Unread};
use super::limits::Limits;
use crate::App;
use crate::endpoint::AppFuture;
use crate::peer::Peer;
use crate::phrase;
use crate::problem::Problem;
use crate::route::State;
use crate::running::Stay;

/// An app as a connection wants it.
pub(super) struct Gate<S> {
    app: App<S>,
    limits: Limits,
    activity: Arc<Activity>,
    peer: Option<Peer>,
}

impl<S: State> Gate<S> {
    pub(super) fn new(
        app: App<S>,
        limits: Limits,
        activity: Arc<Activity>,
        peer: Option<Peer>,
    ) -> Self {
        let peer = activity.client().map(Peer::Address).or(peer);
        Gate {
            app,
            limits,
            activity,
            peer,
        }
    }
}

impl<S: State> hyper::service::Service<Request<Incoming>> for Gate<S> {
    type Response = http::Response<ResponseBody>;
    type Error = Infallible;
    type Future = Answer;

    fn call(&self, request: Request<Incoming>) -> Answer {
        let (mut head, incoming) = request.into_parts();
        let has_body = !incoming.is_end_stream();
        let has_length = has_body && incoming.size_hint().exact().is_some();
        let mut running = Running::begin(&self.activity, has_length);
        let asks_for_tunnel = head.extensions.get::<hyper::ext::Protocol>().is_some();
        let body = if has_body {
            let activity = Arc::clone(&self.activity);
            if !activity.is_http2() {
                activity.keep_left_body();
            }
            let timeout = self.limits.body_timeout;
            Body::new(RequestBody::new(incoming, activity, timeout))
        } else {
            Body::empty()
        };
        if let Err(response) = self.check(&mut head, has_body) {
            return Answer {
                running: Some(running),
                closes: !response.status().is_success(),
                asks_for_tunnel,
                has_body,
                is_expected: false,
                unread: None,
                stay: None,
                future: self.app.refuse(&head.method, *response),
            };
        }
        let is_expected = has_body && head.headers.contains_key(header::EXPECT);
        let serving = self.app.serving();
        let peer = self.peer.map(|peer| serving.client(peer, &head.headers));
        let future = self.app.answer(Request::from_parts(head, body), peer);
        running.handler = future.handler_name();
        Answer {
            running: Some(running),
            closes: false,
            asks_for_tunnel,
            has_body,
            is_expected,
            unread: None,
            stay: None,
            future,
        }
    }
}

/// The response to a request.
pub(super) struct Answer {
    /// The client has left, and the handler stays for so long. Dropped first: a handler that runs
    /// on without its connection needs the room.
    stay: Option<Stay>,
    future: AppFuture,
    running: Option<Running>,
    /// The client is not to be trusted with another request.
    closes: bool,
    /// It is an extended CONNECT (RFC 8441 section 4).
    asks_for_tunnel: bool,
    /// The request has a body, which the client sends at once, or when it is asked.
    has_body: bool,
    is_expected: bool,
    /// There is a response, and the rest of a body.
    unread: Option<Box<Unread>>,
}

impl Answer {
    fn poll_response(&mut self, context: &mut Context<'_>) -> Poll<Response> {
        if let Some(unread) = &mut self.unread {
            return unread.poll(context);
        }
        let Poll::Ready(Ok(response)) = Pin::new(&mut self.future).poll(context) else {
            self.look_for_client();
            return Poll::Pending;
        };
        if self.has_body
            && let Some(running) = &self.running
            && let Some(left) = running.activity.take_left_body()
            && !self.closes
        {
            let unread = Unread::new(response, left, &running.activity, self.is_expected);
            return self.unread.insert(Box::new(unread)).poll(context);
        }
        Poll::Ready(response)
    }

    /// Is there still a client for whom the handler works?
    fn look_for_client(&mut self) {
        let Some(running) = &self.running else {
            return;
        };
        let activity = &running.activity;
        if !activity.has_left() || self.stay.is_some() {
            return;
        }
        match self.stay.insert(self.future.client_leaves()) {
            Stay::ToTheEnd { .. } => activity.let_finish(),
            Stay::ForAMoment => {}
            Stay::Not => activity.give_up(),
        }
    }
}

impl Future for Answer {
    type Output = Result<http::Response<ResponseBody>, Infallible>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        let mut response = ready!(self.poll_response(context));
        let mut running = self.running.take().expect("a future is not polled again");
        running.is_answered = true;
        let activity = &running.activity;
        if self.stay.is_some() {
            activity.has_finished();
        }
        running.stay = self.stay.take();
        let activity = &running.activity;
        if !activity.is_http2() {
            phrase::name(&mut response);
            if response.status() == StatusCode::SWITCHING_PROTOCOLS {
                activity.upgrade(running.handler);
            } else if self.closes
                || activity.is_last()
                || activity.has_broken_body()
                || activity.has_trailers()
            {
                let close = HeaderValue::from_static("close");
                response.headers_mut().insert(header::CONNECTION, close);
            }
        }
        if self.asks_for_tunnel && response.status().is_success() {
            running.activity.open_tunnel();
        }
        Poll::Ready(Ok(response.map(|body| ResponseBody::new(body, running))))
    }
}

type Refusal = Box<Response>;

fn refuse(status: StatusCode, detail: &'static str) -> Refusal {
    tracing::debug!(%status, detail, "refused a request");
    Box::new(Problem::new(status).detail(detail).into_response())
}

fn malformed(detail: &'static str) -> Refusal {
    refuse(StatusCode::BAD_REQUEST, detail)
}

impl<S> Gate<S> {
    /// Is this a request for the app? Otherwise, what is answered instead.
    fn check(&self, head: &mut Parts, has_body: bool) -> Result<(), Refusal> {
        if head.headers.len() > self.limits.max_headers {
            let status = StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE;
            return Err(refuse(status, "the request has too many headers"));
        }
        check_target(head)?;
        check_authority(head)?;
        give_one_form(head);
        if head.version == Version::HTTP_2 {
            join_cookies(&mut head.headers);
        }
        if let Some(path) = head.uri.path_and_query()
            && path.as_str().len() > self.limits.max_uri_length
        {
            let status = StatusCode::URI_TOO_LONG;
            return Err(refuse(status, "the URI is longer than the limit"));
        }
        if has_body {
            check_coding(&head.headers)?;
            check_expectation(&head.headers)?;
        }
        Ok(())
    }
}

/// RFC 9112 section 3.2: what is asked for has four forms.
fn check_target(head: &Parts) -> Result<(), Refusal> {
    let path = head.uri.path();
    if head.method == Method::CONNECT {
        // RFC 8441: a WebSocket over HTTP/2.
        if head.extensions.get::<hyper::ext::Protocol>().is_some() {
            return Ok(());
        }
        let detail = "this server is no proxy";
        return Err(refuse(StatusCode::NOT_IMPLEMENTED, detail));
    }
    if path == "*" {
        if head.method == Method::OPTIONS {
            // About the server as a whole there is nothing to say (RFC 9110 section 9.3.7).
            return Err(Box::new(StatusCode::NO_CONTENT.into_response()));
        }
        return Err(malformed("the target `*` is for OPTIONS only"));
    }
    match (head.uri.scheme_str(), head.uri.authority()) {
        (None, None) | (Some("http" | "https"), _) => Ok(()),
        (None, Some(_)) => Err(malformed(
            "the target is an authority, which is for CONNECT only",
        )),
        (Some(_), _) => Err(malformed("the target has another scheme than http")),
    }
}

/// RFC 9113 section 8.2.3: a client may send each of its cookies in a field of its own, for the
/// header compression. An app looks at one.
fn join_cookies(headers: &mut HeaderMap) {
    let mut parts = headers.get_all(header::COOKIE).iter();
    let Some(first) = parts.next() else { return };
    let mut whole = Vec::new();
    let is_sensitive = first.is_sensitive();
    for part in parts {
        if whole.is_empty() {
            whole.extend_from_slice(first.as_bytes());
        }
        whole.extend_from_slice(b"; ");
        whole.extend_from_slice(part.as_bytes());
    }
    // What was made of values is one.
    if !whole.is_empty()
        && let Ok(mut whole) = HeaderValue::from_maybe_shared(Bytes::from(whole))
    {
        whole.set_sensitive(is_sensitive);
        headers.insert(header::COOKIE, whole);
    }
}

/// RFC 9112 sections 3.2 and 3.2.2, RFC 9113 section 8.3.1: one valid host, and no second opinion.
fn check_authority(head: &mut Parts) -> Result<(), Refusal> {
    let mut hosts = head.headers.get_all(header::HOST).iter();
    let host = hosts.next();
    if hosts.next().is_some() {
        return Err(malformed("the request has more than one Host"));
    }
    if let Some(host) = host
        && !is_host(host.as_bytes())
    {
        return Err(malformed("the Host is not valid"));
    }
    let Some(authority) = head.uri.authority() else {
        return match host {
            None if head.version > Version::HTTP_10 => Err(malformed("the request has no Host")),
            _ => Ok(()),
        };
    };
    let authority = authority.as_str();
    if !is_host(authority.as_bytes()) {
        return Err(malformed("the authority of the target is not valid"));
    }
    match (head.version, host) {
        (Version::HTTP_11, None) => Err(malformed("the request has no Host")),
        (Version::HTTP_10 | Version::HTTP_11, Some(host)) if host != authority => {
            // What the target says holds.
            let host = HeaderValue::from_str(authority);
            let host = host.map_err(|_| malformed("the authority of the target is not valid"))?;
            head.headers.insert(header::HOST, host);
            Ok(())
        }
        (Version::HTTP_2, Some(host))
            if !host.as_bytes().eq_ignore_ascii_case(authority.as_bytes()) =>
        {
            Err(malformed("the Host is not the authority"))
        }
        _ => Ok(()),
    }
}

/// A request is the same whatever its version, and whatever the form of its target: its host is in the
/// field `Host` (RFC 9113 section 8.3.1), and its URI is the path and the query.
fn give_one_form(head: &mut Parts) {
    let Some(authority) = head.uri.authority() else {
        return;
    };
    if !head.headers.contains_key(header::HOST)
        && let Ok(host) = HeaderValue::from_str(authority.as_str())
    {
        head.headers.insert(header::HOST, host);
    }
    if let Some(path) = head.uri.path_and_query() {
        head.uri = path.clone().into();
    }
}

/// `uri-host [ ":" port ]`, RFC 9110 section 7.2, whose host is not empty (section 4.2.1).
fn is_host(bytes: &[u8]) -> bool {
    let end = match bytes {
        [b'[', rest @ ..] => {
            let Some(end) = rest.iter().position(|byte| *byte == b']') else {
                return false;
            };
            let address = str::from_utf8(&rest[..end]).unwrap_or_default();
            if address.parse::<Ipv6Addr>().is_err() {
                return false;
            }
            end + 2
        }
        _ => {
            let is_plain = |byte: &u8| IN_A_NAME[usize::from(*byte)];
            let mut end = bytes.iter().take_while(|byte| is_plain(byte)).count();
            if bytes.get(end) == Some(&b'%') {
                let is_in_name = |byte: &u8| is_plain(byte) || *byte == b'%';
                end = bytes.iter().take_while(|byte| is_in_name(byte)).count();
                if !is_percent_encoded(&bytes[..end]) {
                    return false;
                }
            }
            if end == 0 {
                return false;
            }
            end
        }
    };
    match &bytes[end..] {
        [] => true,
        [b':'] => true,
        [b':', port @ ..] => {
            let is_number = port.iter().all(u8::is_ascii_digit);
            let port = str::from_utf8(port).unwrap_or_default();
            is_number && port.parse::<u16>().is_ok()
        }
        _ => false,
    }
}

/// `reg-name` without percent-encoding, RFC 3986 section 3.2.2.
const IN_A_NAME: [bool; 256] = {
    let bytes = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~!$&'()*+,;=";
    let mut table = [false; 256];
    let mut index = 0;
    while index < bytes.len() {
        table[bytes[index] as usize] = true;
        index += 1;
    }
    table
};

fn is_percent_encoded(name: &[u8]) -> bool {
    let mut parts = name.split(|byte| *byte == b'%').skip(1);
    parts.all(|part| matches!(part, [a, b, ..] if a.is_ascii_hexdigit() && b.is_ascii_hexdigit()))
}

/// RFC 9112 section 6.1: hyper takes any coding that is followed by `chunked`, and leaves the
/// other in the body.
fn check_coding(headers: &HeaderMap) -> Result<(), Refusal> {
    let lines = headers.get_all(header::TRANSFER_ENCODING).iter();
    let mut codings = lines.flat_map(|line| line.as_bytes().split(|byte| *byte == b','));
    let Some(first) = codings.next() else {
        return Ok(());
    };
    if !first.trim_ascii().eq_ignore_ascii_case(b"chunked") {
        let detail = "`chunked` is the only transfer coding that is known here";
        return Err(refuse(StatusCode::NOT_IMPLEMENTED, detail));
    }
    match codings.next() {
        None => Ok(()),
        Some(_) => Err(malformed("`chunked` is not the only transfer coding")),
    }
}

/// RFC 9110 section 10.1.1.
fn check_expectation(headers: &HeaderMap) -> Result<(), Refusal> {
    let mut all = headers.get_all(header::EXPECT).iter();
    if all.all(|value| value.as_bytes().eq_ignore_ascii_case(b"100-continue")) {
        return Ok(());
    }
    let detail = "the only expectation that can be met is 100-continue";
    Err(refuse(StatusCode::EXPECTATION_FAILED, detail))
}
