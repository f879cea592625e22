use sendoff::{handler, send};

#[handler]
async fn show() -> &'static str {
    send!("hello");
}

fn main() {}
