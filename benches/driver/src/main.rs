//! sendoff beside other servers: what does a request cost, and what can a client do to them?

mod cost;
mod robust;
mod servers;
mod table;

use std::io;
use std::process::ExitCode;
use std::time::Duration;

const USAGE: &str = "\
usage: driver cost [SERVER ..]
       driver robust [--patience SECONDS] [--part PART] [--all] [SERVER ..]";

fn main() -> ExitCode {
    match run(std::env::args().skip(1)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(fault) => {
            eprintln!("error: {fault}");
            ExitCode::FAILURE
        }
    }
}

fn run(mut words: impl Iterator<Item = String>) -> io::Result<()> {
    let usage = || io::Error::other(USAGE);
    match words.next().as_deref() {
        Some("cost") => cost::run(&words.collect::<Vec<_>>()),
        Some("robust") => {
            let mut options = robust::Options {
                servers: Vec::new(),
                patience: Duration::from_secs(40),
                parts: Vec::new(),
                all: false,
            };
            while let Some(word) = words.next() {
                match &*word {
                    "--patience" => {
                        let seconds = words.next().and_then(|word| word.parse().ok());
                        options.patience = Duration::from_secs(seconds.ok_or_else(usage)?);
                    }
                    "--part" => options.parts.push(words.next().ok_or_else(usage)?),
                    "--all" => options.all = true,
                    word if word.starts_with('-') => return Err(usage()),
                    _ => options.servers.push(word),
                }
            }
            robust::run(&options)
        }
        _ => Err(usage()),
    }
}
