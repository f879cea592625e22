use sendoff::{OrSend, handler, send};

struct Missing;

fn find() -> Result<String, Missing> {
    Err(Missing)
}

#[handler]
async fn show() {
    let name = find().or_500()?;
    send!(name);
}

fn main() {}
