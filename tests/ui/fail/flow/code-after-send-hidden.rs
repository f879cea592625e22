use sendoff::{handler, send};

macro_rules! deny {
    ($status:literal) => { send!($status) };
}

#[handler]
pub async fn beside_a_cfg(b: String) {
    #[cfg(any())]
    send!("never");
    deny!(400);
    drop(b);
}

#[handler]
#[allow(unreachable_code)]
pub async fn allowed() {
    deny!(400);
    #[allow(unreachable_code)]
    {}
    send!("x")
}

fn main() {}
