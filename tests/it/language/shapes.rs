//! Which signatures and attributes can a handler have?

use std::borrow::Cow;
use std::fmt::{Debug, Display};
use std::future::Future;

use sendoff::{Answer, App, HeaderMap, Json, Query, State, handler, routes, send};

use crate::support::answer::{check, check_async, run};

#[handler]
async fn generic<T: Display, const N: usize>(value: [T; N]) {
    let Some(first) = value.first() else {
        send!(404, "none");
    };
    send!(200, first.to_string());
}

#[handler]
async fn clause<T, E>(value: Result<T, E>)
where
    T: Display,
    E: Debug + Send,
{
    match value {
        Ok(value) => send!(200, value.to_string()),
        Err(error) => send!(422, format!("{error:?}")),
    }
}

#[handler]
async fn lifetimes<'a, 'b: 'a>(left: &'a str, right: &'b str, elided: &str) {
    let longest: &'a str = if left.len() > right.len() {
        left
    } else {
        right
    };
    if elided.is_empty() {
        send!(404);
    }
    send!(200, longest.to_owned());
}

#[handler]
async fn borrowed_type(text: Cow<'_, str>, bytes: &mut Vec<u8>) {
    bytes.clear();
    send!(200, text.into_owned());
}

#[handler]
async fn impl_trait(name: impl Into<String> + Send, job: impl Future<Output = u8>) {
    let name = name.into();
    send!(200, format!("{name}{}", job.await));
}

#[handler]
fn callback(value: &mut dyn FnMut(u8) -> bool, then: fn(u8) -> String) {
    if !value(1) {
        send!(404);
    }
    send!(200, then(2));
}

struct Point {
    x: i32,
    y: i32,
}

#[handler]
async fn patterns(
    Point { x, mut y }: Point,
    (a, [b, ..]): (u8, [u8; 3]),
    State(Json(c)): State<Json<u8>>,
    _: HeaderMap,
    _unused: u8,
    mut counter: u32,
    text: String,
) {
    y += x;
    counter += 1;
    send!(200, format!("{y}{a}{b}{c}{counter}{text}"));
}

#[test]
fn signatures() {
    check_async(generic([7]), 200, "7");
    check_async(generic::<u8, 0>([]), 404, "none");
    check_async(clause(Ok::<_, ()>(1)), 200, "1");
    check_async(clause(Err::<u8, _>("bad")), 422, "\"bad\"");
    check_async(lifetimes("a", "bb", "c"), 200, "bb");
    check_async(borrowed_type(Cow::Borrowed("b"), &mut vec![1]), 200, "b");
    check_async(impl_trait("name", async { 7 }), 200, "name7");
    check(callback(&mut |n| n == 1, |n| n.to_string()), 200, "2");
    let point = Point { x: 1, y: 2 };
    check_async(
        patterns(
            point,
            (1, [2, 0, 0]),
            State(Json(3)),
            HeaderMap::new(),
            0,
            4,
            "!".into(),
        ),
        200,
        "31235!",
    );
}

/// Documented.
///
/// # More
///
/// In several lines.
#[handler]
#[inline(never)]
#[allow(clippy::let_unit_value)]
#[doc(alias = "other")]
pub(crate) async fn attributes_below() {
    /// An item in the body, documented.
    const BODY: &str = "documented";
    send!(BODY);
}

#[inline]
#[expect(unused_variables, reason = "the expectation is met")]
#[handler]
async fn attributes_above(n: u8) {
    send!("above");
}

#[handler]
fn inner_attributes() {
    #![allow(unused_variables)]
    #![expect(unused_mut)]
    //! And inner documentation.
    let mut unused = 1;
    send!("inner");
}

#[handler]
fn statement_attributes(n: u8) {
    #[allow(unused_variables)]
    let unused = 1;
    #[rustfmt::skip]
    let n = match n { 0 => send!(404), n => n };
    #[expect(clippy::needless_bool)]
    let small = if n < 3 { true } else { false };
    if small {
        return send!("small");
    }
    send!("large");
}

