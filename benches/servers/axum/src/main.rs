//! axum, as its documentation and its example `graceful-shutdown` do it.

use axum::body::Body;
use axum::extract::Path;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use common::{HELLO, LAST_USER, NO_SUCH_USER, User};

async fn hello() -> &'static str {
    HELLO
}

async fn show_user(Path(id): Path<u64>) -> Response {
    if id > LAST_USER {
        return (StatusCode::NOT_FOUND, NO_SUCH_USER).into_response();
    }
    Json(User::new(id)).into_response()
}

async fn echo(body: String) -> String {
    body
}

async fn slow(Path(milliseconds): Path<u64>) -> String {
    common::slow(milliseconds).await
}

async fn counts() -> String {
    common::counts()
}

async fn panics() -> &'static str {
    panic!("as asked")
}

async fn download(Path(mebibytes): Path<u64>) -> Body {
    Body::from_stream(common::download(mebibytes))
}

fn main() -> std::io::Result<()> {
    common::run(async {
        let app = Router::new()
            .route("/", get(hello))
            .route("/users/{id}", get(show_user))
            .route("/echo", post(echo))
            .route("/slow/{milliseconds}", get(slow))
            .route("/counts", get(counts))
            .route("/panic", get(panics))
            .route("/download/{mebibytes}", get(download));
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await?;
        println!("{}", listener.local_addr()?);
        axum::serve(listener, app)
            .with_graceful_shutdown(common::terminated())
            .await
    })
}
