use sendoff::{handler, send};

#[handler]
async fn show(text: String) {
    let n: u64 = text.parse()?;
    send!(200, n.to_string());
}

fn main() {}
