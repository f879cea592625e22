use sendoff::{handler, send};

#[handler]
async fn greet() {
    const GREETING: &str = send!("hello");
    send!(GREETING);
}

fn main() {}
