//! Which content types are those of JSON and of a form? Those that RFC 9110 section 8.3.1 reads so.

use sendoff::extract::RawForm;
use sendoff::{Form, Json, send};
use serde_json::Value;

use super::{check_problem, hosts};

hosts! {
    POST post "/json" json(Json(value): Json<Value>) { send!(value.to_string()); }
    POST post "/form" form(Form(form): Form<Vec<(String, String)>>) {
        send!(form.len().to_string());
    }
    POST post "/raw" raw(RawForm(form): RawForm) { send!(form.len().to_string()); }
}

async fn check(path: &str, media_type: &str, is_taken: bool) {
    let hosts = hosts().await;
    let header = format!("content-type: {media_type}");
    let answer = hosts.ask(&format!("POST {path}"), &[&header], "1").await;
    if is_taken {
        assert_eq!((answer.status, &*answer.body), (200, "1"), "{media_type}");
        return;
    }
    let expected = if path == "/json" {
        "application/json"
    } else {
        "application/x-www-form-urlencoded"
    };
    let detail = format!("the body must have the content type {expected}");
    check_problem(&answer, 415, &detail, None);
    assert_eq!(answer.header("accept"), Some(expected), "{media_type}");
}

#[tokio::test]
async fn json_is_told_by_its_type() {
    for media_type in [
        "application/json",
        "Application/JSON",
        "application/json;charset=utf-8",
        "application/json ;charset=utf-8",
        "application/json;;",
        "application/json; ; charset=\"utf-8\" ;",
        "application/vnd.api+json",
        "application/Problem+JSON; a=\"; ,\"",
    ] {
        check("/json", media_type, true).await;
    }
    for media_type in [
        "text/json",
        "application/jsonx",
        "application/xjson",
        "application/json, application/json",
        "application/json; charset",
        "application/json; charset = utf-8",
        "application/json; charset=\"utf-8",
        "application",
        "text/plain; a=application/json",
    ] {
        check("/json", media_type, false).await;
    }
}

#[tokio::test]
async fn a_form_is_told_by_its_type() {
    for path in ["/form", "/raw"] {
        for media_type in [
            "application/x-www-form-urlencoded",
            "Application/X-WWW-Form-URLEncoded",
            "application/x-www-form-urlencoded ; charset=UTF-8",
            "application/x-www-form-urlencoded;",
        ] {
            check(path, media_type, true).await;
        }
        for media_type in [
            "application/x-www-form-urlencodedx",
            "application/x-www-form-urlencoded charset=utf-8",
            "multipart/form-data; boundary=x",
            "x-www-form-urlencoded",
        ] {
            check(path, media_type, false).await;
        }
    }
}

/// RFC 9110 section 5.3: there is one.
#[tokio::test]
async fn two_types_are_none() {
    let hosts = hosts().await;
    let json = "content-type: application/json";
    let answer = hosts
        .ask("POST /json", &[json, "content-type: text/plain"], "1")
        .await;
    assert_eq!(answer.status, 415);
    let answer = hosts.ask("POST /json", &[], "1").await;
    assert_eq!(answer.status, 415);
}
