//! In which forms can `send!` and `reply!` be written?

use std::io;

use sendoff::response::AppendHeaders;
use sendoff::{HeaderMap, Html, IntoResponse, Json, Redirect, Reply, Response, StatusCode};
use sendoff::{handler, reply, send};

use crate::errors::BARE_500;
use crate::support::answer::{check, check_async, check_header};

#[handler]
fn parentheses() {
    send!(404, "no");
}

#[handler]
fn braces() {
    send! { 404, "no" }
}

#[handler]
fn braces_and_semicolon() {
    send! { 404, "no" };
}

#[handler]
fn brackets() {
    send![404, "no"];
}

#[handler]
fn no_semicolon() {
    send!(404, "no")
}

#[handler]
fn by_path() {
    sendoff::send!(404, "no");
}

#[handler]
fn by_absolute_path() {
    ::sendoff::send!(404, "no");
}

#[handler]
fn after_return() {
    return send!(404, "no");
}

#[handler]
fn after_return_by_path() {
    return ::sendoff::send!(404, "no");
}

#[handler]
fn after_return_in_an_arm(n: u8) {
    match n {
        0 => return send!(404, "no"),
        _ => return sendoff::send! { "yes" },
    }
}

#[allow(unused_braces)] // They are what is tested.
#[handler]
fn in_a_block_of_its_own() {
    { { send!(404, "no") } }
}

#[handler]
fn spaced_out() {
    send!(404, "no",);
}

#[test]
fn every_way_to_call_it() {
    check(parentheses(), 404, "no");
    check(braces(), 404, "no");
    check(braces_and_semicolon(), 404, "no");
    check(brackets(), 404, "no");
    check(no_semicolon(), 404, "no");
    check(by_path(), 404, "no");
    check(by_absolute_path(), 404, "no");
    check(after_return(), 404, "no");
    check(after_return_by_path(), 404, "no");
    check(after_return_in_an_arm(0), 404, "no");
    check(after_return_in_an_arm(1), 200, "yes");
    check(in_a_block_of_its_own(), 404, "no");
    check(spaced_out(), 404, "no");
}

/// A handler that sends this, and what comes of it.
macro_rules! sends {
    ($(($($reply:tt)*) => $status:literal, $body:expr;)*) => {$({
        #[handler]
        async fn sent() {
            send!($($reply)*);
        }
        fn replied() -> Reply {
            reply!($($reply)*)
        }
        check_async(sent(), $status, $body);
        check(replied(), $status, $body);
    })*};
}

const GONE: StatusCode = StatusCode::GONE;

fn number(n: u16) -> u16 {
    n
}

#[test]
fn every_kind_of_status() {
    sends! {
        (200) => 200, "";
        (404) => 404, "";
        (404,) => 404, "";
        (599) => 599, "";
        (404u16) => 404, "";
        (4_04) => 404, "";
        (404, "no") => 404, "no";
        (404, "no",) => 404, "no";
        (404u16, "no") => 404, "no";
        (StatusCode::IM_A_TEAPOT) => 418, "";
        (StatusCode::IM_A_TEAPOT, "tea") => 418, "tea";
        (GONE, "gone") => 410, "gone";
        (number(409), "twice") => 409, "twice";
        ({ number(409) }, "twice") => 409, "twice";
        (if number(1) == 1 { 201 } else { 200 }, "new") => 201, "new";
        (StatusCode::from_u16(422).unwrap_or(GONE), "bad") => 422, "bad";
    }
}

#[test]
fn a_status_that_is_none_is_answered_500() {
    sends! {
        (number(0), "lost") => 500, BARE_500;
        (number(99), "lost") => 500, BARE_500;
        (number(100), "lost") => 500, BARE_500;
        (number(199), "lost") => 500, BARE_500;
        (number(600), "lost") => 500, BARE_500;
        (number(999), "lost") => 500, BARE_500;
        (number(u16::MAX), "lost") => 500, BARE_500;
        (number(200), "kept") => 200, "kept";
        (number(599), "kept") => 599, "kept";
    }
}

