use sendoff::{handler, reply, send};

#[handler]
async fn show(name: Option<String>) {
    let name = name.or_send(reply!(404))?;
    send!(name);
}

fn main() {}
