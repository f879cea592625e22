#![deny(warnings)]
use sendoff::{handler, send};

fn fatal(why: &str) -> ! {
    panic!("{why}")
}

async fn fatal_later(why: &str) -> ! {
    panic!("{why}")
}

#[handler]
pub async fn show(n: u64) {
    match n {
        0 => fatal("zero"),
        1 => fatal_later("one").await,
        2 => {
            fatal("two");
        }
        _ => send!("hello"),
    }
}

fn main() {}
