use sendoff::{StatusCode, handler, send};

#[handler(eror = StatusCode)]
async fn near() {
    send!("hello");
}

#[handler(colour = "blue")]
async fn far() {
    send!("hello");
}

#[handler(GET "/", state = u8)]
async fn state() {
    send!("hello");
}

fn main() {}
