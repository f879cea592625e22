use sendoff::{handler, send};

#[handler(GET "/posts", GET "/posts/{page}")]
async fn posts(page: u32) {
    send!(200, page.to_string());
}

#[handler(GET "/a/{x}/{y}", GET "/a/{x}")]
async fn another(x: Option<u8>, y: String) {
    send!(200, format!("{x:?} {y}"));
}

fn main() {}
