use sendoff::{handler, send};

fn log(_: &str) {}

#[handler]
async fn show(id: u64) {
    match id {
        1 => send!("one"),
        _ => log("not found"),
    }
}

fn main() {}
