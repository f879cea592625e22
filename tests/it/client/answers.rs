//! Requests of every kind, and assertions that hold or say why not.

use std::panic::{AssertUnwindSafe, catch_unwind};

use http::Method;
use sendoff::response::SendSite;
use sendoff::test::{Answer, Client};
use sendoff::{App, Body, Form, HeaderMap, Json, Query, handler, routes, send};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::support::answer::run;

#[derive(Deserialize, Serialize)]
struct Point {
    x: i32,
    y: i32,
}

#[handler(POST "/json")]
async fn mirror(Json(Point { x, y }): Json<Point>) {
    send!(201, [("x-mirrored", "yes")], Json(Point { x: y, y: x }));
}

#[handler(POST "/form")]
async fn form(Form(Point { x, y }): Form<Point>) {
    send!(200, (x + y).to_string());
}

#[handler(PUT "/text")]
async fn text(headers: HeaderMap, text: String) {
    let of = headers
        .get("content-type")
        .and_then(|value| value.to_str().ok());
    send!(200, format!("{}: {text}", of.unwrap_or("nothing")));
}

#[handler(GET "/query")]
async fn query(Query(Point { x, y }): Query<Point>) {
    send!(200, (x * y).to_string());
}

#[handler(DELETE "/host")]
async fn host(headers: HeaderMap) {
    send!(200, headers["host"].to_str().unwrap_or_default().to_owned());
}

#[handler(GET "/bytes")]
async fn bytes() {
    send!(vec![0xff_u8, 0xfe]);
}

#[handler(GET "/broken")]
async fn broken() {
    let parts = [Ok("1"), Err(std::io::Error::other("the disk is gone"))];
    send!(200, Body::from_stream(futures_util::stream::iter(parts)));
}

fn client() -> Client {
    Client::new(App::new(()).routes(routes![mirror, form, text, query, host, bytes]))
}

#[test]
fn a_request_carries_what_it_was_given() {
    run(async {
        let client = client();
        let answer = client.post("/json").json(&json!({"x": 1, "y": 2})).await;
        answer
            .assert_status(201)
            .assert_header("x-mirrored", "yes")
            .assert_no_header("x-other")
            .assert_json(&json!({"y": 1, "x": 2}));
        assert_eq!(answer.json::<Point>().x, 2);
        let answer = client.post("/form").form(&[("x", "1"), ("y", "2")]).await;
        answer.assert_status(200).assert_text("3");
        let answer = client.put("/text").text("hi").await;
        answer.assert_text("text/plain; charset=utf-8: hi");
        let answer = client.put("/text").body("hi").await;
        answer.assert_text("nothing: hi");
        let answer = client
            .put("/text")
            .header("content-type", "text/x")
            .body("hi");
        answer.await.assert_text("text/x: hi");
        client.get("/query?x=2&y=3").await.assert_text("6");
        client.delete("/host").await.assert_text("localhost");
        client
            .delete("/host")
            .header("host", "h")
            .await
            .assert_text("h");
        client.patch("/json").await.assert_status(405);
        client
            .head("/bytes")
            .await
            .assert_status(200)
            .assert_text("");
        assert_eq!(client.get("/bytes").await.bytes().as_ref(), [0xff, 0xfe]);
        let options = client.request(Method::OPTIONS, "/json").await;
        options.assert_status(405).assert_header("allow", "POST");
    });
}

/// Runs an assertion that fails, and returns what it says.
fn said(assertion: impl FnOnce()) -> String {
    let panic = catch_unwind(AssertUnwindSafe(assertion)).expect_err("the assertion fails");
    match panic.downcast::<String>() {
        Ok(message) => *message,
        Err(panic) => (*panic.downcast::<&str>().expect("a message")).to_owned(),
    }
}

type Check = fn(&Answer);

#[test]
fn a_failed_assertion_shows_the_whole_answer() {
    run(async {
        let answer = client().post("/json").json(&Point { x: 1, y: 2 }).await;
        let site: &SendSite = answer.extensions().get().expect("a place");
        assert_eq!(site.file(), file!());
        let whole = [
            "  POST /json\n\n  201 Created\n",
            "\n  x-mirrored: yes\n",
            "\n  {\n    \"x\": 2,\n    \"y\": 1\n  }\n",
            &format!("\n  sent at {site}"),
        ];
        let checks: [(&str, Check); 5] = [
            ("the status is 201, and not 404\n\n", |answer| {
                answer.assert_status(404);
            }),
            ("there is no `x-mirrored: no`\n\n", |answer| {
                answer.assert_header("x-mirrored", "no");
            }),
            ("there is a `x-mirrored`\n\n", |answer| {
                answer.assert_no_header("x-mirrored");
            }),
            ("the body is not \"hi\"\n\n", |answer| {
                answer.assert_text("hi");
            }),
            ("the body is not {\n  \"x\": 1\n}\n\n", |answer| {
                answer.assert_json(&json!({"x": 1}));
            }),
        ];
        for (begins, check) in checks {
            let said = said(|| check(&answer));
            assert!(said.starts_with(begins), "{said}");
            for part in whole {
                assert!(said.contains(part), "no {part:?} in {said}");
            }
        }
    });
}

#[test]
fn a_body_of_another_kind_is_said_to_be_one() {
    run(async {
        let client = client();
        let answer = client.get("/bytes").await;
        let no_text = said(|| {
            let _ = answer.text();
        });
        assert!(
            no_text.starts_with("the body is no text: invalid utf-8"),
            "{no_text}"
        );
        assert!(no_text.contains("(2 bytes that are no text)"), "{no_text}");
        let answer = client.get("/query?x=2&y=3").await;
        let no_json = said(|| {
            let _: Value = answer.json::<Vec<Value>>().into();
        });
        assert!(
            no_json.starts_with("the body is no JSON for `"),
            "{no_json}"
        );
    });
}

#[test]
fn a_body_that_broke_off_passes_for_none() {
    run(async {
        let client = Client::new(App::new(()).routes(routes![broken]));
        let answer = client.get("/broken").await;
        answer.assert_status(200).assert_no_header("content-length");
        let looks: [Check; 5] = [
            |answer| drop(answer.bytes().clone()),
            |answer| drop(answer.text().to_owned()),
            |answer| drop(answer.json::<Value>()),
            |answer| {
                answer.assert_text("1");
            },
            |answer| {
                answer.assert_json(&1);
            },
        ];
        for look in looks {
            let said = said(|| look(&answer));
            assert!(
                said.starts_with("the body broke off: the disk is gone\n\n  GET /broken"),
                "{said}"
            );
            assert!(said.contains("\n  1\n"), "what came of it: {said}");
        }
    });
}

#[test]
fn a_request_that_is_none_is_refused() {
    let client = client();
    let said_of = |path: &str| said(|| drop(client.get(path)));
    assert!(said_of("a b").starts_with("\"a b\" is no path for a request"));
    assert!(said_of("users").starts_with("\"users\" is no path for a request"));
    let said = said(|| drop(client.get("/").header("a b", "c")));
    assert!(said.starts_with("this is no header"), "{said}");
    let twice = App::new(()).routes(routes![host]).routes(routes![host]);
    let said = self::said(|| drop(Client::new(twice)));
    assert!(said.starts_with("the app cannot be served: "), "{said}");
}
