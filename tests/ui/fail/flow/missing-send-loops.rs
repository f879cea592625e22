use sendoff::{handler, send};

#[handler]
async fn dry(ids: Vec<u64>) {
    for id in ids {
        send!(200, id.to_string());
    }
}

#[handler]
async fn endless(mut n: u64) {
    while true {
        if n > 9 {
            send!("done");
        }
        n += 1;
    }
}

fn main() {}
