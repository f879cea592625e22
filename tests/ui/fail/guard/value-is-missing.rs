use sendoff::{HeaderMap, guard, send};

#[guard(LoggedIn)]
async fn logged_in(headers: HeaderMap) -> usize {
    if headers.is_empty() {
        send!(401);
    }
}

#[guard(Stray)]
async fn stray(headers: HeaderMap) -> usize {
    if headers.is_empty() {
        send!(401);
    }
    headers.len();
}

fn main() {}
