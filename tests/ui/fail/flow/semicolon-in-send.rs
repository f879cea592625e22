use sendoff::{handler, send};

#[handler]
async fn show(n: u8) {
    if n > 4 {
        send!(404; "too large");
    }
    send!(200; [("x-n", "1")]; n.to_string())
}

fn main() {}
