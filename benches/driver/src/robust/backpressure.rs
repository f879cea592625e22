//! How much of a response does a server keep for a client that does not read, or reads slowly?

use std::io::{self, Read as _};
use std::time::{Duration, Instant};

use super::client::{MOMENT, Wire};
use super::frames::{
    Connection, END_HEADERS, END_STREAM, HEADERS, SETTINGS_WINDOW, frame, request,
};
use super::{Report, Subject, mebibytes, resident};

/// What a server may keep in memory of it.
const ENOUGH: u64 = 8 << 20;

pub fn check(subject: &Subject, report: &mut Report) -> io::Result<()> {
    let server = subject.start()?;
    Wire::connect(server.address)?.get("/").ok();
    let before = resident(&server)?;
    let mut wire = Wire::connect(server.address)?;
    wire.send("GET /download/1024 HTTP/1.1\r\nhost: test\r\nconnection: close\r\n\r\n")?;
    std::thread::sleep(MOMENT);
    let grown = resident(&server)?.saturating_sub(before);
    let row = "a response of 1 GiB that nobody reads: memory";
    report.judge(row, mebibytes(grown), grown < ENOUGH);

    let start = Instant::now();
    let mut length = 0_usize;
    let mut part = vec![0; 256 * 1024];
    wire.stream
        .set_read_timeout(Some(Duration::from_secs(30)))?;
    while let Ok(read) = wire.stream.read(&mut part) {
        if read == 0 {
            break;
        }
        length += read;
    }
    let whole = length > 1 << 30;
    let seconds = start.elapsed().as_secs_f64();
    let text = format!("{} in {seconds:.1} s", mebibytes(length as u64));
    report.judge("the same, then read", text, whole);

    let before = resident(&server)?;
    // Each stream has a window of 0 bytes, and asks for 64 MiB.
    let mut connection = Connection::start(server.address, &[(SETTINGS_WINDOW, 0)])?;
    let ask = |n: u32| {
        let block = request("GET", "/download/64", &[]);
        frame(HEADERS, END_HEADERS | END_STREAM, 2 * n + 1, block)
    };
    let asked: Vec<u8> = (0..100).flat_map(ask).collect();
    connection.write(asked);
    std::thread::sleep(MOMENT);
    let grown = resident(&server)?.saturating_sub(before);
    let row = "HTTP/2: 100 responses of 64 MiB that nobody reads: memory";
    report.judge(row, mebibytes(grown), grown < 2 * ENOUGH);
    Ok(())
}
