//! Does all of it hold behind layers, for a fallback, and not for a service of others?

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::middleware::{Next, from_fn};
use axum::routing::post;
use sendoff::{App, Body, Bytes, Outcome, Request, State, after_with, handler, routes, send};
use tokio::sync::mpsc::UnboundedReceiver;

use super::{Signals, Told, hear};
use crate::support::wire::Running;

#[handler]
async fn pass(request: Request, next: Next) {
    send!(next.run(request).await);
}

#[handler(GET "/finish")]
async fn finish(State(signals): State<Signals>) {
    signals.wait().await;
    send!("nobody reads this");
}

#[handler(GET "/cancel", on_disconnect = cancel)]
async fn cancel(State(signals): State<Signals>) {
    signals.wait().await;
    send!("nobody reads this");
}

#[handler(GET "/after")]
async fn later(State(signals): State<Signals>) {
    let work = after_with(move |outcome| async move {
        signals.tell(match outcome {
            Outcome::Complete => Told::AfterSent,
            _ => Told::AfterDropped,
        });
    });
    send!(200, work, "after");
}

#[handler]
async fn fallback(State(signals): State<Signals>, body: Bytes) {
    if body.is_empty() {
        signals.wait().await;
    }
    send!(200, body.len().to_string());
}

async fn length(body: Bytes) -> String {
    body.len().to_string()
}

fn app() -> (App<Signals>, Signals, UnboundedReceiver<Told>) {
    let (signals, heard) = Signals::new();
    let inner = routes![finish, cancel, later].layer(from_fn(pass));
    let own = Router::new()
        .route("/length", post(length))
        .layer(DefaultBodyLimit::disable());
    let app = App::new(signals.clone())
        .routes(inner)
        .layer(from_fn(pass))
        .fallback(fallback)
        .nest_service("/others", own.clone())
        .nest_service_with_body_limit("/uploads", 3_000_000, own);
    (app, signals, heard)
}

#[tokio::test]
async fn a_handler_behind_layers_does_as_its_route_says() {
    let (app, signals, mut heard) = app();
    let server = Running::start(app).await;
    for (path, told) in [
        ("/finish", Told::RunsOn),
        ("/cancel", Told::Dropped),
        ("/nowhere", Told::RunsOn),
    ] {
        let mut wire = server.connect().await;
        wire.request(&format!("GET {path}"), &[], "").await;
        signals.started(1).await;
        wire.reset();
        assert_eq!(hear(&mut heard, 1).await, [told], "{path}");
    }
    signals.go_on();
    assert_eq!(hear(&mut heard, 2).await, [Told::Sends; 2]);
    server.stop().ended().await;
}

#[tokio::test]
async fn work_after_a_response_that_went_through_layers_runs_once() {
    let (app, _, mut heard) = app();
    let server = Running::start(app).await;
    for method in ["GET", "HEAD"] {
        let mut wire = server.connect().await;
        wire.request(&format!("{method} /after"), &[], "").await;
        wire.answer(method == "HEAD").await;
        assert_eq!(hear(&mut heard, 1).await, [Told::AfterSent], "{method}");
    }
    server.stop().ended().await;
    assert!(heard.try_recv().is_err());
}

#[tokio::test]
async fn a_fallback_and_a_service_have_the_servers_limit_and_another_has_its_own() {
    let (app, _, _heard) = app();
    let server = Running::start_with(app, |server| server.body_limit(10)).await;
    for (path, length, status) in [
        ("/nowhere", 10, 200),
        ("/nowhere", 11, 413),
        ("/others/length", 10, 200),
        ("/others/length", 11, 413),
        ("/uploads/length", 3_000_000, 200),
        ("/uploads/length", 3_000_001, 413),
    ] {
        let mut wire = server.connect().await;
        let body = "x".repeat(length);
        wire.request(&format!("POST {path}"), &[], &body).await;
        let answer = wire.answer(false).await;
        assert_eq!(answer.status, status, "{path} {length}");
    }
    server.stop().ended().await;
}

#[handler]
async fn reads(request: Request, next: Next) {
    use sendoff::FromRequest;

    let (parts, body) = request.into_parts();
    let whole = Bytes::from_request(Request::from_parts(parts.clone(), body), &()).await?;
    send!(
        next.run(Request::from_parts(parts, Body::from(whole)))
            .await
    );
}

#[handler(POST "/more", body_limit = 100B)]
async fn more(body: Bytes) {
    send!(200, body.len().to_string());
}

#[handler(POST "/less", body_limit = 20B)]
async fn less(body: Bytes) {
    send!(200, body.len().to_string());
}

/// What an outer layer reads has the server's limit, since no route is known yet.
#[tokio::test]
async fn a_layer_that_reads_the_body_is_limited_too() {
    let app = App::new(())
        .routes(routes![more, less])
        .layer(from_fn(reads));
    let server = Running::start_with(app, |server| server.body_limit(30)).await;
    for (path, length, status) in [
        ("/more", 30, 200),
        ("/more", 31, 413),
        ("/less", 20, 200),
        ("/less", 21, 413),
    ] {
        let mut wire = server.connect().await;
        let line = format!("POST {path}");
        wire.request(&line, &[], &"x".repeat(length)).await;
        let answer = wire.answer(false).await;
        assert_eq!(answer.status, status, "{line} {length}");
    }
    server.stop().ended().await;
}
