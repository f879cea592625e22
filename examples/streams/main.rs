//! Bodies that are never in memory as a whole, in and out.
//!
//! | question | file |
//! |---|---|
//! | how does one client's upload become another's download? | `pipe.rs` |
//! | how is a body read while it arrives, with what comes after it? | `digest.rs` |
//! | how is a body made while it is sent, with something after it? | `numbers.rs` |
//!
//! What is not read is not sent: behind a reader who is slow, the writer waits. A process that has
//! a gigabyte go through it holds some hundred kilobytes of it at a time. So these routes need no
//! `body_limit`.
//!
//! ```console
//! $ cargo run --bin streams
//! $ curl http://127.0.0.1:3000/pipes/a >copy
//! $ curl http://127.0.0.1:3000/pipes/a -T original
//! $ curl http://127.0.0.1:3000/digest -T original -X POST
//! $ curl 'http://127.0.0.1:3000/numbers?to=3' --raw -H 'TE: trailers'
//! ```

mod digest;
mod numbers;
mod pipe;

use std::process::ExitCode;
use std::sync::Arc;
use std::sync::atomic::AtomicU64;

use sendoff::{App, routes};
use sendoff_examples::{Program, run};

use crate::pipe::Pipes;

const PROGRAM: Program = Program {
    name: "streams",
    about: "Pipes between clients, digests of what arrives, and lists without end.",
    flags: &[],
};

/// What the handlers share.
#[derive(Clone, Default)]
struct Shared {
    pipes: Pipes,
    /// The bytes that `numbers` has made.
    made: Arc<AtomicU64>,
}

#[tokio::main]
async fn main() -> ExitCode {
    run(&PROGRAM, |_| {
        Ok(App::new(Shared::default()).routes(routes![
            pipe::read,
            pipe::write,
            digest::digest,
            numbers::numbers,
            numbers::made,
        ]))
    })
    .await
}
