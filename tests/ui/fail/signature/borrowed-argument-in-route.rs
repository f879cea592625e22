use sendoff::{handler, send};
use std::borrow::Cow;

#[handler(GET "/{name}")]
async fn elided(name: &str) {
    send!("hello");
}

#[handler(GET "/{name}")]
async fn named<'a>(name: Cow<'a, str>) {
    send!("hello");
}

fn main() {}
