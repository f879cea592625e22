//! How many instructions does a request cost?
//!
//! In user mode, over one HTTP/1.1 connection that is kept, one request after the other, counted by
//! callgrind: the slope between two counts of requests, so that the start costs nothing.

use std::io::{self, BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::process::{Command, Stdio};

use crate::servers::{self, Server};
use crate::table::Table;

const FEW: u64 = 2_000;
const MANY: u64 = 12_000;

const PATHS: [&str; 3] = ["/", "/users/7", "/users/9999"];

/// What the others are compared to.
const BASES: [&str; 2] = ["hyper-auto", "axum"];

pub fn run(names: &[String]) -> io::Result<()> {
    let names = servers::build(names, true)?;
    let mut rows = Vec::new();
    for name in names {
        let mut costs = Vec::new();
        for path in PATHS {
            let cost = (count(name, path, MANY)? - count(name, path, FEW)?) / (MANY - FEW);
            eprintln!("{name} {path}: {cost}");
            costs.push(cost);
        }
        rows.push((name, costs));
    }
    print!("{}", tabulate(&rows));
    Ok(())
}

fn tabulate(rows: &[(&str, Vec<u64>)]) -> Table {
    let mut head = vec!["instructions per request".to_owned()];
    for path in PATHS {
        head.push(format!("`GET {path}`"));
        head.extend(BASES.map(|base| format!("to {base}")));
    }
    let mut table = Table::new(head);
    for (name, costs) in rows {
        let mut cells = vec![(*name).to_owned()];
        for (path, cost) in costs.iter().enumerate() {
            cells.push(thousands(*cost));
            cells.extend(BASES.map(|base| {
                let base = rows.iter().find(|(name, _)| *name == base);
                base.map_or_else(String::new, |(_, costs)| ratio(*cost, costs[path]))
            }));
        }
        table.push(cells);
    }
    table
}

fn ratio(cost: u64, base: u64) -> String {
    let hundredths = (cost * 100 + base / 2) / base;
    format!("{}.{:02}", hundredths / 100, hundredths % 100)
}

fn thousands(number: u64) -> String {
    format!("{},{:03}", number / 1000, number % 1000)
}

/// The instructions of a server that answers so many requests.
fn count(name: &str, path: &str, requests: u64) -> io::Result<u64> {
    let file = format!("callgrind.{name}.{}.{requests}", path.replace('/', "-"));
    let file = servers::binary(&file);
    let mut out = std::ffi::OsString::from("--callgrind-out-file=");
    out.push(&file);
    let mut valgrind = Command::new("valgrind");
    valgrind.arg("--tool=callgrind").arg(out);
    valgrind.arg(servers::binary(name)).arg("--one-thread");
    let server = Server::start(valgrind.stderr(Stdio::piped()))?;
    let mut stream = TcpStream::connect(server.address)?;
    stream.set_nodelay(true)?;
    let request = format!("GET {path} HTTP/1.1\r\nHost: localhost\r\n\r\n");
    stream.write_all(request.as_bytes())?;
    let mut answer = vec![0; answer_size(&stream)?];
    for _ in 1..requests {
        stream.write_all(request.as_bytes())?;
        stream.read_exact(&mut answer)?;
        assert!(
            answer.starts_with(b"HTTP/1.1 "),
            "an answer of the same size"
        );
    }
    drop(stream);
    server.terminate()?;
    let log = server.wait()?;
    let counted = log.lines().find_map(|line| line.split_once("Collected : "));
    let counted = counted.and_then(|(_, number)| number.trim().parse().ok());
    counted.ok_or_else(|| io::Error::other(format!("callgrind counted nothing:\n{log}")))
}

/// Reads a response with a length; how many bytes is it?
fn answer_size(stream: &TcpStream) -> io::Result<usize> {
    let mut reader = BufReader::new(stream);
    let mut size = 0;
    let mut length = None;
    loop {
        let mut line = String::new();
        size += reader.read_line(&mut line)?;
        let line = line.trim_end().to_ascii_lowercase();
        if line.is_empty() {
            break;
        }
        if let Some(value) = line.strip_prefix("content-length:") {
            length = value.trim().parse().ok();
        }
    }
    let length = length.ok_or_else(|| io::Error::other("a response without a length"))?;
    reader.read_exact(&mut vec![0; length])?;
    Ok(size + length)
}
