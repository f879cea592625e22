//! Does a refused request say what is wrong, and where?

use std::collections::BTreeMap;

use axum::Extension;
use sendoff::{App, Form, FromRequestParts, IntoResponse, Json, Problem, Query, Reply, Response};
use sendoff::{StatusCode, handler, reply, routes, send};
use serde::Deserialize;
use serde_json::{Value, json};

use super::{BARE_500, PROBLEM, check_problem};
use crate::socket::ask;
use crate::support::log::Log;

#[derive(Deserialize)]
#[allow(dead_code)]
struct Order {
    items: Vec<Item>,
    #[serde(default)]
    notes: BTreeMap<String, u8>,
    #[serde(default)]
    shape: Option<Shape>,
}

#[derive(Deserialize)]
#[allow(dead_code)]
struct Item {
    count: u8,
}

#[derive(Deserialize)]
#[allow(dead_code)]
enum Shape {
    Circle { radius: u8 },
}

#[handler(POST "/json")]
async fn json_body(_: Json<Order>) {
    send!(204);
}

#[handler(GET "/query")]
async fn query(_: Query<Item>) {
    send!(204);
}

#[handler(POST "/form")]
async fn form(_: Form<Item>) {
    send!(204);
}

#[handler(GET "/form")]
async fn form_of_get(_: Form<Item>) {
    send!(204);
}

#[handler(GET "/path/{größe}/{b}")]
async fn path(größe: u8, b: String) {
    send!(200, format!("{größe}{b}"));
}

#[handler(GET "/extension")]
async fn extension(_: Extension<u8>) {
    send!(204);
}

/// An extractor of the user's that always refuses.
struct Refuse<const N: u8>;

impl<S: Sync, const N: u8> FromRequestParts<S> for Refuse<N> {
    type Rejection = Response;

    async fn from_request_parts(_: &mut http::request::Parts, _: &S) -> Result<Self, Response> {
        let authenticate = [("www-authenticate", "Bearer")];
        Err(match N {
            0 => (StatusCode::UNAUTHORIZED, authenticate, "log in").into_response(),
            1 => (StatusCode::UNAUTHORIZED, authenticate).into_response(),
            2 => (StatusCode::UNAUTHORIZED, Json("log in")).into_response(),
            3 => sendoff::Redirect::to("/login").into_response(),
            4 => (StatusCode::SERVICE_UNAVAILABLE, "secret").into_response(),
            5 => (StatusCode::OK, "fine").into_response(),
            6 => Problem::new(402).with("price", 3).into_response(),
            _ => (StatusCode::BAD_GATEWAY, Json("meant")).into_response(),
        })
    }
}

macro_rules! refusing {
    ($($name:ident $path:literal $n:literal),*) => {
        $(
            #[handler(GET $path)]
            async fn $name(_: Refuse<$n>) {
                send!(204);
            }
        )*
    };
}

refusing!(r0 "/0" 0, r1 "/1" 1, r2 "/2" 2, r3 "/3" 3, r4 "/4" 4, r5 "/5" 5, r6 "/6" 6, r7 "/7" 7);

/// An extractor that answers with `reply!`.
struct LoggedIn;

impl<S: Sync> FromRequestParts<S> for LoggedIn {
    type Rejection = Reply;

    async fn from_request_parts(_: &mut http::request::Parts, _: &S) -> Result<Self, Reply> {
        Err(reply!(401, "log in"))
    }
}

#[handler(GET "/reply")]
async fn of_reply(_: LoggedIn) {
    send!(204);
}

fn app() -> App {
    let axums = routes![json_body, query, form, form_of_get, path, extension];
    App::new(())
        .routes(axums)
        .routes(routes![r0, r1, r2, r3, r4, r5, r6, r7, of_reply])
}

const JSON: &str = "content-type: application/json";
const FORM: &str = "content-type: application/x-www-form-urlencoded";

/// Fails unless the answer's only fault is this one.
async fn check(line: &str, header: &str, body: &str, status: u16, fault: [&str; 3]) {
    let answer = ask(app(), line, &[header], body).await;
    assert_eq!(answer.status, status, "{line} {body}: {}", answer.body);
    assert_eq!(answer.header("content-type"), Some(PROBLEM));
    let body: Value = serde_json::from_str(&answer.body).expect("JSON");
    let [part, pointer, detail] = fault;
    let found = body["errors"][0]["detail"].as_str().expect("a text");
    // serde_json goes on with `at line 1 column 34`.
    assert_eq!(found.split(" at line ").next(), Some(detail));
    let faults = json!([{"in": part, "pointer": pointer, "detail": found}]);
    assert_eq!(body["errors"], faults);
    assert!(
        body["detail"].is_string() && body["status"] == status,
        "{body}"
    );
}

