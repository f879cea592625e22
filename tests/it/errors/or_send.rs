//! Does `?` leave with what `or_send` and `or_500` make?

use sendoff::{App, IntoResponse, Json, OrSend, Problem, Reply, Response, StatusCode};
use sendoff::{handler, reply, routes, send};

use super::{BARE_500, check_problem};
use crate::socket::ask;
use crate::support::wire::Answer;

fn digit(text: &str) -> Option<u32> {
    text.chars().next()?.to_digit(10)
}

#[handler(GET "/option/{text}")]
async fn option(text: String) {
    let n = digit(&text).or_send(reply!(404, "no digit"))?;
    send!(200, n.to_string());
}

#[handler(GET "/result/{text}")]
async fn result(text: String) {
    let n: u8 = text.parse().or_send((StatusCode::GONE, "no number"))?;
    send!(200, n.to_string());
}

#[handler(GET "/problem/{text}")]
async fn problem(text: String) {
    let n: u8 = text
        .parse()
        .or_send(Problem::new(409).detail("no number"))?;
    send!(200, n.to_string());
}

/// The error has no traits at all: it is dropped.
struct Opaque;

#[handler(GET "/opaque")]
async fn opaque() {
    Err::<(), Opaque>(Opaque).or_send(reply!(418, [("x-a", "b")], Json("tea")))?;
    send!(204);
}

#[handler(GET "/interim")]
async fn interim() {
    None::<()>.or_send(StatusCode::CONTINUE)?;
    send!(204);
}

/// Helpers in helpers, each with its own way out.
fn outer(text: &str) -> Result<u8, Reply> {
    let n = inner(text)?;
    (n < 100).then_some(n).or_send(reply!(413, "too large"))
}

fn inner(text: &str) -> Result<u8, Reply> {
    if text.is_empty() {
        Err(Problem::new(400).detail("empty"))?;
    }
    let n: i32 = text.parse().or_send(reply!(400, "no number"))?;
    n.try_into().or_500()
}

#[handler(GET "/helper")]
async fn helper(uri: http::Uri) {
    let n = outer(uri.query().unwrap_or_default())?;
    send!(200, n.to_string());
}

enum AppError {
    Reply(Reply),
    Number(std::num::ParseIntError),
}

impl From<Reply> for AppError {
    fn from(reply: Reply) -> Self {
        AppError::Reply(reply)
    }
}

impl From<std::num::ParseIntError> for AppError {
    fn from(error: std::num::ParseIntError) -> Self {
        AppError::Number(error)
    }
}

impl IntoResponse for AppError {
    fn into_response(self) -> Response {
        match self {
            AppError::Reply(reply) => reply.into_response(),
            AppError::Number(error) => Problem::internal(error).into_response(),
        }
    }
}

#[handler(GET "/app-error/{text}", error = AppError)]
async fn app_error(text: String) {
    if text.starts_with('a') {
        send!(200, text);
    }
    let first = digit(&text).or_send(reply!(404, "no digit"))?;
    let n: u8 = text.parse()?;
    let n = n.checked_add(200).ok_or("it overflows").or_500()?;
    send!(200, format!("{first} {n}"));
}

/// Any error that is a response leaves by itself.
struct Teapot;

impl IntoResponse for Teapot {
    fn into_response(self) -> Response {
        (StatusCode::IM_A_TEAPOT, "short and stout").into_response()
    }
}

#[handler(GET "/question-mark/{n}")]
async fn question_mark(n: u8) {
    match n {
        0 => Err(Teapot)?,
        1 => Err((StatusCode::GONE, "gone"))?,
        2 => Err(Problem::new(423))?,
        _ => {}
    }
    send!(204);
}

fn app() -> App {
    let with = routes![option, result, problem, opaque, interim];
    App::new(())
        .routes(with)
        .routes(routes![helper, app_error, question_mark])
}

async fn get(path: &str) -> Answer {
    ask(app(), &format!("GET {path}"), &[], "").await
}

async fn check(path: &str, status: u16, body: &str) {
    let answer = get(path).await;
    assert_eq!((answer.status, &*answer.body), (status, body), "{path}");
}

#[tokio::test]
async fn what_is_missing_is_answered() {
    check("/option/5", 200, "5").await;
    check("/option/x", 404, "no digit").await;
    check("/result/5", 200, "5").await;
    check("/result/x", 410, "no number").await;
    check("/problem/5", 200, "5").await;
    let body = r#"{"type":"about:blank","title":"Conflict","status":409,"detail":"no number"}"#;
    check_problem(&get("/problem/x").await, 409, body);
    let opaque = get("/opaque").await;
    assert_eq!((opaque.status, &*opaque.body), (418, "\"tea\""));
    assert_eq!(opaque.header("x-a"), Some("b"));
    check_problem(&get("/interim").await, 500, BARE_500);
}

#[tokio::test]
async fn helpers_leave_through_helpers() {
    check("/helper?7", 200, "7").await;
    check("/helper?200", 413, "too large").await;
    check("/helper?x", 400, "no number").await;
    let body = r#"{"type":"about:blank","title":"Bad Request","status":400,"detail":"empty"}"#;
    check_problem(&get("/helper").await, 400, body);
    check_problem(&get("/helper?-1").await, 500, BARE_500);
}

#[tokio::test]
async fn an_error_type_of_ones_own_takes_replies() {
    check("/app-error/a", 200, "a").await;
    check("/app-error/5", 200, "5 205").await;
    check("/app-error/x", 404, "no digit").await;
    check_problem(&get("/app-error/5x").await, 500, BARE_500);
    check_problem(&get("/app-error/99").await, 500, BARE_500);
}

#[tokio::test]
async fn a_question_mark_takes_any_response() {
    check("/question-mark/0", 418, "short and stout").await;
    check("/question-mark/1", 410, "gone").await;
    let locked = r#"{"type":"about:blank","title":"Locked","status":423}"#;
    check_problem(&get("/question-mark/2").await, 423, locked);
    check("/question-mark/3", 204, "").await;
}
