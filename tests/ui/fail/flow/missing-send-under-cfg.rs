use sendoff::{handler, send};

#[handler]
async fn only_in_tests(n: u8) {
    if n > 4 {
        send!(404);
    }
    #[cfg(test)]
    send!(200, "tested");
}

#[handler]
async fn in_a_branch(n: u8) {
    if n > 4 {
        #[cfg(any())]
        send!(404);
    } else {
        #[cfg(all())]
        send!(200);
    }
}

fn main() {}
