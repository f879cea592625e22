use sendoff::{OrSend, handler, send};

#[handler]
async fn show(name: Option<String>) {
    let name = name.or_send(404)?;
    send!(name);
}

fn main() {}
