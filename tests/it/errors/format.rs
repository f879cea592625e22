//! Does `App::problems` write every problem, and nothing else?

use axum::Router;
use sendoff::{App, IntoResponse, Json, OrSend, Problem, Response, StatusCode};
use sendoff::{Body, handler, routes, send};
use serde_json::{Value, json};
use tower::ServiceExt;

use super::{BARE_500, PROBLEM, check_problem};
use crate::socket::ask;
use crate::support::answer::{check, run};

#[handler(POST "/json/{id}")]
async fn body(id: u8, Json(numbers): Json<Vec<u8>>) {
    send!(200, format!("{id} {}", numbers.len()));
}

#[handler(GET "/sent/{n}")]
async fn sent(n: u8) {
    match n {
        0 => send!(Problem::new(402).detail("pay")),
        1 => send!(402, [("x-a", "1"), ("x-b", "2")], Problem::new(402)),
        // The status of the response is the one that counts.
        2 => send!(404, Problem::new(402)),
        3 => Err::<(), _>(Problem::new(402))?,
        4 => Err::<(), _>("secret").or_500()?,
        5 => panic!("secret"),
        6 => send!(200, Problem::new(402)),
        7 => send!(404, "text"),
        8 => send!(404),
        _ => send!(404, Json("json")),
    }
    send!(204);
}

fn plain() -> App {
    App::new(()).routes(routes![body, sent])
}

/// `{"error": ..}`, with the headers that it wants to have.
fn app() -> App {
    plain().problems(|problem| {
        let text = problem.get_detail().unwrap_or(problem.get_title());
        let error = json!({"error": text, "status": problem.get_status().as_u16()});
        ([("x-b", "of the format")], Json(error))
    })
}

async fn check_line(line: &str, status: u16, error: Value) {
    let json = ["content-type: application/json"];
    let body = if line.starts_with("POST") {
        "[256]"
    } else {
        ""
    };
    let answer = ask(app(), line, &json, body).await;
    assert_eq!(answer.status, status, "{line}");
    assert_eq!(answer.header("content-type"), Some("application/json"));
    let expected = json!({"error": error, "status": status});
    assert_eq!(answer.body, expected.to_string(), "{line}");
}

#[tokio::test]
async fn it_is_asked_for_every_problem() {
    check_line("GET /", 404, "nothing has this path".into()).await;
    check_line("GET /json/1", 405, "this path answers POST only".into()).await;
    let path = "the path parameter `id` is not valid";
    check_line("POST /json/x", 400, path.into()).await;
    let data = "the JSON body does not have the expected form";
    check_line("POST /json/1", 422, data.into()).await;
    check_line("GET /sent/0", 402, "pay".into()).await;
    check_line("GET /sent/1", 402, "Payment Required".into()).await;
    check_line("GET /sent/2", 404, "Not Found".into()).await;
    check_line("GET /sent/3", 402, "Payment Required".into()).await;
    check_line("GET /sent/4", 500, "Internal Server Error".into()).await;
    check_line("GET /sent/5", 500, "Internal Server Error".into()).await;
}

#[tokio::test]
async fn it_is_asked_for_nothing_else() {
    for (n, status, body) in [(7, 404, "text"), (8, 404, ""), (9, 404, "\"json\"")] {
        let answer = ask(app(), &format!("GET /sent/{n}"), &[], "").await;
        assert_eq!((answer.status, &*answer.body), (status, body), "{n}");
        assert_eq!(answer.header("x-b"), None, "{n}");
    }
    let answer = ask(app(), "GET /sent/6", &[], "").await;
    assert_eq!((answer.status, answer.header("x-b")), (200, None));
}

#[tokio::test]
async fn headers_stay_unless_the_format_has_them() {
    let answer = ask(app(), "GET /sent/1", &[], "").await;
    assert_eq!(answer.header("x-a"), Some("1"));
    assert_eq!(answer.header("x-b"), Some("of the format"));
    let answer = ask(app(), "GET /json/1", &[], "").await;
    assert_eq!(answer.header("allow"), Some("POST"));
    let head = ask(app(), "HEAD /unknown", &[], "").await;
    let get = ask(app(), "GET /unknown", &[], "").await;
    assert_eq!(head.header("content-length"), get.header("content-length"));
    assert_eq!(
        get.header("content-length"),
        Some(&*get.body.len().to_string())
    );
}

#[tokio::test]
async fn its_status_counts_unless_it_is_200() {
    let gone = plain().problems(|_| (StatusCode::GONE, "gone"));
    let answer = ask(gone, "GET /", &[], "").await;
    assert_eq!((answer.status, &*answer.body), (410, "gone"));
    let same = plain().problems(|problem: Problem| problem.with("request", 7));
    let body = r#"{"type":"about:blank","title":"Locked","status":402,"request":7}"#;
    let body = body.replace("Locked", "Payment Required");
    check_problem(&ask(same, "GET /sent/3", &[], "").await, 402, &body);
}

#[tokio::test]
async fn a_format_that_panics_is_not_used() {
    struct Never;
    impl IntoResponse for Never {
        fn into_response(self) -> Response {
            panic!("secret")
        }
    }
    let answer = ask(plain().problems(|_| Never), "GET /sent/4", &[], "").await;
    check_problem(&answer, 500, BARE_500);
}

/// The inner format is the one that counts; without one, the outer's.
#[test]
fn apps_on_hosts() {
    let get = |path: &str| {
        http::Request::get(path)
            .body(Body::empty())
            .expect("a request")
    };
    let router = Router::new()
        .nest_service("/formatted", app())
        .fallback_service(plain());
    let answer = run(router.clone().oneshot(get("/formatted/x"))).into_response();
    check(
        answer,
        404,
        r#"{"error":"nothing has this path","status":404}"#,
    );
    let answer = run(router.oneshot(get("/x"))).into_response();
    assert_eq!(answer.headers()["content-type"], PROBLEM);
}
