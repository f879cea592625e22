//! Do names in the user's scope disturb the expansion?

#![allow(
    dead_code,
    non_camel_case_types,
    non_upper_case_globals,
    unused_macros,
    reason = "the names are there to be in the way"
)]

use crate::support::answer::{check, check_async};

mod types {
    //! Types and traits named like those the expansion needs.

    pub(super) mod core {}
    pub(super) mod std {}
    pub(super) mod sendoff {}
    pub(super) mod http {}
    pub(super) mod __private {}
    struct Result;
    struct Response;
    struct Request;
    struct Ok;
    struct Err;
    struct Some;
    struct None;
    struct Sent;
    struct Answer;
    struct Reply;
    struct Box;
    struct Arc;
    struct Future;
    struct Method;
    struct Route;
    struct Captures;
    struct State;
    struct S;
    struct M;
    struct Never;
    trait IntoResponse {}
    trait From {}
    trait Into {}
    trait Send {}
    trait FromRequest {}
    trait FromRequestParts {}

    #[::sendoff::handler]
    pub(super) async fn plain(n: u8) {
        if n == 0 {
            ::sendoff::send!(404, "none");
        }
        let n = ::std::future::ready(n).await;
        let n = ::std::result::Result::<_, ::sendoff::Reply>::Ok(n)?;
        ::sendoff::send!(::sendoff::Json(n));
    }

    #[::sendoff::handler(GET "/hostile/{n}")]
    pub(super) async fn routed(
        n: u8,
        ::sendoff::State(state): ::sendoff::State<u8>,
        body: ::sendoff::Bytes,
    ) {
        if n == 0 {
            ::sendoff::send!(404, "none");
        }
        ::sendoff::send!(
            200,
            [n, state].len().to_string() + if body.is_empty() { "" } else { "body" }
        );
    }

    #[::sendoff::handler(GET "/state")]
    pub(super) async fn state_only(::sendoff::State(state): ::sendoff::State<u8>) {
        ::sendoff::send!(200, state.to_string());
    }
}

mod values {
    //! Functions, variables and macros named like those the expansion needs.

    macro_rules! reply {
        () => {
            compile_error!("the wrong `reply!`")
        };
    }
    macro_rules! sent {
        () => {
            compile_error!("the wrong `sent!`")
        };
    }
    macro_rules! concat {
        () => {
            compile_error!("the wrong `concat!`")
        };
    }
    macro_rules! stringify {
        () => {
            compile_error!("the wrong `stringify!`")
        };
    }
    macro_rules! assert {
        () => {
            compile_error!("the wrong `assert!`")
        };
    }

    fn send() {}
    fn sent() {}
    fn reply() {}
    fn respond() {}
    fn request() {}
    fn state() {}
    fn captures() {}
    fn parts() {}
    fn body() {}

    #[sendoff::handler]
    pub(super) fn variables(sent: u8, request: &str, send: u8) {
        let (reply, result, answer) = (1, 2, 3);
        if sent == 0 {
            sendoff::send!(404, request.to_owned());
        }
        sendoff::send!(200, (sent + send + reply + result + answer).to_string());
    }

    #[sendoff::handler(GET "/{request}/{state}/{parts}")]
    pub(super) async fn parameters(
        state: u8,
        request: u8,
        parts: u8,
        sendoff::State(captures): sendoff::State<u8>,
        body: sendoff::Bytes,
    ) {
        let sent = state + request + parts + captures;
        if body.is_empty() {
            sendoff::send!(404, sent.to_string());
        }
        sendoff::send!(body);
    }
}

/// Does the handler's own name get in its own way?
mod names {
    #[sendoff::handler(GET "/sent")]
    pub(super) async fn sent() {
        sendoff::send!("sent");
    }

    #[sendoff::handler(GET "/call/{call}")]
    pub(super) async fn call(call: u8) {
        sendoff::send!(200, call.to_string());
    }

    #[sendoff::handler(GET "/never")]
    pub(super) async fn never() {
        sendoff::send!("never");
    }

    #[sendoff::handler(GET "/type")]
    pub(super) async fn r#type() {
        sendoff::send!("type");
    }

    #[sendoff::handler(GET "/handler")]
    pub(super) async fn handler() {
        sendoff::send!("handler");
    }

    #[sendoff::handler(GET "/send")]
    pub(super) async fn send() {
        sendoff::send!("send");
    }

    #[sendoff::handler(GET "/request")]
    pub(super) async fn request() {
        sendoff::send!("request");
    }
}

#[track_caller]
fn check_route(routes: sendoff::Routes<u8>, path: &str, status: u16, body: &str) {
    let request = http::Request::get(path)
        .body(sendoff::Body::empty())
        .expect("a request");
    let mut app = sendoff::App::new(7).routes(routes);
    let answer = crate::support::answer::run(tower::Service::call(&mut app, request));
    check(answer.expect("no error"), status, body);
}

#[test]
fn hostile_types() {
    use types::{plain, routed, state_only};

    check_async(plain(0), 404, "none");
    check_async(plain(1), 200, "1");
    check_route(sendoff::routes![routed], "/hostile/1", 200, "2");
    check_route(
        sendoff::routes![routed],
        "/hostile/x",
        400,
        r##"{"type":"about:blank","title":"Bad Request","status":400,"detail":"the path parameter `n` is not valid","errors":[{"detail":"does not have the expected form","in":"path","pointer":"#/n"}]}"##,
    );
    check_route(sendoff::routes![state_only], "/state", 200, "7");
}

#[test]
fn hostile_values() {
    check(values::variables(0, "none", 0), 404, "none");
    check(values::variables(1, "none", 1), 200, "8");
    check_route(sendoff::routes![values::parameters], "/1/2/3", 404, "13");
}

#[test]
fn hostile_handler_names() {
    check_route(sendoff::routes![names::sent], "/sent", 200, "sent");
    check_route(sendoff::routes![names::call], "/call/5", 200, "5");
    check_route(sendoff::routes![names::never], "/never", 200, "never");
    check_route(sendoff::routes![names::r#type], "/type", 200, "type");
    check_route(sendoff::routes![names::handler], "/handler", 200, "handler");
    check_route(sendoff::routes![names::send], "/send", 200, "send");
    check_route(sendoff::routes![names::request], "/request", 200, "request");
}
