use sendoff::{handler, send};

#[handler(GET "/users/{user}")]
async fn show(user: u64, page: u32) {
    send!("hello");
}

fn main() {}
