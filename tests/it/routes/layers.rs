//! What is a layer around, and in which order?

use axum::middleware::{Next, from_fn};
use sendoff::{App, HeaderMap, Problem, Request, handler, reply, routes, send};
use tower::ServiceBuilder;
use tower::limit::ConcurrencyLimitLayer;
use tower::util::MapRequestLayer;
use tower_http::normalize_path::NormalizePathLayer;

use super::{check, get};
use crate::errors::BARE_500;
use crate::support::log::Log;

/// A layer that writes its name before what is inside has written.
macro_rules! named {
    ($name:literal) => {
        from_fn(async |request: Request, next: Next| {
            let mut response = next.run(request).await;
            let inner = response.headers().get("x-layers").cloned();
            let inner = inner.as_ref().and_then(|value| value.to_str().ok());
            let all = [Some($name), inner].into_iter().flatten();
            let all = all.collect::<Vec<_>>().join(" ");
            let all = all.parse().expect("a value");
            response.headers_mut().insert("x-layers", all);
            response
        })
    };
}

#[handler(GET "/users/{id}")]
async fn show(id: u64) {
    send!(200, id.to_string());
}

#[handler(POST "/users/{name}")]
async fn create(name: String) {
    send!(201, name);
}

#[handler(GET "/other")]
async fn other() {
    send!("other");
}

#[handler(GET "/panic")]
async fn panics() {
    panic!("secret")
}

#[handler]
async fn lost() {
    send!(404, "lost");
}

async fn check_layers(app: &App, line: &str, status: u16, layers: Option<&str>) {
    let answer = get(app, line).await;
    let found = (answer.status, answer.header("x-layers"));
    assert_eq!(found, (status, layers), "{line}");
}

#[tokio::test]
async fn the_layers_of_an_app_are_around_all_of_it() {
    let app = App::new(())
        .routes(routes![show])
        .layer(named!("1"))
        .layer(named!("2"))
        .routes(routes![other])
        .nest("/inner", routes![panics]);
    check_layers(&app, "GET /users/7", 200, Some("2 1")).await;
    check_layers(&app, "GET /users/x", 400, Some("2 1")).await;
    check_layers(&app, "GET /other", 200, Some("2 1")).await;
    check_layers(&app, "HEAD /other", 200, Some("2 1")).await;
    check_layers(&app, "GET /unknown", 404, Some("2 1")).await;
    check_layers(&app, "PUT /other", 405, Some("2 1")).await;
    check_layers(&app, "GET /inner/panic", 500, Some("2 1")).await;
    check(&app, "GET /users/7", 200, "7").await;
    assert_eq!(
        get(&app, "PUT /other").await.header("allow"),
        Some("GET, HEAD")
    );
    let answer = get(&app, "HEAD /other").await;
    assert_eq!(answer.header("content-length"), Some("5"));
}

#[tokio::test]
async fn the_layers_of_some_routes_are_around_those_only() {
    let app = App::new(())
        .routes(routes![show, panics].layer(named!("1")).layer(named!("2")))
        .routes(routes![other])
        .layer(named!("app"));
    check_layers(&app, "GET /users/7", 200, Some("app 2 1")).await;
    check_layers(&app, "GET /users/x", 400, Some("app 2 1")).await;
    check_layers(&app, "GET /panic", 500, Some("app 2 1")).await;
    check_layers(&app, "PUT /panic", 405, Some("app 2 1")).await;
    check_layers(&app, "GET /other", 200, Some("app")).await;
    check_layers(&app, "GET /unknown", 404, Some("app")).await;
}

#[tokio::test]
async fn a_405_has_the_layers_that_all_routes_of_the_path_share() {
    let all = App::new(())
        .routes(routes![show].layer(named!("show")))
        .routes(routes![create].layer(named!("create")))
        .layer(named!("app"));
    let app = App::new(()).nest("/a", all).layer(named!("outer"));
    check_layers(&app, "GET /a/users/7", 200, Some("outer app show")).await;
    check_layers(&app, "POST /a/users/7", 201, Some("outer app create")).await;
    check_layers(&app, "PUT /a/users/7", 405, Some("outer app")).await;
    let allow = get(&app, "PUT /a/users/7").await;
    assert_eq!(allow.header("allow"), Some("GET, HEAD, POST"));
}

#[tokio::test]
async fn inner_apps_keep_their_layers() {
    let inner = App::new(7)
        .routes(routes![show].layer(named!("route")))
        .layer(named!("inner"));
    let with_fallback = inner.clone().fallback(lost);
    let app = App::new(())
        .merge(App::new("").routes(routes![other]).layer(named!("merged")))
        .nest("/inner", inner)
        .nest("/own", with_fallback)
        .layer(named!("app"));
    check_layers(&app, "GET /other", 200, Some("app merged")).await;
    check_layers(&app, "GET /unknown", 404, Some("app")).await;
    check_layers(&app, "GET /inner/users/7", 200, Some("app inner route")).await;
    check_layers(&app, "PUT /inner/users/7", 405, Some("app inner route")).await;
    check_layers(&app, "GET /inner/unknown", 404, Some("app inner")).await;
    check_layers(&app, "GET /innermost", 404, Some("app")).await;
    check(&app, "GET /own/unknown", 404, "lost").await;
    check_layers(&app, "GET /own/unknown", 404, Some("app inner")).await;
    // Its layers, and the answer of the app around it.
    let app = App::new(())
        .nest("/inner", App::new(1).layer(named!("inner")))
        .fallback(lost);
    check(&app, "GET /inner/unknown", 404, "lost").await;
    check_layers(&app, "GET /inner/unknown", 404, Some("inner")).await;
}

