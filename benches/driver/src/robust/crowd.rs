//! What if there are too many connections: for the process, or at once?

use std::io;
use std::net::SocketAddr;
use std::sync::Barrier;
use std::time::{Duration, Instant};

use rustix::process::{Resource, Rlimit, prlimit};

use super::client::{MOMENT, Wire};
use super::{Report, Subject, seconds};
use crate::servers::Server;

pub fn check(subject: &Subject, report: &mut Report) -> io::Result<()> {
    descriptors(subject, report)?;
    flood(subject, report)
}

/// More connections than the process may have file descriptors.
fn descriptors(subject: &Subject, report: &mut Report) -> io::Result<()> {
    const LIMIT: u64 = 64;
    const MORE: usize = 150;
    let server = subject.start()?;
    let limit = Rlimit {
        current: Some(LIMIT),
        maximum: Some(LIMIT),
    };
    prlimit(Some(server.process()), Resource::Nofile, limit)?;
    let mut first = Wire::connect(server.address)?;
    let before = first.get("/").is_ok();
    let idle: Vec<_> = (0..MORE)
        .map(|_| Wire::connect(server.address))
        .collect::<io::Result<_>>()?;
    std::thread::sleep(MOMENT / 4);
    let spent = processor_time(&server)?;
    std::thread::sleep(MOMENT);
    let spent = processor_time(&server)? - spent;
    let during = first.get("/").is_ok();
    let served = if during { "served" } else { "not served" };
    let row = "no file descriptor left: who is connected";
    report.judge(row, served, before && during);
    let share = spent.as_secs_f64() / MOMENT.as_secs_f64() * 100.0;
    let row = "no file descriptor left: processor time";
    report.judge(row, format!("{share:.0} %"), share < 20.0);

    drop(idle);
    let start = Instant::now();
    let next = Wire::connect(server.address).is_ok_and(|mut wire| wire.get("/").is_ok());
    let row = "the next connection, once there are some again";
    let text = match next {
        true => format!("served in {}", seconds(start.elapsed())),
        false => "not served".to_owned(),
    };
    report.judge(row, text, next);
    Ok(())
}

/// In user and kernel mode, read from `/proc`, whose unit is a hundredth of a second.
fn processor_time(server: &Server) -> io::Result<Duration> {
    let stat = std::fs::read_to_string(format!("/proc/{}/stat", server.id()))?;
    let fields = stat.rsplit(") ").next().unwrap_or_default();
    let ticks = fields.split(' ').skip(11).take(2);
    let ticks: u64 = ticks.filter_map(|field| field.parse::<u64>().ok()).sum();
    Ok(Duration::from_millis(ticks * 10))
}

/// Connections that are all opened at once: how many wait for the client's kernel to ask again,
/// after a second?
fn flood(subject: &Subject, report: &mut Report) -> io::Result<()> {
    const CLIENTS: usize = 1000;
    const LATE: Duration = Duration::from_millis(900);
    let server = subject.start()?;
    let barrier = Barrier::new(CLIENTS);
    let times: Vec<_> = std::thread::scope(|scope| {
        let clients: Vec<_> = (0..CLIENTS)
            .map(|_| {
                let client = || connect(server.address, &barrier);
                let thread = std::thread::Builder::new().stack_size(128 * 1024);
                thread.spawn_scoped(scope, client).expect("a thread")
            })
            .collect();
        let ended = clients
            .into_iter()
            .map(|client| client.join().expect("no panic"));
        ended.collect()
    });
    let late = |time: Option<Duration>| time.is_none_or(|time| time > LATE);
    let connects = times
        .iter()
        .filter(|(connected, _)| late(*connected))
        .count();
    let answers = times.iter().filter(|(_, answered)| late(*answered)).count();
    let lost = times
        .iter()
        .filter(|(_, answered)| answered.is_none())
        .count();
    let row = "1,000 connections at once: connected after more than 0.9 s";
    report.judge(row, connects.to_string(), connects == 0);
    let row = "1,000 connections at once: answered after more than 0.9 s";
    report.judge(row, answers.to_string(), answers == 0);
    let row = "1,000 connections at once: not answered";
    report.judge(row, lost.to_string(), lost == 0);
    Ok(())
}

/// How long it took to connect, and to get an answer.
fn connect(address: SocketAddr, barrier: &Barrier) -> (Option<Duration>, Option<Duration>) {
    barrier.wait();
    let start = Instant::now();
    let Ok(mut wire) = Wire::connect(address) else {
        return (None, None);
    };
    let connected = start.elapsed();
    let answered = wire.get("/").is_ok().then(|| start.elapsed());
    (Some(connected), answered)
}
