use sendoff::{guard, send};

#[guard(Open, timeout = 5s)]
async fn open() {
    if std::env::args().len() > 1 {
        send!(503);
    }
}

fn main() {}