#[cfg_attr(all(), handler)]
#[cfg_attr(any(), handler(GET "/never"))]
async fn through_cfg_attr(n: u8) {
    if n == 0 {
        send!(404);
    }
    send!("some");
}

#[handler]
#[cfg(any())]
async fn configured_away(missing: NoSuchType) {
    send!("never");
}

#[test]
fn attributes() {
    check_async(attributes_below(), 200, "documented");
    check_async(attributes_above(1), 200, "above");
    check(inner_attributes(), 200, "inner");
    check(statement_attributes(0), 404, "");
    check(statement_attributes(1), 200, "small");
    check(statement_attributes(3), 200, "large");
    check_async(through_cfg_attr(0), 404, "");
    check_async(through_cfg_attr(1), 200, "some");
}

#[handler]
fn configured_parts(
    n: u8,
    #[cfg(not(any()))] there: u8,
    #[cfg(any())] not_there: NoSuchType,
    #[allow(unused_variables)] unused: u8,
) {
    #[cfg(any())]
    send!(500, no_such_value);
    #[cfg(not(any()))]
    if n == 0 {
        send!(404);
    }
    #[cfg(any())]
    {
        send!(500);
    }
    match n {
        #[cfg(any())]
        1 => send!(500),
        #[cfg(not(any()))]
        1 => send!("one"),
        _ => {}
    }
    let list = [
        n,
        #[cfg(any())]
        send!(500),
    ];
    if cfg!(any()) {
        send!(500);
    }
    send!(200, (list[0] + there).to_string());
}

#[handler(GET "/configured/{id}")]
async fn configured_route(
    id: u8,
    #[cfg(not(any()))] State(there): State<u8>,
    #[cfg(any())] not_there: NoSuchType,
    #[cfg(not(any()))]
    #[cfg(any(unix, windows))]
    Query(pair): Query<Vec<(String, String)>>,
    #[cfg(any())] body: String,
) {
    send!(200, format!("{id} {there} {}", pair[0].1));
}

#[handler(GET "/away")]
#[cfg(any())]
async fn configured_away_route(missing: NoSuchType) {
    send!("never");
}

#[test]
fn configuration() {
    check(configured_parts(0, 0, 0), 404, "");
    check(configured_parts(1, 0, 0), 200, "one");
    check(configured_parts(2, 3, 0), 200, "5");
    let mut app = App::new(7_u8).routes(routes![configured_route]);
    let request = sendoff::Request::get("/configured/1?name=x")
        .body(sendoff::Body::empty())
        .expect("a request");
    let answer = run(tower::Service::call(&mut app, request)).expect("no error");
    check(answer, 200, "1 7 x");
}

#[handler]
#[tracing::instrument]
async fn instrumented_below(n: u8) {
    if n == 0 {
        send!(404, "none");
    }
    send!(200, n.to_string());
}

#[handler]
fn r#match(r#type: u8) {
    send!(200, r#type.to_string());
}

#[handler]
async fn only_panics() {
    panic!("on purpose")
}

#[handler]
async fn delegates(n: u8) {
    instrumented_below(n).await?
}

#[handler]
async fn sends_an_answer(n: u8) {
    if n == 0 {
        send!(410);
    }
    let answer: Answer = instrumented_below(n).await;
    send!(answer);
}

#[test]
fn the_rest() {
    check_async(instrumented_below(0), 404, "none");
    check_async(instrumented_below(1), 200, "1");
    check(r#match(1), 200, "1");
    assert!(std::panic::catch_unwind(|| drop(run(only_panics()))).is_err());
    check_async(delegates(0), 404, "none");
    check_async(delegates(1), 200, "1");
    check_async(sends_an_answer(0), 410, "");
    check_async(sends_an_answer(2), 200, "2");
}
