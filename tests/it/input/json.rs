//! Which bodies are JSON, and what is said of others?

use std::io::Write;

use flate2::Compression;
use flate2::write::GzEncoder;
use sendoff::extract::RawForm;
use sendoff::{Form, Json, send};
use serde::Deserialize;
use serde_json::Value;

use super::{check_problem, hosts};

#[derive(Deserialize)]
#[allow(dead_code)]
struct Item {
    count: i128,
    #[serde(default)]
    share: f64,
    #[serde(default)]
    name: String,
}

hosts! {
    POST post "/value" value(Json(value): Json<Value>) { send!(value.to_string()); }
    POST post "/item" item(Json(item): Json<Item>) { send!(item.count.to_string()); }
    POST post "/maybe" maybe(value: Option<Json<Value>>) {
        send!(value.map_or("none".to_owned(), |Json(value)| value.to_string()));
    }
    POST post "/form" form(Form(form): Form<Vec<(String, String)>>) {
        send!(format!("{form:?}"));
    }
    POST post "/raw" raw(RawForm(form): RawForm) { send!(form); }
}

const JSON: &str = "content-type: application/json";
const FORM: &str = "content-type: application/x-www-form-urlencoded";

async fn check_refused(body: &str, status: u16, detail: &str, pointer: &str, fault: &str) {
    let hosts = hosts().await;
    let answer = hosts.ask("POST /item", &[JSON], body).await;
    let fault = Some(["body", pointer, fault]);
    check_problem(&answer, status, detail, fault);
}

#[tokio::test]
async fn what_is_json_but_too_much_is_told_so() {
    let hosts = hosts().await;
    let nested = |depth| format!("{}{}", "[".repeat(depth), "]".repeat(depth));
    let answer = hosts.ask("POST /value", &[JSON], nested(127)).await;
    assert_eq!(answer.status, 200, "{}", answer.body);
    for depth in [128, 100_000] {
        let answer = hosts.ask("POST /value", &[JSON], nested(depth)).await;
        let fault = "recursion limit exceeded at line 1 column 128";
        let pointer = format!("#{}", "/0".repeat(127));
        let fault = Some(["body", &*pointer, fault]);
        check_problem(
            &answer,
            400,
            "the JSON body is nested deeper than 127",
            fault,
        );
    }
    let detail = "the JSON body has a number that is out of range";
    let fault = "number out of range at line 1 column 24";
    check_refused(
        r#"{"count":1,"share":1e400}"#,
        400,
        detail,
        "#/share",
        fault,
    )
    .await;
    let detail = "the JSON body has a lone surrogate, which is no text";
    for (name, fault) in [
        (
            r"\udc00",
            "lone leading surrogate in hex escape at line 1 column 25",
        ),
        (
            r"\ud800",
            "unexpected end of hex escape at line 1 column 26",
        ),
        (
            r"\ud800x",
            "unexpected end of hex escape at line 1 column 26",
        ),
        (
            r"\ud800\n",
            "unexpected end of hex escape at line 1 column 27",
        ),
        (
            r"\ud800\ud800",
            "lone leading surrogate in hex escape at line 1 column 31",
        ),
    ] {
        let body = format!(r#"{{"count":1,"name":"{name}"}}"#);
        check_refused(&body, 400, detail, "#/name", fault).await;
    }
}

#[tokio::test]
async fn what_is_no_json_is_told_so() {
    let detail = "the body is not JSON";
    let fault = "EOF while parsing an object at line 1 column 1";
    check_refused("{", 400, detail, "#", fault).await;
    let fault = "invalid escape at line 1 column 21";
    check_refused(r#"{"count":1,"name":"\x"}"#, 400, detail, "#/name", fault).await;
    let fault = "EOF while parsing a value at line 1 column 0";
    check_refused("", 400, detail, "#", fault).await;
}

#[tokio::test]
async fn numbers_have_128_bits() {
    let hosts = hosts().await;
    let large = i128::MIN.to_string();
    let body = format!(r#"{{"count":{large}}}"#);
    let answer = hosts.ask("POST /item", &[JSON], body).await;
    assert_eq!((answer.status, answer.body), (200, large));
}

#[tokio::test]
async fn a_member_that_is_there_twice_is_named() {
    let detail = "the JSON body does not have the expected form";
    let fault = "duplicate field `count` at line 1 column 18";
    check_refused(r#"{"count":1,"count":2}"#, 422, detail, "#/count", fault).await;
}

#[tokio::test]
async fn a_body_without_a_type_is_not_dropped() {
    let hosts = hosts().await;
    let detail = "the body must have the content type application/json";
    for headers in [&[][..], &["content-type: text/plain"], &["content-type: "]] {
        let answer = hosts.ask("POST /maybe", headers, "{}").await;
        check_problem(&answer, 415, detail, None);
        assert_eq!(answer.header("accept"), Some("application/json"));
    }
    let answer = hosts.ask("POST /maybe", &[], "").await;
    assert_eq!((answer.status, &*answer.body), (200, "none"));
    let answer = hosts.ask("POST /maybe", &[JSON], "[1]").await;
    assert_eq!((answer.status, &*answer.body), (200, "[1]"));
    let answer = hosts.ask("POST /maybe", &[JSON], "").await;
    assert_eq!(answer.status, 400);
}

/// Only its end says that there is nothing in it.
#[tokio::test]
async fn a_body_of_no_chunks_is_none() {
    let hosts = hosts().await;
    let head = "POST /maybe HTTP/1.1\r\nhost: test\r\ntransfer-encoding: chunked\r\n\r\n";
    for (chunks, status) in [("0\r\n\r\n", 200), ("2\r\n{}\r\n0\r\n\r\n", 415)] {
        let mut wire = hosts.ours.connect().await;
        wire.write(format!("{head}{chunks}")).await;
        assert_eq!(wire.answer(false).await.status, status, "{chunks}");
    }
}

#[tokio::test]
async fn a_body_that_nobody_has_decoded_is_refused() {
    let hosts = hosts().await;
    let mut zipped = GzEncoder::new(Vec::new(), Compression::default());
    zipped.write_all(b"{\"count\":1}").expect("memory");
    let zipped = zipped.finish().expect("memory");
    let detail = "the body must not have a content coding";
    for (path, media_type) in [
        ("/value", JSON),
        ("/item", JSON),
        ("/maybe", JSON),
        ("/form", FORM),
        ("/raw", FORM),
    ] {
        let line = format!("POST {path}");
        for coding in ["gzip", "GZIP", "identity, br", "x-unknown"] {
            let coding = format!("content-encoding: {coding}");
            let answer = hosts.ask(&line, &[media_type, &coding], &zipped).await;
            check_problem(&answer, 415, detail, None);
            assert_eq!(answer.header("accept-encoding"), Some("identity"));
            assert_eq!(answer.header("accept"), None);
        }
    }
    let plain = [JSON, "content-encoding: Identity"];
    let answer = hosts.ask("POST /value", &plain, "[1]").await;
    assert_eq!((answer.status, &*answer.body), (200, "[1]"));
}
