use sendoff::{handler, send};

#[handler(GET "/users/{user}")]
async fn show(user: u64, page: u32) {
    send!("hello");
}

#[handler(GET "/users")]
async fn nameless(_: u64) {
    send!("hello");
}

fn main() {}
