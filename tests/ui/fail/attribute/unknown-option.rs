use sendoff::{StatusCode, handler, send};

#[handler(eror = StatusCode)]
async fn near() {
    send!("hello");
}

#[handler(colour = "blue")]
async fn far() {
    send!("hello");
}

fn main() {}
