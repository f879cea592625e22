use sendoff::{HeaderMap, guard, send};

struct Users;

impl Users {
    #[guard(LoggedIn)]
    async fn logged_in(&self, headers: HeaderMap) {
        if headers.is_empty() {
            send!(401);
        }
    }
}

fn main() {}
