use sendoff::{handler, send};

#[handler]
async fn show(name: Option<String>) {
    let name = name?;
    send!(name);
}

fn main() {}
