use sendoff::{handler, send};

#[handler(get "/")]
async fn lowercase() {
    send!("hello");
}

#[handler(FETCH "/")]
async fn unheard_of() {
    send!("hello");
}

#[handler("BANANA SPLIT" "/" , BANANA "/b", "Get" | 5 "/c")]
async fn no_token() {
    send!("hello");
}

fn main() {}
