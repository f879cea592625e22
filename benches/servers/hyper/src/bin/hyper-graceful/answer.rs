//! What does hyper's service answer? A `match` on the method and the path, as in hyper's guides.

use std::convert::Infallible;
use std::io;

use bytes::Bytes;
use common::{HELLO, LAST_USER, NO_SUCH_USER, User};
use futures_util::TryStreamExt as _;
use http_body_util::combinators::UnsyncBoxBody;
use http_body_util::{BodyExt as _, Either, Full, LengthLimitError, Limited, StreamBody};
use hyper::body::{Frame, Incoming};
use hyper::header::{CONTENT_TYPE, HeaderValue};
use hyper::{Method, Request, Response, StatusCode};

/// hyper has none of its own.
const BODY_LIMIT: usize = 2 * 1024 * 1024;

pub(crate) type Body = Either<Full<Bytes>, UnsyncBoxBody<Bytes, io::Error>>;

pub(crate) async fn answer(request: Request<Incoming>) -> Result<Response<Body>, Infallible> {
    Ok(match (request.method(), request.uri().path()) {
        (&Method::GET, "/") => text(StatusCode::OK, HELLO),
        (&Method::POST, "/echo") => echo(request.into_body()).await,
        (&Method::GET, "/counts") => text(StatusCode::OK, common::counts()),
        (&Method::GET, "/panic") => panic!("as asked"),
        (&Method::GET | &Method::HEAD, path) => {
            let numbered = path[1..].split_once('/');
            match numbered.and_then(|(name, number)| Some((name, number.parse().ok()?))) {
                Some(("users", id)) => show_user(id),
                Some(("slow", milliseconds)) => {
                    text(StatusCode::OK, common::slow(milliseconds).await)
                }
                Some(("download", mebibytes)) => download(mebibytes),
                _ => text(StatusCode::NOT_FOUND, ""),
            }
        }
        _ => text(StatusCode::NOT_FOUND, ""),
    })
}

async fn echo(body: Incoming) -> Response<Body> {
    match Limited::new(body, BODY_LIMIT).collect().await {
        Ok(body) => text(StatusCode::OK, body.to_bytes()),
        Err(fault) if fault.is::<LengthLimitError>() => {
            text(StatusCode::PAYLOAD_TOO_LARGE, "too large")
        }
        Err(_) => text(StatusCode::BAD_REQUEST, "no body"),
    }
}

fn show_user(id: u64) -> Response<Body> {
    if id > LAST_USER {
        return text(StatusCode::NOT_FOUND, NO_SUCH_USER);
    }
    let json = serde_json::to_vec(&User::new(id)).expect("a user is JSON");
    with_type(StatusCode::OK, json, "application/json")
}

fn download(mebibytes: u64) -> Response<Body> {
    let frames = common::download(mebibytes).map_ok(Frame::data);
    Response::new(Either::Right(StreamBody::new(frames).boxed_unsync()))
}

fn text(status: StatusCode, body: impl Into<Bytes>) -> Response<Body> {
    with_type(status, body, "text/plain; charset=utf-8")
}

fn with_type(status: StatusCode, body: impl Into<Bytes>, kind: &'static str) -> Response<Body> {
    let mut response = Response::new(Either::Left(Full::new(body.into())));
    *response.status_mut() = status;
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static(kind));
    response
}
