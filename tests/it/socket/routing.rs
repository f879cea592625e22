//! Which handler answers which request, and who answers where there is none?

use sendoff::{App, Server, handler, routes, send};

use super::ask;

#[handler(GET "/")]
async fn root() {
    send!("root");
}

#[handler(GET "/users/{id}")]
async fn user(id: u64) {
    send!(200, format!("user {id}"));
}

#[handler(GET "/users/me")]
async fn me() {
    send!("me");
}

#[handler(DELETE "/users/{user_id}")]
async fn delete_user(user_id: u64) {
    send!(202, format!("deleted {user_id}"));
}

#[handler(POST "/users/{id}/posts/{post}")]
async fn post(post: String, id: i8) {
    send!(201, format!("{id}:{post}"));
}

#[handler(GET "/files/{*rest}")]
async fn files(rest: String) {
    send!(200, rest);
}

#[handler(PUT "/images/img-{n}.png")]
fn image(n: u32) {
    send!(200, n.to_string());
}

#[handler(GET "/{{literal}}")]
async fn braces() {
    send!("braces");
}

#[handler(HEAD "/own-head")]
async fn own_head() {
    send!(200, [("x-own", "head")], ());
}

#[handler(GET "/own-head")]
async fn own_get() {
    send!("get");
}

#[handler(GET "/nothing")]
async fn nothing() {
    send!(204);
}

fn app() -> App {
    let users = routes![user, me, delete_user, post];
    let others = routes![root, files, image, braces, own_head, own_get, nothing];
    App::new(()).routes(users).routes(others)
}

async fn check(line: &str, status: u16, body: &str) {
    let answer = ask(app(), line, &[], "").await;
    assert_eq!(
        (answer.status, answer.body.as_str()),
        (status, body),
        "{line}"
    );
}

async fn check_status(line: &str, status: u16) {
    assert_eq!(ask(app(), line, &[], "").await.status, status, "{line}");
}

#[tokio::test]
async fn paths_find_their_handler() {
    check("GET /", 200, "root").await;
    check("GET /users/7", 200, "user 7").await;
    check("GET /users/me", 200, "me").await;
    check("DELETE /users/7", 202, "deleted 7").await;
    check("POST /users/-7/posts/first", 201, "-7:first").await;
    check("PUT /images/img-12.png", 200, "12").await;
    check("GET /{literal}", 200, "braces").await;
    check("GET /users/7?id=8", 200, "user 7").await;
    check("GET http://other/users/7", 200, "user 7").await;
}

#[tokio::test]
async fn the_rest_of_a_path() {
    check("GET /files/a", 200, "a").await;
    check("GET /files/a/b/c.txt", 200, "a/b/c.txt").await;
    check("GET /files/a//b/", 200, "a//b/").await;
    check("GET /files/x/%2e%2E/a%2Fb", 200, "a/b").await;
    check("GET /files/..%2Fa%2Fb", 200, "../a/b").await;
    check_status("GET /files/", 404).await;
    check_status("GET /files", 404).await;
}

#[tokio::test]
async fn parameters_are_percent_decoded() {
    check("POST /users/1/posts/a%20b", 201, "1:a b").await;
    check("POST /users/1/posts/a+b", 201, "1:a+b").await;
    check("POST /users/1/posts/%C3%A4", 201, "1:ä").await;
    check("POST /users/1/posts/a%2Fb", 201, "1:a/b").await;
    check("POST /users/1/posts/%2525", 201, "1:%25").await;
    check("POST /users/1/posts/100%25", 201, "1:100%").await;
    check_status("POST /users/1/posts/100%", 400).await;
    check("GET /users/%37", 200, "user 7").await;
    check_status("POST /users/1/posts/%FF", 400).await;
    check_status("POST /users/1/posts/%C3", 400).await;
}

#[tokio::test]
async fn a_parameter_that_does_not_parse_is_400() {
    check_status("GET /users/seven", 400).await;
    check_status("GET /users/-7", 400).await;
    check_status("GET /users/7.5", 400).await;
    check_status("GET /users/18446744073709551616", 400).await;
    check_status("GET /users/%20", 400).await;
    check_status("POST /users/200/posts/x", 400).await;
    check_status("PUT /images/img-x.png", 400).await;
}

