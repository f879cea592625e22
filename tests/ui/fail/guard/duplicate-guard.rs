use sendoff::{HeaderMap, guard, send};

#[guard(LoggedIn)]
#[guard(Admin)]
async fn logged_in(headers: HeaderMap) {
    if headers.is_empty() {
        send!(401);
    }
}

fn main() {}
