use sendoff::{guard, send};

#[guard(LoggedIn)]
async fn logged_in(headers: impl AsRef<str>) -> impl Sized {
    if headers.as_ref().is_empty() {
        send!(401);
    }
    1
}

fn main() {}
