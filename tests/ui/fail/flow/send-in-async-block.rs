use sendoff::{handler, send};

#[handler]
async fn background() {
    tokio::spawn(async {
        send!(200, "done");
    });
    send!(202, "accepted");
}

fn main() {}
