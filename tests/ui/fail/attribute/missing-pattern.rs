use sendoff::{handler, send};

#[handler(GET)]
async fn show() {
    send!("hello");
}

fn main() {}
