use sendoff::{HeaderMap, guard, send};

#[guard(LoggedIn)]
async fn logged_in(headers: HeaderMap) -> String {
    if headers.is_empty() {
        send!(401);
    }
    headers.len()
}

#[guard(Early)]
async fn early(headers: HeaderMap) -> HeaderMap {
    if headers.is_empty() {
        return headers;
    }
    send!(401);
}

fn main() {}
