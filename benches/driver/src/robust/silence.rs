//! How long does a client that does nothing hold a connection? And is one that is slow served?

use std::io::{self, Read as _};
use std::time::{Duration, Instant};

use super::client::{End, Wire};
use super::{Report, Subject};

const GET: &str = "GET / HTTP/1.1\r\nhost: test\r\n\r\n";
const POST: &str = "POST /echo HTTP/1.1\r\nhost: test\r\n";

/// What the client sends, and whether it is answered before it falls silent.
fn rows() -> Vec<(&'static str, String, bool)> {
    let get = |rest: &str| format!("{GET}{rest}");
    let post = |rest: &str| format!("{POST}{rest}");
    vec![
        ("nothing, then silence", String::new(), false),
        ("one byte", "G".to_owned(), false),
        (
            "a half of HTTP/2's preface",
            "PRI * HTTP/2".to_owned(),
            false,
        ),
        (
            "a half of a head",
            "GET / HTTP/1.1\r\nhost: te".to_owned(),
            false,
        ),
        ("a request, then a half of a head", get("GET / HT"), true),
        (
            "a head, and nothing of its body",
            post("content-length: 2\r\n\r\n"),
            false,
        ),
        (
            "a half of a body",
            post("content-length: 2\r\n\r\na"),
            false,
        ),
        (
            "a half of a chunk",
            post("transfer-encoding: chunked\r\n\r\n5\r\nab"),
            false,
        ),
        ("a request, and no other", get(""), true),
        ("HTTP/2's preface, and nothing else", http2(), false),
    ]
}

fn http2() -> String {
    "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\u{4}\0\0\0\0\0".to_owned()
}

pub fn check(subject: &Subject, report: &mut Report) -> io::Result<()> {
    let server = subject.start()?;
    let address = server.address;
    let cells = std::thread::scope(|scope| -> io::Result<_> {
        let waiting: Vec<_> = rows()
            .into_iter()
            .map(|(row, bytes, answered)| {
                let patience = subject.patience;
                scope.spawn(move || -> io::Result<_> {
                    let mut wire = Wire::connect(address)?;
                    wire.send(bytes)?;
                    if answered {
                        wire.answer(patience).ok();
                    }
                    let start = Instant::now();
                    let answer = wire
                        .answer(patience)
                        .map(|answer| answer.status.to_string());
                    let end = wire.end(start + patience);
                    let time = start.elapsed().as_secs();
                    let word = answer.unwrap_or_else(|_| "no answer".to_owned());
                    let ended = end != End::Silent;
                    let text = match ended {
                        true => format!("{time} s, {word}"),
                        false => format!("open after {time} s"),
                    };
                    Ok((row, (text, ended)))
                })
            })
            .collect();
        let slow = scope.spawn(|| slow(subject));
        let unread = unread(subject)?;
        let ended = waiting
            .into_iter()
            .map(|thread| thread.join().expect("no panic"));
        let mut cells = ended.collect::<io::Result<Vec<_>>>()?;
        cells.push(("a request, and its response is not read", unread));
        let slow = slow.join().expect("no panic")?;
        cells.push(("a response that is read at 20 KiB/s", slow));
        Ok(cells)
    })?;
    for (row, (text, ended)) in cells {
        report.judge(row, text, ended);
    }
    let lives = Wire::connect(server.address)?.get("/").is_ok();
    report.judge(
        "after all that",
        if lives { "serves" } else { "is dead" },
        lives,
    );
    Ok(())
}

/// Asks for more than the sockets hold. The client does not see the end of a connection that it does
/// not read: how many files the server has open tells.
fn download(subject: &Subject, mut read: impl FnMut(&mut Wire)) -> io::Result<Option<Duration>> {
    let server = subject.start()?;
    drop(Wire::connect(server.address)?.get("/"));
    std::thread::sleep(Duration::from_millis(200));
    let files = || std::fs::read_dir(format!("/proc/{}/fd", server.id())).map(Iterator::count);
    let before = files()?;
    let mut wire = Wire::connect(server.address)?;
    wire.send("GET /download/1024 HTTP/1.1\r\nhost: test\r\n\r\n")?;
    let start = Instant::now();
    while start.elapsed() < subject.patience {
        std::thread::sleep(Duration::from_millis(200));
        read(&mut wire);
        if files()? <= before {
            return Ok(Some(start.elapsed()));
        }
    }
    Ok(None)
}

fn unread(subject: &Subject) -> io::Result<(String, bool)> {
    let cut = download(subject, |_| {})?;
    let text = match cut {
        Some(time) => format!("{} s, cut", time.as_secs()),
        None => format!("open after {} s", subject.patience.as_secs()),
    };
    Ok((text, cut.is_some()))
}

/// 20 KiB in each second.
fn slow(subject: &Subject) -> io::Result<(String, bool)> {
    let cut = download(subject, |wire| {
        wire.stream.read_exact(&mut [0; 4096]).ok();
    })?;
    let text = match cut {
        Some(time) => format!("cut after {} s", time.as_secs()),
        None => format!("served for {} s", subject.patience.as_secs()),
    };
    Ok((text, cut.is_none()))
}
