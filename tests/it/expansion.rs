//! Do the expansions that `macros/src/expand/snapshots` shows compile, and answer like the
//! handlers they are made of?
//!
//! Each snapshot is compiled twice: `written` goes through the macro, `expanded` is the text that
//! a reader sees.

use sendoff::{App, IntoResponse};

use crate::support::answer::{Answered, answered};

macro_rules! snapshot {
    ($name:ident) => {
        mod $name {
            #[allow(unused_imports, dead_code, unused_macros, unreachable_pub, clippy::all)]
            pub(super) mod written {
                use sendoff::{
                    HeaderMap, IntoResponse, Reply, Response, State, StatusCode, guard, handler,
                    send,
                };
                include!(concat!(
                    "../../macros/src/expand/snapshots/",
                    stringify!($name),
                    ".rs"
                ));
            }
            #[allow(
                unused_imports,
                unused_braces,
                non_camel_case_types,
                dead_code,
                unused_macros,
                unreachable_pub,
                clippy::all
            )]
            pub(super) mod expanded {
                use sendoff::{
                    HeaderMap, IntoResponse, Reply, Response, State, StatusCode, guard, handler,
                    send,
                };
                include!(concat!(
                    "../../macros/src/expand/snapshots/",
                    stringify!($name),
                    ".expanded.rs"
                ));
            }
        }
    };
}

/// Calls a handler and its expansion with the same arguments, and demands the same, right answer.
macro_rules! check {
    ($name:ident :: $handler:ident ($($argument:expr),*) => $status:literal $body:literal) => {{
        let written = answered($name::written::$handler($($argument),*).await).await;
        let expanded = answered($name::expanded::$handler($($argument),*).await).await;
        assert_eq!(written, expanded);
        assert_eq!(written, Answered::new($status, $body));
    }};
}

snapshot!(plain);
snapshot!(routed);
snapshot!(generic);
snapshot!(question_mark);
snapshot!(select);
snapshot!(wrapper);
snapshot!(sync);
snapshot!(error_option);
snapshot!(let_else);
snapshot!(inner_attribute);
snapshot!(cfg);
snapshot!(helper);
snapshot!(never_sends);
snapshot!(guard);
snapshot!(guard_generic);

#[tokio::test]
async fn expansions_answer_like_their_handlers() {
    check!(plain::parity(4) => 200 "even");
    check!(plain::parity(5) => 200 "odd");
    check!(generic::largest(&[1, 3, 2], "none") => 200 "3");
    check!(generic::largest(&[0_u8; 0], "none") => 404 "none");
    check!(question_mark::quarter(12) => 200 "3");
    check!(question_mark::quarter(6) => 422 "odd");
    check!(select::raced(false) => 200 "done");
    check!(select::raced(true) => 503 "late");
    check!(wrapper::first(vec!["a", "b"]) => 200 "a");
    check!(wrapper::first(vec![]) => 404 "nothing there");
    check!(error_option::double("21") => 200 "42");
    check!(error_option::double("x") => 400 "not a number");
    check!(let_else::greet(Some("ann".into()), vec!["hi"]) => 200 "hi, ann");
    check!(let_else::greet(None, vec![]) => 400 "who are you?");
    check!(inner_attribute::careless(1) => 204 "");
    check!(cfg::configured("here") => 200 "here");
    check!(helper::settings("ann") => 200 "settings of ann");
    check!(helper::settings("bob") => 403 "admins only");
    check!(never_sends::relay(2) => 200 "even");
}

#[tokio::test]
async fn a_sync_expansion_answers_like_its_handler() {
    for (yes, status) in [(true, 200), (false, 503)] {
        let written = answered(sync::written::ready(yes)).await;
        assert_eq!(written, answered(sync::expanded::ready(yes)).await);
        assert_eq!(written, Answered::new(status, "asked"));
    }
}

#[tokio::test]
async fn a_routed_expansion_is_mounted_like_its_handler() {
    static NAMES: &[&str] = &["ann", "bob"];
    let written = App::new(NAMES).routes(sendoff::routes![routed::written::show_user]);
    let expanded = App::new(NAMES).routes(sendoff::routes![routed::expanded::show_user]);
    for (path, status, body) in [
        ("/users/1", 200, "bob"),
        ("/users/7", 404, "no such user"),
        (
            "/users/x",
            400,
            r##"{"type":"about:blank","title":"Bad Request","status":400,"detail":"the path parameter `id` is not valid","errors":[{"detail":"does not have the expected form","in":"path","pointer":"#/id"}]}"##,
        ),
        (
            "/users",
            404,
            r#"{"type":"about:blank","title":"Not Found","status":404,"detail":"nothing has this path"}"#,
        ),
    ] {
        for app in [&written, &expanded] {
            let request = http::Request::get(path)
                .body(String::from("sent"))
                .expect("a request");
            let response = tower_service::Service::call(&mut app.clone(), request).await;
            assert_eq!(
                answered(response.into_response()).await,
                Answered::new(status, body),
                "{path}"
            );
        }
    }
}

/// The function of a guard, and its type as an argument of a handler.
#[tokio::test]
async fn expanded_guards_decide_like_theirs() {
    use sendoff::{FromRequestParts, HeaderMap, State};

    struct Ten;
    impl guard_generic::written::Limit for Ten {
        const LIMIT: usize = 10;
    }
    impl guard_generic::expanded::Limit for Ten {
        const LIMIT: usize = 10;
    }
    let headers = HeaderMap::from_iter([(
        http::header::ACCEPT,
        http::HeaderValue::from_static("text/html"),
    )]);
    for (headers, status, body) in [(headers, 400, "odd"), (HeaderMap::new(), 200, "0")] {
        let (mut parts, ()) = http::Request::new(()).into_parts();
        parts.headers = headers.clone();
        let to_text = |n: usize| n.to_string();
        let written = guard::written::even(headers.clone()).await.map(to_text);
        let expanded = guard::expanded::even(headers).await.map(to_text);
        let extracted = guard::expanded::Even::from_request_parts(&mut parts, &()).await;
        let extracted = extracted.map(|guard| guard.0.to_string());
        let expected = Answered::new(status, body);
        assert_eq!(answered(written).await, expected);
        assert_eq!(answered(expanded).await, expected);
        assert_eq!(answered(extracted).await, expected);
    }
    for (n, status, body) in [(9, 200, "9"), (10, 429, "too many")] {
        let (mut parts, ()) = http::Request::new(()).into_parts();
        let written = guard_generic::written::below::<Ten>(State(n)).map(|n| n.to_string());
        let expanded = guard_generic::expanded::Below::<Ten>::from_request_parts(&mut parts, &n);
        let expanded = expanded.await.map(|guard| guard.0.to_string());
        assert_eq!(answered(written).await, Answered::new(status, body));
        assert_eq!(answered(expanded).await, Answered::new(status, body));
    }
}

#[test]
fn the_architecture_prints_an_expansion_as_it_is() {
    let printed = include_str!("../../ARCHITECTURE.md");
    let expanded = include_str!("../../macros/src/expand/snapshots/plain.expanded.rs");
    assert!(
        printed.contains(&format!("```rust\n{expanded}```")),
        "ARCHITECTURE.md is behind"
    );
}
