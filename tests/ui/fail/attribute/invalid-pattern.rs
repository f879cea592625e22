use sendoff::{handler, send};

#[handler(GET "users")]
async fn relative() {
    send!("hello");
}

#[handler(GET "/{a}{b}")]
async fn crowded(a: u8, b: u8) {
    send!("hello");
}

#[handler(GET "/{id")]
async fn open(id: u8) {
    send!("hello");
}

fn main() {}
