//! Which requests does a handler answer that has several methods or patterns?

use http::Method;
use sendoff::{App, handler, routes, send};

use super::{check, get};

#[handler(GET | POST "/search")]
async fn search(method: Method, body: String) {
    send!(200, format!("{method} {body}"));
}

#[handler(GET "/posts", GET "/posts/{page}")]
async fn posts(page: Option<u32>) {
    send!(200, format!("{page:?}"));
}

#[handler(
    GET | "LOCK" "/users/{user}/files/{*path}",
    GET "/files/{*path}",
    DELETE "/of/{user}/{path}"
)]
async fn file(path: String, user: Option<String>, method: Method) {
    send!(200, format!("{method} {path} of {user:?}"));
}

#[handler("PURGE" "/cache/{key}")]
async fn purge(key: u8) {
    send!(200, key.to_string());
}

#[handler(GET "/a/{x}/{y}", GET "/b/{y}/{x}", error = sendoff::Reply)]
async fn either(x: u8, y: u8) {
    send!(200, format!("{x} {y}"));
}

#[handler(GET "/list", GET "/list/{size}/{page}", GET "/list/{size}")]
async fn list(size: Option<u8>, page: Option<u8>) {
    send!(200, format!("{size:?} {page:?}"));
}

#[handler(PUT "/one", PUT "/other")]
async fn two() {
    send!(204);
}

fn app() -> App {
    App::new(()).routes(routes![search, posts, purge, either, list, two])
}

#[tokio::test]
async fn several_methods() {
    let app = app();
    check(&app, "GET /search", 200, "GET ").await;
    check(&app, "POST /search", 200, "POST ").await;
    check(&app, "HEAD /search", 200, "").await;
    let answer = get(&app, "PUT /search").await;
    assert_eq!(answer.header("allow"), Some("GET, HEAD, POST"));
}

#[tokio::test]
async fn several_patterns() {
    let app = app();
    check(&app, "GET /posts", 200, "None").await;
    check(&app, "GET /posts/7", 200, "Some(7)").await;
    assert_eq!(get(&app, "GET /posts/x").await.status, 400);
    assert_eq!(get(&app, "GET /posts/").await.status, 404);
    check(&app, "GET /a/1/2", 200, "1 2").await;
    check(&app, "GET /b/1/2", 200, "2 1").await;
    check(&app, "GET /list", 200, "None None").await;
    check(&app, "GET /list/1", 200, "Some(1) None").await;
    check(&app, "GET /list/1/2", 200, "Some(1) Some(2)").await;
    check(&app, "PUT /one", 204, "").await;
    check(&app, "PUT /other", 204, "").await;
}

#[tokio::test]
async fn several_of_both_below_a_prefix_and_a_layer() {
    let layer = tower::layer::layer_fn(|inner: sendoff::InnerService| inner);
    let app = App::new(()).nest("/api", routes![file].layer(layer));
    check(&app, "GET /api/files/a/b", 200, "GET a/b of None").await;
    check(
        &app,
        "LOCK /api/users/ann%20lee/files/a/b",
        200,
        "LOCK a/b of Some(\"ann lee\")",
    )
    .await;
    assert_eq!(get(&app, "GET /api/users/%FF/files/a").await.status, 400);
}

#[tokio::test]
async fn a_method_of_its_own() {
    let app = app();
    check(&app, "PURGE /cache/7", 200, "7").await;
    let answer = get(&app, "GET /cache/7").await;
    assert_eq!(
        (answer.status, answer.header("allow")),
        (405, Some("PURGE"))
    );
    // Methods are case-sensitive (RFC 9110 section 9.1).
    assert_eq!(get(&app, "purge /cache/7").await.status, 405);
}

#[test]
fn a_link_takes_the_pattern_that_has_its_parameters() {
    assert_eq!(search::path(), "/search");
    assert_eq!(posts::path(None), "/posts");
    assert_eq!(posts::path(Some(7)), "/posts/7");
    assert_eq!(either::path(1, 2), "/a/1/2");
    assert_eq!(two::path(), "/one");
    assert_eq!(
        file::path(Some("ann/lee".to_owned()), "a b/c"),
        "/users/ann%2Flee/files/a%20b/c"
    );
    assert_eq!(file::path(None, "a"), "/files/a");
    assert_eq!(list::path(None, None).as_deref(), Some("/list"));
    assert_eq!(list::path(Some(1), Some(2)).as_deref(), Some("/list/1/2"));
    assert_eq!(list::path(Some(1), None).as_deref(), Some("/list/1"));
    assert_eq!(list::path(None, Some(2)), None);
}

#[test]
fn it_is_called_by_a_test() {
    crate::support::answer::check_async(posts(Some(7)), 200, "Some(7)");
    crate::support::answer::check_async(list(None, None), 200, "None None");
}

#[test]
fn each_of_them_can_be_in_conflict() {
    mod other {
        #[sendoff::handler("PURGE" "/x", POST | PUT "/posts/{id}", GET "/posts/{id}")]
        pub(super) async fn post(id: Option<u8>) {
            sendoff::send!(200, format!("{id:?}"));
        }
    }
    let app = app().routes(routes![other::post]);
    let fault = app.check().expect_err("a conflict").to_string();
    let says = "::posts and it::routes::requests::other::post \
                answer the same request (GET /posts/{page} and GET /posts/{id})";
    assert!(fault.ends_with(says), "{fault}");
}
