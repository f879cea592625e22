use sendoff::{HeaderMap, guard, send};

#[guard(LoggedIn)]
const unsafe extern "C" fn logged_in(headers: HeaderMap) {
    if headers.is_empty() {
        send!(401);
    }
}

fn main() {}
