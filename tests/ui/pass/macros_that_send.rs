#![deny(warnings)]
use sendoff::{handler, send};

macro_rules! reply {
    ($status:literal) => { send!($status) };
}

macro_rules! format {
    ($status:literal) => { return send!($status) };
}

#[handler]
pub fn named_like_others(closed: bool) {
    if closed { reply!(404) } else { reply!(403); }
}

#[handler]
pub fn returning() {
    format!(404)
}

#[handler]
pub fn inside() {
    macro_rules! println {
        () => { send!(404) };
    }
    println!()
}

fn main() {}
