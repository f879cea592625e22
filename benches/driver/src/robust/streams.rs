//! What becomes of HTTP/2 frames that are wrong, or too many?

use std::io::{self, ErrorKind};
use std::time::Duration;

use super::client::Wire;
use super::frames::{
    CONTINUATION, Connection, DATA, END_HEADERS, END_STREAM, GOAWAY, HEADERS, PING, RST_STREAM,
    SETTINGS, WINDOW_UPDATE, block, frame, get, request, settings,
};
use super::{Report, Subject, leaving, mebibytes, resident};
use crate::servers::Server;

/// What is right.
enum Want {
    /// The connection ends.
    Fatal,
    /// The stream or the connection ends, or the answer is 4xx or 501.
    Refused,
    /// As `Refused`, by an answer.
    Answered,
    /// The connection goes on.
    GoesOn,
}
use Want::{Answered, Fatal, GoesOn, Refused};

pub fn check(subject: &Subject, report: &mut Report) -> io::Result<()> {
    let server = subject.start()?;
    for (row, bytes, want) in frames().into_iter().chain(requests()) {
        let (said, goes_on) = said(&server, bytes)?;
        let after = if goes_on { "goes on" } else { "ends" };
        let first = said.first().map_or("nothing", |said| said);
        let refused = ["4", "501", "RST", "GOAWAY"]
            .iter()
            .any(|s| first.starts_with(s));
        let right = match want {
            Fatal => !goes_on && !first.starts_with('2'),
            Refused => refused || (first == "nothing" && !goes_on),
            Answered => refused && !first.starts_with('G') && !first.starts_with('R'),
            GoesOn => goes_on,
        };
        report.judge(row, format!("{first}, {after}"), right);
        if Wire::connect(server.address)?.get("/").is_err() {
            return Err(io::Error::other(format!("dead after {row}")));
        }
    }
    floods(subject, report)
}

/// What the server says of a stream 1 or of the connection, and does it answer a request that comes
/// last?
fn said(server: &Server, bytes: Vec<u8>) -> io::Result<(Vec<String>, bool)> {
    const LAST: u32 = 9999;
    let mut connection = Connection::start(server.address, &[])?;
    connection.write([bytes, get("/", LAST)].concat());
    let (mut said, mut goes_on) = (Vec::new(), false);
    // The answers come in any order.
    while !goes_on || said.is_empty() {
        match connection.next() {
            Ok(next) => match next.kind {
                HEADERS if next.stream == LAST => {
                    goes_on = next.status() == 200;
                    connection.patience(Duration::from_millis(300))?;
                }
                HEADERS => said.push(next.status().to_string()),
                RST_STREAM => said.push(format!("RST_STREAM {}", next.code())),
                GOAWAY => said.push(format!("GOAWAY {}", next.code())),
                _ => {}
            },
            Err(fault) if matches!(fault.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut) => {
                if !goes_on {
                    said.push("waits".to_owned());
                }
                break;
            }
            Err(_) => {
                goes_on = false;
                break;
            }
        }
    }
    Ok((said, goes_on))
}

