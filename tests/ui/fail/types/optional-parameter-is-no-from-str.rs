use sendoff::{handler, send};

struct Page;

#[handler(GET "/posts", GET "/posts/{page}")]
async fn posts(page: Option<Page>) {
    send!(200, [("x-page", page.map_or("0", |_| "1"))], "posts");
}

fn main() {}
