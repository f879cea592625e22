use sendoff::{HeaderMap, guard, send};

#[guard(SameOrigin)]
async fn same_origin(headers: HeaderMap) {
    if !headers.contains_key("origin") {
        return;
    }
    send!(403);
}

#[guard(Count)]
async fn count(headers: HeaderMap) -> usize {
    if headers.is_empty() {
        return 0;
    }
    headers.len()
}

fn main() {}
