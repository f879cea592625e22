use sendoff::{handler, reply, send};

#[handler]
pub async fn built(id: u64) {
    if id == 0 {
        reply!(401, "no");
    }
    send!("hello");
}

fn main() {}
