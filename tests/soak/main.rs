//! Does a server that is used in every way at once, for long, answer right, and stay as it was?
//!
//! | question | file |
//! |---|---|
//! | what is served? | `serve.rs`, `counts.rs` |
//! | what do clients of HTTP/1.1 and HTTP/2 ask? | `http1.rs`, `http2.rs`, `tls.rs` |
//! | which bodies are more than a value? | `bodies.rs`, `live.rs` |
//! | who behaves badly? | `leaving.rs`, `refused.rs`, `slow.rs` |
//! | is an answer right? | `expect.rs` |
//! | has the server grown? does it complain? | `growth.rs`, `log.rs` |
//!
//! ```console
//! $ cargo run --release -p sendoff-tests --example soak -- 60
//! ```
//!
//! The exit status is not zero if an answer was wrong, if a handler or work after a response was
//! lost, if the server has grown, or if it has logged a warning.

mod bodies;
mod counts;
mod expect;
mod growth;
mod http1;
mod http2;
mod leaving;
mod live;
mod log;
mod refused;
mod serve;
mod slow;
#[allow(dead_code)]
#[path = "../it/support"]
mod support {
    pub(crate) mod wire;
}
mod tls;

use std::alloc::System;
use std::io;
use std::pin::Pin;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::{Duration, Instant};

use stats_alloc::{INSTRUMENTED_SYSTEM, StatsAlloc};

use crate::growth::{Quiet, Server};
use crate::serve::Target;

/// Counts what is allocated: resident memory tells what the allocator keeps, too.
#[global_allocator]
static ALLOCATOR: &StatsAlloc<System> = &INSTRUMENTED_SYSTEM;

/// A client that does one thing, and tells how many answers it has got and found right. It panics
/// at a wrong one.
type Turn = fn(Arc<Target>, usize) -> Pin<Box<dyn Future<Output = usize> + Send>>;

struct Kind {
    name: &'static str,
    /// How many do so at a time.
    clients: usize,
    turn: Turn,
}

/// `kind!(4, http1::pipelined)`
macro_rules! kind {
    ($clients:literal, $module:ident::$name:ident) => {
        Kind {
            name: concat!(stringify!($module), "::", stringify!($name)),
            clients: $clients,
            turn: |target, turn| Box::pin($module::$name(target, turn)),
        }
    };
}

/// Long enough for what a server does with idle connections.
const PAUSE: Duration = Duration::from_millis(1_500);

const KINDS: [Kind; 22] = [
    kind!(4, http1::kept_alive),
    kind!(4, http1::fresh),
    kind!(4, http1::pipelined),
    kind!(2, http1::chunked_upload),
    kind!(2, http1::large_upload),
    kind!(1, http1::idle),
    kind!(3, http2::many_streams),
    kind!(2, http2::uploads),
    kind!(2, http2::resets),
    kind!(1, tls::reloads),
    kind!(2, bodies::streamed_download),
    kind!(2, bodies::multipart),
    kind!(3, live::events),
    kind!(3, live::sockets),
    kind!(2, leaving::in_a_request),
    kind!(2, leaving::in_a_handler),
    kind!(2, leaving::in_a_response),
    kind!(2, leaving::after_a_response),
    kind!(3, refused::requests),
    kind!(3, refused::malformed),
    kind!(2, slow::writers),
    kind!(2, slow::readers),
];

fn main() -> io::Result<ExitCode> {
    let mut arguments = std::env::args().skip(1);
    let first = arguments.next();
    if let (Some("serve"), Some(folder)) = (first.as_deref(), arguments.next()) {
        serve::run(folder.as_ref())?;
        return Ok(ExitCode::SUCCESS);
    }
    let seconds: u64 = first.map_or(60, |seconds| seconds.parse().expect("a number"));
    let runtime = tokio::runtime::Runtime::new()?;
    runtime.block_on(soak(Duration::from_secs(seconds)))
}

async fn soak(time: Duration) -> io::Result<ExitCode> {
    let (server, target) = Server::start((time / 10).min(PAUSE)).await?;
    let mut tally = Tally::default();
    let mut samples = Vec::new();
    // Two halves after a moment in which caches and queues get their size.
    for (name, time) in [
        ("warm-up", time / 10),
        ("first half", time / 2),
        ("second half", time / 2),
    ] {
        tally.add(&clients(&target, time).await, name);
        let quiet = Quiet::of(&server, &target).await?;
        println!("{name:>12}: {quiet}");
        samples.push(quiet);
    }
    let faults = growth::faults(&samples, time);
    for fault in &faults {
        println!("{fault}");
    }
    server.stop().await?;
    let is_well = tally.wrong == 0 && faults.is_empty();
    println!("{} answers, {} wrong", tally.answers, tally.wrong);
    Ok(ExitCode::from(u8::from(!is_well)))
}

#[derive(Default)]
struct Tally {
    answers: usize,
    wrong: usize,
}

impl Tally {
    fn add(&mut self, counts: &[(&'static str, Counted)], half: &str) {
        for (name, counted) in counts {
            println!(
                "{half:>12}: {name:<26} {:>8} right {:>3} wrong",
                counted.answers, counted.wrong
            );
            self.answers += counted.answers;
            self.wrong += counted.wrong;
        }
    }
}

#[derive(Default)]
struct Counted {
    answers: usize,
    wrong: usize,
}

/// All kinds of clients at once, for so long; each has at least one turn.
async fn clients(target: &Arc<Target>, time: Duration) -> Vec<(&'static str, Counted)> {
    let end = Instant::now() + time;
    let mut running = Vec::new();
    for kind in &KINDS {
        for client in 0..kind.clients {
            let target = Arc::clone(target);
            let turns = async move {
                let mut counted = Counted::default();
                for turn in (client..).step_by(kind.clients) {
                    // A panic ends the turn alone.
                    match tokio::spawn((kind.turn)(Arc::clone(&target), turn)).await {
                        Ok(answers) => counted.answers += answers,
                        Err(_) => counted.wrong += 1,
                    }
                    if Instant::now() >= end {
                        break;
                    }
                }
                counted
            };
            running.push((kind.name, tokio::spawn(turns)));
        }
    }
    let mut counts: Vec<(&'static str, Counted)> = Vec::new();
    for (name, turns) in running {
        let counted = turns.await.expect("turns do not panic");
        match counts.last_mut() {
            Some((last, sum)) if *last == name => {
                sum.answers += counted.answers;
                sum.wrong += counted.wrong;
            }
            _ => counts.push((name, counted)),
        }
    }
    counts
}
