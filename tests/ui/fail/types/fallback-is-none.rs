use sendoff::{App, handler, send};

#[handler]
fn synchronous() {
    send!(404);
}

#[handler]
async fn number(n: u64) {
    send!(404, n.to_string());
}

fn main() {
    let _ = App::new(()).fallback(synchronous);
    let _ = App::new(()).fallback(number);
}
