use sendoff::{HeaderMap, guard, send};

#[guard]
async fn logged_in(headers: HeaderMap) -> usize {
    if headers.is_empty() {
        send!(401);
    }
    headers.len()
}

#[guard(error = sendoff::Reply)]
async fn admin() {
    send!(403);
}

fn main() {}
