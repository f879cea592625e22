//! How many requests are lost when servers stop under load?
//!
//! `cargo run --release -p sendoff-tests --example load -- [ROUNDS [REQUESTS]]`

#[allow(dead_code, unreachable_pub)]
#[path = "../it/support/load.rs"]
mod load;

use std::sync::atomic::Ordering::SeqCst;

use load::{Counts, Load};
use sendoff::Workers;

#[tokio::main]
async fn main() -> std::io::Result<()> {
    let mut numbers = std::env::args().skip(1).map(|word| word.parse());
    let mut number = |default| match numbers.next() {
        Some(number) => number.map_err(std::io::Error::other),
        None => Ok(default),
    };
    let (rounds, requests) = (number(100)?, number(220)?);
    for fresh in [false, true] {
        for workers in [Workers::CallersRuntime, Workers::PerCore] {
            let load = Load {
                connections: 16,
                requests,
                fresh,
                workers,
            };
            let counts = Counts::default();
            for _ in 0..rounds {
                load::run(load, &counts).await?;
            }
            println!(
                "{load:?}: {rounds} stops, {} answered, {} lost, {} last, {} closed idle",
                counts.answered.load(SeqCst),
                counts.lost.load(SeqCst),
                counts.last.load(SeqCst),
                counts.closed_idle.load(SeqCst),
            );
        }
    }
    Ok(())
}
