//! What do the floors answer? The least that hyper can do: three routes, and a body of one piece.

use std::convert::Infallible;

use bytes::Bytes;
use common::{HELLO, LAST_USER, NO_SUCH_USER, User};
use http_body_util::Full;
use hyper::body::Incoming;
use hyper::header::{CONTENT_TYPE, HeaderValue};
use hyper::{Method, Request, Response, StatusCode};

/// # Errors
///
/// None.
pub async fn answer(request: Request<Incoming>) -> Result<Response<Full<Bytes>>, Infallible> {
    let path = request.uri().path();
    if request.method() != Method::GET {
        return Ok(text(StatusCode::NOT_FOUND, ""));
    }
    if path == "/" {
        return Ok(text(StatusCode::OK, HELLO));
    }
    let id = path.strip_prefix("/users/").and_then(|id| id.parse().ok());
    Ok(match id {
        Some(id) if id <= LAST_USER => {
            let json = serde_json::to_vec(&User::new(id)).expect("a user is JSON");
            respond(StatusCode::OK, json.into(), "application/json")
        }
        _ => text(StatusCode::NOT_FOUND, NO_SUCH_USER),
    })
}

fn text(status: StatusCode, body: &'static str) -> Response<Full<Bytes>> {
    let body = Bytes::from_static(body.as_bytes());
    respond(status, body, "text/plain; charset=utf-8")
}

fn respond(status: StatusCode, body: Bytes, kind: &'static str) -> Response<Full<Bytes>> {
    let mut response = Response::new(Full::new(body));
    *response.status_mut() = status;
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static(kind));
    response
}
