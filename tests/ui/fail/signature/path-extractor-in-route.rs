use sendoff::{handler, send};

#[handler(GET "/users/{id}")]
async fn show(id: u64, Path(other): Path<u64>) {
    send!("hello");
}

fn main() {}
