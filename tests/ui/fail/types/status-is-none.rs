use sendoff::{handler, send};

#[handler]
async fn show() {
    send!("404", "no such user");
}

fn main() {}