async fn check_json(body: &str, status: u16, pointer: &str, detail: &str) {
    let fault = ["body", pointer, detail];
    check("POST /json", JSON, body, status, fault).await;
}

#[tokio::test]
async fn a_json_body_says_where() {
    let detail = "invalid type: string \"x\", expected u8";
    let body = r#"{"items":[{"count":1},{"count":"x"}]}"#;
    check_json(body, 422, "#/items/1/count", detail).await;
    let detail = "missing field `items`";
    check_json("{}", 422, "#", detail).await;
    let detail = "missing field `count`";
    check_json(r#"{"items":[{}]}"#, 422, "#/items/0", detail).await;
    let detail = "invalid value: integer `256`, expected u8";
    let body = r#"{"items":[],"notes":{"a/b~ %ä":256}}"#;
    check_json(body, 422, "#/notes/a~1b~0%20%25%C3%A4", detail).await;
    let detail = "invalid type: null, expected u8";
    let body = r#"{"items":[],"shape":{"Circle":{"radius":null}}}"#;
    check_json(body, 422, "#/shape/Circle/radius", detail).await;
    let detail = "EOF while parsing a list";
    check_json(r#"{"items":["#, 400, "#/items", detail).await;
    let detail = "trailing characters";
    check_json(r#"{"items":[]} x"#, 400, "#", detail).await;
}

#[tokio::test]
async fn queries_forms_and_paths_say_where() {
    let fault = |part| [part, "#/count", "invalid digit found in string"];
    check("GET /query?count=x", "", "", 400, fault("query")).await;
    check("GET /form?count=x", "", "", 400, fault("query")).await;
    check("POST /form", FORM, "count=x", 422, fault("body")).await;
    let missing = |part| [part, "#", "missing field `count`"];
    check("GET /query", "x-a: b", "", 400, missing("query")).await;
    check("POST /form", FORM, "a=b", 422, missing("body")).await;
    let form = |pointer, detail| ["path", pointer, detail];
    let size = form("#/gr%C3%B6%C3%9Fe", "does not have the expected form");
    check("GET /path/x/b", "x-a: b", "", 400, size).await;
    let b = form("#/b", "is not percent-encoded UTF-8");
    check("GET /path/1/%FF", "x-a: b", "", 400, b).await;
}

#[tokio::test]
async fn the_texts_of_other_extractors_become_problems() {
    let body = r#"{"type":"about:blank","title":"Unauthorized","status":401,"detail":"log in"}"#;
    let answer = ask(app(), "GET /0", &[], "").await;
    check_problem(&answer, 401, body);
    assert_eq!(answer.header("www-authenticate"), Some("Bearer"));
    let answer = ask(app(), "GET /1", &[], "").await;
    let body = r#"{"type":"about:blank","title":"Unauthorized","status":401}"#;
    check_problem(&answer, 401, body);
    assert_eq!(answer.header("www-authenticate"), Some("Bearer"));
}

#[tokio::test]
async fn other_answers_of_extractors_stay_as_they_are() {
    for (path, status, body) in [
        ("/2", 401, "\"log in\""),
        ("/3", 303, ""),
        ("/5", 200, "fine"),
        ("/7", 502, "\"meant\""),
        ("/reply", 401, "log in"),
    ] {
        let answer = ask(app(), &format!("GET {path}"), &[], "").await;
        assert_eq!((answer.status, &*answer.body), (status, body), "{path}");
        assert_ne!(answer.header("content-type"), Some(PROBLEM));
    }
    let body = r#"{"type":"about:blank","title":"Payment Required","status":402,"price":3}"#;
    check_problem(&ask(app(), "GET /6", &[], "").await, 402, body);
}

#[tokio::test]
async fn what_a_client_cannot_mend_it_is_not_told() {
    let log = Log::of_this_thread();
    let answer = ask(app(), "GET /extension", &[], "").await;
    check_problem(&answer, 500, BARE_500);
    let lines = log.take_errors();
    assert!(lines[0].field("text").contains("Missing request extension"));
    let rejection = lines[0].field("rejection");
    assert!(rejection.ends_with("ExtensionRejection"), "{rejection}");
    let answer = ask(app(), "GET /4", &[], "").await;
    let body = r#"{"type":"about:blank","title":"Service Unavailable","status":503}"#;
    check_problem(&answer, 503, body);
    assert_eq!(log.take_errors()[0].field("text"), "secret");
}
