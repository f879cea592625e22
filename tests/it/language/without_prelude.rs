//! Does the expansion work where not even the prelude is in scope?

#![no_implicit_prelude]

use ::sendoff::{App, Json, State, handler, reply, routes, send};

use crate::support::answer::{check, check_async, run};

#[handler]
async fn plain(n: u8) {
    if n == 0 {
        send!(404);
    }
    if n == 1 {
        return send!(409, [("x-a", "b")], "one");
    }
    if n == 2 {
        ::std::result::Result::Err(reply!(410, "two"))?;
    }
    send!(Json(n));
}

#[handler(GET "/{n}")]
async fn routed(n: u8, State(state): State<u8>, body: ::std::string::String) {
    if n == 0 {
        send!(404, "none");
    }
    send!(200, ::std::format!("{n}{state}{body}"));
}

fn helper(n: u8) -> ::std::result::Result<u8, ::sendoff::Reply> {
    if n == 0 {
        send!(404, "none");
    }
    ::std::result::Result::Ok(n)
}

#[::std::prelude::v1::test]
fn no_prelude() {
    check_async(plain(0), 404, "");
    check_async(plain(1), 409, "one");
    check_async(plain(2), 410, "two");
    check_async(plain(3), 200, "3");
    check(helper(0).map(|_| ()), 404, "none");
    let request = ::http::Request::post("/1")
        .method("GET")
        .body(<::sendoff::Body as ::std::convert::From<&str>>::from(
            "body",
        ))
        .expect("a request");
    let mut app = App::new(7_u8).routes(routes![routed]);
    let answer = run(::tower::Service::call(&mut app, request)).expect("no error");
    check(answer, 200, "17body");
}