/// A request does not get in: a layer answers.
#[handler]
async fn staff_only(headers: HeaderMap, request: Request, next: Next) {
    if !headers.contains_key("x-staff") {
        Err(reply!(Problem::new(403).detail("staff only")))?;
    }
    send!(next.run(request).await);
}

#[tokio::test]
async fn a_layer_that_answers_itself() {
    let app = App::new(())
        .routes(routes![show].layer(from_fn(staff_only)))
        .routes(routes![other])
        .problems(|problem: Problem| format!("no: {}", problem.get_detail().unwrap_or_default()));
    check(&app, "GET /users/7", 403, "no: staff only").await;
    check(&app, "GET /other", 200, "other").await;
    let answer = crate::socket::ask(app, "GET /users/7", &["x-staff: 1"], "").await;
    assert_eq!((answer.status, &*answer.body), (200, "7"));
}

#[tokio::test]
async fn a_layer_sees_problems_in_their_format() {
    let app = App::new(())
        .routes(routes![panics].layer(named!("1")).layer(from_fn(
            async |request: Request, next: Next| {
                let body = next.run(request).await.into_body();
                let bytes = axum::body::to_bytes(body, 100).await.expect("a body");
                format!("seen: {}", String::from_utf8_lossy(&bytes))
            },
        )))
        .problems(|problem: Problem| format!("formatted {}", problem.get_status().as_u16()));
    check(&app, "GET /panic", 200, "seen: formatted 500").await;
}

#[tokio::test]
async fn a_panic_in_a_layer_is_500() {
    let bad = || {
        from_fn(async |request: Request, next: Next| {
            let _ = next.run(request).await;
            panic!("secret in the layer");
            #[allow(unreachable_code)]
            ""
        })
    };
    let group = App::new(()).routes(routes![other].layer(bad()).layer(named!("outer")));
    let log = Log::of_this_thread();
    check(&group, "GET /other", 500, BARE_500).await;
    check_layers(&group, "GET /other", 500, Some("outer")).await;
    let errors = log.take_errors();
    assert_eq!(errors.len(), 2);
    assert_eq!(errors[0].field("message"), "layer panicked");
    let app = App::new(()).routes(routes![other]).layer(bad());
    for line in ["GET /other", "GET /unknown"] {
        check(&app, line, 500, BARE_500).await;
    }
}

#[tokio::test]
async fn a_layer_that_rewrites_the_path() {
    // In the app that is served it comes before routing.
    let app = App::new(())
        .routes(routes![other, show])
        .layer(NormalizePathLayer::trim_trailing_slash());
    check(&app, "GET /other/", 200, "other").await;
    // Around routes it comes after, and does not confuse the parameters.
    let rewrite = MapRequestLayer::new(|mut request: Request| {
        *request.uri_mut() = http::Uri::from_static("/x");
        request
    });
    let app = App::new(()).routes(routes![show].layer(rewrite));
    check(&app, "GET /users/7", 200, "7").await;
}

#[tokio::test]
async fn a_layer_that_drops_the_extensions_is_500() {
    let forgetful = MapRequestLayer::new(|request: Request| Request::new(request.into_body()));
    let app = App::new(()).routes(routes![show].layer(forgetful));
    let log = Log::of_this_thread();
    check(&app, "GET /users/7", 500, BARE_500).await;
    let errors = log.take_errors();
    assert!(
        errors[0]
            .field("message")
            .contains("dropped the extensions")
    );
}

#[tokio::test]
async fn a_layer_is_applied_once_for_all_its_routes() {
    let (entered, mut entries) = tokio::sync::mpsc::unbounded_channel();
    let gate = std::sync::Arc::new(tokio::sync::Semaphore::new(0));
    let inner = {
        let gate = gate.clone();
        from_fn(move |request: Request, next: Next| {
            entered.send(()).expect("the test listens");
            let gate = gate.clone();
            async move {
                gate.acquire().await.expect("the gate opens").forget();
                next.run(request).await
            }
        })
    };
    let layers = ServiceBuilder::new()
        .layer(ConcurrencyLimitLayer::new(1))
        .layer(inner);
    let app = App::new(()).routes(routes![other, show].layer(layers));
    let first = tokio::spawn(crate::socket::ask(app.clone(), "GET /other", &[], ""));
    entries.recv().await.expect("the first is in");
    let request = http::Request::get("/users/7").body(sendoff::Body::empty());
    let mut app = app;
    let mut second = tower::Service::call(&mut app, request.expect("a request"));
    assert!(futures_util::poll!(&mut second).is_pending());
    assert!(entries.try_recv().is_err(), "the other route waits too");
    gate.add_permits(2);
    assert_eq!(first.await.expect("an answer").body, "other");
    assert_eq!(second.await.expect("never fails").status(), 200);
}
