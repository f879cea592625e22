//! Who answers a path that no route has?

use http::{Method, Uri};
use sendoff::{App, HeaderMap, Json, Query, State, handler, routes, send};
use serde::Deserialize;

use super::{NOT_FOUND, check, get};

#[handler(GET "/here")]
async fn here() {
    send!("here");
}

#[handler]
async fn lost(method: Method, uri: Uri, State(who): State<&'static str>, body: String) {
    send!(404, format!("{who}: no {method} {uri} {body}"));
}

#[handler]
async fn plain() {
    send!(410);
}

#[derive(Deserialize)]
struct Item {
    count: u8,
}

#[handler]
#[allow(clippy::too_many_arguments)] // As many as a fallback can have.
async fn eight(
    _: Method,
    _: Uri,
    _: HeaderMap,
    _: Method,
    _: Uri,
    _: HeaderMap,
    Query(item): Query<Item>,
    _: Option<Json<Item>>,
) {
    send!(200, item.count.to_string());
}

fn with_fallback(who: &'static str) -> App<&'static str> {
    App::new(who).routes(routes![here]).fallback(lost)
}

#[tokio::test]
async fn a_fallback_answers_any_method() {
    let app = App::new(()).merge(with_fallback("app"));
    app.check().expect("no conflict");
    check(&app, "GET /here", 200, "here").await;
    check(&app, "GET /x?a=b", 404, "app: no GET /x?a=b ").await;
    check(&app, "POST /", 404, "app: no POST / ").await;
    check(&app, "HEAD /x", 404, "").await;
    // The path is there: this is no business of the fallback.
    assert_eq!(get(&app, "POST /here").await.status, 405);
}

#[tokio::test]
async fn a_nested_app_has_its_own_fallback() {
    let inner = with_fallback("inner").nest("/deep", with_fallback("deep"));
    let app = App::new("outer")
        .fallback(lost)
        .nest("/inner", inner)
        .nest("/none", App::new(()).routes(routes![here]));
    let app = App::new(()).merge(app);
    app.check().expect("no conflict");
    check(&app, "GET /inner/here", 200, "here").await;
    for (path, who) in [
        ("/inner", "inner"),
        ("/inner/", "inner"),
        ("/inner/x/y", "inner"),
        ("/inner/deep", "deep"),
        ("/inner/deep/x", "deep"),
        ("/inner/deeper", "inner"),
        ("/innermost", "outer"),
        ("/", "outer"),
        ("/none/x", "outer"),
    ] {
        let body = format!("{who}: no GET {path} ");
        check(&app, &format!("GET {path}"), 404, &body).await;
    }
}

#[tokio::test]
async fn its_arguments_are_extractors() {
    let app = App::new(()).fallback(eight);
    check(&app, "GET /x?count=7", 200, "7").await;
    let answer = get(&app, "GET /x?count=x").await;
    assert_eq!(answer.status, 400);
    assert_eq!(
        answer.header("content-type"),
        Some("application/problem+json")
    );
    assert!(answer.body.contains("#/count"), "{}", answer.body);
    check(&App::new(()).fallback(plain), "GET /x", 410, "").await;
}

#[tokio::test]
async fn without_one_there_is_a_problem() {
    let app = App::new(()).nest("/inner", App::new(1).routes(routes![here]));
    check(&app, "GET /inner/x", 404, NOT_FOUND).await;
}
