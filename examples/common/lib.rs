//! What do all examples that serve have in common? [`run`]: flags, log, server, exit status.
//!
//! It keeps `main` of each example to what is its own: which app it builds.

mod flags;

use std::error::Error;
use std::process::ExitCode;

use sendoff::{App, Draining, Server};

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
    run_draining(program, |flags, _| build(flags)).await
}

/// As [`run`], for an app with responses that go on for ever: [`Draining`] tells them to end.
pub async fn run_draining<S, B>(program: &Program, build: B) -> ExitCode
where
    S: Send + Sync + 'static,
    B: FnOnce(&Flags, Draining) -> Result<App<S>, Box<dyn Error>>,
{
    let flags = match Flags::parse(program, std::env::args_os()) {
        Ok(flags) => flags,
        Err(stop) => return stop.report(),
    };
    // An example with a log of its own has set it before.
    let _ = tracing_subscriber::fmt()
        .with_writer(std::io::stderr)
        .try_init();
    match serve(&flags, build).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(fault) => {
            eprintln!("error: {fault}");
            ExitCode::FAILURE
        }
    }
}

async fn serve<S, B>(flags: &Flags, build: B) -> Result<(), Box<dyn Error>>
where
    S: Send + Sync + 'static,
    B: FnOnce(&Flags, Draining) -> Result<App<S>, Box<dyn Error>>,
{
    let server = Server::bind(flags.addr())
        .await
        .map_err(|fault| format!("{fault}\nhelp: choose another address with `--addr`"))?;
    let app = build(flags, server.draining())?;
    println!("listening on http://{}", server.local_addr()?);
    server.serve(app).await?;
    Ok(())
}
