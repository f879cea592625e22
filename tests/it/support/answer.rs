//! What did a handler answer? Handlers are functions, so a test calls them.

use std::future::Future;

use http::HeaderValue;
use http_body_util::BodyExt;
use sendoff::{IntoResponse, Response};

/// Runs a future on a runtime of its own.
pub(crate) fn run<T>(future: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .expect("a runtime starts")
        .block_on(future)
}

/// Fails unless the answer has this status and this body.
#[track_caller]
pub(crate) fn check(answer: impl IntoResponse, status: u16, body: &str) {
    let response = answer.into_response();
    assert_eq!(
        (response.status().as_u16(), text(response).as_str()),
        (status, body)
    );
}

/// Fails unless the answer of an asynchronous handler has this status and this body.
#[track_caller]
pub(crate) fn check_async(answer: impl Future<Output: IntoResponse>, status: u16, body: &str) {
    check(run(answer), status, body);
}

/// Fails unless the answer has this header.
#[track_caller]
pub(crate) fn check_header(answer: impl IntoResponse, name: &str, value: &str) {
    let response = answer.into_response();
    let header = response.headers().get(name).map(HeaderValue::as_bytes);
    assert_eq!(header, Some(value.as_bytes()));
}

/// The whole body as text.
pub(crate) fn text(response: Response) -> String {
    let body = run(response.into_body().collect()).expect("the body is whole");
    String::from_utf8(body.to_bytes().to_vec()).expect("the body is text")
}

/// The status and the text of a response, to be compared with another's.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Answered {
    status: u16,
    body: String,
}

impl Answered {
    pub(crate) fn new(status: u16, body: &str) -> Self {
        Answered {
            status,
            body: body.to_owned(),
        }
    }
}

/// Reads a response to its end.
pub(crate) async fn answered(response: impl IntoResponse) -> Answered {
    let response = response.into_response();
    let status = response.status().as_u16();
    let body = response
        .into_body()
        .collect()
        .await
        .expect("the body can be read")
        .to_bytes();
    Answered {
        status,
        body: String::from_utf8(body.into()).expect("the body is text"),
    }
}
