//! Are axum's own extractors arguments, too? They are refused in our words.

use axum::extract::{Form, Json, Query, RawForm};
use sendoff::{App, handler, routes, send};
use serde_json::Value;

use super::check_problem;
use crate::socket::ask;

#[handler(POST "/json")]
async fn json(Json(value): Json<Value>) {
    send!(value.to_string());
}

#[handler(GET "/query")]
async fn query(Query(fields): Query<Vec<(String, u8)>>) {
    send!(fields.len().to_string());
}

#[handler(POST "/form")]
async fn form(Form(fields): Form<Vec<(String, u8)>>) {
    send!(fields.len().to_string());
}

#[handler(POST "/raw")]
async fn raw(RawForm(form): RawForm) {
    send!(form);
}

fn app() -> App {
    App::new(()).routes(routes![json, query, form, raw])
}

const JSON: &str = "content-type: application/json";
const FORM: &str = "content-type: application/x-www-form-urlencoded";

#[tokio::test]
async fn they_are_arguments() {
    for (line, headers, body, expected) in [
        ("POST /json", &[JSON][..], "[1]", "[1]"),
        ("GET /query?a=1&b=2", &[], "", "2"),
        ("POST /form", &[FORM], "a=1&b=2", "2"),
        ("POST /raw", &[FORM], "a=1", "a=1"),
    ] {
        let answer = ask(app(), line, headers, body).await;
        assert_eq!((answer.status, &*answer.body), (200, expected), "{line}");
    }
}

#[tokio::test]
async fn their_refusals_carry_what_ours_do() {
    for (path, expected) in [
        ("/json", "application/json"),
        ("/form", "application/x-www-form-urlencoded"),
        ("/raw", "application/x-www-form-urlencoded"),
    ] {
        let answer = ask(app(), &format!("POST {path}"), &[], "x").await;
        let detail = format!("the body must have the content type {expected}");
        check_problem(&answer, 415, &detail, None);
        assert_eq!(answer.header("accept"), Some(expected));
    }
    let deep = "[".repeat(128);
    let answer = ask(app(), "POST /json", &[JSON], &deep).await;
    assert!(
        answer.body.contains("nested deeper than 127"),
        "{}",
        answer.body
    );
    let answer = ask(app(), "POST /json", &[JSON], "[] x").await;
    let fault = ["body", "#", "trailing characters at line 1 column 4"];
    check_problem(&answer, 400, "the body is not JSON", Some(fault));
    for (line, headers, body, status) in [
        ("GET /query?a=x", &[][..], "", 400),
        ("POST /form", &[FORM], "a=x", 422),
    ] {
        let answer = ask(app(), line, headers, body).await;
        assert_eq!(answer.status, status, "{line}");
        let detail = "invalid digit found in string";
        assert!(answer.body.contains(detail), "{}", answer.body);
    }
}
