//! Does a handler that has started reach its end, though its client has left?

use std::io;
use std::time::{Duration, Instant};

use super::client::Wire;
use super::{Report, Subject};
use crate::servers::Server;

pub fn check(subject: &Subject, report: &mut Report) -> io::Result<()> {
    const CLIENTS: usize = 1000;
    let server = subject.start()?;
    let mut clients = Vec::new();
    for _ in 0..CLIENTS {
        let mut wire = Wire::connect(server.address)?;
        wire.send("GET /slow/8000 HTTP/1.1\r\nhost: test\r\n\r\n")?;
        clients.push(wire);
    }
    let deadline = Instant::now() + Duration::from_secs(6);
    while counts(&server)?.0 < CLIENTS && Instant::now() < deadline {
        std::thread::sleep(Duration::from_millis(5));
    }
    drop(clients);
    let deadline = Instant::now() + Duration::from_secs(15);
    while counts(&server)?.1 < CLIENTS && Instant::now() < deadline {
        std::thread::sleep(Duration::from_millis(50));
    }
    let (started, ended) = counts(&server)?;
    let row = "handlers that reach their end after their clients have left";
    let text = format!("{ended} of {started}");
    report.judge(row, text, started == CLIENTS && ended == started);
    Ok(())
}

/// How many slow handlers have started, and how many have ended.
pub fn counts(server: &Server) -> io::Result<(usize, usize)> {
    let answer = Wire::connect(server.address)?.get("/counts");
    let answer = answer.map_err(|end| io::Error::other(end.words()))?;
    let text = String::from_utf8_lossy(&answer.body).into_owned();
    let numbers = text.split_once(' ');
    let parsed = numbers.and_then(|(a, b)| Some((a.parse().ok()?, b.parse().ok()?)));
    parsed.ok_or_else(|| io::Error::other(text))
}
