use sendoff::{handler, reply, send};

#[handler]
pub async fn built(id: u64) {
    if id == 0 {
        reply!(401, "no");
    }
    sendoff::reply!(402);
    send!("hello");
}

fn main() {}
