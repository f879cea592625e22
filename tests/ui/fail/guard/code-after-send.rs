use sendoff::{HeaderMap, guard, send};

#[guard(LoggedIn)]
async fn logged_in(headers: HeaderMap) -> usize {
    if headers.is_empty() {
        send!(401);
        println!("denied");
    }
    headers.len()
}

fn main() {}