#[tokio::test]
async fn an_unknown_path_is_404() {
    check_status("GET /unknown", 404).await;
    check_status("GET /users", 404).await;
    check_status("GET /users/", 404).await;
    check_status("GET /users/7/", 404).await;
    check_status("GET //", 404).await;
    check_status("GET /Users/7", 404).await;
    check_status("PATCH /unknown", 404).await;
    check_status("GET /images/img-1.jpg", 404).await;
}

/// About the server as a whole there is nothing to say.
#[tokio::test]
async fn the_server_itself_has_no_options() {
    check("OPTIONS *", 204, "").await;
    check_status("GET *", 400).await;
}

async fn check_allow(line: &str, allow: &str) {
    let answer = ask(app(), line, &[], "").await;
    assert_eq!(
        (answer.status, answer.header("allow")),
        (405, Some(allow)),
        "{line}"
    );
}

#[tokio::test]
async fn another_method_is_405_and_says_which() {
    check_allow("POST /", "GET, HEAD").await;
    check_allow("OPTIONS /", "GET, HEAD").await;
    check_allow("PUT /users/7", "DELETE, GET, HEAD").await;
    check_allow("POST /users/me", "DELETE, GET, HEAD").await;
    check_status("DELETE /users/me", 400).await;
    check_allow("GET /users/7/posts/x", "POST").await;
    check_allow("HEAD /users/7/posts/x", "POST").await;
    check_allow("POST /own-head", "GET, HEAD").await;
    check_allow("BREW /", "GET, HEAD").await;
    check_allow("get /", "GET, HEAD").await;
}

/// The header fields, but for the time.
async fn headers(line: &str) -> (u16, Vec<(String, String)>, String) {
    let mut answer = ask(app(), line, &[], "").await;
    answer.headers.retain(|(name, _)| name != "date");
    answer.headers.sort();
    (answer.status, answer.headers, answer.body)
}

async fn check_head(path: &str) {
    let (status, fields, body) = headers(&format!("HEAD {path}")).await;
    let (expected_status, expected_fields, _) = headers(&format!("GET {path}")).await;
    assert_eq!(
        (status, fields),
        (expected_status, expected_fields),
        "{path}"
    );
    assert_eq!(body, "");
}

#[tokio::test]
async fn head_is_get_without_the_body() {
    check_head("/").await;
    check_head("/users/7").await;
    check_head("/users/seven").await;
    check_head("/files/a/b").await;
    check_head("/nothing").await;
    let own = ask(app(), "HEAD /own-head", &[], "").await;
    assert_eq!(own.header("x-own"), Some("head"));
}

mod duplicates {
    use sendoff::{handler, send};

    #[handler(GET "/users/{name}")]
    pub(super) async fn by_name(name: String) {
        send!(name);
    }

    #[handler(GET "/files/{*path}")]
    pub(super) async fn files(path: String) {
        send!(path);
    }
}

#[tokio::test]
async fn two_answers_to_one_request_are_an_error() {
    // Within one `routes![]` they are a compile error: see the ui test `route-conflict`.
    for (routes, more) in [
        (routes![root], routes![root]),
        (routes![user], routes![duplicates::by_name]),
        (routes![files], routes![duplicates::files]),
    ] {
        let app = App::new(()).routes(routes).routes(more);
        let fault = app.check().expect_err("a conflict").to_string();
        assert!(fault.contains("answer the same request (GET"), "{fault}");
        let error = sendoff::serve(app.clone(), "127.0.0.1:0").await;
        assert_eq!(error.expect_err("a conflict").to_string(), fault);
        let server = Server::bind("127.0.0.1:0").await.expect("a free port");
        let error = server.serve_until(app, std::future::pending()).await;
        assert_eq!(error.expect_err("a conflict").to_string(), fault);
    }
    let error = App::new(())
        .routes(routes![user])
        .routes(routes![duplicates::by_name])
        .check();
    let fault = error.expect_err("a conflict").to_string();
    assert!(fault.contains("routing::user"), "{fault}");
    assert!(fault.contains("duplicates::by_name"), "{fault}");
    assert!(app().check().is_ok());
}
