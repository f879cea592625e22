#![deny(warnings)]
use sendoff::{Answer, Reply, handler, send};

fn fatal() -> ! {
    panic!()
}

#[handler]
pub fn in_a_let(closed: bool) {
    let _id: i64 = if closed { send!(403, "x") } else { fatal(); };
}

#[handler]
pub fn in_a_closure(closed: bool) {
    let never = || -> ! { fatal() };
    let _id: i64 = if closed { send!(403, "x") } else { never(); };
}

async fn other(n: u8) -> Answer {
    nested(n).await
}

#[handler]
pub async fn nested(n: u8) {
    fn inner(n: u8) -> Result<u8, Reply> {
        if n == 0 { send!(403, "no") }
        Ok(n)
    }
    send!(inner(n)?.to_string());
}

#[handler]
pub async fn broken(n: u8) {
    loop {
        if n > 2 { break other(n).await?; }
    }
}

#[handler]
pub async fn retried(n: u8) {
    'retry: loop {
        match other(n).await {
            Ok(sent) => break 'retry sent,
            Err(_) if n > 4 => send!(500),
            Err(_) => {}
        }
    }
}

fn main() {}
