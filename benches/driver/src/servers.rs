//! Which servers are compared, and how does one run?

use std::io::{self, BufRead as _, BufReader};
use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};

use rustix::process::{Pid, Signal, kill_process};

/// Names of binaries, and of the packages that they are in. Each package is built on its own, so
/// that none gets the features of its dependencies that another asks for.
const SERVERS: [(&str, &str); 7] = [
    ("hyper", "bench-hyper"),
    ("hyper-auto", "bench-hyper"),
    ("hyper-graceful", "bench-hyper"),
    ("axum", "bench-axum"),
    ("actix", "bench-actix"),
    ("salvo", "bench-salvo"),
    ("sendoff", "bench-sendoff"),
];

/// They answer as little as possible: what hyper itself costs.
const FLOORS: [&str; 2] = ["hyper", "hyper-auto"];

/// Builds those of the servers that are named, or all if none is.
pub fn build(named: &[String], with_floors: bool) -> io::Result<Vec<&'static str>> {
    let offered = SERVERS
        .into_iter()
        .filter(|(name, _)| with_floors || !FLOORS.contains(name));
    let offered: Vec<_> = offered.collect();
    if let Some(unknown) = named
        .iter()
        .find(|name| offered.iter().all(|(n, _)| n != name))
    {
        return Err(io::Error::other(format!("no server {unknown}")));
    }
    let chosen = offered
        .into_iter()
        .filter(|(name, _)| named.is_empty() || named.iter().any(|n| n == name));
    let (names, mut packages): (Vec<_>, Vec<_>) = chosen.unzip();
    packages.dedup();
    for package in packages {
        let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
        let status = Command::new(cargo)
            .args(["build", "--release", "--quiet", "--package", package])
            .current_dir(workspace())
            .status()?;
        if !status.success() {
            return Err(io::Error::other(format!("{package} does not build")));
        }
    }
    Ok(names)
}

fn workspace() -> PathBuf {
    let driver = PathBuf::from(env!("CARGO_MANIFEST_DIR"));
    driver.parent().expect("a workspace").to_owned()
}

fn target() -> PathBuf {
    let program = std::env::current_exe().expect("the path of this program");
    program
        .parent()
        .expect("a folder")
        .with_file_name("release")
}

pub fn binary(name: &str) -> PathBuf {
    target().join(name)
}

/// A server of its own process. It is killed when it is dropped.
pub struct Server {
    child: Child,
    pub address: SocketAddr,
}

impl Server {
    pub fn start(command: &mut Command) -> io::Result<Self> {
        let mut child = command.stdout(Stdio::piped()).spawn()?;
        let mut line = String::new();
        let output = child.stdout.take().expect("its output is piped");
        BufReader::new(output).read_line(&mut line)?;
        match line.trim().parse() {
            Ok(address) => Ok(Server { child, address }),
            Err(_) => {
                child.kill()?;
                child.wait()?;
                Err(io::Error::other(format!("no address: {line:?}")))
            }
        }
    }

    pub fn process(&self) -> Pid {
        Pid::from_child(&self.child)
    }

    pub fn id(&self) -> u32 {
        self.child.id()
    }

    pub fn has_ended(&mut self) -> io::Result<bool> {
        Ok(self.child.try_wait()?.is_some())
    }

    /// Sends SIGTERM.
    pub fn terminate(&self) -> io::Result<()> {
        Ok(kill_process(self.process(), Signal::TERM)?)
    }

    /// Waits for the end, and returns what it wrote to a standard error that was piped.
    pub fn wait(mut self) -> io::Result<String> {
        let mut log = String::new();
        if let Some(mut stderr) = self.child.stderr.take() {
            io::Read::read_to_string(&mut stderr, &mut log)?;
        }
        self.child.wait()?;
        Ok(log)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // It may have ended.
        self.child.kill().ok();
        self.child.wait().ok();
    }
}
