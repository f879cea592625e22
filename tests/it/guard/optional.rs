//! What is `Option<Guard>`, and what is `Result<Guard, Reply>`?

use sendoff::{App, IntoResponse, Reply, State, handler, routes, send};

use super::{Handlers, LoggedIn, Site};
use crate::support::wire::Running;

#[handler(GET "/")]
async fn home(user: Option<LoggedIn>, State(Handlers(handlers)): State<Handlers>) {
    handlers.add();
    let Some(LoggedIn(user)) = user else {
        send!("hello, visitor");
    };
    send!(200, format!("hello, {}", user.name));
}

/// As the last argument, which goes through another of axum's traits.
#[handler(GET "/last")]
async fn last(State(Handlers(handlers)): State<Handlers>, user: Option<LoggedIn>) {
    handlers.add();
    send!(200, user.is_some().to_string());
}

#[handler(GET "/why")]
async fn why(user: Result<LoggedIn, Reply>, State(Handlers(handlers)): State<Handlers>) {
    handlers.add();
    match user {
        Ok(LoggedIn(user)) => send!(user.name),
        Err(reply) => send!(200, format!("because {}", reply.into_response().status())),
    }
}

async fn check(path: &str, token: Option<&str>, status: u16, body: &str, handlers: usize) {
    let site = Site::default();
    let app = App::new(site.clone()).routes(routes![home, last, why]);
    let server = Running::start(app).await;
    let mut wire = server.connect().await;
    let token = token.map(|token| format!("token: {token}"));
    let headers: Vec<&str> = token.iter().map(String::as_str).collect();
    wire.request(&format!("GET {path}"), &headers, "").await;
    let answer = wire.answer(false).await;
    server.stop();
    let found = (answer.status, answer.body.as_str());
    assert_eq!(found, (status, body), "{path} {token:?}");
    assert_eq!(site.handlers.0.count(), handlers, "{path} {token:?}");
}

#[tokio::test]
async fn a_denial_is_none() {
    check("/", Some("ann"), 200, "hello, ann", 1).await;
    // 401, 303, 400
    check("/", None, 200, "hello, visitor", 1).await;
    check("/", Some(""), 200, "hello, visitor", 1).await;
    check("/", Some("\u{e9}"), 200, "hello, visitor", 1).await;
    check("/last", Some("ann"), 200, "true", 1).await;
    check("/last", None, 200, "false", 1).await;
}

#[tokio::test]
async fn a_failure_and_an_answer_are_no_denial() {
    check("/", Some("down"), 503, "try later", 0).await;
    check("/", Some("hello"), 200, "answered by the guard", 0).await;
    check("/last", Some("down"), 503, "try later", 0).await;
}

#[tokio::test]
async fn the_denial_itself() {
    check("/why", Some("ann"), 200, "ann", 1).await;
    check("/why", None, 200, "because 401 Unauthorized", 1).await;
    check(
        "/why",
        Some("down"),
        200,
        "because 503 Service Unavailable",
        1,
    )
    .await;
}
