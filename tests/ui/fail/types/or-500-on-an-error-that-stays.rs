use sendoff::{OrSend, handler, send};
use std::error::Error;

fn find() -> Result<String, Box<dyn Error>> {
    Err("it may hold what must stay on its thread".into())
}

#[handler]
async fn show() {
    let name = find().or_500()?;
    send!(name);
}

fn main() {}
