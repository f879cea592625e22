use sendoff::{handler, send};

#[handler(error)]
async fn no_value() {
    send!("hello");
}

#[handler(error = 5)]
async fn wrong_value() {
    send!("hello");
}

#[handler("/")]
async fn no_method() {
    send!("hello");
}

fn main() {}
