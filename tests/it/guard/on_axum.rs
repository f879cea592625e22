//! Do guards work where axum is the host?

use axum::Router;
use axum::middleware::from_extractor_with_state;
use axum::routing::get;
use sendoff::{Body, IntoResponse, State, handler, send};
use tower::ServiceExt;

use super::{Handlers, LoggedIn, Site};
use crate::support::answer::{check, run};

/// A handler of ours.
#[handler]
async fn ours(LoggedIn(user): LoggedIn, State(Handlers(handlers)): State<Handlers>) {
    handlers.add();
    send!(user.name);
}

/// A handler of axum's own kind.
async fn theirs(
    State(Handlers(handlers)): State<Handlers>,
    LoggedIn(user): LoggedIn,
) -> impl IntoResponse {
    handlers.add();
    user.name
}

async fn anybody(user: Option<LoggedIn>) -> String {
    user.map_or_else(|| "nobody".into(), |LoggedIn(user)| user.name)
}

async fn plain(State(Handlers(handlers)): State<Handlers>) -> &'static str {
    handlers.add();
    "plain"
}

#[track_caller]
fn check_router(path: &str, token: Option<&str>, status: u16, body: &str, handlers: usize) {
    let site = Site::default();
    let guarded = from_extractor_with_state::<LoggedIn, _>(site.clone());
    let router = Router::new()
        .route("/plain", get(plain))
        .layer(guarded)
        .route("/ours", get(ours))
        .route("/theirs", get(theirs))
        .route("/anybody", get(anybody))
        .with_state(site.clone());
    let mut request = http::Request::get(path);
    if let Some(token) = token {
        request = request.header("token", token);
    }
    let request = request.body(Body::empty()).expect("a request");
    let answer = run(router.oneshot(request)).expect("no error");
    check(answer, status, body);
    assert_eq!(site.handlers.0.count(), handlers, "{path}");
}

#[test]
fn a_guard_is_an_extractor() {
    for path in ["/ours", "/theirs"] {
        check_router(path, None, 401, "log in first", 0);
        check_router(path, Some("down"), 503, "try later", 0);
        check_router(path, Some("ann"), 200, "ann", 1);
    }
    check_router("/anybody", None, 200, "nobody", 0);
    check_router("/anybody", Some("ann"), 200, "ann", 0);
    check_router("/anybody", Some("down"), 503, "try later", 0);
}

#[test]
fn a_guard_is_a_layer() {
    check_router("/plain", None, 401, "log in first", 0);
    check_router("/plain", Some("ann"), 200, "plain", 1);
}
