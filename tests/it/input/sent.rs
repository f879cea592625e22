//! What becomes of a body that cannot be made, wherever it stands?

use std::collections::BTreeMap;

use axum::Router;
use axum::middleware::Next;
use axum::routing::get;
use sendoff::response::AppendHeaders;
use sendoff::{
    App, Form, IntoResponse, Json, Problem, Response, StatusCode, handler, reply, routes, send,
};

use crate::errors::BARE_500;
use crate::support::log::Log;
use crate::support::wire::Running;

type Bad = BTreeMap<Vec<u8>, u8>;

fn bad() -> Json<Bad> {
    Json(Bad::from([(vec![1], 1)]))
}

/// A response of a user's own.
struct Created;

impl IntoResponse for Created {
    fn into_response(self) -> Response {
        (StatusCode::CREATED, [("location", "/1")], bad()).into_response()
    }
}

/// An error of a user's own.
struct Refused;

impl IntoResponse for Refused {
    fn into_response(self) -> Response {
        (StatusCode::CONFLICT, bad()).into_response()
    }
}

#[handler(GET "/last")]
async fn last() {
    send!(201, bad());
}

#[handler(GET "/alone")]
async fn alone() {
    send!(bad());
}

#[handler(GET "/tuple")]
async fn tuple() {
    send!((StatusCode::CREATED, bad()));
}

#[handler(GET "/parts")]
async fn parts() {
    send!((
        StatusCode::CREATED,
        AppendHeaders([("etag", "\"1\"")]),
        bad()
    ));
}

#[handler(GET "/nested")]
async fn nested() {
    send!(202, ([("x-a", "b")], (StatusCode::CREATED, bad())));
}

#[handler(GET "/own")]
async fn own() {
    send!(Created);
}

#[handler(GET "/reply")]
async fn replied() {
    send!((StatusCode::ACCEPTED, reply!(201, bad())));
}

#[handler(GET "/question")]
async fn question() {
    Err(Refused)?;
    send!(204);
}

#[handler(GET "/tuple-of-question")]
async fn tuple_of_question() {
    Err((StatusCode::CONFLICT, bad()))?;
    send!(204);
}

#[handler(GET "/form")]
async fn form() {
    send!(201, Form(Bad::from([(vec![1], 1)])));
}

#[handler(GET "/axums")]
async fn axums() {
    send!(201, axum::Json(bad().0));
}

fn app() -> App {
    App::new(()).routes(routes![
        last,
        alone,
        tuple,
        parts,
        nested,
        own,
        replied,
        question,
        tuple_of_question,
        form,
        axums
    ])
}

const PATHS: [&str; 11] = [
    "/last",
    "/alone",
    "/tuple",
    "/parts",
    "/nested",
    "/own",
    "/reply",
    "/question",
    "/tuple-of-question",
    "/form",
    "/axums",
];

/// Fails unless each is a bare 500, and logged once.
async fn check(app: App, body: &str) {
    let log = Log::of_this_thread();
    let server = Running::start(app).await;
    let http2 = crate::socket::http2::connect(server.address).await;
    for path in PATHS {
        let mut wire = server.connect().await;
        wire.request(&format!("GET {path}"), &[], "").await;
        let answer = wire.answer(false).await;
        assert_eq!((answer.status, &*answer.body), (500, body), "{path}");
        for name in ["location", "etag", "x-a"] {
            assert_eq!(answer.header(name), None, "{path}");
        }
        let lines = log.take_errors();
        assert_eq!(lines.len(), 1, "{path}: {lines:?}");
        if path != "/form" {
            assert!(
                lines[0].field("text").contains("key must be a string"),
                "{path}"
            );
        }
        let place = lines[0].field("at");
        assert!(place.contains("it/input/sent.rs:"), "{path}: {place}");
        assert_eq!(http2.get(path).await, (500, body.to_owned()), "{path}");
        assert_eq!(log.take_errors().len(), 1, "{path}");
    }
    server.stop().ended().await;
}

#[tokio::test]
async fn what_cannot_be_serialized_is_a_logged_500() {
    check(app(), BARE_500).await;
}

#[tokio::test]
async fn it_has_the_format_of_the_app() {
    let format = |problem: Problem| format!("failed: {}", problem.get_status().as_u16());
    check(app().problems(format), "failed: 500").await;
}

/// A format that cannot be written is the default one, with the status of the problem.
#[tokio::test]
async fn a_format_that_cannot_be_written_is_the_default_one() {
    let log = Log::of_this_thread();
    let app = App::new(()).routes(routes![alone]).problems(|_| bad());
    let answer = crate::socket::ask(app, "GET /unknown", &[], "").await;
    assert_eq!(answer.status, 404);
    assert!(
        answer.body.contains("nothing has this path"),
        "{}",
        answer.body
    );
    assert_eq!(log.take_errors().len(), 1);
}

/// An error that a handler names.
struct Named;

impl From<std::num::ParseIntError> for Named {
    fn from(_: std::num::ParseIntError) -> Self {
        Named
    }
}

impl IntoResponse for Named {
    fn into_response(self) -> Response {
        (StatusCode::CONFLICT, bad()).into_response()
    }
}

#[handler(GET "/named", error = Named)]
async fn named() {
    let _: u8 = "x".parse()?;
    send!(204);
}

/// Neither goes through a `send!`.
#[tokio::test]
async fn named_errors_services_and_layers_are_looked_at() {
    let log = Log::of_this_thread();
    let service = Router::new().route("/", get(async || (StatusCode::CREATED, bad())));
    let layer = axum::middleware::from_fn(async |_: sendoff::extract::Request, _: Next| {
        (StatusCode::CREATED, bad())
    });
    let app = App::new(())
        .routes(routes![named])
        .routes(routes![alone].layer(layer))
        .nest_service("/service", service);
    let server = Running::start(app).await;
    for path in ["/named", "/service", "/alone"] {
        let mut wire = server.connect().await;
        wire.request(&format!("GET {path}"), &[], "").await;
        let answer = wire.answer(false).await;
        assert_eq!((answer.status, &*answer.body), (500, BARE_500), "{path}");
        assert_eq!(log.take_errors().len(), 1, "{path}");
    }
    server.stop().ended().await;
}

#[handler]
async fn plain() {
    send!((StatusCode::CREATED, bad()));
}

/// axum's own handlers keep the status that stands beside it; nothing else can be done there.
#[tokio::test]
async fn on_axum_it_is_logged_too() {
    async fn theirs() -> impl IntoResponse {
        bad()
    }

    let log = Log::of_this_thread();
    let router = Router::new()
        .route("/ours", get(plain))
        .route("/theirs", get(theirs));
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0")
        .await
        .expect("a port");
    let address = listener.local_addr().expect("an address");
    tokio::spawn(async { axum::serve(listener, router).await });
    for path in ["/ours", "/theirs"] {
        let answer = super::over_http1(address, &format!("GET {path}"), &[], b"").await;
        assert_eq!((answer.status, &*answer.body), (500, BARE_500), "{path}");
        assert_eq!(
            answer.header("content-type"),
            Some("application/problem+json")
        );
        assert_eq!(log.take_errors().len(), 1, "{path}");
    }
}
