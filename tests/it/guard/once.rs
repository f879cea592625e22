//! In which order are arguments taken, and how often does a guard run for one request?

use sendoff::{App, FromRequestParts, HeaderMap, Routes, State, guard, handler, routes, send};

use super::{Counter, LoggedIn, Site, User};
use crate::support::wire::Running;

#[guard(Member)]
async fn member(LoggedIn(user): LoggedIn) -> User {
    user
}

#[guard(Named)]
async fn named<const LENGTH: usize, R: Send + 'static>(LoggedIn(user): LoggedIn) -> User {
    if user.name.len() != LENGTH {
        send!(403, std::any::type_name::<R>());
    }
    user
}

/// Its value cannot be cloned.
struct Ticket(usize);

#[guard(Admitted)]
async fn admitted(State(guards): State<Counter>) -> Ticket {
    guards.add();
    Ticket(guards.count())
}

#[handler(GET "/denied-first/{number}")]
async fn denied_first(LoggedIn(_): LoggedIn, number: u8, _: HeaderMap) {
    send!(200, number.to_string());
}

#[handler(GET "/parsed-first/{number}")]
async fn parsed_first(number: u8, LoggedIn(_): LoggedIn) {
    send!(200, number.to_string());
}

#[handler(GET "/guard-last/{number}")]
async fn guard_last(_: HeaderMap, number: u8, LoggedIn(_): LoggedIn) {
    send!(200, number.to_string());
}

#[handler(GET "/parameter-last/{number}")]
async fn parameter_last(LoggedIn(_): LoggedIn, number: u8) {
    send!(200, number.to_string());
}

#[handler(GET "/many")]
async fn many(
    LoggedIn(one): LoggedIn,
    Member(two): Member,
    Named(three): Named<3, u8>,
    LoggedIn(four): LoggedIn,
    maybe: Option<LoggedIn>,
) {
    assert!(one == two && two == three && three == four);
    send!(
        200,
        maybe.map(|LoggedIn(user)| user.name).unwrap_or_default()
    );
}

#[handler(GET "/maybe")]
async fn maybe(one: Option<LoggedIn>, two: Option<Member>, three: Option<LoggedIn>) {
    let all = [one.is_some(), two.is_some(), three.is_some()];
    send!(200, format!("{all:?}"));
}

#[handler(GET "/maybe-then-must")]
async fn maybe_then_must(_: Option<LoggedIn>, LoggedIn(user): LoggedIn) {
    send!(user.name);
}

#[handler(GET "/tickets")]
async fn tickets(Admitted(one): Admitted, Admitted(two): Admitted) {
    send!(200, format!("{} {}", one.0, two.0));
}

fn all() -> Routes<Site> {
    routes![
        denied_first,
        parsed_first,
        guard_last,
        parameter_last,
        many,
        maybe,
        maybe_then_must,
        tickets
    ]
}

#[tokio::test]
async fn what_refuses_is_the_first_argument_that_cannot_be_had() {
    let running = Running::start(App::new(Site::default()).routes(all())).await;
    let mut wire = running.connect().await;
    for (path, token, status) in [
        ("/denied-first/x", false, 401),
        ("/denied-first/x", true, 400),
        ("/denied-first/7", true, 200),
        ("/parsed-first/x", false, 400),
        ("/parsed-first/7", false, 401),
        ("/guard-last/x", false, 400),
        ("/guard-last/7", false, 401),
        ("/parameter-last/x", false, 401),
        ("/parameter-last/x", true, 400),
        ("/parameter-last/7", true, 200),
    ] {
        let headers: &[&str] = if token { &["token: ann"] } else { &[] };
        wire.request(&format!("GET {path}"), headers, "").await;
        assert_eq!(wire.answer(false).await.status, status, "{path} {token}");
    }
}

#[tokio::test]
async fn a_guard_runs_once_for_a_request() {
    for (path, token, body, runs) in [
        ("/many", "ann", "ann", 1),
        ("/maybe", "ann", "[true, true, true]", 1),
        ("/maybe", "", "[false, false, false]", 1),
        ("/maybe-then-must", "ann", "ann", 1),
        // What cannot be cloned is made for each.
        ("/tickets", "ann", "1 2", 2),
    ] {
        let site = Site::default();
        let guards = site.guards.clone();
        let running = Running::start(App::new(site).routes(all())).await;
        let mut wire = running.connect().await;
        let token = format!("token: {token}");
        wire.request(&format!("GET {path}"), &[&token], "").await;
        let answer = wire.answer(false).await;
        assert_eq!(
            (answer.body.as_str(), guards.count()),
            (body, runs),
            "{path} {token}"
        );
    }
}

/// Not the reply of another guard, and not one that somebody has got already.
#[tokio::test]
async fn a_denial_that_an_option_took_is_the_reply_of_who_asks_next() {
    let site = Site::default();
    let guards = site.guards.clone();
    let running = Running::start(App::new(site).routes(all())).await;
    let mut wire = running.connect().await;
    wire.request("GET /maybe-then-must", &[], "").await;
    let answer = wire.answer(false).await;
    assert_eq!((answer.status, guards.count()), (401, 1));
    assert_eq!(answer.header("www-authenticate"), Some("Token"));
    assert_eq!(answer.body, "log in first");
}

#[tokio::test]
async fn nothing_is_kept_for_the_next_request() {
    let site = Site::default();
    let guards = site.guards.clone();
    let running = Running::start(App::new(site).routes(all())).await;
    let mut wire = running.connect().await;
    for (token, status, runs) in [("token: ann", 200, 1), ("other: ann", 401, 2)] {
        wire.request("GET /many", &[token], "").await;
        assert_eq!(
            (wire.answer(false).await.status, guards.count()),
            (status, runs)
        );
    }
}

/// A layer may make several requests of one, such as those of a batch.
#[tokio::test]
async fn a_copy_of_a_request_has_passed_no_guard() {
    let site = Site::default();
    let request = http::Request::builder().header("token", "ann").body(());
    let (mut parts, ()) = request.expect("a request").into_parts();
    assert!(
        LoggedIn::from_request_parts(&mut parts, &site)
            .await
            .is_ok()
    );
    assert!(
        LoggedIn::from_request_parts(&mut parts, &site)
            .await
            .is_ok()
    );
    assert_eq!(site.guards.count(), 1);
    let mut copy = parts.clone();
    copy.headers.clear();
    assert!(
        LoggedIn::from_request_parts(&mut copy, &site)
            .await
            .is_err()
    );
    // Another state may have other users.
    let other = Site::default();
    assert!(
        LoggedIn::from_request_parts(&mut parts, &other)
            .await
            .is_ok()
    );
    assert_eq!((site.guards.count(), other.guards.count()), (2, 1));
}

#[tokio::test]
async fn on_axum_too() {
    let site = Site::default();
    let guards = site.guards.clone();
    let router = axum::Router::new()
        .route("/many", axum::routing::get(many))
        .with_state(site);
    let request = http::Request::get("/many").header("token", "ann");
    let request = request.body(sendoff::Body::empty()).expect("a request");
    let response = tower::ServiceExt::oneshot(router, request).await;
    assert_eq!(response.expect("an answer").status(), 200);
    assert_eq!(guards.count(), 1);
}
