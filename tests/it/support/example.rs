//! How does a user run an example? With its `cargo run ..` line, from the root of the workspace.

use std::net::SocketAddr;
use std::process::Stdio;

use tokio::io::{AsyncBufReadExt, AsyncReadExt, BufReader, Lines};
use tokio::process::{Child, ChildStdout, Command};
use tokio::task::JoinHandle;

use crate::support::wire::{Answer, Wire};

const ROOT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/..");

/// An example that serves. It is killed when it is dropped.
pub(crate) struct Example {
    child: Child,
    output: Lines<BufReader<ChildStdout>>,
    log: JoinHandle<String>,
    /// The line that says that it is ready.
    pub(crate) ready: String,
}

/// What an example that has ended leaves.
#[derive(Debug)]
pub(crate) struct Ended {
    /// Its exit status; `None` if a signal ended it.
    pub(crate) code: Option<i32>,
    /// What it printed and nobody has read yet.
    pub(crate) output: String,
    /// Its standard error. Warnings of the build may come first.
    pub(crate) log: String,
}

impl Example {
    /// Starts one with flags, and waits until it is ready.
    pub(crate) async fn start(line: &str, flags: &[&str]) -> Example {
        Example::spawn(&mut command(line, flags)).await
    }

    /// Starts what a command of [`command`], or one around it, says.
    pub(crate) async fn spawn(command: &mut Command) -> Example {
        let mut child = command.spawn().expect("cargo can be started");
        let output = child.stdout.take().expect("its output is piped");
        let mut output = BufReader::new(output).lines();
        let mut errors = child.stderr.take().expect("its errors are piped");
        // Read all along: a process that nobody listens to waits when the pipe is full.
        let log = tokio::spawn(async move {
            let mut log = String::new();
            errors.read_to_string(&mut log).await.expect("text");
            log
        });
        let Some(ready) = output.next_line().await.expect("text") else {
            panic!(
                "{command:?} did not start:\n{}",
                log.await.expect("its log")
            );
        };
        Example {
            child,
            output,
            log,
            ready,
        }
    }

    /// Where it listens.
    pub(crate) fn url(&self) -> &str {
        let url = self.ready.strip_prefix("listening on ");
        url.expect("the line that says that it is ready has the URL")
    }

    /// Where it listens, as an address.
    pub(crate) fn address(&self) -> SocketAddr {
        let address = self.url().strip_prefix("http://").expect("a URL");
        address.parse().expect("an address")
    }

    /// A connection to it.
    pub(crate) async fn connect(&self) -> Wire {
        Wire::connect(self.address()).await.expect("it listens")
    }

    /// The answer to a request on a connection of its own.
    pub(crate) async fn ask(&self, line: &str, headers: &[&str], body: &str) -> Answer {
        let mut wire = self.connect().await;
        wire.request(line, headers, body).await;
        wire.answer(line.starts_with("HEAD ")).await
    }

    /// Asks it to stop, as a supervisor does.
    #[cfg(unix)]
    pub(crate) fn ask_to_stop(&self) {
        use rustix::process::{Pid, Signal, kill_process};

        let id = self.child.id().expect("it runs");
        let id = i32::try_from(id)
            .ok()
            .and_then(Pid::from_raw)
            .expect("a process id");
        kill_process(id, Signal::TERM).expect("it can be asked to stop");
    }

    /// Asks it to stop, and waits until it has.
    #[cfg(unix)]
    pub(crate) async fn terminate(mut self) -> Ended {
        self.ask_to_stop();
        let status = self.child.wait().await.expect("its status");
        let mut output = String::new();
        while let Some(line) = self.output.next_line().await.expect("text") {
            output.push_str(&line);
            output.push('\n');
        }
        Ended {
            code: status.code(),
            output,
            log: self.log.await.expect("its log"),
        }
    }
}

/// Runs an example that ends by itself.
pub(crate) async fn run(line: &str, flags: &[&str]) -> Ended {
    let output = command(line, flags)
        .output()
        .await
        .expect("cargo can be started");
    let text = |bytes| String::from_utf8(bytes).expect("text");
    Ended {
        code: output.status.code(),
        output: text(output.stdout),
        log: text(output.stderr),
    }
}

/// `cargo run ..` as this cargo, and silent about the build.
pub(crate) fn command(line: &str, flags: &[&str]) -> Command {
    let words = shlex::split(line).expect("the quotes are closed");
    let [cargo, run, arguments @ ..] = words.as_slice() else {
        panic!("`{line}` is too short");
    };
    assert_eq!([cargo, run], ["cargo", "run"], "`{line}` runs no example");
    let mut command = Command::new(env!("CARGO"));
    command
        .current_dir(ROOT)
        .args(["run", "--quiet"])
        .args(arguments)
        .arg("--")
        .args(flags)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .kill_on_drop(true);
    command
}
