use sendoff::{handler, send as answer};

#[handler]
async fn show(name: Option<String>) {
    let name = name.unwrap_or_else(|| answer!(404));
    answer!(name);
}

fn main() {}
