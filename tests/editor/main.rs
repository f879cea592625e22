//! What does rust-analyzer know of a handler that is being typed?
//!
//! Not a test of its own, since it needs rust-analyzer, the sources of the standard library and a
//! minute: `cargo run -p sendoff-tests --example editor`. `RUST_ANALYZER` and `RUST_SRC_PATH` say
//! where they are, if not in the path and in the toolchain.

mod cases;
mod server;

use std::error::Error;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::{env, fs};

use serde_json::Value;

use self::cases::{CASES, KNOWN_HANDLER, PRELUDE};
use self::server::Server;

type Fallible<T> = Result<T, Box<dyn Error>>;

fn main() -> ExitCode {
    match run() {
        Ok(0) => ExitCode::SUCCESS,
        Ok(failures) => {
            println!("{failures} failed");
            ExitCode::FAILURE
        }
        Err(fault) => {
            eprintln!("{fault}");
            ExitCode::FAILURE
        }
    }
}

/// Asks everything, and says how many answers were wrong.
fn run() -> Fallible<usize> {
    let package = tempfile::tempdir()?;
    let main = write_package(package.path())?;
    let mut server = Server::start(package.path(), &target_directory()?, &main, PRELUDE)?;
    let mut failures = 0;
    let mut check = |what: &str, fault: Option<String>| match fault {
        None => println!("ok    {what}"),
        Some(fault) => {
            failures += 1;
            println!("WRONG {what}: {fault}");
        }
    };
    for (name, handler, names) in CASES {
        let (before, after) = handler.split_once("$0").ok_or("no cursor")?;
        server.change(&format!("{PRELUDE}{before}{after}"))?;
        let cursor = format!("{PRELUDE}{before}");
        let found = labels(&server.ask("textDocument/completion", &cursor)?);
        let missing = names
            .iter()
            .find(|name| !found.iter().any(|found| found == *name));
        check(
            name,
            missing.map(|name| format!("no `{name}` in {found:?}")),
        );
    }
    server.change(&format!("{PRELUDE}{KNOWN_HANDLER}"))?;
    for (method, before, answer) in cases::KNOWN {
        let (before, _) = KNOWN_HANDLER.split_once(before).ok_or("no such place")?;
        let text = server
            .ask(method, &format!("{PRELUDE}{before}"))?
            .to_string();
        let fault = (!text.contains(answer)).then(|| format!("no `{answer}` in {text}"));
        check(&format!("{method}: {answer}"), fault);
    }
    server.stop()?;
    Ok(failures)
}

/// The names of the items in an answer, up to their parentheses.
fn labels(answer: &Value) -> Vec<String> {
    let items = answer.get("items").unwrap_or(answer).as_array();
    let labels = items
        .into_iter()
        .flatten()
        .filter_map(|item| item["label"].as_str());
    labels
        .map(|label| label.split(['(', ' ']).next().unwrap_or(label).to_owned())
        .collect()
}

/// A package that depends on the runtime as it is here. Returns its `main.rs`.
fn write_package(folder: &Path) -> Fallible<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("..")
        .canonicalize()?;
    let runtime = root.join("runtime");
    let manifest = format!(
        "[package]\nname = \"typed\"\nedition = \"2024\"\n[workspace]\n[dependencies]\n\
         sendoff = {{ path = {runtime:?} }}\n\
         tokio = {{ version = \"1\", features = [\"full\"] }}\n"
    );
    fs::write(folder.join("Cargo.toml"), manifest)?;
    fs::copy(root.join("Cargo.lock"), folder.join("Cargo.lock"))?;
    fs::create_dir(folder.join("src"))?;
    let main = folder.join("src/main.rs");
    fs::write(&main, PRELUDE)?;
    Ok(main)
}

/// Beside this program, so that nothing is built twice.
fn target_directory() -> Fallible<PathBuf> {
    let program = env::current_exe()?;
    let target = program.ancestors().nth(3).ok_or("no target directory")?;
    Ok(target.join("editor"))
}
