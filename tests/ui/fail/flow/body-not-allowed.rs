use sendoff::{handler, send};

#[handler]
async fn remove() {
    send!(204, "removed");
}

fn main() {}
