//! What is lost when a server is told to stop, and what can keep it from its end?

use std::io::{self, ErrorKind};
use std::net::SocketAddr;
use std::sync::atomic::{AtomicUsize, Ordering::SeqCst};
use std::time::{Duration, Instant};

use rustix::process::{Signal, kill_process};

use super::client::{MOMENT, Wire};
use super::frames::{ACK, Connection, GOAWAY, HEADERS, PING, frame, get};
use super::{Report, Subject, seconds};
use crate::servers::Server;

const GET: &str = "GET / HTTP/1.1\r\nhost: test\r\n\r\n";

pub fn check(subject: &Subject, report: &mut Report) -> io::Result<()> {
    under_load(subject, report)?;
    unread(subject, report)?;
    let held: Vec<_> = std::thread::scope(|scope| {
        let waiting: Vec<_> = HOLDS
            .iter()
            .map(|(row, holds)| (row, scope.spawn(|| hold(subject, holds))))
            .collect();
        let ended = waiting
            .into_iter()
            .map(|(row, thread)| (row, thread.join()));
        ended.collect()
    });
    for (row, cell) in held {
        let (text, right) = cell.expect("no panic")?;
        report.judge(row, text, right);
    }
    stream(subject, report)
}

/// What the clients of a run have counted.
#[derive(Default)]
struct Counts {
    answered: AtomicUsize,
    lost: AtomicUsize,
}

/// A request is lost if its client has written all of it on a connection of whose end it knew
/// nothing, and gets no whole answer.
fn under_load(subject: &Subject, report: &mut Report) -> io::Result<()> {
    const CLIENTS: usize = 16;
    const ROUNDS: usize = 20;
    const REQUESTS: usize = 1000;
    let counts = Counts::default();
    let mut longest = Duration::ZERO;
    for _ in 0..ROUNDS {
        let mut server = subject.start()?;
        let before = counts.answered.load(SeqCst);
        let time = std::thread::scope(|scope| {
            for turn in 0..CLIENTS {
                let (address, counts) = (server.address, &counts);
                scope.spawn(move || client(address, counts, turn));
            }
            while counts.answered.load(SeqCst) - before < REQUESTS {
                std::thread::sleep(Duration::from_millis(1));
            }
            end(&mut server, subject.patience)
        })?;
        longest = longest.max(time.unwrap_or(subject.patience));
    }
    let (answered, lost) = (counts.answered.load(SeqCst), counts.lost.load(SeqCst));
    let text = format!("{lost} of {}", answered + lost);
    let row = "20 stops under load of 16 connections: requests lost";
    report.judge(row, text, lost == 0);
    let row = "20 stops under load of 16 connections: the longest took";
    report.judge(row, seconds(longest), longest < subject.patience);
    Ok(())
}

/// Sends one request after the other until the connection ends or is said to.
fn client(address: SocketAddr, counts: &Counts, mut turn: usize) {
    let Ok(mut wire) = Wire::connect(address) else {
        return;
    };
    while !has_ended(&wire) {
        turn += 1;
        let path = match turn % 3 {
            0 => "/".to_owned(),
            slow => format!("/slow/{}", slow * 4 + turn % 7),
        };
        let request = format!("GET {path} HTTP/1.1\r\nhost: test\r\n\r\n");
        if wire.send(request).is_err() {
            // The kernel knew of the end.
            return;
        }
        let Ok(answer) = wire.answer(Duration::from_secs(30)) else {
            counts.lost.fetch_add(1, SeqCst);
            return;
        };
        counts.answered.fetch_add(1, SeqCst);
        if answer
            .header("connection")
            .is_some_and(|value| value == "close")
        {
            return;
        }
    }
}

/// Has the server closed the connection, as far as the client's kernel knows?
fn has_ended(wire: &Wire) -> bool {
    let stream = &wire.stream;
    stream.set_nonblocking(true).expect("an option");
    let peeked = stream.peek(&mut [0]);
    stream.set_nonblocking(false).expect("an option");
    !peeked.is_err_and(|fault| fault.kind() == ErrorKind::WouldBlock)
}

