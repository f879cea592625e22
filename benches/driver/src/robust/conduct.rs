//! Is an ordinary request, or a handler that fails, answered as it should be?

use std::io;
use std::time::{Duration, Instant};

use super::client::{Answer, End, MOMENT, Wire};
use super::{Report, Subject};
use crate::servers::Server;

pub fn check(subject: &Subject, report: &mut Report) -> io::Result<()> {
    let server = subject.start()?;
    panics(&server, report)?;
    answers(&server, report)?;
    expectations(&server, report)
}

fn ask(server: &Server, request: &str, head: bool) -> io::Result<(Result<Answer, End>, Wire)> {
    let mut wire = Wire::connect(server.address)?;
    wire.send(request)?;
    Ok((wire.answer_to(head, MOMENT), wire))
}

fn words(answer: &Result<Answer, End>) -> String {
    match answer {
        Ok(answer) => answer.status.to_string(),
        Err(end) => format!("no answer, {}", end.words()),
    }
}

fn panics(server: &Server, report: &mut Report) -> io::Result<()> {
    let (answer, mut wire) = ask(server, "GET /panic HTTP/1.1\r\nhost: test\r\n\r\n", false)?;
    let answered = answer.as_ref().is_ok_and(|answer| answer.status == 500);
    report.judge("a handler that panics", words(&answer), answered);
    let next = wire.get("/");
    let goes_on = if next.is_ok() { "goes on" } else { "is closed" };
    report.judge("the connection of a panic", goes_on, next.is_ok());
    Ok(())
}

fn answers(server: &Server, report: &mut Report) -> io::Result<()> {
    let (answer, mut wire) = ask(server, "HEAD /users/7 HTTP/1.1\r\nhost: test\r\n\r\n", true)?;
    let status = words(&answer);
    let right = answer.is_ok_and(|answer| {
        let length = answer.header("content-length").map(str::to_owned);
        answer.status == 200 && length.is_none_or(|length| length == "21")
    });
    // A body would come before the next answer.
    let next = wire.get("/users/8");
    let right = right && next.is_ok_and(|answer| answer.says("8"));
    report.judge(
        "`HEAD` of a `GET` route (RFC 9110 section 9.3.2)",
        status,
        right,
    );

    let delete = "DELETE /users/7 HTTP/1.1\r\nhost: test\r\n\r\n";
    let (answer, _) = ask(server, delete, false)?;
    let allow = answer
        .as_ref()
        .ok()
        .and_then(|answer| answer.header("allow"));
    let text = format!("{}, `Allow: {}`", words(&answer), allow.unwrap_or_default());
    let right = answer.as_ref().is_ok_and(|answer| answer.status == 405)
        && allow.is_some_and(|allow| allow.contains("GET"));
    report.judge(
        "a method without a route (RFC 9110 section 15.5.6)",
        text,
        right,
    );

    let (answer, _) = ask(server, "GET / HTTP/1.1\r\nhost: test\r\n\r\n", false)?;
    let dated = answer.is_ok_and(|answer| answer.header("date").is_some());
    let text = if dated { "yes" } else { "no" };
    report.judge("`Date` in a response (RFC 9110 section 6.6.1)", text, dated);

    let kept = "GET / HTTP/1.0\r\nconnection: keep-alive\r\n\r\n";
    let (answer, mut wire) = ask(server, kept, false)?;
    let says = answer.is_ok_and(|answer| {
        answer
            .header("connection")
            .is_some_and(|value| value.eq_ignore_ascii_case("keep-alive"))
    });
    let goes_on = wire.get("/").is_ok();
    let text = if goes_on { "goes on" } else { "closes" };
    report.judge(
        "HTTP/1.0 with `Connection: keep-alive`",
        text,
        goes_on == says,
    );

    bytes_apart(server, report)
}

/// The client's bytes come one at a time.
fn bytes_apart(server: &Server, report: &mut Report) -> io::Result<()> {
    let mut wire = Wire::connect(server.address)?;
    let request = "POST /echo HTTP/1.1\r\nhost: test\r\ntransfer-encoding: chunked\r\n\r\n\
                   5\r\nhello\r\n0\r\n\r\n";
    for byte in request.bytes() {
        wire.send([byte])?;
        std::thread::sleep(Duration::from_millis(1));
    }
    let answer = wire.answer(MOMENT);
    let text = words(&answer);
    let right = answer.is_ok_and(|answer| answer.body == b"hello");
    report.judge("a request that comes byte by byte", text, right);

    let mut half = Wire::connect(server.address)?;
    half.send("POST /echo HTTP/1.1\r\nhost: test\r\ncontent-length: 5\r\n\r\nab")?;
    half.stream.shutdown(std::net::Shutdown::Write)?;
    let answer = half.answer(MOMENT);
    let right = match &answer {
        Ok(answer) => (400..500).contains(&answer.status),
        Err(end) => *end != End::Silent,
    };
    report.judge("a body that ends too early", words(&answer), right);

    let mut done = Wire::connect(server.address)?;
    done.send("GET /slow/100 HTTP/1.1\r\nhost: test\r\n\r\n")?;
    done.stream.shutdown(std::net::Shutdown::Write)?;
    let answer = done.answer(MOMENT);
    let row = "a client that closes its side after a request";
    report.fact(row, words(&answer));
    Ok(())
}

/// RFC 9110 section 10.1.1.
fn expectations(server: &Server, report: &mut Report) -> io::Result<()> {
    let expects = |length: usize| {
        format!(
            "POST /echo HTTP/1.1\r\nhost: test\r\nexpect: 100-continue\r\n\
             content-length: {length}\r\n\r\n"
        )
    };
    let mut wire = Wire::connect(server.address)?;
    wire.send(expects(5))?;
    let first = wire.head(Instant::now() + MOMENT);
    let text = words(&first);
    let asked = first.is_ok_and(|answer| answer.status == 100);
    wire.send("hello")?;
    let right = asked
        && wire
            .answer(MOMENT)
            .is_ok_and(|answer| answer.body == b"hello");
    report.judge("`Expect: 100-continue`", text, right);

    let (answer, mut wire) = ask(server, &expects(100_000_000), false)?;
    let end = wire.end(Instant::now() + MOMENT);
    let continued = wire.continued;
    let after = if continued { "100, then " } else { "" };
    let text = format!("{after}{}, {}", words(&answer), end.words());
    let refused = answer.is_ok_and(|answer| answer.status == 413);
    report.judge(
        "`Expect: 100-continue` with 100 MB",
        text,
        refused && !continued,
    );
    Ok(())
}
