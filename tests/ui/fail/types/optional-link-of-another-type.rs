use sendoff::{handler, send};

#[handler(GET "/posts", GET "/posts/{page}")]
async fn posts(page: Option<u32>) {
    send!(200, format!("{page:?}"));
}

fn main() {
    posts::path(7);
    posts::path(Some("7"));
}
