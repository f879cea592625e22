//! What does a guard do to a request that came over a socket?

use std::marker::PhantomData;

use sendoff::{App, HeaderMap, IntoResponse, Json, Query, Reply, Response, State};
use sendoff::{guard, handler, routes, send};
use serde::Deserialize;

use super::{Counter, Handlers, LoggedIn, Site, User};
use crate::support::wire::{Answer, Running};

trait Role {
    const NAME: &'static str;
}

struct Admin;

impl Role for Admin {
    const NAME: &'static str = "admin";
}

/// One that uses another, with a type parameter that its value does not mention.
#[guard(Has)]
async fn has<R: Role>(LoggedIn(user): LoggedIn, State(guards): State<Counter>) -> User {
    guards.add();
    if user.name != R::NAME {
        send!(403, format!("only for {}", R::NAME));
    }
    user
}

/// One that yields what its type parameter says, and denies by an extractor's rejection.
#[guard(Asked)]
fn asked<T>(Query(query): Query<T>) -> T
where
    T: for<'a> Deserialize<'a> + Send,
{
    query
}

#[derive(Deserialize)]
struct Page {
    page: u8,
}

/// One without a value.
#[guard(Open)]
async fn open(headers: HeaderMap) {
    if headers.contains_key("closed") {
        send!(503);
    }
}

/// What `?` makes of a fault.
enum Fault {
    Reply(Reply),
    Number,
}

impl From<Reply> for Fault {
    fn from(reply: Reply) -> Self {
        Fault::Reply(reply)
    }
}

impl From<std::num::ParseIntError> for Fault {
    fn from(_: std::num::ParseIntError) -> Self {
        Fault::Number
    }
}

impl IntoResponse for Fault {
    fn into_response(self) -> Response {
        match self {
            Fault::Reply(reply) => reply.into_response(),
            Fault::Number => (sendoff::StatusCode::BAD_REQUEST, "no number").into_response(),
        }
    }
}

fn header<'h>(headers: &'h HeaderMap, name: &str) -> Result<&'h str, Reply> {
    let Some(value) = headers.get(name).and_then(|value| value.to_str().ok()) else {
        send!(428, format!("{name} is missing"));
    };
    Ok(value)
}

#[guard(Version, error = Fault)]
async fn version(headers: HeaderMap) -> u8 {
    let version = header(&headers, "version")?.parse()?;
    if version > 9 {
        send!(400, "too new");
    }
    version
}

#[guard(Broken)]
async fn broken() {
    panic!("a guard that panics");
}

#[handler(GET "/me")]
async fn me(LoggedIn(user): LoggedIn, State(Handlers(handlers)): State<Handlers>) {
    handlers.add();
    send!(user.name);
}

#[handler(POST "/admin")]
async fn admin(
    _: Open,
    Has(user): Has<Admin>,
    State(Handlers(handlers)): State<Handlers>,
    Json(text): Json<String>,
) {
    handlers.add();
    send!(201, format!("{}: {text}", user.name));
}

#[handler(GET "/page")]
async fn page(Asked(page): Asked<Page>, State(Handlers(handlers)): State<Handlers>) {
    handlers.add();
    send!(200, page.page.to_string());
}

#[handler(GET "/version")]
async fn show_version(Version(version): Version, State(Handlers(handlers)): State<Handlers>) {
    handlers.add();
    send!(200, version.to_string());
}

#[handler(GET "/broken")]
async fn behind_broken(_: Broken, State(Handlers(handlers)): State<Handlers>) {
    handlers.add();
    send!("never");
}

/// Asks, and says how often guards and handlers ran.
async fn ask(line: &str, headers: &[&str], body: &str) -> (Answer, usize, usize) {
    let site = Site::default();
    let routes = routes![me, admin, page, show_version, behind_broken];
    let server = Running::start(App::new(site.clone()).routes(routes)).await;
    let mut wire = server.connect().await;
    wire.request(line, headers, body).await;
    let answer = wire.answer(false).await;
    server.stop();
    (answer, site.guards.count(), site.handlers.0.count())
}

/// The request is denied, and no handler runs.
async fn check_denied(line: &str, headers: &[&str], status: u16, body: &str) -> Answer {
    let (answer, _, handlers) = ask(line, headers, "").await;
    let found = (answer.status, answer.body.as_str(), handlers);
    assert_eq!(found, (status, body, 0), "{line} {headers:?}");
    answer
}

async fn check_passes(line: &str, headers: &[&str], status: u16, body: &str, guards: usize) {
    let sent = if line.starts_with("POST") {
        "\"hi\""
    } else {
        ""
    };
    let (answer, ran, handlers) = ask(line, headers, sent).await;
    let found = (answer.status, answer.body.as_str(), ran, handlers);
    assert_eq!(found, (status, body, guards, 1), "{line} {headers:?}");
}

const JSON: &str = "content-type: application/json";

#[tokio::test]
async fn a_send_ends_the_request() {
    let denied = check_denied("GET /me", &[], 401, "log in first").await;
    assert_eq!(denied.header("www-authenticate"), Some("Token"));
    let moved = check_denied("GET /me", &["token: "], 303, "").await;
    assert_eq!(moved.header("location"), Some("/login"));
    check_denied("GET /me", &["token: hello"], 200, "answered by the guard").await;
    check_denied("GET /me", &["token: down"], 503, "try later").await;
    check_passes("GET /me", &["token: ann"], 200, "ann", 1).await;
}

#[tokio::test]
async fn a_guard_that_uses_a_guard() {
    let denied = check_denied("POST /admin", &[JSON], 401, "log in first").await;
    assert_eq!(denied.header("www-authenticate"), Some("Token"));
    check_denied("POST /admin", &[JSON, "token: bob"], 403, "only for admin").await;
    check_denied("POST /admin", &["closed: 1", "token: admin"], 503, "").await;
    let admin = [JSON, "token: admin"];
    check_passes("POST /admin", &admin, 201, "admin: hi", 2).await;
}

#[tokio::test]
async fn a_rejection_of_an_argument_denies() {
    let (answer, _, handlers) = ask("GET /page?page=300", &[], "").await;
    assert_eq!((answer.status, handlers), (400, 0));
    check_passes("GET /page?page=3", &[], 200, "3", 0).await;
}

#[tokio::test]
async fn a_question_mark_denies() {
    check_denied("GET /version", &[], 428, "version is missing").await;
    check_denied("GET /version", &["version: x"], 400, "no number").await;
    check_denied("GET /version", &["version: 12"], 400, "too new").await;
    check_passes("GET /version", &["version: 9"], 200, "9", 0).await;
}

#[tokio::test]
async fn a_panic_denies() {
    let (answer, _, handlers) = ask("GET /broken", &[], "").await;
    assert_eq!((answer.status, handlers), (500, 0));
}

/// A guard with a type parameter is as `Send` as its value.
#[test]
fn an_unused_type_parameter_leaves_no_trace() {
    fn is_send_and_sync<T: Send + Sync>(_: &T) {}
    struct Odd(PhantomData<*const ()>);
    impl Role for Odd {
        const NAME: &'static str = "odd";
    }
    let has: Has<Odd> = Has(User { name: "odd".into() });
    is_send_and_sync(&has);
    let Has(user) = has;
    assert_eq!(user.name, "odd");
    let Odd(_) = Odd(PhantomData);
}
