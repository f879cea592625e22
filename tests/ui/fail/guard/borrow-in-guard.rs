use sendoff::{HeaderMap, guard, send};

#[guard(Token)]
async fn token(headers: HeaderMap) -> &str {
    if headers.is_empty() {
        send!(401);
    }
    "token"
}

#[guard(Headers)]
async fn borrowed(headers: &HeaderMap) {
    if headers.is_empty() {
        send!(401);
    }
}

fn main() {}
