use sendoff::{handler, send};

#[handler(GET "/users/{id}/posts/{post}")]
async fn show(id: u64, article: String) {
    send!(article);
}

fn main() {}
