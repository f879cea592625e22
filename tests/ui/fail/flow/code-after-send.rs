use sendoff::{handler, send};

#[handler]
async fn twice() {
    send!(404);
    send!(200, "found");
}

#[handler]
async fn later() {
    send!(200, "saved");
    println!("saved");
}

#[handler]
async fn leave() {
    send!(200);
    return;
}

fn main() {}
