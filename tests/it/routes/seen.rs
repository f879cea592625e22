//! In which spelling do guards, layers, handlers and services see a path?

use axum::middleware::{Next, from_fn};
use sendoff::extract::OriginalUri;
use sendoff::http::Uri;
use sendoff::{App, Request, guard, handler, routes, send};

use super::spelling::{asked, called};
use crate::support::wire::Running;

#[handler(GET "/private/{*rest}")]
async fn private(rest: String) {
    send!(rest);
}

#[handler(GET "/{*rest}")]
async fn catch_all(rest: String) {
    send!(rest);
}

/// What is no fence stays open: an escaped slash is one in a parameter, and a service gets its paths.
#[tokio::test]
async fn other_spellings_stay() {
    let service = axum::Router::new().fallback(async |uri: Uri| uri.path().to_owned());
    let app = App::new(())
        .routes(routes![private, of_group])
        .nest_service("/service", service.clone())
        .nest_service("/", service);
    let running = Running::start(app).await;
    for (path, body) in [
        ("/groups/a%2Fb", "a/b"),
        ("/groups/a%2fb%2f", "a/b/"),
        ("/service/projects/a%2Fb", "/projects/a%2Fb"),
        ("/service/a//b/", "/a//b/"),
        ("/service/%C3%A4/%20", "/%C3%A4/%20"),
        ("/a%2Fprivate", "/a%2Fprivate"),
        ("/privat%2F", "/privat%2F"),
        // Escaped twice is escaped once more.
        ("/private%252Fs.txt", "/private%252Fs.txt"),
        ("/%2570rivate/s.txt", "/%2570rivate/s.txt"),
    ] {
        assert_eq!(
            asked(&running, path).await,
            (200, body.to_owned()),
            "{path}"
        );
    }
}

#[handler(GET "/groups/{name}")]
async fn of_group(name: String) {
    send!(name);
}

/// A guard that goes by the path.
#[guard(ByPath)]
async fn by_path(uri: Uri) {
    if uri.path().starts_with("/private/") {
        send!(401);
    }
}

#[handler]
async fn layer_by_path(uri: Uri, request: Request, next: Next) {
    if uri.path().starts_with("/private/") {
        send!(401);
    }
    send!(next.run(request).await);
}

#[handler(GET "/{a}/{b}")]
async fn behind_a_path(_: ByPath, a: String, b: String) {
    send!(200, format!("{a} {b}"));
}

#[handler(GET "/{a}/{b}")]
async fn two(a: String, b: String, uri: Uri, OriginalUri(original): OriginalUri) {
    send!(200, format!("{a} {b} at {uri}, sent as {original}"));
}

#[tokio::test]
async fn guards_layers_and_handlers_see_the_path_of_the_router() {
    let app = || App::new(());
    for app in [
        app().routes(routes![behind_a_path]),
        app().routes(routes![two]).layer(from_fn(layer_by_path)),
        app().routes(routes![two].layer(from_fn(layer_by_path))),
        app().merge(app().routes(routes![two]).layer(from_fn(layer_by_path))),
    ] {
        let running = Running::start(app).await;
        for path in [
            "/private/s.txt",
            "/%70rivate/s.txt",
            "/./private/s.txt",
            "/x/../private/s%2etxt",
            "/private/%2e/s.txt",
        ] {
            assert_eq!(asked(&running, path).await.0, 401, "{path}");
        }
        assert_eq!(asked(&running, "/open/s.txt").await.0, 200);
    }
    let running = Running::start(app().routes(routes![two])).await;
    let (_, body) = asked(&running, "/x/../%61/ä%2fb?q=%61").await;
    assert_eq!(
        body,
        "a ä/b at /a/%C3%A4%2Fb?q=%61, sent as /x/../%61/ä%2fb?q=%61"
    );
    let (_, body) = asked(&running, "/a/b").await;
    assert_eq!(body, "a b at /a/b, sent as /a/b");
}

/// Escapes make a path longer, and no longer one is routed.
#[tokio::test]
async fn a_path_that_is_too_long_when_it_is_spelled() {
    let mut app = App::new(()).routes(routes![private, catch_all]);
    let path = format!("/%70rivate/{}", "{".repeat(60_000));
    assert_eq!(called(&mut app, &path).await.0, 414);
}
