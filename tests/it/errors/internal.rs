//! Does the log get everything about a 500, and the client nothing?

use std::error::Error;
use std::fmt;

use sendoff::{App, Form, IntoResponse, Json, OrSend, Problem, Reply, StatusCode};
use sendoff::{handler, routes, send};
use serde::ser::{Error as _, Serialize, Serializer};

use super::{BARE_500, check_problem};
use crate::socket::ask;
use crate::support::log::{Line, Log};

/// An error on top of an error on top of an error.
#[derive(Debug)]
struct Caused {
    what: &'static str,
    by: Option<Box<Caused>>,
}

impl fmt::Display for Caused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.what)
    }
}

impl Error for Caused {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        self.by.as_deref().map(|by| by as _)
    }
}

fn secret() -> Caused {
    let by = |what, by| Some(Box::new(Caused { what, by }));
    Caused {
        what: "secret: no user",
        by: by("secret: no rows", by("secret: no disk", None)),
    }
}

fn load() -> Result<(), Caused> {
    Err(secret())
}

fn load_in_a_helper() -> Result<(), Reply> {
    load().or_500()?;
    Ok(())
}

#[handler(GET "/error")]
async fn error() {
    load().or_500()?;
    send!(204);
}

#[handler(GET "/helper")]
async fn helper() {
    load_in_a_helper()?;
    send!(204);
}

#[handler(GET "/text")]
async fn text() {
    Err::<(), _>("secret text").or_500()?;
    send!(204);
}

#[handler(GET "/boxed")]
async fn boxed() {
    let boxed: Box<dyn Error + Send + Sync> = secret().into();
    Err::<(), _>(boxed).or_500()?;
    send!(204);
}

#[handler(GET "/anyhow")]
async fn of_anyhow() {
    use anyhow::Context as _;
    load().context("secret: of anyhow").or_500()?;
    send!(204);
}

#[handler(GET "/eyre")]
async fn of_eyre() {
    use eyre::WrapErr as _;
    load().wrap_err("secret: of eyre").or_500()?;
    send!(204);
}

#[handler(GET "/internal")]
async fn internal() {
    send!(Problem::internal(secret()));
}

fn app() -> App {
    let errors = routes![error, helper, text, boxed, of_anyhow, of_eyre, internal];
    App::new(()).routes(errors).routes(routes![
        json,
        json_with_status,
        json_with_headers,
        form,
        header_value,
        own_500,
        own_json_500,
        status,
    ])
}

/// The one error that a request logs.
async fn logged(path: &str) -> Line {
    let log = Log::of_this_thread();
    let answer = ask(app(), &format!("GET {path}"), &[], "").await;
    check_problem(&answer, 500, BARE_500);
    let lines = log.take_errors();
    assert_eq!(lines.len(), 1, "{path} logs {lines:?}");
    lines[0].clone()
}

/// The first line of this file with this text.
fn line_of(text: &str) -> usize {
    let mut lines = include_str!("internal.rs").lines();
    lines.position(|line| line.contains(text)).expect(text) + 1
}

async fn check(path: &str, call: &str, error: &str, chain: &str) {
    let line = logged(path).await;
    assert_eq!((line.field("error"), line.field("chain")), (error, chain));
    let place = format!("errors/internal.rs:{}:", line_of(call));
    let at = line.field("at").replace('\\', "/");
    assert!(at.contains(&place), "{path}: {at} is not {place}");
}

#[tokio::test]
async fn the_whole_chain_is_logged_with_its_place() {
    let chain = "secret: no rows: secret: no disk";
    let all = &*format!("secret: no user: {chain}");
    let call = "load().or_500()?;";
    check("/helper", call, "secret: no user", chain).await;
    let call = "send!(Problem::internal";
    check("/internal", call, "secret: no user", chain).await;
    let call = ">(boxed).or_500()?";
    check("/boxed", call, "secret: no user", chain).await;
    let call = ">(\"secret text\").or_500()?";
    check("/text", call, "secret text", "").await;
    let call = "of anyhow\").or_500()?";
    check("/anyhow", call, "secret: of anyhow", all).await;
    let call = "of eyre\").or_500()?";
    check("/eyre", call, "secret: of eyre", all).await;
    assert_eq!(logged("/error").await.field("chain"), chain);
}

/// Its text is what no client should see.
struct Unserializable;

impl Serialize for Unserializable {
    fn serialize<S: Serializer>(&self, _: S) -> Result<S::Ok, S::Error> {
        Err(S::Error::custom("secret: of serde"))
    }
}

#[handler(GET "/json")]
async fn json() {
    send!(Json(Unserializable));
}

#[handler(GET "/json-with-status")]
async fn json_with_status() {
    send!(201, Json(Unserializable));
}

#[handler(GET "/json-with-headers")]
async fn json_with_headers() {
    send!(StatusCode::CREATED, [("x-a", "b")], Json(Unserializable));
}

#[handler(GET "/form")]
async fn form() {
    send!(201, Form(Unserializable));
}

#[handler(GET "/header-value")]
async fn header_value() {
    send!(201, [("x-a", "not\na value")], "never");
}

#[tokio::test]
async fn a_body_that_cannot_be_made_is_a_500() {
    for path in ["/json", "/json-with-status", "/json-with-headers", "/form"] {
        let line = logged(path).await;
        assert_eq!(line.field("text"), "secret: of serde", "{path}");
    }
    let line = logged("/header-value").await;
    assert_eq!(line.field("text"), "failed to parse header value");
}

#[tokio::test]
async fn what_cannot_be_sent_has_a_place() {
    for (path, call) in [
        ("/json", "send!(Json(Unserializable))"),
        ("/json-with-status", "send!(201, Json("),
        ("/header-value", "send!(201, [(\"x-a\", \"not"),
        ("/status/99", "send!(status, \"a body\")"),
    ] {
        let at = logged(path).await.field("at").replace('\\', "/");
        let place = format!("errors/internal.rs:{}:", line_of(call));
        assert!(at.contains(&place), "{path}: {at} is not {place}");
    }
}

#[handler(GET "/own-500")]
async fn own_500() {
    send!(500, "we are sorry");
}

#[handler(GET "/own-json-500")]
async fn own_json_500() {
    send!((StatusCode::INTERNAL_SERVER_ERROR, Json("we are sorry")).into_response());
}

#[handler(GET "/status/{status}")]
async fn status(status: u16) {
    send!(status, "a body");
}

#[tokio::test]
async fn a_500_that_is_meant_is_left_alone() {
    for (path, body) in [
        ("/own-500", "we are sorry"),
        ("/own-json-500", "\"we are sorry\""),
        ("/status/500", "a body"),
    ] {
        let answer = ask(app(), &format!("GET {path}"), &[], "").await;
        assert_eq!((answer.status, &*answer.body), (500, body), "{path}");
    }
    let log = Log::of_this_thread();
    let answer = ask(app(), "GET /status/100", &[], "").await;
    check_problem(&answer, 500, BARE_500);
    assert_eq!(log.take_errors().len(), 1);
}
