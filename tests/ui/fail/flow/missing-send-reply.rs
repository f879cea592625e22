use sendoff::{handler, reply};

#[handler]
async fn show() {
    reply!(404, "no such user")
}

fn main() {}
