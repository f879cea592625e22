use sendoff::{StatusCode, handler, send};

#[handler(GET "/", error = StatusCode, error = StatusCode)]
async fn show() {
    send!("hello");
}

#[handler(GET "/a", GET "/b")]
async fn both() {
    send!("hello");
}

fn main() {}
