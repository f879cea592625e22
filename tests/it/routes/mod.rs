//! What becomes of an app that has several parts?

mod conflicts;
mod fallback;
mod layers;
mod nest;
mod requests;
mod seen;
mod services;
mod specific;
mod spelling;
mod tower_http;

use sendoff::App;

use crate::socket::ask;
use crate::support::wire::Answer;

/// The answer to a request without a body.
async fn get(app: &App, line: &str) -> Answer {
    ask(app.clone(), line, &[], "").await
}

/// Fails unless the answer has this status and this body.
async fn check(app: &App, line: &str, status: u16, body: &str) {
    let answer = get(app, line).await;
    assert_eq!((answer.status, &*answer.body), (status, body), "{line}");
}

const NOT_FOUND: &str =
    r#"{"type":"about:blank","title":"Not Found","status":404,"detail":"nothing has this path"}"#;
