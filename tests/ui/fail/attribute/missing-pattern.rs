use sendoff::{handler, send};

#[handler(GET)]
async fn show() {
    send!("hello");
}

#[handler(GET | "PURGE")]
async fn several() {
    send!("hello");
}

#[handler(GET | "/")]
async fn bar() {
    send!("hello");
}

fn main() {}
