use sendoff::{handler, send};

#[handler]
async fn bare(id: u64) {
    if id == 0 {
        return;
    }
    send!("hello");
}

#[handler]
async fn valued(id: u64) {
    if id == 0 {
        return "zero";
    }
    send!("hello");
}

fn main() {}
