use sendoff::{HeaderMap, guard, send};

#[guard(LoggedIn, error = sendoff::Reply, error = sendoff::Reply)]
async fn logged_in(headers: HeaderMap) {
    if headers.is_empty() {
        send!(401);
    }
}

fn main() {}
