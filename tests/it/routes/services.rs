//! What does a tower service get that is nested in an app?

use axum::Router;
use axum::extract::{OriginalUri, Path};
use axum::routing::{any, get};
use http::Uri;
use sendoff::{App, handler, routes, send};
use tower::service_fn;
use tower_http::services::ServeDir;

use super::{NOT_FOUND, check};
use crate::errors::BARE_500;

#[handler(GET "/static/special")]
async fn special() {
    send!("special");
}

#[handler(GET "/")]
async fn home() {
    send!("home");
}

fn router() -> Router {
    Router::new()
        .route(
            "/users/{id}",
            get(async |Path(id): Path<u8>| format!("user {id}")),
        )
        .fallback(any(async |uri: Uri, OriginalUri(original): OriginalUri| {
            format!("{uri} of {original}")
        }))
}

#[tokio::test]
async fn an_axum_router() {
    let app = App::new(()).nest_service("/old", router());
    app.check().expect("no conflict");
    check(&app, "GET /old/users/7", 200, "user 7").await;
    check(&app, "POST /old", 200, "/ of /old").await;
    check(&app, "GET /old/", 200, "/ of /old/").await;
    check(&app, "GET /old?a=b", 200, "/?a=b of /old?a=b").await;
    check(&app, "PUT /old/x//y?a", 200, "/x//y?a of /old/x//y?a").await;
    check(&app, "GET /older", 404, NOT_FOUND).await;
}

#[tokio::test]
async fn a_service_of_a_nested_app() {
    let inner = App::new(1).nest_service("/old", router());
    let app = App::new(()).nest("/api", inner);
    check(&app, "GET /api/old/x", 200, "/x of /api/old/x").await;
    let routed = App::new(()).routes(routes![home]);
    let app = App::new(()).nest_service("/app", routed);
    check(&app, "GET /app", 200, "home").await;
    check(&app, "GET /app/x", 404, NOT_FOUND).await;
}

#[tokio::test]
async fn a_folder_of_files() {
    let folder = tempfile::tempdir().expect("a folder");
    std::fs::write(folder.path().join("a.txt"), "text").expect("a file");
    let app = App::new(())
        .routes(routes![special, home])
        .nest_service("/static", ServeDir::new(folder.path()));
    check(&app, "GET /static/a.txt", 200, "text").await;
    check(&app, "HEAD /static/a.txt", 200, "").await;
    check(&app, "GET /static/b.txt", 404, "").await;
    check(&app, "GET /static/special", 200, "special").await;
    check(&app, "GET /", 200, "home").await;
    let root = App::new(())
        .routes(routes![home])
        .nest_service("/", ServeDir::new(folder.path()));
    root.check().expect("no conflict");
    check(&root, "GET /a.txt", 200, "text").await;
    check(&root, "GET /", 200, "home").await;
}

#[tokio::test]
async fn a_service_that_panics() {
    let service = service_fn(async |_: sendoff::Request| -> Result<String, _> { panic!("in it") });
    let app = App::new(()).nest_service("/bad", service);
    check(&app, "GET /bad", 500, BARE_500).await;
}
