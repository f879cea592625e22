//! Which of the routes and services that match a path answers it, and who a preflight?

use axum::response::Redirect;
use sendoff::{App, handler, routes, send};
use tower_http::cors::{Any, CorsLayer};
use tower_http::services::ServeDir;

use crate::support::wire::Running;

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

#[handler(GET "/{*rest}")]
async fn anything(rest: String) {
    send!(200, format!("any {rest}"));
}

#[handler]
async fn fallback() {
    send!(401);
}

#[handler(PUT "/users/{id}/{*rest}")]
async fn put_below(id: String, rest: String) {
    send!(200, format!("put {rest} of {id}"));
}

#[handler(HEAD "/users/{id}")]
async fn head(id: String) {
    send!(200, [("x-head", id)], ());
}

#[handler(DELETE "/{*rest}")]
async fn delete_all(rest: String) {
    send!(200, format!("gone {rest}"));
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
        .routes(routes![anything])
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
        ("/other", "any other"),
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
async fn a_method_is_looked_for_in_all_patterns() {
    let cors = || CorsLayer::new().allow_origin(Any).allow_methods(Any);
    let app = App::new(())
        .routes(routes![me, put_below].layer(cors()))
        .routes(routes![delete, head])
        .merge(App::new(()).routes(routes![delete_all]));
    app.check().expect("no conflict");
    let running = Running::start(app).await;
    for (line, status, body) in [
        ("GET /users/me", 200, "me"),
        ("DELETE /users/me", 200, "deleted me"),
        ("DELETE /users/me/x", 200, "gone users/me/x"),
        ("DELETE /x", 200, "gone x"),
        ("PUT /users/me/x", 200, "put x of me"),
        ("GET /users/me/x", 405, ""),
        ("PATCH /users/me", 405, ""),
    ] {
        let answer = ask(&running, line, &[]).await;
        assert_eq!(answer.status, status, "{line}: {}", answer.body);
        assert!(
            status == 405 || answer.body == body,
            "{line}: {}",
            answer.body
        );
    }
    // GET answers HEAD before a less specific HEAD does.
    let answer = ask(&running, "HEAD /users/me", &[]).await;
    assert_eq!((answer.status, answer.header("x-head")), (200, None));
    let answer = ask(&running, "HEAD /users/you", &[]).await;
    assert_eq!((answer.status, answer.header("x-head")), (200, Some("you")));
    for (line, allow) in [
        ("PATCH /users/me", "DELETE, GET, HEAD"),
        ("PATCH /users/you", "DELETE, HEAD"),
        ("PATCH /users/me/x", "DELETE, PUT"),
        ("PATCH /x", "DELETE"),
    ] {
        let answer = ask(&running, line, &[]).await;
        assert_eq!(answer.status, 405, "{line}");
        assert_eq!(answer.header("allow"), Some(allow), "{line}");
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

#[tokio::test]
async fn a_folder_of_a_service_is_found_below_its_prefix() {
    let folder = tempfile::tempdir().expect("a folder");
    std::fs::create_dir_all(folder.path().join("ä/b")).expect("a folder");
    let files = || ServeDir::new(folder.path());
    let router = || {
        axum::Router::new()
            .route("/y", axum::routing::get(async || Redirect::to("/x/")))
            .route("/relative", axum::routing::get(async || Redirect::to("b/")))
            .fallback(async || Redirect::permanent("https://example.com/y/"))
    };
    let app = App::new(())
        .nest_service("/static", files())
        .nest_service("/st%61tic/ö", files())
        .nest("/api", App::new(()).nest_service("/files", files()))
        .nest_service("/moved", router())
        .nest_service("/", files());
    let running = Running::start(app.clone()).await;
    for (path, location) in [
        ("/static/%C3%A4", "/static/%C3%A4/"),
        ("/static/ä/b?a=b/", "/static/%C3%A4/b/?a=b/"),
        ("/st%61tic/x/../%c3%a4", "/static/%C3%A4/"),
        ("/static/%C3%B6/%C3%A4", "/static/%C3%B6/%C3%A4/"),
        ("/api/files/%C3%A4/b", "/api/files/%C3%A4/b/"),
        ("/%C3%A4", "/%C3%A4/"),
        // With two slashes it would be the name of a host.
        ("//%C3%A4", "/%C3%A4/"),
        ("///%C3%A4/b", "/%C3%A4/b/"),
        // What is not made of the path stays as it is.
        ("/moved/y", "/x/"),
        ("/moved/relative", "b/"),
        ("/moved/other", "https://example.com/y/"),
    ] {
        let answer = ask(&running, &format!("GET {path}"), &[]).await;
        assert_eq!(answer.header("location"), Some(location), "{path}");
        // In another server the URI may be absolute.
        let request = http::Request::get(format!("http://test{path}")).body(String::new());
        let request = request.expect("a request");
        let response = tower_service::Service::call(&mut app.clone(), request).await;
        let response = response.expect("an app does not fail");
        let found = response.headers()["location"].to_str().expect("ASCII");
        let found = found.strip_prefix("http://test").unwrap_or(found);
        assert_eq!(found, location, "{path}");
    }
}
