//! Do tower-http's layers work as they are?

use std::time::Duration;

use http::{HeaderValue, Method, StatusCode, header};
use sendoff::{App, handler, routes, send};
use tower::ServiceBuilder;
use tower_http::compression::CompressionLayer;
use tower_http::cors::{Any, CorsLayer};
use tower_http::limit::RequestBodyLimitLayer;
use tower_http::set_header::SetResponseHeaderLayer;
use tower_http::timeout::TimeoutLayer;
use tower_http::trace::TraceLayer;

use super::{check, get};
use crate::socket::ask;

#[handler(GET "/long")]
async fn long() {
    send!("long ".repeat(100));
}

#[handler(POST "/echo")]
async fn echo(body: String) {
    send!(body);
}

#[handler(GET "/never")]
async fn never() {
    std::future::pending::<()>().await;
    send!("never");
}

fn stack() -> App {
    let layers = ServiceBuilder::new()
        .layer(TraceLayer::new_for_http())
        .layer(
            CorsLayer::new()
                .allow_origin(Any)
                .allow_methods([Method::GET]),
        )
        .layer(CompressionLayer::new())
        .layer(RequestBodyLimitLayer::new(10))
        .layer(SetResponseHeaderLayer::overriding(
            header::SERVER,
            HeaderValue::from_static("sendoff"),
        ));
    App::new(()).routes(routes![long, echo]).layer(layers)
}

#[tokio::test]
async fn a_stack_around_an_app() {
    let app = stack();
    let answer = get(&app, "GET /long").await;
    assert_eq!((answer.status, answer.body.len()), (200, 500));
    assert_eq!(answer.header("server"), Some("sendoff"));
    assert_eq!(answer.header("access-control-allow-origin"), Some("*"));
    let answer = get(&app, "GET /unknown").await;
    assert_eq!(
        (answer.status, answer.header("server")),
        (404, Some("sendoff"))
    );
    let answer = ask(app.clone(), "POST /echo", &[], "12345").await;
    assert_eq!((answer.status, &*answer.body), (200, "12345"));
    let answer = ask(app, "POST /echo", &[], "12345678901").await;
    assert_eq!(answer.status, 413);
}

#[tokio::test]
async fn compression() {
    for app in [
        stack(),
        App::new(()).routes(routes![long].layer(CompressionLayer::new())),
    ] {
        let get = ask(app.clone(), "HEAD /long", &["accept-encoding: gzip"], "").await;
        assert_eq!(get.status, 200);
        assert_eq!(get.header("content-encoding"), Some("gzip"));
        assert_eq!(get.header("content-length"), None);
    }
}

/// A browser asks before it sends: with a method that no route has.
#[tokio::test]
async fn a_preflight_is_answered_where_the_layer_is() {
    let cors = || CorsLayer::new().allow_origin(Any).allow_methods(Any);
    let asks = ["origin: http://a", "access-control-request-method: GET"];
    let inner = App::new(1).routes(routes![long]).layer(cors());
    let nested = App::new(()).nest("/api", inner);
    let group = App::new(())
        .routes(routes![long].layer(cors()))
        .routes(routes![echo]);
    for (app, path) in [
        (stack(), "/long"),
        (nested, "/api/long"),
        (group.clone(), "/long"),
    ] {
        let answer = ask(app, &format!("OPTIONS {path}"), &asks, "").await;
        assert_eq!(answer.status, 200, "{path}");
        let methods = answer.header("access-control-allow-methods");
        assert!(methods.is_some(), "{path}: {answer:?}");
    }
    assert_eq!(ask(group, "OPTIONS /echo", &asks, "").await.status, 405);
}

#[tokio::test(start_paused = true)]
async fn a_timeout() {
    let timeout =
        TimeoutLayer::with_status_code(StatusCode::SERVICE_UNAVAILABLE, Duration::from_secs(1));
    let app = App::new(()).routes(routes![never].layer(timeout));
    check(&app, "GET /never", 503, "").await;
}
