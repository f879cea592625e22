use sendoff::{handler, send};

#[handler]
async fn remove() {
    send!();
}

fn main() {}
