use sendoff::{handler, send};

#[handler]
async fn banned(banned: bool) {
    if banned {
        send!(410);
    }
}

#[handler]
async fn nothing() {}

#[handler]
async fn value(id: u64) {
    format!("user {id}")
}

fn main() {}
