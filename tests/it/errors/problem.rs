//! What does a `Problem` say?

use sendoff::{App, IntoResponse, Problem, StatusCode, handler, routes, send};
use serde::ser::{Error as _, Serialize, Serializer};

use super::check_problem;
use crate::socket::ask;
use crate::support::answer::text;
use crate::support::log::Log;

#[handler(GET "/")]
async fn full() {
    let problem = Problem::new(StatusCode::FORBIDDEN)
        .with("balance", 30)
        .instance("/account/12345/msgs/abc")
        .detail("Your current balance is 30, but that costs 50.")
        .title("You do not have enough credit.")
        .kind("https://example.com/probs/out-of-credit")
        .with("accounts", ["/account/12345"])
        .with("balance", 31);
    send!(problem);
}

#[handler(GET "/headers")]
async fn headers() {
    send!(401, [("www-authenticate", "Bearer")], Problem::new(401));
}

fn app() -> App {
    App::new(()).routes(routes![full, headers])
}

#[tokio::test]
async fn its_members_are_in_the_order_of_the_rfc() {
    let body = r#"{"type":"https://example.com/probs/out-of-credit","title":"You do not have enough credit.","status":403,"detail":"Your current balance is 30, but that costs 50.","instance":"/account/12345/msgs/abc","balance":31,"accounts":["/account/12345"]}"#;
    check_problem(&ask(app(), "GET /", &[], "").await, 403, body);
    let answer = ask(app(), "GET /headers", &[], "").await;
    let body = r#"{"type":"about:blank","title":"Unauthorized","status":401}"#;
    check_problem(&answer, 401, body);
    assert_eq!(answer.header("www-authenticate"), Some("Bearer"));
}

#[test]
fn what_is_set_can_be_read() {
    let problem = Problem::new(404);
    assert_eq!(problem.get_status(), 404);
    assert_eq!(problem.get_kind(), "about:blank");
    assert_eq!(problem.get_title(), "Not Found");
    assert_eq!((problem.get_detail(), problem.get_instance()), (None, None));
    assert_eq!(problem.get("x"), None);
    let problem = problem
        .kind("k")
        .title("t")
        .detail("d")
        .instance("i")
        .with("x", 5);
    assert_eq!((problem.get_kind(), problem.get_title()), ("k", "t"));
    assert_eq!(problem.get_detail(), Some("d"));
    assert_eq!(problem.get_instance(), Some("i"));
    assert_eq!(problem.get("x"), Some(&5.into()));
    let shown = format!("{problem:?}");
    assert!(shown.contains("404") && shown.contains("x: "), "{shown}");
    let again = serde_json::to_string(&problem.clone()).expect("JSON");
    assert_eq!(text(problem.into_response()), again);
}

#[test]
fn a_status_that_has_no_name_has_a_title() {
    assert_eq!(Problem::new(599).get_title(), "Error");
    let log = Log::of_this_thread();
    assert_eq!(Problem::new(99).get_status(), 500);
    assert_eq!(Problem::new(100_u16).get_status(), 500);
    let here = format!("{}:{}:", file!(), line!() - 1);
    let lines = log.take_errors();
    assert_eq!(lines.len(), 2);
    let at = lines[1].field("at");
    assert!(at.starts_with(&here), "{at}");
}

struct Unserializable;

impl Serialize for Unserializable {
    fn serialize<S: Serializer>(&self, _: S) -> Result<S::Ok, S::Error> {
        Err(S::Error::custom("not today"))
    }
}

#[test]
fn what_cannot_be_a_member_is_left_out_and_logged() {
    let log = Log::of_this_thread();
    let bare = serde_json::to_string(&Problem::new(400)).expect("JSON");
    let mut problem = Problem::new(400).with("x", Unserializable);
    for name in ["type", "title", "status", "detail", "instance"] {
        problem = problem.with(name, 1);
    }
    assert_eq!(serde_json::to_string(&problem).expect("JSON"), bare);
    assert_eq!(log.take_errors().len(), 6);
    // A list of faults is there to be added to, whoever began it.
    let problem = Problem::new(400)
        .with("errors", "none")
        .fault("body", "#", "no");
    let faults = serde_json::json!([{"in": "body", "pointer": "#", "detail": "no"}]);
    assert_eq!(problem.get("errors"), Some(&faults));
}
