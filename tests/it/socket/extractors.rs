//! What do extractors give a handler, and what do they refuse?

use http_body_util::BodyExt;
use sendoff::{App, Bytes, Form, FromRef, HeaderMap, Json, Query, Request, State};
use sendoff::{handler, routes, send};
use serde::{Deserialize, Serialize};

use super::{ask, start};

#[derive(Deserialize, Serialize)]
struct Note {
    title: String,
    stars: u8,
}

#[derive(Clone)]
struct Config {
    name: &'static str,
    limit: usize,
}

struct Limit(usize);

impl FromRef<Config> for Limit {
    fn from_ref(config: &Config) -> Self {
        Limit(config.limit)
    }
}

#[handler(POST "/json")]
async fn json(Json(note): Json<Note>) {
    send!(201, Json(note));
}

#[handler(POST "/form")]
async fn form(Form(note): Form<Note>) {
    send!(200, format!("{} {}", note.title, note.stars));
}

#[handler(GET "/query")]
async fn query(Query(note): Query<Note>) {
    send!(200, format!("{} {}", note.title, note.stars));
}

#[handler(GET "/form")]
async fn form_of_get(Form(note): Form<Note>) {
    send!(200, note.title);
}

#[handler(POST "/text")]
async fn text(body: String) {
    send!(200, body);
}

#[handler(POST "/length")]
async fn length(body: Bytes) {
    send!(200, body.len().to_string());
}

#[handler(POST "/optional")]
async fn optional(note: Option<Json<Note>>) {
    let Some(Json(note)) = note else {
        send!("none");
    };
    send!(200, note.title);
}

#[handler(POST "/result")]
async fn result(body: Result<String, sendoff::extract::rejection::StringRejection>) {
    send!(200, body.is_ok().to_string());
}

#[handler(GET "/state")]
async fn state(
    State(config): State<Config>,
    State(Limit(limit)): State<Limit>,
    headers: HeaderMap,
    method: http::Method,
    uri: http::Uri,
) {
    let agent = headers.get("user-agent").map_or(0, http::HeaderValue::len);
    send!(
        200,
        format!("{} {limit} {agent} {method} {uri}", config.name)
    );
}

#[handler(POST "/whole/{id}")]
async fn whole(State(config): State<Config>, id: u8, request: Request) {
    let path = request.uri().path().to_owned();
    let Ok(body) = request.into_body().collect().await else {
        send!(400, "broken");
    };
    let length = body.to_bytes().len();
    send!(200, format!("{} {id} {path} {length}", config.name));
}

fn app() -> App<Config> {
    let bodies = routes![json, form, text, length, optional, result, whole];
    let config = Config {
        name: "test",
        limit: 7,
    };
    App::new(config)
        .routes(bodies)
        .routes(routes![query, form_of_get, state])
}

const JSON: &str = "content-type: application/json";
const FORM: &str = "content-type: application/x-www-form-urlencoded";
const LIMIT: usize = 2 * 1024 * 1024;

async fn check(line: &str, headers: &[&str], body: &str, status: u16, expected: &str) {
    let answer = ask(app(), line, headers, body).await;
    assert_eq!(
        (answer.status, answer.body.as_str()),
        (status, expected),
        "{line} {headers:?}"
    );
}

async fn check_status(line: &str, headers: &[&str], body: &str, status: u16) {
    let answer = ask(app(), line, headers, body).await;
    assert_eq!(answer.status, status, "{line} {headers:?}");
}

#[tokio::test]
async fn json_in_and_out() {
    let note = r#"{"title":"a","stars":5}"#;
    check("POST /json", &[JSON], note, 201, note).await;
    let charset = "content-type: application/json; charset=utf-8";
    check("POST /json", &[charset], note, 201, note).await;
    check_status("POST /json", &[], note, 415).await;
    check_status("POST /json", &["content-type: text/plain"], note, 415).await;
    check_status("POST /json", &[JSON], r#"{"title":"#, 400).await;
    check_status("POST /json", &[JSON], "", 400).await;
    check_status("POST /json", &[JSON], r#"{"title":"a"}"#, 422).await;
    check_status("POST /json", &[JSON], r#"{"title":"a","stars":256}"#, 422).await;
    check("POST /optional", &[], "", 200, "none").await;
    check("POST /optional", &[JSON], note, 200, "a").await;
    check_status("POST /optional", &[JSON], "{", 400).await;
}

#[tokio::test]
async fn forms_and_queries() {
    check("POST /form", &[FORM], "title=a+b%21&stars=5", 200, "a b! 5").await;
    check_status("POST /form", &[], "title=a&stars=5", 415).await;
    check_status("POST /form", &[FORM], "title=a", 422).await;
    check("GET /query?title=a+b%21&stars=5", &[], "", 200, "a b! 5").await;
    check_status("GET /query?title=a", &[], "", 400).await;
    check_status("GET /query", &[], "", 400).await;
    check("GET /form?title=a&stars=5", &[], "", 200, "a").await;
}

#[tokio::test]
async fn state_headers_and_the_whole_request() {
    let agent = "user-agent: abc";
    check(
        "GET /state?a=b",
        &[agent],
        "",
        200,
        "test 7 3 GET /state?a=b",
    )
    .await;
    check("POST /whole/5?a", &[], "body", 200, "test 5 /whole/5 4").await;
    check("POST /text", &[], "text", 200, "text").await;
    check("POST /text", &[], "", 200, "").await;
    check("POST /length", &[], "bytes", 200, "5").await;
    let chunks = "2\r\nab\r\n3\r\ncde\r\n0\r\n\r\n";
    let server = start(app()).await;
    let mut wire = server.connect().await;
    let head = "POST /length HTTP/1.1\r\nhost: test\r\ntransfer-encoding: chunked\r\n\r\n";
    wire.write(format!("{head}{chunks}")).await;
    assert_eq!(wire.answer(false).await.body, "5");
}

#[tokio::test]
async fn a_body_over_the_limit_is_413() {
    let fits = "x".repeat(LIMIT);
    check("POST /length", &[], &fits, 200, &LIMIT.to_string()).await;
    let large = "x".repeat(LIMIT + 1);
    check_status("POST /length", &[], &large, 413).await;
    check_status("POST /text", &[], &large, 413).await;
    check_status("POST /json", &[JSON], &format!("\"{large}\""), 413).await;
    check_status("POST /form", &[FORM], &format!("title={large}"), 413).await;
    check("POST /result", &[], &large, 200, "false").await;
}
