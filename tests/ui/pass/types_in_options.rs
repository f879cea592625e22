//! A type in an option may have an arrow, and commas, in it.
#![deny(warnings)]

use std::collections::HashMap;

use sendoff::{App, IntoResponse, Reply, Response, guard, handler, routes, send};

struct Failed<T>(T);

impl IntoResponse for Failed<fn(u8, u8) -> u16> {
    fn into_response(self) -> Response {
        (self.0)(2, 3).to_string().into_response()
    }
}

impl From<Reply> for Failed<fn(u8, u8) -> u16> {
    fn from(_: Reply) -> Self {
        Failed(|a, b| u16::from(a) + u16::from(b))
    }
}

impl From<u8> for Failed<fn(u8, u8) -> u16> {
    fn from(_: u8) -> Self {
        Failed(|a, _| u16::from(a))
    }
}

#[handler(GET "/{n}", error = Failed<fn(u8, u8) -> u16>, timeout = 5s)]
async fn show(n: u8) {
    let n = n.checked_sub(1).ok_or(n)?;
    send!(200, n.to_string());
}

#[guard(Counted, error = Failed<fn(u8, u8) -> u16>)]
fn counted(headers: sendoff::HeaderMap) -> HashMap<u8, fn() -> u16> {
    if headers.is_empty() {
        send!(400);
    }
    HashMap::new()
}

#[handler(GET "/")]
async fn home(Counted(map): Counted) {
    send!(200, map.len().to_string());
}

fn main() {
    let app: App = App::new(()).routes(routes![show, home]);
    drop(app);
}