#[test]
fn every_kind_of_body() {
    sends! {
        ("text") => 200, "text";
        ("text",) => 200, "text";
        (String::from("text")) => 200, "text";
        (format!("{}-{}", 1, 2)) => 200, "1-2";
        (b"bytes".to_vec()) => 200, "bytes";
        (b"bytes") => 200, "bytes";
        ("404") => 200, "404";
        (()) => 200, "";
        ((StatusCode::CREATED, "pair")) => 201, "pair";
        ((GONE, [("a", "b")], "triple")) => 410, "triple";
        (Json([1, 2])) => 200, "[1,2]";
        (422, Json("bad")) => 422, "\"bad\"";
        (Html("<p>")) => 200, "<p>";
        (Redirect::to("/there")) => 303, "";
        (404, ()) => 404, "";
        (204, ()) => 204, "";
        (Ok::<_, StatusCode>("fine")) => 200, "fine";
        (Err::<&str, _>(GONE)) => 410, "";
        (reply!(409, "inner")) => 409, "inner";
        (500, reply!(409, "inner")) => 500, "inner";
        ("text".into_response()) => 200, "text";
        (match 1 { 1 => "one", _ => "many" }) => 200, "one";
        (200, { let n = 7; (n * 6).to_string() }) => 200, "42";
        (200, Vec::<u8>::from_iter([b'x'])) => 200, "x";
        (200, Into::<String>::into("turbo")) => 200, "turbo";
    }
}

#[test]
fn parts_stand_between_status_and_body() {
    let tagged = || {
        let mut headers = HeaderMap::new();
        headers.insert("x-tag", "1".parse().expect("a header value"));
        headers
    };
    check_header(reply!(200, [("x-tag", "1")], "ok"), "x-tag", "1");
    check_header(reply!(200, tagged(), "ok"), "x-tag", "1");
    check_header(reply!(GONE, tagged(), "ok",), "x-tag", "1");
    check_header(reply!(number(201), tagged(), "ok"), "x-tag", "1");
    check_header(reply!(200, [("x-a", "0")], tagged(), "ok"), "x-tag", "1");
    check_header(
        reply!(
            200,
            [("x-a", "0")],
            AppendHeaders([("x-b", "2")]),
            tagged(),
            Json(1)
        ),
        "x-b",
        "2",
    );
    check_header(reply!(200, (), tagged(), ()), "x-tag", "1");
    check(reply!(201, [("x-tag", "1")], "ok"), 201, "ok");
}

#[test]
fn a_reply_is_a_value() {
    let reply = reply!(404, "no such user");
    assert_eq!(reply.status(), 404);
    check(reply, 404, "no such user");
    check_header(reply!("text"), "content-type", "text/plain; charset=utf-8");
}

struct OwnResponse(u16);

impl IntoResponse for OwnResponse {
    fn into_response(self) -> Response {
        (StatusCode::ACCEPTED, self.0.to_string()).into_response()
    }
}

impl From<io::Error> for OwnResponse {
    fn from(_: io::Error) -> Self {
        OwnResponse(1)
    }
}

#[handler]
fn question_mark(n: u8) {
    let ok: u8 = if n == 0 { Err(OwnResponse(0))? } else { n };
    let ok: u8 = if ok == 1 { Err((GONE, "gone"))? } else { ok };
    let ok: u8 = if ok == 2 {
        Err(reply!(403, "out"))?
    } else {
        ok
    };
    let ok: u8 = if ok == 3 {
        Err(StatusCode::CONFLICT)?
    } else {
        ok
    };
    send!(200, ok.to_string());
}

#[handler(error = OwnResponse)]
fn question_mark_converts(fails: bool) {
    if fails {
        Err(io::Error::other("broken"))?;
    }
    send!("fine");
}

#[handler]
fn returned_error(fails: bool) {
    if fails {
        return Err((GONE, "gone").into());
    }
    send!("fine");
}

#[test]
fn errors_leave_with_their_response() {
    check(question_mark(0), 202, "0");
    check(question_mark(1), 410, "gone");
    check(question_mark(2), 403, "out");
    check(question_mark(3), 409, "");
    check(question_mark(4), 200, "4");
    check(question_mark_converts(true), 202, "1");
    check(question_mark_converts(false), 200, "fine");
    check(returned_error(true), 410, "gone");
    check(returned_error(false), 200, "fine");
}
