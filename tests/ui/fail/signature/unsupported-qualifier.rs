use sendoff::{handler, send};

#[handler]
const fn constant() {
    send!("hello");
}

#[handler]
extern "C" fn foreign() {
    send!("hello");
}

fn main() {}
