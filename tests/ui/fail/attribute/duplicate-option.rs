use sendoff::{StatusCode, handler, send};

#[handler(GET "/", error = StatusCode, error = StatusCode)]
async fn show() {
    send!("hello");
}

fn main() {}
