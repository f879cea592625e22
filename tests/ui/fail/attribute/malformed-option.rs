use sendoff::{handler, send};

#[handler(error)]
async fn no_value() {
    send!("hello");
}

#[handler(error = 5)]
async fn wrong_value() {
    send!("hello");
}

#[handler(timeout 5s)]
async fn no_mark() {
    send!("hello");
}

fn main() {}
