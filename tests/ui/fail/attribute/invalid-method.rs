use sendoff::{handler, send};

#[handler(get "/")]
async fn lowercase() {
    send!("hello");
}

#[handler(FETCH "/")]
async fn unheard_of() {
    send!("hello");
}

fn main() {}
