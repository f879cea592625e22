//! What did a handler answer, in a form that can be compared?

use http_body_util::BodyExt;
use sendoff::IntoResponse;

/// The status and the text of a response.
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
