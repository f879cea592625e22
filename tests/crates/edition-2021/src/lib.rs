//! Does sendoff work for a crate of edition 2021, where temporaries, fallback and `impl Trait`
//! captures have other rules?

#![allow(clippy::useless_vec, reason = "odd code is what is tested")]

use std::cell::RefCell;

use sendoff::{
    guard, handler, reply, routes, send, App, HeaderMap, Json, Reply, State, StatusCode,
};

macro_rules! deny {
    ($status:expr, $why:expr) => {
        send!($status, $why)
    };
}

fn token(headers: &HeaderMap) -> Result<&str, Reply> {
    let Some(token) = headers.get("token").and_then(|token| token.to_str().ok()) else {
        send!(401, "log in first");
    };
    Ok(token)
}

/// Every way out.
#[handler]
pub async fn ways_out(n: u8, headers: HeaderMap) {
    let token = token(&headers)?;
    let cell = RefCell::new(n);
    match n {
        0 => send!(404),
        1 => return send!(404, "one"),
        2 => send!(StatusCode::CONFLICT, [("x-n", "2")], token.to_owned()),
        3 => deny!(403, "three"),
        4 => Err(reply!(410, "four"))?,
        5 => send!(200, cell.borrow().to_string()),
        _ => {}
    }
    tokio::select! {
        biased;
        () = std::future::ready(()), if n == 6 => send!("six"),
        () = std::future::ready(()) => {}
    }
    let list = vec![n, if n == 7 { send!("seven") } else { n }];
    if let Some(last) = list.last() {
        send!(200, format!("{last}"));
    } else {
        send!(500)
    }
}

/// Locals that the tail of a block borrows from.
#[handler]
pub fn tail(text: &str) {
    let cell = RefCell::new(text.to_owned());
    if text.is_empty() {
        send!(404, cell.borrow().clone())
    }
    send!(200, cell.into_inner())
}

/// A generic one.
#[handler]
pub async fn generic<T>(value: T, mut next: impl FnMut(T) -> String)
where
    T: Copy + Into<u64>,
{
    if value.into() == 0 {
        send!(404, next(value));
    }
    send!(200, next(value));
}

/// A guard.
#[guard(Token)]
pub async fn token_guard(headers: HeaderMap) -> String {
    token(&headers)?.to_owned()
}

/// A routed one.
#[handler(GET "/{id}")]
pub async fn routed(id: u8, _: Option<Token>, State(prefix): State<&'static str>, body: String) {
    if id == 0 {
        send!(404, "none");
    }
    send!(200, Json((prefix, id, body)));
}

/// Its app.
pub fn app() -> App<&'static str> {
    App::new("user").routes(routes![routed])
}

#[cfg(test)]
mod tests {
    use sendoff::{Body, IntoResponse, Request};
    use tower::ServiceExt;

    use super::*;

    #[tokio::test]
    async fn ways_out_answer() {
        let mut headers = HeaderMap::new();
        let unauthorized = ways_out(0, headers.clone()).await.into_response();
        assert_eq!(unauthorized.status(), 401);
        headers.insert("token", "t".parse().expect("a header value"));
        for (n, status) in [404, 404, 409, 403, 410, 200, 200, 200, 200]
            .into_iter()
            .enumerate()
        {
            let n = u8::try_from(n).expect("a small number");
            let response = ways_out(n, headers.clone()).await.into_response();
            assert_eq!(response.status(), status, "{n}");
        }
    }

    #[tokio::test]
    async fn the_others_answer() {
        assert_eq!(tail("").into_response().status(), 404);
        assert_eq!(tail("a").into_response().status(), 200);
        let response = generic(0_u8, |n| n.to_string()).await.into_response();
        assert_eq!(response.status(), 404);
        for (path, status) in [("/0", 404), ("/1", 200), ("/x", 400), ("/", 404)] {
            let request = Request::get(path).body(Body::empty()).expect("a request");
            let response = app().oneshot(request).await.expect("no error");
            assert_eq!(response.status(), status, "{path}");
        }
    }
}
