#![deny(unused_must_use)]

use sendoff::{OrSend, handler, reply, send};

#[handler]
async fn show(name: Option<String>) {
    name.or_send(reply!(404));
    send!(204);
}

fn main() {}
