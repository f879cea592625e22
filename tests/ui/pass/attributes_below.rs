//! Attributes of others stand below `#[handler]`, where they find the function that it makes.
#![deny(warnings)]

use sendoff::{App, StatusCode, guard, handler, reply, routes, send};

#[guard(Even)]
#[tracing::instrument(err)]
async fn even(headers: sendoff::HeaderMap) {
    if headers.len() % 2 == 1 {
        send!(400, "odd");
    }
}

#[handler(GET "/{n}")]
#[tracing::instrument(level = "info", skip_all, err)]
async fn show(n: u8, _even: Even) {
    let n = n.checked_sub(1).ok_or(StatusCode::BAD_REQUEST)?;
    send!(200, n.to_string());
}

#[handler(GET "/text/{n}")]
#[tracing::instrument(err(level = "warn"))]
async fn text(n: u8) {
    let n = n.checked_sub(1).ok_or(reply!(400, "zero"))?;
    send!(200, n.to_string());
}

#[handler(GET "/down/{n}")]
#[async_recursion::async_recursion]
async fn down(n: u8) {
    if let Some(n) = n.checked_sub(1) {
        return down(n).await;
    }
    send!("down");
}

trait Page {
    async fn page(&self, id: u64) -> sendoff::Answer;
}

impl Page for () {
    #[handler]
    async fn page(&self, id: u64) {
        send!(200, id.to_string());
    }
}

fn main() {
    let app: App = App::new(()).routes(routes![show, text, down]);
    drop(app);
    drop(().page(7));
}
