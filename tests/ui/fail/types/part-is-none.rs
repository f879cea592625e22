use sendoff::{handler, send};

#[handler]
async fn show() {
    send!(200, 5, "no such user");
}

fn main() {}
