use sendoff::{HeaderMap, guard, send};

#[guard(auth::LoggedIn)]
async fn logged_in(headers: HeaderMap) {
    if headers.is_empty() {
        send!(401);
    }
}

#[guard(GET "/", Admin, error)]
async fn admin() {
    send!(403);
}

fn main() {}
