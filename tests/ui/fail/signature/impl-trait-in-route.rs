use sendoff::{handler, send};

#[handler(POST "/")]
async fn echo(body: impl Into<String>) {
    send!(body.into());
}

fn main() {}
