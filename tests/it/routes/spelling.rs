//! Does a path find its route in whatever spelling, and does none find a way around a fence?

use axum::middleware::{Next, from_fn};
use sendoff::{App, HeaderMap, Request, guard, handler, routes, send};
use tower_http::cors::{Any, CorsLayer};
use tower_http::services::ServeDir;

use crate::support::wire::Running;

/// What is behind a fence.
const SECRET: &str = "secret";

#[guard(Member)]
async fn member(headers: HeaderMap) {
    if !headers.contains_key("token") {
        send!(401);
    }
}

#[handler]
async fn members_only(request: Request, next: Next) {
    if !request.headers().contains_key("token") {
        send!(401);
    }
    send!(next.run(request).await);
}

#[handler(GET "/private/{*rest}")]
async fn guarded(_: Member, rest: String) {
    send!(200, format!("{SECRET} {rest}"));
}

#[handler(GET "/private/{*rest}")]
async fn open(rest: String) {
    send!(200, format!("{SECRET} {rest}"));
}

#[handler(GET "/{*rest}")]
async fn below(rest: String) {
    send!(200, format!("{SECRET} {rest}"));
}

#[handler]
async fn fallback() {
    send!(401);
}

/// A folder with `private/s.txt`, and services of it.
struct Files(tempfile::TempDir);

impl Files {
    fn new() -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        std::fs::create_dir(folder.path().join("private")).expect("a folder");
        std::fs::write(folder.path().join("private/s.txt"), SECRET).expect("a file");
        std::fs::write(folder.path().join("open.txt"), "open").expect("a file");
        Files(folder)
    }

    fn app(&self) -> App {
        App::new(()).nest_service("/", ServeDir::new(self.0.path()))
    }

    fn private(&self) -> ServeDir {
        ServeDir::new(self.0.path().join("private"))
    }
}

/// Each kind of fence, in front of a service that has the files.
fn fenced(files: &Files) -> Vec<(&'static str, App)> {
    let own = axum::Router::new()
        .fallback_service(files.private())
        .layer(from_fn(members_only));
    vec![
        ("guard", files.app().routes(routes![guarded])),
        (
            "layer",
            files
                .app()
                .routes(routes![open].layer(from_fn(members_only))),
        ),
        (
            "nested app",
            files.app().nest(
                "/private",
                App::new(())
                    .routes(routes![below])
                    .layer(from_fn(members_only)),
            ),
        ),
        ("service", files.app().nest_service("/private", own)),
        (
            "fallback",
            files
                .app()
                .nest("/private", App::new(()).fallback(fallback)),
        ),
    ]
}

#[tokio::test]
async fn no_spelling_leads_around_a_fence() {
    let files = Files::new();
    for (fence, app) in fenced(&files) {
        let running = Running::start(app).await;
        for path in [
            "/private/s.txt",
            "/%70rivate/s.txt",
            "/p%72ivat%65/s%2Etxt",
            "/private%2Fs.txt",
            "/private%2fs.txt",
            "//private/s.txt",
            "///private//s.txt",
            "/private//s.txt",
            "/./private/s.txt",
            "/%2e/private/s.txt",
            "/x/../private/s.txt",
            "/x/%2E%2e/private/s.txt",
            "/x%2F..%2Fprivate%2Fs.txt",
            "/x/..%2Fprivate/s.txt",
            "/%2Fprivate/s.txt",
            "/private/./s.txt",
            "/private/x/../s.txt",
            "/%5Cprivate%5Cs.txt",
        ] {
            let mut wire = running.connect().await;
            wire.request(&format!("GET {path}"), &[], "").await;
            let answer = wire.answer(false).await;
            assert!(
                [401, 404].contains(&answer.status),
                "{fence} {path}: {}",
                answer.status
            );
            assert!(!answer.body.contains(SECRET), "{fence} {path}");
        }
        for path in ["/open.txt", "/%6fpen.txt", "/x/../open.txt", "/./open.txt"] {
            let mut wire = running.connect().await;
            wire.request(&format!("GET {path}"), &[], "").await;
            assert_eq!(wire.answer(false).await.body, "open", "{fence} {path}");
        }
        let mut wire = running.connect().await;
        wire.request("GET /%70rivate/s.txt", &["token: 1"], "")
            .await;
        let answer = wire.answer(false).await;
        assert!(
            answer.body.contains(SECRET) || fence == "fallback",
            "{fence}"
        );
    }
}

#[handler(GET "/a")]
async fn a() {
    send!("a");
}

#[handler(GET "/~user/ä")]
async fn umlaut() {
    send!("ä");
}

#[handler(GET "/users/me")]
async fn me() {
    send!("me");
}

#[handler(DELETE "/users/{id}")]
async fn delete(id: String) {
    send!(200, format!("deleted {id}"));
}

#[handler(PUT "/users/{id}")]
async fn put(id: String) {
    send!(200, format!("put {id}"));
}

#[handler(GET "/{a}/x")]
async fn any_x(a: String) {
    send!(200, format!("any {a}"));
}

