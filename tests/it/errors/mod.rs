//! What do a client and the log get when something is wrong?

mod files;
mod format;
mod internal;
mod or_send;
mod problem;
mod rejections;
mod table;

use crate::support::wire::Answer;

pub(crate) const BARE_500: &str =
    r#"{"type":"about:blank","title":"Internal Server Error","status":500}"#;

pub(crate) const PROBLEM: &str = "application/problem+json";

/// Fails unless the answer is a problem with this status, and this JSON for a body.
#[track_caller]
fn check_problem(answer: &Answer, status: u16, body: &str) {
    assert_eq!((answer.status, &*answer.body), (status, body));
    assert_eq!(answer.header("content-type"), Some(PROBLEM));
}
