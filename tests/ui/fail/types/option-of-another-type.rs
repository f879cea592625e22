use sendoff::{handler, send};

const SECONDS: u64 = 5;
const LIMIT: &str = "10MB";

#[handler(GET "/1", timeout = SECONDS)]
async fn timeout() {
    send!("hello");
}

#[handler(GET "/2", body_limit = LIMIT)]
async fn body_limit() {
    send!("hello");
}

#[handler(GET "/3", body_limit = NOWHERE)]
async fn no_constant() {
    send!("hello");
}

fn main() {}