#[handler(GET "/app/{*rest}")]
async fn page(rest: String) {
    send!(200, format!("page {rest}"));
}

async fn ask(running: &Running, line: &str, headers: &[&str]) -> crate::support::wire::Answer {
    let mut wire = running.connect().await;
    wire.request(line, headers, "").await;
    wire.answer(line.starts_with("HEAD")).await
}

#[tokio::test]
async fn equal_paths_find_the_same_route() {
    let app = App::new(()).routes(routes![a, umlaut, me, delete, put, any_x, page]);
    let running = Running::start(app).await;
    for (line, status, body) in [
        ("GET /%61", 200, "a"),
        ("GET /b/../a", 200, "a"),
        ("GET /%7Euser/%C3%A4", 200, "ä"),
        ("GET /~user/%c3%a4", 200, "ä"),
        ("GET /users/%6De", 200, "me"),
        // A pattern with another method hides nothing.
        ("DELETE /users/me", 200, "deleted me"),
        ("DELETE /users/%6de", 200, "deleted me"),
        ("PUT /users/me", 200, "put me"),
        ("DELETE /users/a%2Fb", 200, "deleted a/b"),
        ("DELETE /users/a%2fb%41", 200, "deleted a/bA"),
        ("GET /app/a/%2e/b", 200, "page a/b"),
    ] {
        let answer = ask(&running, line, &[]).await;
        assert_eq!((answer.status, &*answer.body), (status, body), "{line}");
    }
    for line in [
        "DELETE /users/%ff",
        "DELETE /users/%",
        "DELETE /users/a%2",
        "DELETE /users/%zz",
    ] {
        assert_eq!(ask(&running, line, &[]).await.status, 400, "{line}");
    }
    let refused = ask(&running, "POST /users/me", &[]).await;
    assert_eq!(refused.status, 405);
    assert_eq!(refused.header("allow"), Some("DELETE, GET, HEAD, PUT"));
}

#[tokio::test]
async fn what_says_more_of_the_path_goes_first() {
    let old = axum::Router::new().fallback(async |uri: http::Uri| format!("old {}", uri.path()));
    let app = App::new(())
        .routes(routes![below])
        .nest_service("/old", old.clone())
        .nest_service("/app", old.clone())
        .routes(routes![page])
        .nest("/api", App::new(()).fallback(fallback));
    let running = Running::start(app).await;
    for (path, body) in [
        ("/old", "old /"),
        ("/old/x", "old /x"),
        ("/%6fld/a%20b", "old /a%20b"),
        ("/app/y", "page y"),
        ("/other", "secret other"),
    ] {
        let answer = ask(&running, &format!("GET {path}"), &[]).await;
        assert_eq!((answer.status, &*answer.body), (200, body), "{path}");
    }
    assert_eq!(ask(&running, "GET /api/y", &[]).await.status, 401);
    assert_eq!(ask(&running, "POST /old/x", &[]).await.body, "old /x");
    let app = App::new(())
        .routes(routes![any_x])
        .nest_service("/file", old);
    let running = Running::start(app).await;
    assert_eq!(ask(&running, "GET /file/x", &[]).await.body, "old /x");
    assert_eq!(ask(&running, "GET /other/x", &[]).await.body, "any other");
}

#[tokio::test]
async fn a_folder_of_a_service_is_found_below_its_prefix() {
    let files = Files::new();
    let app = App::new(())
        .nest_service("/static", ServeDir::new(files.0.path()))
        .nest_service(
            "/moved",
            axum::Router::new().fallback(async || axum::response::Redirect::to("/x/")),
        );
    let running = Running::start(app).await;
    for (path, location) in [
        ("/static/private", "/static/private/"),
        ("/static/private?a=b", "/static/private/?a=b"),
        ("/moved/y", "/x/"),
    ] {
        let answer = ask(&running, &format!("GET {path}"), &[]).await;
        assert_eq!(answer.header("location"), Some(location), "{path}");
    }
}

#[tokio::test]
async fn a_preflight_is_answered_by_the_layer_of_the_route_that_it_asks_for() {
    let cors = || CorsLayer::new().allow_origin(Any).allow_methods(Any);
    let app = App::new(())
        .routes(routes![me, delete].layer(cors()))
        .routes(routes![put].layer(cors()));
    let running = Running::start(app).await;
    for (path, method, status) in [
        ("/users/1", "PUT", 200),
        ("/users/1", "DELETE", 200),
        ("/users/me", "PUT", 200),
        ("/users/me", "GET", 200),
        ("/users/me", "HEAD", 200),
    ] {
        let method = format!("access-control-request-method: {method}");
        let headers = ["origin: https://example.com", &*method];
        let answer = ask(&running, &format!("OPTIONS {path}"), &headers).await;
        assert_eq!(answer.status, status, "{path} {method}");
        assert_eq!(
            answer.header("access-control-allow-methods"),
            Some("*"),
            "{path} {method}"
        );
    }
    assert_eq!(ask(&running, "OPTIONS /users/1", &[]).await.status, 405);
}
