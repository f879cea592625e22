//! Which servers are compared, and how does one run?

use std::io::{self, BufRead as _, BufReader};
use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};

use rustix::process::{Pid, Signal, kill_process};

/// Names of binaries, and of the packages that they are in. Each package is built on its own, so
/// that none gets the features of its dependencies that another asks for.
pub const SERVERS: [(&str, &str); 7] = [
    ("hyper", "bench-hyper"),
    ("hyper-auto", "bench-hyper"),
    ("hyper-graceful", "bench-hyper"),
    ("axum", "bench-axum"),
    ("actix", "bench-actix"),
    ("salvo", "bench-salvo"),
    ("sendoff", "bench-sendoff"),
];

/// Builds those of the servers that are named, or all if none is.
pub fn build(names: &[String]) -> io::Result<Vec<&'static str>> {
    if let Some(name) = names
        .iter()
        .find(|name| SERVERS.iter().all(|(s, _)| s != name))
    {
        return Err(io::Error::other(format!("no server {name}")));
    }
    let mut chosen = Vec::new();
    let mut built = "";
    for (name, package) in SERVERS {
        if !names.is_empty() && !names.iter().any(|n| n == name) {
            continue;
        }
        if package != built {
            let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
            let status = Command::new(cargo)
                .args(["build", "--release", "--quiet", "--package", package])
                .current_dir(workspace())
                .status()?;
            if !status.success() {
                return Err(io::Error::other(format!("{package} does not build")));
            }
            built = package;
        }
        chosen.push(name);
    }
    Ok(chosen)
}

pub fn workspace() -> PathBuf {
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
