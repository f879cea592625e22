use sendoff::{handler, send};

#[handler]
async fn show(name: Option<String>) {
    let name = name.unwrap_or_else(|| send!(404, "no such user"));
    send!(name);
}

fn main() {}
