use sendoff::{handler, send};

mod users {}

#[handler(GET "/users")]
async fn users() {
    send!("ann, bob");
}

fn main() {}
