use sendoff::{handler, send};

#[handler]
async fn teapot(full: bool) {
    if full {
        send!(4018, "short and stout");
    }
    send!(99);
}

fn main() {}
