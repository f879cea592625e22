//! What does an idle connection cost?

use std::io;
use std::net::SocketAddr;
use std::time::{Duration, Instant};

use super::client::Wire;
use super::{Report, Subject, mebibytes, resident};
use crate::servers::Server;

const CONNECTIONS: u64 = 10_000;

pub fn check(subject: &Subject, report: &mut Report) -> io::Result<()> {
    let server = subject.start()?;
    for _ in 0..10 {
        open(server.address, true)?;
    }
    let before = resident(&server)?;
    report.fact("memory of a server without connections", mebibytes(before));
    for (row, asks) in [
        (
            "bytes for each of 10,000 connections that sent nothing",
            false,
        ),
        ("bytes for each of 10,000 connections after a request", true),
    ] {
        let connections: Vec<Wire> = (0..CONNECTIONS)
            .map(|_| open(server.address, asks))
            .collect::<io::Result<_>>()?;
        // All of them are accepted when one that came later is served.
        open(server.address, true)?;
        std::thread::sleep(Duration::from_millis(500));
        let each = resident(&server)?.saturating_sub(before) / CONNECTIONS;
        report.fact(row, each.to_string());
        drop(connections);
        closed(&server)?;
        let kept = resident(&server)?.saturating_sub(before);
        let row = format!(
            "{} when they are closed: memory that is kept",
            row.replace("bytes for each of ", "")
        );
        report.fact(&row, mebibytes(kept));
    }
    Ok(())
}

fn open(address: SocketAddr, asks: bool) -> io::Result<Wire> {
    let mut wire = Wire::connect(address)?;
    if asks {
        wire.get("/").map_err(|end| io::Error::other(end.words()))?;
    }
    Ok(wire)
}

/// Waits until the server has closed its side, too.
fn closed(server: &Server) -> io::Result<()> {
    let start = Instant::now();
    while start.elapsed() < Duration::from_secs(20) {
        if std::fs::read_dir(format!("/proc/{}/fd", server.id()))?.count() < 100 {
            break;
        }
        std::thread::sleep(Duration::from_millis(50));
    }
    std::thread::sleep(Duration::from_millis(500));
    // What the allocator gives back, it may give back on the next occasion.
    for _ in 0..10 {
        open(server.address, true)?;
    }
    Ok(())
}
