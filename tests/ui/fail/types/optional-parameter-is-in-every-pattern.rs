use sendoff::{handler, send};

#[handler(GET "/posts/{page}")]
async fn posts(page: Option<u32>) {
    send!(200, format!("{page:?}"));
}

fn main() {}
