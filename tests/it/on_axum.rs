//! Do handlers and apps work where axum is the host?

use axum::Router;
use axum::middleware::{Next, from_fn, from_fn_with_state};
use axum::routing::{get, post};
use sendoff::extract::Request;
use sendoff::{App, Body, HeaderMap, IntoResponse, Json, Query, Reply, State};
use sendoff::{handler, reply, routes, send};
use serde::{Deserialize, Serialize};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use tower::ServiceExt;

use crate::support::answer::{check, run};

#[derive(Deserialize, Serialize)]
struct Note {
    title: String,
}

#[derive(Clone, Default)]
struct Calls(Arc<AtomicUsize>);

impl Calls {
    fn count(&self) -> usize {
        self.0.load(Ordering::SeqCst)
    }
}

#[handler]
async fn show(State(calls): State<Calls>, Query(note): Query<Note>) {
    calls.0.fetch_add(1, Ordering::SeqCst);
    if note.title.is_empty() {
        send!(404, "no title");
    }
    send!(200, note.title);
}

#[handler]
async fn store(State(calls): State<Calls>, Json(note): Json<Note>) {
    let n = calls.0.fetch_add(1, Ordering::SeqCst);
    if n > 0 {
        Err(reply!(429, "once only"))?;
    }
    send!(201, Json(note));
}

#[handler]
async fn plain() {
    send!("plain");
}

fn token(headers: &HeaderMap) -> Result<&str, Reply> {
    let Some(token) = headers.get("token").and_then(|value| value.to_str().ok()) else {
        send!(401, "log in first");
    };
    Ok(token)
}

#[handler]
async fn authenticate(request: Request, next: Next) {
    if token(request.headers())? != "secret" {
        send!(403, "wrong token");
    }
    send!(next.run(request).await);
}

#[handler]
async fn count(State(calls): State<Calls>, request: Request, next: Next) {
    calls.0.fetch_add(10, Ordering::SeqCst);
    let mut response = next.run(request).await;
    response.headers_mut().insert("x-counted", 1.into());
    send!(response);
}

#[handler(GET "/notes/{id}")]
async fn routed(id: u8, State(prefix): State<&'static str>) {
    send!(200, format!("{prefix}{id}"));
}

const NOT_FOUND: &str =
    r#"{"type":"about:blank","title":"Not Found","status":404,"detail":"nothing has this path"}"#;

#[track_caller]
fn check_router(router: &Router, request: http::Request<Body>, status: u16, body: &str) {
    let answer = run(router.clone().oneshot(request)).into_response();
    check(answer, status, body);
}

fn get_request(path: &str, token: Option<&str>) -> http::Request<Body> {
    let request = http::Request::get(path);
    match token {
        Some(token) => request.header("token", token),
        None => request,
    }
    .body(Body::empty())
    .expect("a request")
}

fn post_json(path: &str, body: &'static str) -> http::Request<Body> {
    http::Request::post(path)
        .header("content-type", "application/json")
        .body(Body::from(body))
        .expect("a request")
}

#[test]
fn a_handler_is_mounted() {
    let calls = Calls::default();
    let router = Router::new()
        .route("/show", get(show))
        .route("/store", post(store).get(plain))
        .with_state(calls.clone());
    check_router(&router, get_request("/show?title=a", None), 200, "a");
    check_router(&router, get_request("/show?title=", None), 404, "no title");
    assert_eq!(
        run(router.clone().oneshot(get_request("/show", None)))
            .into_response()
            .status(),
        400
    );
    assert_eq!(calls.count(), 2);

    calls.0.store(0, Ordering::SeqCst);
    let note = r#"{"title":"a"}"#;
    check_router(&router, post_json("/store", note), 201, note);
    check_router(&router, post_json("/store", note), 429, "once only");
    check_router(&router, get_request("/store", None), 200, "plain");
}

#[test]
fn a_handler_is_middleware() {
    let calls = Calls::default();
    let router = Router::new()
        .route("/show", get(show))
        .layer(from_fn(authenticate))
        .with_state(calls.clone());
    let path = "/show?title=a";
    check_router(&router, get_request(path, None), 401, "log in first");
    check_router(&router, get_request(path, Some("x")), 403, "wrong token");
    assert_eq!(calls.count(), 0);
    check_router(&router, get_request(path, Some("secret")), 200, "a");
    assert_eq!(calls.count(), 1);
}

#[test]
fn middleware_with_a_state() {
    let calls = Calls::default();
    let router = Router::new()
        .route("/plain", get(plain))
        .layer(from_fn_with_state(calls.clone(), count));
    let answer = run(router.oneshot(get_request("/plain", None))).into_response();
    assert_eq!(answer.headers()["x-counted"], "1");
    check(answer, 200, "plain");
    assert_eq!(calls.count(), 10);
}

#[test]
fn an_app_is_a_service_of_a_router() {
    let app = App::new("note ").routes(routes![routed]);
    let router = Router::new()
        .route("/plain", get(plain))
        .nest_service("/nested", app.clone())
        .route_service("/notes/{id}", app.clone())
        .fallback_service(app);
    check_router(&router, get_request("/plain", None), 200, "plain");
    check_router(&router, get_request("/notes/1", None), 200, "note 1");
    check_router(&router, get_request("/nested/notes/2", None), 200, "note 2");
    for path in ["/nested/other", "/other"] {
        check_router(&router, get_request(path, None), 404, NOT_FOUND);
    }
    let fallback = Router::new().fallback_service(App::new("fallback ").routes(routes![routed]));
    check_router(&fallback, get_request("/notes/3", None), 200, "fallback 3");
    let answer = run(fallback.oneshot(post_json("/notes/3", "{}"))).into_response();
    assert_eq!(answer.status(), 405);
}

/// A routed handler stays a function that axum takes.
#[test]
fn a_routed_handler_is_a_function_too() {
    #[handler(GET "/here/{id}")]
    async fn here(id: String) {
        send!(200, format!("here: {id}"));
    }
    let router = Router::new().route("/there", post(here));
    check_router(&router, post_json("/there", "body"), 200, "here: body");
}
