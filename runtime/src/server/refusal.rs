//! How does a client that hyper has given up on get an answer? It is written to the transport, and
//! the transport is closed so that the client can read it.

use std::io;
use std::time::SystemTime;

use axum_core::response::{IntoResponse, Response};
use http::{HeaderValue, Method, StatusCode, header};
use http_body_util::BodyExt as _;
use tokio::io::{AsyncWrite, AsyncWriteExt as _};
use tokio::time::timeout;

use super::limits::Limits;
use super::socket::LINGER_IN_ALL;
use crate::App;
use crate::phrase;
use crate::problem::Problem;
use crate::route::State;

/// Answers with a problem, in the app's format, and closes.
pub(super) async fn answer<S: State>(
    transport: &mut (impl AsyncWrite + Unpin),
    app: &App<S>,
    method: &Method,
    status: StatusCode,
    detail: &'static str,
) {
    tracing::debug!(%status, detail, "refused a request");
    let response = Problem::new(status).detail(detail).into_response();
    let Ok(response) = app.refuse(method, response).await;
    let last = async {
        let bytes = serialize(response, *method == Method::HEAD).await?;
        close_with(transport, &bytes).await
    };
    end(last).await;
}

/// Writes the last bytes and closes.
pub(super) async fn write(transport: &mut (impl AsyncWrite + Unpin), bytes: &[u8]) {
    end(close_with(transport, bytes)).await;
}

async fn end(last: impl Future<Output = io::Result<()>>) {
    if let Ok(Err(fault)) = timeout(LINGER_IN_ALL, last).await {
        tracing::debug!(%fault, "the client went before the last response");
    }
}

async fn close_with(transport: &mut (impl AsyncWrite + Unpin), bytes: &[u8]) -> io::Result<()> {
    transport.write_all(bytes).await?;
    transport.shutdown().await
}

async fn serialize(response: Response, to_head: bool) -> io::Result<Vec<u8>> {
    let (mut head, body) = response.into_parts();
    let body = body.collect().await.map_err(io::Error::other)?.to_bytes();
    head.headers.remove(header::TRANSFER_ENCODING);
    let of_get = head.headers.remove(header::CONTENT_LENGTH);
    let length = match of_get {
        Some(length) if to_head => length,
        _ => HeaderValue::from(body.len()),
    };
    head.headers.insert(header::CONTENT_LENGTH, length);
    let status = head.status;
    let reason = phrase::of(status).unwrap_or_default();
    let date = httpdate::fmt_http_date(SystemTime::now());
    let mut bytes = format!(
        "HTTP/1.1 {} {reason}\r\nconnection: close\r\ndate: {date}\r\n",
        status.as_u16(),
    )
    .into_bytes();
    for (name, value) in &head.headers {
        for part in [name.as_str().as_bytes(), b": ", value.as_bytes(), b"\r\n"] {
            bytes.extend_from_slice(part);
        }
    }
    bytes.extend_from_slice(b"\r\n");
    bytes.extend_from_slice(&body);
    Ok(bytes)
}

/// What is wrong with a head that hyper did not take.
///
/// hyper has thrown away the empty lines before it.
pub(super) fn of_unparsed(
    fault: &hyper::Error,
    unread: &[u8],
    limits: &Limits,
    begins_empty: bool,
) -> (StatusCode, &'static str) {
    if !fault.is_parse_too_large() {
        return (StatusCode::BAD_REQUEST, "the request is not valid HTTP/1.1");
    }
    let lines = unread.iter().filter(|byte| **byte == b'\n').count();
    if !begins_empty && unread.len() < limits.max_head_size && lines < limits.parsed_headers() {
        // The head was taken: it is the content length that hyper cannot count to.
        let detail = "the body is larger than the limit";
        return (StatusCode::PAYLOAD_TOO_LARGE, detail);
    }
    let line = unread.iter().position(|byte| *byte == b'\n');
    if line.unwrap_or(unread.len()) > limits.max_uri_length {
        return (StatusCode::URI_TOO_LONG, "the URI is longer than the limit");
    }
    let status = StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE;
    (status, "the head of the request is larger than the limit")
}
