use sendoff::{Problem, handler, send};

#[handler]
async fn show() {
    send!(Problem::new("no such user"));
}

fn main() {}
