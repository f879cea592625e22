//! Does the path that a route's type makes lead back to the route?

use sendoff::{App, LinkError, Redirect, handler, routes, send};

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

#[handler(GET "/list", GET "/list/{name}")]
async fn list(name: Option<String>) {
    send!(200, name.unwrap_or_default());
}

#[handler(GET "/of/{a}/{b}", GET "/of/{a}", GET "/of")]
async fn of(a: Option<String>, b: Option<String>) {
    send!(200, format!("{a:?} {b:?}"));
}

#[handler(GET "/dots/.{name}")]
async fn dotted(name: String) {
    send!(name);
}

/// No link can be read as another host, and each leads back to its route.
#[test]
fn what_cannot_be_a_parameter_is_refused() {
    for (text, error) in [
        ("", LinkError::Empty),
        (".", LinkError::DotSegment),
        ("..", LinkError::DotSegment),
        ("../x", LinkError::DotSegment),
        ("a/../b", LinkError::DotSegment),
        ("a/./b", LinkError::DotSegment),
        ("a/..", LinkError::DotSegment),
        ("/evil.com", LinkError::Host),
        ("//evil.com", LinkError::Host),
        ("/", LinkError::Host),
    ] {
        assert_eq!(anything::try_path(text), Err(error), "{text}");
    }
    for (text, error) in [
        ("", LinkError::Empty),
        (".", LinkError::DotSegment),
        ("..", LinkError::DotSegment),
    ] {
        assert_eq!(post::try_path(text, 1), Err(error), "{text}");
        let text = Some(text.to_owned());
        assert_eq!(list::try_path(text.clone()), Err(error));
        assert_eq!(of::try_path(text.clone(), None), Err(error));
        assert_eq!(of::try_path(Some("a".to_owned()), text), Err(error));
    }
    assert_eq!(dotted::try_path("."), Err(LinkError::DotSegment));
    assert_eq!(of::try_path(None, Some("b".to_owned())), Ok(None));
    assert_eq!(list::try_path(None).as_deref(), Ok("/list"));
    assert_eq!(
        image::try_path(7).as_deref(),
        Ok("/%7Bliteral%7D/img-7.png")
    );
    for (made, path) in [
        (anything::path("\\evil.com"), "/%5Cevil.com"),
        (anything::path("a//b/"), "/a//b/"),
        (anything::path("http://evil.com"), "/http://evil.com"),
        (post::path("...", 1), "/users/.../posts/1"),
        (post::path("//evil.com", 1), "/users/%2F%2Fevil.com/posts/1"),
        (post::path("%2e%2e", 1), "/users/%252e%252e/posts/1"),
        (umlaut::path("ö"), "/%C3%A4/%C3%B6"),
    ] {
        assert_eq!(made, path);
    }
}

#[test]
fn path_panics_where_try_path_says_why() {
    let panic = std::panic::catch_unwind(|| post::path("..", 1)).expect_err("a panic");
    let text = panic.downcast_ref::<String>().expect("a text");
    assert_eq!(
        text,
        "a path would have the segment `.` or `..`, which clients take out: \
         `try_path(..)` returns that as an error"
    );
}

#[handler(GET "/back/{name}")]
async fn one(name: String) {
    send!(name);
}

#[handler(GET "/back/{name}/in")]
async fn inner(name: String) {
    send!(name);
}

#[handler(GET "/back/x-{name}.png")]
async fn affixed(name: String) {
    send!(name);
}

#[handler(GET "/rest/{*rest}")]
async fn behind(rest: String) {
    send!(rest);
}

/// A text of what is not plain in a path.
fn text(mut random: u64) -> String {
    const PIECES: &[&str] = &[
        "/", "/", "\\", ".", ".", "..", "%", "%2F", "%2e", "?", "#", "{", "}", ":", ";", "@", "ä",
        "\u{0}", "\n", " ", "a", "B", "~", "+", "&", "\"", "x-", ".png", "in", "\u{202e}", "😀",
        "^", "|", "[", "]",
    ];
    let mut next = || {
        random ^= random << 13;
        random ^= random >> 7;
        random ^= random << 17;
        usize::try_from(random >> 33).expect("31 bits")
    };
    (0..next() % 5)
        .map(|_| PIECES[next() % PIECES.len()])
        .collect()
}

/// Whatever the text: a link that is made leads to its route with just this text, as a browser reads it.
#[tokio::test]
async fn each_link_leads_back() {
    type TryPath = fn(String) -> Result<String, LinkError>;
    // Each alone: another route may be more specific.
    let app = || App::new(());
    let mut made: [(TryPath, bool, App); 5] = [
        (one::try_path, false, app().routes(routes![one])),
        (inner::try_path, false, app().routes(routes![inner])),
        (affixed::try_path, false, app().routes(routes![affixed])),
        (behind::try_path, true, app().routes(routes![behind])),
        (anything::try_path, true, app().routes(routes![anything])),
    ];
    let (mut refused, mut led) = (0, 0);
    for number in 1..3_000_u64 {
        let text = text(number.wrapping_mul(0x9E37_79B9_7F4A_7C15));
        for (try_path, takes_rest, app) in &mut made {
            let Ok(path) = try_path(text.clone()) else {
                let is_dotted = text.split('/').any(|it| matches!(it, "." | ".."));
                let is_host = *takes_rest && text.starts_with('/');
                assert!(text.is_empty() || is_dotted || is_host, "{text:?}");
                refused += 1;
                continue;
            };
            assert!(
                path.is_ascii() && path.starts_with('/') && !path.starts_with("//"),
                "{path}"
            );
            assert!(!path.contains('\\'), "{path}");
            let request = http::Request::get(&path).body(String::new());
            let response = tower_service::Service::call(app, request.expect(&path)).await;
            let expected = Answered::new(200, &text);
            assert_eq!(answered(response).await, expected, "{path}");
            led += 1;
        }
    }
    assert!(refused > 1_000 && led > 5_000, "{refused} and {led}");
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
