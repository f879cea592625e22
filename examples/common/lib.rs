//! What do all examples that serve have in common? [`run`]: flags, log, server, exit status.
//!
//! It keeps `main` of each example to what is its own: which app it builds.

mod flags;
mod signal;

use std::error::Error;
use std::process::ExitCode;

use sendoff::{App, Server};
use tokio_util::sync::CancellationToken;

pub use crate::flags::{Flag, Flags, Program};

/// Runs an example: reads its flags, builds its app, and serves that until SIGINT or SIGTERM.
///
/// When it is ready it prints one line, `listening on http://HOST:PORT`, to standard output; the
/// log goes to standard error. The exit status is 0 after a graceful end, 1 if the example cannot
/// run, and 2 if its flags are wrong.
pub async fn run<S, B>(program: &Program, build: B) -> ExitCode
where
    S: Send + Sync + 'static,
    B: FnOnce(&Flags) -> Result<App<S>, Box<dyn Error>>,
{
    run_and_tell(program, CancellationToken::new(), build).await
}

/// As [`run`], and cancels `stopping` at the signal: for responses without an end, which the
/// graceful stop would wait for in vain.
pub async fn run_and_tell<S, B>(
    program: &Program,
    stopping: CancellationToken,
    build: B,
) -> ExitCode
where
    S: Send + Sync + 'static,
    B: FnOnce(&Flags) -> Result<App<S>, Box<dyn Error>>,
{
    let flags = match Flags::parse(program, std::env::args_os()) {
        Ok(flags) => flags,
        Err(stop) => return stop.report(),
    };
    tracing_subscriber::fmt()
        .with_writer(std::io::stderr)
        .init();
    match serve(&flags, stopping, build).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(fault) => {
            eprintln!("error: {fault}");
            ExitCode::FAILURE
        }
    }
}

async fn serve<S, B>(
    flags: &Flags,
    stopping: CancellationToken,
    build: B,
) -> Result<(), Box<dyn Error>>
where
    S: Send + Sync + 'static,
    B: FnOnce(&Flags) -> Result<App<S>, Box<dyn Error>>,
{
    let app = build(flags)?;
    let server = Server::bind(flags.addr())
        .await
        .map_err(|fault| format!("{fault}\nhelp: choose another address with `--addr`"))?;
    // Before the line that says "ready": who has read it may stop us at once.
    let signal = signal::stop()?;
    println!("listening on http://{}", server.local_addr()?);
    let stop = async {
        signal.await;
        stopping.cancel();
    };
    server.serve_until(app, stop).await?;
    Ok(())
}
