use sendoff::{handler, send};

#[handler(GET "/a")]
#[handler(GET "/b")]
async fn show() {
    send!("hello");
}

fn main() {}
