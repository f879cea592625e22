use anyhow::bail;
use sendoff::{guard, handler, send};

#[handler]
async fn show(n: u8) {
    if n > 4 {
        bail!("too large: {n}");
    }
    anyhow::ensure!(n > 2, "too small");
    send!(200, n.to_string());
}

#[guard(Small)]
fn small() -> u8 {
    anyhow::bail!("no");
}

fn main() {}
