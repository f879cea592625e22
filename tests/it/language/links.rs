//! Does the path that a route's type makes lead back to the route?

use sendoff::{App, Redirect, handler, routes, send};

use crate::support::answer::{Answered, answered};

#[handler(GET "/")]
async fn home() {
    send!("home");
}

#[handler(GET "/users/{name}/posts/{post}")]
async fn post(post: u32, name: String) {
    send!(200, format!("{name} #{post}"));
}

#[handler(GET "/files/{*path}")]
async fn file(path: String) {
    send!(path);
}

#[handler(GET "/{{literal}}/img-{n}.png")]
async fn image(n: i8) {
    send!(200, n.to_string());
}

#[handler(POST "/users/{name}")]
async fn publish(name: String) {
    send!(Redirect::to(&post::path(&*name, 1)));
}

#[test]
fn paths_are_encoded() {
    assert_eq!(home::path(), "/");
    assert_eq!(post::path("ann lee", 7), "/users/ann%20lee/posts/7");
    assert_eq!(
        post::path("a/b?c#d%é".to_owned(), 7),
        "/users/a%2Fb%3Fc%23d%25%C3%A9/posts/7"
    );
    assert_eq!(file::path("a b/c?d"), "/files/a%20b/c%3Fd");
    assert_eq!(image::path(-3), "/%7Bliteral%7D/img--3.png");
    let n = &4;
    assert_eq!(image::path(n), "/%7Bliteral%7D/img-4.png");
}

#[handler(GET "/{*rest}")]
async fn anything(rest: String) {
    send!(rest);
}

#[handler(GET "/ä/{name}")]
async fn umlaut(name: String) {
    send!(name);
}

/// No link can be read as another host, and each leads back to its route.
#[test]
fn what_cannot_be_a_parameter_is_refused() {
    use std::panic::catch_unwind;
    for text in [
        "",
        ".",
        "..",
        "../x",
        "a/../b",
        "a/./b",
        "/evil.com",
        "//evil.com",
        "/",
    ] {
        assert!(catch_unwind(|| anything::path(text)).is_err(), "{text}");
    }
    for text in ["", ".", ".."] {
        assert!(catch_unwind(|| post::path(text, 1)).is_err(), "{text}");
    }
    assert_eq!(anything::path("\\evil.com"), "/%5Cevil.com");
    assert_eq!(anything::path("a//b/"), "/a//b/");
    assert_eq!(post::path("...", 1), "/users/.../posts/1");
    assert_eq!(umlaut::path("ö"), "/%C3%A4/%C3%B6");
}

#[tokio::test]
async fn paths_lead_back() {
    let mut app = App::new(()).routes(routes![home, post, file, image, publish, umlaut]);
    for (path, body) in [
        (home::path(), "home"),
        (post::path("a/b?c#d%é ", 7), "a/b?c#d%é  #7"),
        (file::path("x y/z"), "x y/z"),
        (file::path("a//b/"), "a//b/"),
        (umlaut::path("ö"), "ö"),
        (image::path(-3), "-3"),
    ] {
        let request = http::Request::get(path)
            .body(String::new())
            .expect("a request");
        let response = tower_service::Service::call(&mut app, request).await;
        assert_eq!(answered(response).await, Answered::new(200, body));
    }
    let request = http::Request::post("/users/ann")
        .body(String::new())
        .expect("a request");
    let response = tower_service::Service::call(&mut app, request).await;
    let response = response.expect("an app does not fail");
    assert_eq!(response.headers()["location"], "/users/ann/posts/1");
}
