use sendoff::{handler, send};

#[handler(GET "/str")]
async fn str() {
    send!("hello");
}

fn main() {
    let _: bool = true;
}
