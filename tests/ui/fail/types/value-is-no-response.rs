use sendoff::{handler, send};

struct User;

#[handler]
async fn show() {
    send!(User);
}

#[handler]
async fn with_status() {
    send!(200, User);
}

fn main() {}
