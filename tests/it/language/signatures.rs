//! Does a routed handler take what a plain function's signature has?

// As many as a pattern has parameters.
#![allow(clippy::too_many_arguments)]

use std::convert::Infallible;
use std::marker::PhantomData;

use sendoff::http::request::Parts;
use sendoff::{App, FromRequestParts, Json, Request, State, handler, routes, send};

use crate::support::answer::{check, run};

/// An extractor that reads nothing; its type may have no size.
struct Tag<T: ?Sized>(PhantomData<fn() -> Box<T>>);

impl<S: Sync, T: ?Sized> FromRequestParts<S> for Tag<T> {
    type Rejection = Infallible;

    async fn from_request_parts(_: &mut Parts, _: &S) -> Result<Self, Infallible> {
        Ok(Tag(PhantomData))
    }
}

trait Named<'a> {
    fn name() -> &'a str;
}

impl<'a> Named<'a> for str {
    fn name() -> &'a str {
        "str"
    }
}

#[handler(GET "/unsized")]
async fn without_a_size<'a, T: Named<'a> + ?Sized + 'a>(_: Tag<T>)
where
    'a: 'static,
{
    send!(200, T::name());
}

#[handler(GET "/configured/{id}")]
async fn configured<#[cfg(any())] 'a, #[cfg(not(any()))] T: ?Sized + 'static, #[cfg(any())] U>(
    #[cfg_attr(not(any()), allow(unused_variables), cfg(not(any())))] tag: Tag<T>,
    #[cfg_attr(not(any()), cfg(any()))] missing: NoSuchType,
    #[cfg_attr(any(), cfg(any()))] id: u8,
) {
    send!(200, id.to_string());
}

/// The pattern is decomposed (NFD), the argument is not: to rustc they are one name.
#[handler(GET "/names/{e\u{301}}/{type}")]
async fn names(é: String, r#type: u8, State(()): State<()>) {
    send!(200, format!("{é} {}", r#type));
}

type Maybe = Option<u8>;

#[handler(GET "/maybe", GET "/maybe/{n}")]
async fn alias(n: Maybe) {
    send!(200, n.map_or("none".to_owned(), |n| n.to_string()));
}

#[handler(GET "/unused/{id}/{_other}")]
async fn unused(_id: u64, _other: u64) {
    send!("unused");
}

/// By its name, one of axum's that take the body.
mod own {
    use super::{FromRequestParts, Infallible, Parts};

    pub(super) struct Json<T>(pub(super) T);

    impl<S: Sync, T: Default> FromRequestParts<S> for Json<T> {
        type Rejection = Infallible;

        async fn from_request_parts(_: &mut Parts, _: &S) -> Result<Self, Infallible> {
            Ok(Json(T::default()))
        }
    }
}

#[sendoff::guard(Small)]
async fn small(own::Json(n): own::Json<u8>) {
    if n > 5 {
        send!(403);
    }
}

#[handler(GET "/own")]
async fn of_the_users(own::Json(n): own::Json<u8>, _: Small, body: Option<Json<u8>>) {
    send!(200, format!("{n} {}", body.is_some()));
}

#[test]
fn signatures() {
    let mut app = App::new(()).routes(routes![
        without_a_size::<str>,
        configured::<str>,
        names,
        alias,
        unused,
        of_the_users,
        #[cfg(any())]
        nowhere,
    ]);
    for (path, body) in [
        ("/unsized", "str"),
        ("/configured/7", "7"),
        ("/maybe", "none"),
        ("/maybe/7", "7"),
        ("/unused/1/2", "unused"),
        ("/own", "0 false"),
        ("/names/x/5", "x 5"),
    ] {
        let request = Request::get(path).body(sendoff::Body::empty());
        let request = request.expect("a request");
        let answer = run(tower::Service::call(&mut app, request)).expect("no error");
        check(answer, 200, body);
    }
    assert_eq!(alias::path(Some(7)), "/maybe/7");
    assert_eq!(names::path("x", 5), "/names/x/5");
}

/// Without type parameters, which `routes!` checks for conflicts while compiling.
#[test]
fn routes_of_the_configuration() {
    let app: App = App::new(()).routes(routes![
        #[cfg(any())]
        nowhere,
        unused,
        #[cfg(not(any()))]
        alias,
    ]);
    assert!(app.check().is_ok());
}

/// As many parameters as a pattern may have: the macro counts them, and the runtime keeps them.
#[handler(GET "/most/{p0}/{p1}/{p2}/{p3}/{p4}/{p5}/{p6}/{p7}/{p8}/{p9}/{p10}/{p11}/{p12}/{p13}/{p14}/{p15}")]
async fn most(
    p0: u8,
    p1: u8,
    p2: u8,
    p3: u8,
    p4: u8,
    p5: u8,
    p6: u8,
    p7: u8,
    p8: u8,
    p9: u8,
    p10: u8,
    p11: u8,
    p12: u8,
    p13: u8,
    p14: u8,
    p15: u8,
) {
    send!(format!(
        "{:?}",
        [
            p0, p1, p2, p3, p4, p5, p6, p7, p8, p9, p10, p11, p12, p13, p14, p15
        ]
    ));
}

#[test]
fn as_many_parameters_as_a_pattern_may_have() {
    let mut app = App::new(()).routes(routes![most]);
    let values = std::array::from_fn::<u8, 16, _>(|n| u8::try_from(n).expect("a small number"));
    let path = values.map(|n| n.to_string()).join("/");
    let request = Request::get(format!("/most/{path}")).body(sendoff::Body::empty());
    let request = request.expect("a request");
    let answer = run(tower::Service::call(&mut app, request)).expect("no error");
    check(answer, 200, &format!("{values:?}"));
}
