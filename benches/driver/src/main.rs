//! sendoff beside other servers: `driver cost [SERVER ..]`, `driver robust [SERVER ..]`.

mod cost;
mod servers;
mod table;

use std::process::ExitCode;

const USAGE: &str = "usage: driver cost [SERVER ..]";

fn main() -> ExitCode {
    let mut words = std::env::args().skip(1);
    let command = words.next();
    let rest: Vec<String> = words.collect();
    let done = match command.as_deref() {
        Some("cost") => cost::run(&rest),
        _ => {
            eprintln!("{USAGE}");
            return ExitCode::from(2);
        }
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(fault) => {
            eprintln!("error: {fault}");
            ExitCode::FAILURE
        }
    }
}