type Row = (&'static str, Vec<u8>, Want);

/// A request with this header block, on stream 1.
fn headers(block: Vec<u8>) -> Vec<u8> {
    frame(HEADERS, END_HEADERS | END_STREAM, 1, block)
}

/// RFC 9113 sections 4 to 6.
fn frames() -> Vec<Row> {
    let open = || frame(HEADERS, 0, 1, request("GET", "/", &[]));
    vec![
        (
            "a frame of more than 16 KiB",
            frame(DATA, 0, 1, [0; 20_000]),
            Fatal,
        ),
        ("DATA on stream 0", frame(DATA, 0, 0, b"ab"), Fatal),
        ("HEADERS on stream 0", get("/", 0), Fatal),
        ("HEADERS on a stream of the server's", get("/", 2), Fatal),
        (
            "CONTINUATION after nothing",
            frame(CONTINUATION, END_HEADERS, 1, b""),
            Fatal,
        ),
        (
            "another frame between HEADERS and CONTINUATION",
            [open(), frame(PING, 0, 0, [0; 8])].concat(),
            Fatal,
        ),
        (
            "SETTINGS of five bytes",
            frame(SETTINGS, 0, 0, [0; 5]),
            Fatal,
        ),
        (
            "SETTINGS with a window above 2^31 - 1",
            settings(&[(4, 1 << 31)]),
            Fatal,
        ),
        ("PING of seven bytes", frame(PING, 0, 0, [0; 7]), Fatal),
        (
            "WINDOW_UPDATE by 0",
            frame(WINDOW_UPDATE, 0, 0, [0; 4]),
            Fatal,
        ),
        (
            "WINDOW_UPDATE beyond 2^31 - 1",
            frame(WINDOW_UPDATE, 0, 0, [0x7F, 0xFF, 0xFF, 0xFF]),
            Fatal,
        ),
        (
            "a header block that is no HPACK",
            headers(vec![0xFF; 20]),
            Fatal,
        ),
        (
            "a frame of an unknown type",
            frame(0x77, 0, 0, b"ab"),
            GoesOn,
        ),
    ]
}

/// RFC 9113 section 8.
fn requests() -> Vec<Row> {
    let with = |others: &[(&str, &str)]| headers(request("GET", "/", others));
    let pseudo = |name, value| {
        let first = [(":method", "GET"), (":scheme", "http"), (":path", "/")];
        headers(block(&[&first[..], &[(name, value)]].concat()))
    };
    let post = |length: &str| {
        let block = request("POST", "/echo", &[("content-length", length)]);
        let end = frame(DATA, END_STREAM, 1, b"ab");
        [frame(HEADERS, END_HEADERS, 1, block), end].concat()
    };
    let without = |pairs: &[(&str, &str)]| headers(block(pairs));
    vec![
        (
            "HTTP/2: no `:method`",
            without(&[(":scheme", "http"), (":authority", "test"), (":path", "/")]),
            Refused,
        ),
        ("HTTP/2: two `:path`", pseudo(":path", "/"), Refused),
        (
            "HTTP/2: `:status` in a request",
            pseudo(":status", "200"),
            Refused,
        ),
        ("HTTP/2: a name in upper case", with(&[("A", "b")]), Refused),
        (
            "HTTP/2: CR and LF in a value",
            with(&[("a", "b\r\nc: d")]),
            Refused,
        ),
        (
            "HTTP/2: `Connection`",
            with(&[("connection", "close")]),
            Refused,
        ),
        (
            "HTTP/2: `Transfer-Encoding`",
            with(&[("transfer-encoding", "chunked")]),
            Refused,
        ),
        (
            "HTTP/2: a body that is shorter than its length",
            post("5"),
            Refused,
        ),
        (
            "HTTP/2: a body that is longer than its length",
            post("1"),
            Refused,
        ),
        (
            "HTTP/2: a `Host` that is not `:authority`",
            with(&[("host", "other")]),
            Refused,
        ),
        (
            "HTTP/2: neither `Host` nor `:authority`",
            without(&[(":method", "GET"), (":scheme", "http"), (":path", "/")]),
            Refused,
        ),
        (
            "HTTP/2: two `Host`",
            with(&[("host", "test"), ("host", "test")]),
            Refused,
        ),
        (
            "HTTP/2: a user in `:authority`",
            pseudo(":authority", "user@test"),
            Refused,
        ),
        (
            "HTTP/2: `CONNECT`",
            without(&[(":method", "CONNECT"), (":authority", "test:443")]),
            Refused,
        ),
        (
            "HTTP/2: a handler that panics",
            headers(request("GET", "/panic", &[])),
            GoesOn,
        ),
        ("HTTP/2: a path of 60 KB", long_path(), Answered),
    ]
}

fn long_path() -> Vec<u8> {
    let path = format!("/{}", "x".repeat(60_000));
    let whole = request("GET", &path, &[]);
    let mut parts = whole.chunks(16 * 1024);
    let first = parts.next().expect("a part");
    let mut bytes = frame(HEADERS, END_STREAM, 1, first);
    let rest: Vec<_> = parts.collect();
    for (n, part) in rest.iter().enumerate() {
        let flags = if n + 1 == rest.len() { END_HEADERS } else { 0 };
        bytes.extend(frame(CONTINUATION, flags, 1, part));
    }
    bytes
}

fn floods(subject: &Subject, report: &mut Report) -> io::Result<()> {
    let reset = |stream| frame(RST_STREAM, 0, stream, [0, 0, 0, 8]);

    let server = subject.start()?;
    let mut connection = Connection::start(server.address, &[])?;
    let pairs = (0..10_000).map(|n| [get("/slow/1000", 2 * n + 1), reset(2 * n + 1)].concat());
    let open = connection.write(pairs.collect::<Vec<_>>().concat()) && connection.sync();
    let (started, _) = leaving::counts(&server)?;
    let end = if open { "goes on" } else { "cut" };
    let row = "10,000 requests, each reset at once (CVE-2023-44487)";
    report.judge(row, format!("{end}, {started} handlers ran"), !open);

    let server = subject.start()?;
    let mut connection = Connection::start(server.address, &[])?;
    let open = (0..2000).all(|n| {
        connection.write(get("/slow/1000", 2 * n + 1))
            && connection.sync()
            && connection.write(reset(2 * n + 1))
    });
    let (started, _) = leaving::counts(&server)?;
    let end = if open { "goes on" } else { "cut" };
    let row = "2,000 requests, each reset when its handler runs";
    report.judge(row, format!("{end}, {started} handlers ran"), !open);

    let large = request("GET", "/", &[("a", &"b".repeat(15_000))]);
    let first = frame(HEADERS, 0, 1, large);
    let many = frame(CONTINUATION, 0, 1, [0; 16 * 1024]).repeat(1024);
    let row = "16 MiB of CONTINUATION frames (CVE-2024-27316)";
    flood(subject, report, row, [first, many].concat(), true)?;

    let open = frame(HEADERS, END_STREAM, 1, request("GET", "/", &[]));
    let many = frame(CONTINUATION, 0, 1, b"").repeat(100_000);
    let row = "100,000 empty CONTINUATION frames";
    flood(subject, report, row, [open, many].concat(), true)?;

    let mut bomb = request("GET", "/", &[]);
    bomb.extend_from_slice(&[0x40, 1, b'a', 127, 0xA1, 0x1E]);
    bomb.extend_from_slice(&[b'b'; 4000]);
    bomb.extend_from_slice(&[0xBE; 8000]);
    let bytes = headers(bomb);
    let row = "a header block of 12 KiB that unpacks to 32 MB";
    flood(subject, report, row, bytes, true)?;

    let head = frame(HEADERS, END_HEADERS, 1, request("POST", "/echo", &[]));
    let many = frame(DATA, 0, 1, b"").repeat(100_000);
    let row = "100,000 empty DATA frames (CVE-2019-9518)";
    flood(subject, report, row, [head, many].concat(), true)?;

    let row = "500,000 PING frames, no answer of which is read (CVE-2019-9512)";
    let pings = frame(PING, 0, 0, [0; 8]).repeat(500_000);
    flood(subject, report, row, pings, false)?;
    let row = "500,000 SETTINGS frames, no answer of which is read (CVE-2019-9515)";
    flood(subject, report, row, settings(&[]).repeat(500_000), false)
}

/// Sends it all, without reading. Is the connection cut, and what does it cost in memory?
fn flood(
    subject: &Subject,
    report: &mut Report,
    row: &str,
    bytes: Vec<u8>,
    must_be_cut: bool,
) -> io::Result<()> {
    let server = subject.start()?;
    Wire::connect(server.address)?.get("/").ok();
    let before = resident(&server)?;
    let mut connection = Connection::start(server.address, &[])?;
    let taken = connection.write(&bytes);
    std::thread::sleep(Duration::from_millis(300));
    let grown = resident(&server)?.saturating_sub(before);
    let open = match taken {
        // Who waits for the client to read takes no more.
        false if !must_be_cut => true,
        taken => taken && connection.sync(),
    };
    let end = if open { "goes on" } else { "cut" };
    let small = grown < 8 << 20;
    let lives = Wire::connect(server.address)?.get("/").is_ok();
    let text = format!("{end}, {}", mebibytes(grown));
    report.judge(row, text, lives && small && (!open || !must_be_cut));
    Ok(())
}
