use sendoff::{HeaderMap, guard, handler, send};

#[guard(LoggedIn, User)]
async fn logged_in(headers: HeaderMap) {
    if headers.is_empty() {
        send!(401);
    }
}

#[handler]
async fn me(_: LoggedIn) {
    send!("me");
}

fn main() {}
