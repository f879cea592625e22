//! What becomes of a server that is treated badly? The same for all, and one table of it.

mod backpressure;
mod bodies;
mod client;
mod conduct;
mod crowd;
mod frames;
mod heads;
mod leaving;
mod memory;
mod requests;
mod shutdown;
mod silence;
mod streams;

use std::io;
use std::process::{Command, Stdio};
use std::time::Duration;

use crate::servers::{self, Server};
use crate::table::Table;

/// What is done to a server, which is started for it.
type Check = fn(&Subject, &mut Report) -> io::Result<()>;

/// A part of the table. Some are of one server after the other, so that nothing competes with it;
/// where a server is only waited for, all are asked at once.
struct Part {
    name: &'static str,
    check: Check,
    at_once: bool,
}

const fn part(name: &'static str, check: Check, at_once: bool) -> Part {
    Part {
        name,
        check,
        at_once,
    }
}

const PARTS: [Part; 9] = [
    part("requests", requests::check, true),
    part("streams", streams::check, false),
    part("conduct", conduct::check, true),
    part("crowd", crowd::check, false),
    part("leaving", leaving::check, false),
    part("backpressure", backpressure::check, false),
    part("shutdown", shutdown::check, false),
    part("silence", silence::check, true),
    part("memory", memory::check, false),
];

pub struct Options {
    pub servers: Vec<String>,
    /// How long to wait for a server that may wait for ever.
    pub patience: Duration,
    /// The parts to do; all if none is named.
    pub parts: Vec<String>,
    /// Also the rows on which all servers are right.
    pub all: bool,
}

/// Who is asked.
struct Subject {
    name: &'static str,
    patience: Duration,
}

impl Subject {
    fn start(&self) -> io::Result<Server> {
        let mut command = Command::new(servers::binary(self.name));
        Server::start(command.stderr(Stdio::null()))
    }
}

#[derive(Clone, Copy, PartialEq)]
enum Verdict {
    Right,
    Wrong,
    /// A figure without a bound.
    Fact,
}

#[derive(Clone)]
struct Cell {
    text: String,
    verdict: Verdict,
}

/// What was found about one server, row by row.
#[derive(Default)]
struct Report {
    rows: Vec<(String, Cell)>,
}

impl Report {
    fn judge(&mut self, row: &str, text: impl Into<String>, right: bool) {
        let verdict = if right {
            Verdict::Right
        } else {
            Verdict::Wrong
        };
        self.push(row, text, verdict);
    }

    fn fact(&mut self, row: &str, text: impl Into<String>) {
        self.push(row, text, Verdict::Fact);
    }

    fn push(&mut self, row: &str, text: impl Into<String>, verdict: Verdict) {
        let text = text.into();
        let cell = Cell { text, verdict };
        self.rows.push((row.to_owned(), cell));
    }
}

pub fn run(options: &Options) -> io::Result<()> {
    let names = servers::build(&options.servers, false)?;
    let wanted =
        |part: &Part| options.parts.is_empty() || options.parts.iter().any(|p| p == part.name);
    for part in PARTS.iter().filter(|part| wanted(part)) {
        let ask = |name| {
            let patience = options.patience;
            let mut report = Report::default();
            if let Err(fault) = (part.check)(&Subject { name, patience }, &mut report) {
                report.judge(part.name, fault.to_string(), false);
            }
            report
        };
        let reports: Vec<Report> = if part.at_once {
            std::thread::scope(|scope| {
                let asked: Vec<_> = names.iter().map(|name| scope.spawn(|| ask(name))).collect();
                let ended = asked
                    .into_iter()
                    .map(|thread| thread.join().expect("no panic"));
                ended.collect()
            })
        } else {
            names.iter().map(|name| ask(name)).collect()
        };
        print!("{}", tabulate(part.name, &names, &reports, options.all));
    }
    Ok(())
}

fn tabulate(part: &str, names: &[&str], reports: &[Report], all: bool) -> Table {
    let mut head = vec![part.to_owned()];
    head.extend(names.iter().map(|name| (*name).to_owned()));
    let mut table = Table::new(head);
    let mut rows: Vec<&str> = Vec::new();
    for (row, _) in reports.iter().flat_map(|report| &report.rows) {
        if !rows.contains(&&**row) {
            rows.push(row);
        }
    }
    let mut right = 0;
    for row in rows {
        let cells: Vec<Option<&Cell>> = reports
            .iter()
            .map(|report| report.rows.iter().find(|(name, _)| name == row))
            .map(|found| found.map(|(_, cell)| cell))
            .collect();
        let is_right =
            |cell: &Option<&Cell>| cell.is_none_or(|cell| cell.verdict == Verdict::Right);
        if !all && cells.iter().all(is_right) {
            right += 1;
            continue;
        }
        let text = |cell: Option<&Cell>| match cell {
            Some(cell) if cell.verdict == Verdict::Wrong => format!("✗ {}", cell.text),
            Some(cell) => cell.text.clone(),
            None => String::new(),
        };
        let mut line = vec![row.to_owned()];
        line.extend(cells.into_iter().map(text));
        table.push(line);
    }
    if right > 0 {
        let mut line = vec![format!("{right} more on which all are right")];
        line.resize(names.len() + 1, String::new());
        table.push(line);
    }
    let wrong = |report: &Report| {
        let judged = report
            .rows
            .iter()
            .filter(|(_, cell)| cell.verdict != Verdict::Fact);
        let wrong = judged
            .clone()
            .filter(|(_, cell)| cell.verdict == Verdict::Wrong);
        format!("{} of {}", wrong.count(), judged.count())
    };
    let mut sum = vec!["**wrong**".to_owned()];
    sum.extend(reports.iter().map(wrong));
    table.push(sum);
    table
}

/// The resident memory of a server, in bytes.
fn resident(server: &Server) -> io::Result<u64> {
    let status = std::fs::read_to_string(format!("/proc/{}/status", server.id()))?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    let kilobytes = line.and_then(|line| line.trim().strip_suffix(" kB"));
    let kilobytes: Option<u64> = kilobytes.and_then(|number| number.parse().ok());
    Ok(kilobytes.ok_or_else(|| io::Error::other("no VmRSS"))? * 1024)
}

fn mebibytes(bytes: u64) -> String {
    format!("{}.{} MiB", bytes >> 20, ((bytes & 0xF_FFFF) * 10) >> 20)
}

fn seconds(time: Duration) -> String {
    format!("{:.1} s", time.as_secs_f64())
}
