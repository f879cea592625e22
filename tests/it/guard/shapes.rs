//! Which shapes of function can be a guard?

use http::header::ACCEPT;
use sendoff::{FromRequestParts, HeaderMap, IntoResponse, Reply, StatusCode};
use sendoff::{guard, handler, reply, send};

use crate::support::answer::{check, check_async, run};

/// Headers with one `accept`.
fn accepting(value: &'static str) -> HeaderMap {
    HeaderMap::from_iter([(ACCEPT, http::HeaderValue::from_static(value))])
}

fn accepted(headers: &HeaderMap) -> &str {
    let value = headers.get(ACCEPT).and_then(|value| value.to_str().ok());
    value.unwrap_or_default()
}

/// The request's head with these headers goes through a guard.
fn extract<G: FromRequestParts<(), Rejection = Reply>>(headers: HeaderMap) -> Result<G, Reply> {
    let (mut parts, ()) = http::Request::new(()).into_parts();
    parts.headers = headers;
    run(G::from_request_parts(&mut parts, &()))
}

macro_rules! deny {
    ($why:expr) => {
        send!(403, $why)
    };
}

/// Every way out of a guard.
#[guard(Ways)]
async fn ways(headers: HeaderMap) -> u8 {
    let what = accepted(&headers);
    match what {
        "send" => send!(404),
        "return-send" => return send!(409, "two"),
        "wrapper" => deny!("three"),
        "question" => Err(reply!(410, "four"))?,
        "error" => return Err(StatusCode::GONE.into()),
        "pass" => return Ok(6),
        _ => {}
    }
    tokio::select! {
        biased;
        () = std::future::ready(()), if what == "select" => send!(408, "seven"),
        () = std::future::ready(()) => {}
    }
    #[allow(clippy::useless_vec, reason = "a send in a macro is what is tested")]
    let list = vec![
        8,
        if what == "vec" {
            send!(400, "eight")
        } else {
            9
        },
    ];
    if let [_, last] = list[..] {
        last
    } else {
        send!(500)
    }
}

#[test]
fn every_way_out() {
    for (what, status, body) in [
        ("send", 404, ""),
        ("return-send", 409, "two"),
        ("wrapper", 403, "three"),
        ("question", 410, "four"),
        ("error", 410, ""),
        ("pass", 200, "6"),
        ("select", 408, "seven"),
        ("vec", 400, "eight"),
        ("", 200, "9"),
    ] {
        let called = run(ways(accepting(what))).map(|n| n.to_string());
        check(called, status, body);
        let extracted = extract::<Ways>(accepting(what));
        check(extracted.map(|Ways(n)| n.to_string()), status, body);
    }
}

/// Never denies.
#[guard(Accepted)]
fn always_passes(headers: HeaderMap) -> String {
    accepted(&headers).to_owned()
}

/// Never lets through.
#[guard(Closed)]
async fn closed() -> String {
    send!(503, "closed");
}

/// Takes nothing, says nothing.
#[guard(Nothing)]
fn nothing() {}

#[guard(Panics)]
async fn panics() -> u8 {
    todo_later().await
}

async fn todo_later() -> ! {
    panic!("later")
}

#[test]
fn guards_that_always_do_the_same() {
    check(
        extract::<Accepted>(accepting("a")).map(|Accepted(text)| text),
        200,
        "a",
    );
    check(
        extract::<Closed>(accepting("a")).map(|Closed(text)| text),
        503,
        "closed",
    );
    check(
        extract::<Nothing>(accepting("a")).map(|Nothing(())| ()),
        200,
        "",
    );
}

#[test]
#[should_panic(expected = "later")]
fn a_guard_may_panic() {
    let _ = extract::<Panics>(HeaderMap::new());
}

/// A value that is coerced, and an attribute that the type shares.
#[guard(Boxed)]
#[deprecated = "to see who is told"]
async fn boxed(
    #[cfg(any())] missing: Missing,
    #[cfg(not(any()))] headers: HeaderMap,
) -> Box<dyn Fn() -> usize + Send> {
    #![allow(unused_mut)]
    let mut length = headers.len();
    Box::new(move || length)
}

#[guard(Absent)]
#[cfg(any())]
async fn absent(_: Missing) -> Missing {}

#[test]
#[allow(deprecated)]
fn values_are_coerced_and_cfgs_are_obeyed() {
    let Ok(Boxed(length)) = extract::<Boxed>(accepting("a")) else {
        panic!("it lets through");
    };
    assert_eq!(length(), 1);
}

#[test]
fn a_value_stays_out_of_the_log() {
    assert_eq!(format!("{:?}", Accepted("secret".into())), "Accepted(..)");
}

/// A guard and a handler that are local to a function, and a test of the handler alone.
#[test]
fn local_guards() {
    #[guard(Local)]
    async fn local(Ways(n): Ways) -> u16 {
        if n == 6 {
            send!(418);
        }
        u16::from(n)
    }

    #[handler]
    async fn show(Local(n): Local) {
        send!(200, n.to_string());
    }
    check_async(show(Local(7)), 200, "7");
    check(extract::<Local>(accepting("pass")).map(|_| ()), 418, "");
    check(
        extract::<Local>(accepting("wrapper")).map(|_| ()),
        403,
        "three",
    );
}

mod hostile {
    //! Names in the user's scope that the expansion must not meet.

    #![no_implicit_prelude]
    #![allow(
        dead_code,
        non_upper_case_globals,
        reason = "the names are there to be in the way"
    )]

    mod core {}
    mod std {}
    mod sendoff {}
    struct Result;
    struct Option;
    struct Ok;
    struct Err;
    struct Sent;
    struct Reply;
    struct Parts;
    struct Send;
    struct Sync;
    struct PhantomData;
    struct ErrorResponse;
    trait FromRequestParts {}
    trait Debug {}
    fn passed() {}
    fn deny() {}
    const value: u8 = 0;
    const denied: u8 = 0;
    const parts: u8 = 0;
    const state: u8 = 0;
    const argument_0: u8 = 0;
    const formatter: u8 = 0;

    #[::sendoff::guard(Name)]
    pub(super) async fn name<R: ::std::default::Default>(headers: ::sendoff::HeaderMap) -> usize {
        let _: fn() -> R = R::default;
        if headers.is_empty() {
            ::sendoff::send!(401);
        }
        headers.len()
    }
}

#[test]
fn names_in_the_way() {
    check(
        extract::<hostile::Name<u8>>(HeaderMap::new()).map(|_| ()),
        401,
        "",
    );
    let name = extract::<hostile::Name<u8>>(accepting("a"));
    check(name.map(|hostile::Name(n)| n.to_string()), 200, "1");
    let direct = run(hostile::name::<u8>(accepting("a"))).map(|n| n.to_string());
    assert_eq!(direct.into_response().status(), 200);
}