/// Requests that the kernel has, and the server has not read when it is told to stop: it is
/// stopped by SIGSTOP in between.
fn unread(subject: &Subject, report: &mut Report) -> io::Result<()> {
    const CLIENTS: usize = 16;
    const ROUNDS: usize = 5;
    for (row, kept) in [
        (
            "requests in the socket's buffer at the stop: answered",
            true,
        ),
        ("connections in the queue at the stop: answered", false),
    ] {
        let mut answered = 0;
        for _ in 0..ROUNDS {
            let server = subject.start()?;
            let mut wires = Vec::new();
            for _ in 0..if kept { CLIENTS } else { 0 } {
                let mut wire = Wire::connect(server.address)?;
                wire.get("/").map_err(|end| io::Error::other(end.words()))?;
                wires.push(wire);
            }
            std::thread::sleep(Duration::from_millis(50));
            kill_process(server.process(), Signal::STOP)?;
            while wires.len() < CLIENTS {
                wires.push(Wire::connect(server.address)?);
            }
            for wire in &mut wires {
                wire.send(GET)?;
            }
            server.terminate()?;
            kill_process(server.process(), Signal::CONT)?;
            let answers = wires.iter_mut().map(|wire| wire.answer(2 * MOMENT));
            answered += answers.filter(Result::is_ok).count();
        }
        let all = CLIENTS * ROUNDS;
        report.judge(row, format!("{answered} of {all}"), answered == all);
    }
    Ok(())
}

/// What a client sends, and what is answered.
struct Holds {
    sends: &'static str,
    /// Before the stop.
    answers: usize,
    /// After it.
    waits_for: bool,
}

const fn holds(sends: &'static str, answers: usize) -> Holds {
    Holds {
        sends,
        answers,
        waits_for: false,
    }
}

const HOLDS: [(&str, Holds); 6] = [
    ("stop with a connection that sent nothing", holds("", 0)),
    ("stop with an idle connection", holds(GET, 1)),
    (
        "stop with a half of a head",
        holds("GET / HTTP/1.1\r\nho", 0),
    ),
    (
        "stop with a half of a body",
        holds(
            "POST /echo HTTP/1.1\r\nhost: test\r\ncontent-length: 5\r\n\r\nab",
            0,
        ),
    ),
    (
        "stop with a response that nobody reads",
        holds("GET /download/1024 HTTP/1.1\r\nhost: test\r\n\r\n", 0),
    ),
    (
        "stop with a handler that runs for 2 s",
        Holds {
            sends: "GET /slow/2000 HTTP/1.1\r\nhost: test\r\n\r\n",
            answers: 0,
            waits_for: true,
        },
    ),
];

fn hold(subject: &Subject, holds: &Holds) -> io::Result<(String, bool)> {
    let mut server = subject.start()?;
    let mut wire = Wire::connect(server.address)?;
    wire.send(holds.sends)?;
    for _ in 0..holds.answers {
        wire.answer(MOMENT)
            .map_err(|end| io::Error::other(end.words()))?;
    }
    std::thread::sleep(Duration::from_millis(300));
    let time = end(&mut server, subject.patience)?;
    let mut text = match time {
        Some(time) => format!("ends in {}", seconds(time)),
        None => format!("runs after {}", seconds(subject.patience)),
    };
    let mut right = time.is_some();
    if holds.waits_for {
        let answer = wire.answer(MOMENT);
        right &= answer.is_ok();
        text += if answer.is_ok() {
            ", answered"
        } else {
            ", not answered"
        };
    }
    Ok((text, right))
}

/// Stops a server; how long does it take, if it ends in time?
fn end(server: &mut Server, patience: Duration) -> io::Result<Option<Duration>> {
    let start = Instant::now();
    server.terminate()?;
    while start.elapsed() < patience {
        if server.has_ended()? {
            return Ok(Some(start.elapsed()));
        }
        std::thread::sleep(Duration::from_millis(5));
    }
    Ok(None)
}

/// HTTP/2: a request that runs is answered, and GOAWAY says that there will be no other.
fn stream(subject: &Subject, report: &mut Report) -> io::Result<()> {
    let mut server = subject.start()?;
    let mut connection = Connection::start(server.address, &[])?;
    connection.write(get("/slow/1000", 1));
    connection.sync();
    let time = std::thread::scope(|scope| {
        let reader = scope.spawn(move || {
            let (mut told, mut answered) = (false, false);
            while let Ok(next) = connection.next() {
                told |= next.kind == GOAWAY;
                if next.kind == PING && next.flags == 0 {
                    connection.write(frame(PING, ACK, 0, &next.payload));
                }
                answered |= next.kind == HEADERS && next.stream == 1 && next.status() == 200;
            }
            (told, answered)
        });
        let time = end(&mut server, subject.patience);
        time.map(|time| (time, reader.join().expect("no panic")))
    });
    let (time, (told, answered)) = time?;
    let text = format!(
        "{}, {}, {}",
        if answered { "answered" } else { "not answered" },
        if told { "GOAWAY" } else { "no GOAWAY" },
        time.map_or("runs on".to_owned(), |time| format!(
            "ends in {}",
            seconds(time)
        ))
    );
    let row = "HTTP/2: stop with a handler that runs for 1 s";
    report.judge(row, text, answered && told && time.is_some());
    Ok(())
}
