//! What does an app say at start that cannot be served?

use axum::Router;
use sendoff::{App, Server, handler, routes, send};

#[handler(GET "/users/{id}")]
async fn show(id: u64) {
    send!(200, id.to_string());
}

#[handler(GET "/{name}")]
async fn by_name(name: String) {
    send!(name);
}

#[handler(GET "/users")]
async fn users() {
    send!("users");
}

#[handler(GET "/")]
async fn root() {
    send!("root");
}

#[handler(GET "/users/{*rest}")]
async fn rest(rest: String) {
    send!(rest);
}

#[handler]
async fn lost() {
    send!(404);
}

#[handler]
async fn found() {
    send!(200);
}

/// The path of this module, which is that of its handlers.
const HERE: &str = module_path!();

/// Fails unless these are the faults of the app, with `::` for the path of this module.
#[track_caller]
fn check<S: Send + Sync + 'static>(app: &App<S>, faults: &[&str]) {
    let found = app.check().expect_err("a fault").to_string();
    let found: Vec<_> = found
        .split('\n')
        .map(|line| line.replace(HERE, ""))
        .collect();
    assert_eq!(found, faults);
}

#[test]
fn two_routes_for_one_request() {
    let both = "::show and ::by_name answer the same request \
                (GET /users/{id} and GET /users/{name})";
    let twice = App::new(()).nest("/users", routes![by_name]);
    let app = App::new(()).routes(routes![show]);
    check(&app.clone().nest("/users", routes![by_name]), &[both]);
    check(&app.clone().merge(twice.clone()), &[both]);
    check(
        &App::new(()).nest("/api", app.clone()).nest("/api", twice),
        &["::show and ::by_name answer the same request \
           (GET /api/users/{id} and GET /api/users/{name})"],
    );
    check(
        &app.clone().routes(routes![show]).merge(app.clone()),
        &["::show and ::show answer the same request (GET /users/{id} and GET /users/{id})"; 2],
    );
    check(
        &App::new(())
            .routes(routes![users])
            .nest("/users", routes![root]),
        &["::users and ::root answer the same request (GET /users and GET /users)"],
    );
}

#[test]
fn a_request_in_two_spellings() {
    #[handler(GET "/%75sers")]
    async fn spelled() {
        send!(200);
    }
    check(
        &App::new(()).routes(routes![users]).routes(routes![spelled]),
        &["::users and ::spelled answer the same request \
           (GET /users and GET /%75sers)"],
    );
    check(
        &App::new(())
            .nest_service("/users", Router::new())
            .nest_service("/%75sers", Router::new()),
        &[
            "axum::routing::Router and axum::routing::Router both answer the paths below /users that no route has",
        ],
    );
    check(
        &App::new(()).nest_service("/a/%2E%2E/b", Router::new()),
        &[
            "`/a/%2E%2E/b` cannot be a prefix: it has a segment `.` or `..`, which no path has when it is routed",
        ],
    );
}

#[test]
fn patterns_that_cannot_stand_beside_each_other() {
    #[handler(PUT "/users/a{id}")]
    async fn prefixed(id: u64) {
        send!(200, id.to_string());
    }
    #[handler(GET "/users/{id}z")]
    async fn suffixed(id: u64) {
        send!(200, id.to_string());
    }
    check(
        &App::new(()).routes(routes![rest]).routes(routes![show]),
        &["::rest and ::show match the same paths (GET /users/{*rest} and GET /users/{id})"],
    );
    check(
        &App::new(())
            .routes(routes![prefixed])
            .routes(routes![suffixed]),
        &["::prefixed and ::suffixed match the same paths \
           (PUT /users/a{id} and GET /users/{id}z)"],
    );
}

#[test]
fn a_fault_of_an_inner_app_is_a_fault() {
    let inner = App::new(1).routes(routes![root]).routes(routes![root]);
    let fault = "::root and ::root answer the same request (GET / and GET /)";
    check(&App::new(()).merge(inner.clone()), &[fault]);
    check(&App::new(()).nest("/a", inner), &[fault]);
}

#[test]
fn two_fallbacks() {
    let app = App::new(()).fallback(lost);
    check(
        &app.clone().fallback(found),
        &["::lost and ::found both answer the paths that no route has"],
    );
    check(
        &app.clone().merge(App::new(1).fallback(found)),
        &["::lost and ::found both answer the paths that no route has"],
    );
    check(
        &app.clone().nest_service("/", Router::new()),
        &["::lost and axum::routing::Router both answer the paths that no route has"],
    );
    check(
        &App::new(())
            .nest("/a", app.clone())
            .nest_service("/a", Router::new()),
        &["::lost and axum::routing::Router both answer the paths below /a that no route has"],
    );
    assert!(app.nest("/a", App::new(1).fallback(found)).check().is_ok());
}

#[test]
fn what_is_no_prefix() {
    let nested = |prefix| App::new(()).nest(prefix, routes![root]);
    check(
        &nested("api"),
        &["`api` cannot be a prefix: it must start with `/`"],
    );
    check(
        &nested("/api/"),
        &[
            "`/api/` cannot be a prefix: it must not end with `/`, which the patterns below it start with",
        ],
    );
    check(
        &nested("/"),
        &[
            "`/` cannot be a prefix: it has no segment; `App::merge` adds the routes of another app as they are",
        ],
    );
    check(
        &nested("/teams/{team}"),
        &[
            "`/teams/{team}` cannot be a prefix: it has a parameter, which no handler below it could take; \
           write the parameter into the pattern of each of them",
        ],
    );
    check(
        &App::new(()).nest_service("static", Router::new()),
        &["`static` cannot be a prefix: it must start with `/`"],
    );
}

#[tokio::test]
async fn an_app_with_a_fault_is_not_served() {
    let app = App::new(())
        .nest("api", routes![root])
        .fallback(lost)
        .fallback(found);
    let fault = app.check().expect_err("two faults").to_string();
    let error = sendoff::serve(app.clone(), "127.0.0.1:0").await;
    assert_eq!(error.expect_err("two faults").to_string(), fault);
    let server = Server::bind("127.0.0.1:0").await.expect("a free port");
    let error = server.serve_until(app, std::future::pending()).await;
    assert_eq!(error.expect_err("two faults").to_string(), fault);
}
