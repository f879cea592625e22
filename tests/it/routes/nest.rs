//! Where is a route that is nested or merged, and with whose state?

use http::Uri;
use sendoff::{App, Problem, State, handler, routes, send};

use super::{NOT_FOUND, check, get};

#[derive(Clone)]
struct Users(&'static str);

#[handler(GET "/")]
async fn list(State(users): State<Users>) {
    send!(200, format!("all {}", users.0));
}

#[handler(GET "/{id}")]
async fn show(id: u64, State(users): State<Users>, uri: Uri) {
    send!(200, format!("{} {id} at {uri}", users.0));
}

#[handler(POST "/{name}")]
async fn create(name: String) {
    send!(201, name);
}

#[handler(GET "/files/{*rest}")]
async fn files(rest: String) {
    send!(200, rest);
}

#[handler(GET "/healthy")]
async fn healthy() {
    send!(204);
}

#[handler(GET "/number")]
async fn number(State(n): State<u8>) {
    send!(200, n.to_string());
}

fn users(name: &'static str) -> App<Users> {
    App::new(Users(name)).routes(routes![list, show, create])
}

fn app() -> App {
    let api = App::new(7_u8)
        .routes(routes![number, files])
        .nest("/users", users("user"))
        .nest("/staff", users("employee"));
    App::new(())
        .nest("/api/v1", api)
        .nest("/plain", routes![healthy, files])
        .routes(routes![healthy])
        .merge(App::new(8_u8).routes(routes![number]))
}

#[tokio::test]
async fn routes_are_below_their_prefix() {
    let app = app();
    app.check().expect("no conflict");
    check(&app, "GET /healthy", 204, "").await;
    check(&app, "GET /plain/healthy", 204, "").await;
    check(&app, "GET /plain/files/a/b", 200, "a/b").await;
    check(&app, "GET /api/v1/files/a%20b/c", 200, "a b/c").await;
    check(&app, "POST /api/v1/staff/a%2Fb", 201, "a/b").await;
}

#[tokio::test]
async fn each_app_has_its_own_state() {
    let app = app();
    check(&app, "GET /number", 200, "8").await;
    check(&app, "GET /api/v1/number", 200, "7").await;
    check(&app, "GET /api/v1/staff", 200, "all employee").await;
    check(&app, "GET /api/v1/users", 200, "all user").await;
}

#[tokio::test]
async fn a_handler_sees_the_whole_path() {
    let line = "GET /api/v1/users/7?a=b";
    check(&app(), line, 200, "user 7 at /api/v1/users/7?a=b").await;
}

#[tokio::test]
async fn what_holds_for_routes_holds_below_a_prefix() {
    let app = app();
    check(&app, "HEAD /api/v1/users", 200, "").await;
    for path in ["/api", "/api/v1", "/api/v1/users/", "/number/", "/files/x"] {
        check(&app, &format!("GET {path}"), 404, NOT_FOUND).await;
    }
    assert_eq!(get(&app, "GET /api/v1/users/x").await.status, 400);
    let answer = get(&app, "DELETE /api/v1/users/7").await;
    assert_eq!(
        (answer.status, answer.header("allow")),
        (405, Some("GET, HEAD, POST"))
    );
}

#[tokio::test]
async fn the_format_of_problems_is_the_nearest() {
    let format = |name: &'static str| {
        move |problem: Problem| format!("{name}: {}", problem.get_status().as_u16())
    };
    let inner = users("user").problems(format("inner"));
    let app = App::new(())
        .nest("/inner", inner)
        .nest("/plain", users("user"))
        .routes(routes![healthy])
        .problems(format("outer"));
    check(&app, "GET /inner/x", 400, "inner: 400").await;
    check(&app, "PUT /inner/x", 405, "inner: 405").await;
    check(&app, "GET /inner/x/y", 404, "inner: 404").await;
    check(&app, "GET /plain/x", 400, "outer: 400").await;
    check(&app, "PUT /plain/x", 405, "outer: 405").await;
    check(&app, "GET /plain/x/y", 404, "outer: 404").await;
    check(&app, "GET /innermost", 404, "outer: 404").await;
    check(&app, "PUT /healthy", 405, "outer: 405").await;
}

#[tokio::test]
async fn a_405_has_the_format_that_all_routes_of_the_path_share() {
    let format = |name: &'static str| move |_: Problem| name;
    let one = App::new(Users("")).routes(routes![show]);
    let two = App::new(Users("")).routes(routes![create]);
    let app = App::new(()).problems(format("outer"));
    let same = one.clone().merge(two.clone()).problems(format("both"));
    check(&app.clone().merge(same), "PUT /7", 405, "both").await;
    let one = one.problems(format("one"));
    let app = app.merge(one).merge(two.problems(format("two")));
    check(&app, "GET /x", 400, "one").await;
    check(&app, "POST /%FF", 400, "two").await;
    check(&app, "PUT /7", 405, "outer").await;
}

#[test]
fn a_path_is_that_of_the_pattern() {
    assert_eq!(show::path(7), "/7");
    assert_eq!(format!("/api/v1/users{}", show::path(7)), "/api/v1/users/7");
}
