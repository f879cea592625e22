use sendoff::{handler, send};

#[handler]
async fn show(id: u64) {
    fn deny() {
        send!(403, "denied");
    }
    if id == 0 {
        deny();
    }
    send!("hello");
}

fn main() {}
