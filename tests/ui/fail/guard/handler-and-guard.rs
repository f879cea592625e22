use sendoff::{HeaderMap, guard, handler, send};

#[guard(LoggedIn)]
#[handler(GET "/")]
async fn logged_in(headers: HeaderMap) {
    if headers.is_empty() {
        send!(401);
    }
}

#[handler(GET "/")]
#[guard(Admin)]
async fn admin() {
    send!(403);
}

fn main() {}
