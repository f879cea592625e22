use sendoff::{OrSend, handler, send};

#[handler]
async fn show(name: Option<String>) {
    let name = name.or_500()?;
    send!(name);
}

fn main() {}
