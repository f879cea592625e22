#![allow(dead_code)]
#![deny(unused_must_use)]
use sendoff::{HeaderMap, guard, handler, send};

#[guard(LoggedIn)]
async fn logged_in(headers: HeaderMap) {
    if headers.is_empty() {
        send!(401);
    }
}

#[handler]
async fn me(headers: HeaderMap) {
    logged_in(headers).await;
    send!("me");
}

fn main() {}
