//! What does a client send that it should not, on HTTP/1.1?

/// One row of a table in `docs/limits.md`.
pub(super) struct Row {
    /// In words.
    pub(super) sends: &'static str,
    pub(super) bytes: Vec<u8>,
    /// The statuses of the answers.
    pub(super) answers: &'static [u16],
    pub(super) then: Then,
}

/// What becomes of the connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Then {
    Closes,
    GoesOn,
}
use super::bodies;
use Then::{Closes, GoesOn};

pub(super) fn row(
    sends: &'static str,
    bytes: impl Into<Vec<u8>>,
    answers: &'static [u16],
    then: Then,
) -> Row {
    let bytes = bytes.into();
    Row {
        sends,
        bytes,
        answers,
        then,
    }
}

/// What is refused with 400 and closes the connection.
pub(super) fn bad(sends: &'static str, bytes: impl Into<Vec<u8>>) -> Row {
    row(sends, bytes, &[400], Closes)
}

/// `GET /` with a header.
pub(super) fn get(header: &str) -> String {
    format!("GET / HTTP/1.1\r\nhost: test\r\n{header}\r\n\r\n")
}

/// Another first line than `GET / HTTP/1.1`.
pub(super) fn line(line: &str) -> String {
    format!("{line}\r\nhost: test\r\n\r\n")
}

/// Another `Host` than one.
fn host(lines: &str) -> String {
    format!("GET / HTTP/1.1\r\n{lines}\r\n")
}

/// A body and how long it is.
pub(super) fn post(headers: &str, body: &str) -> String {
    format!("POST /echo HTTP/1.1\r\nhost: test\r\n{headers}\r\n\r\n{body}")
}

/// Every table by its name.
pub(super) fn tables() -> [(&'static str, Vec<Row>); 7] {
    [
        ("request line", request_lines()),
        ("target", targets()),
        ("headers", headers()),
        ("host", hosts()),
        ("length", bodies::lengths()),
        ("chunks", bodies::chunked()),
        ("sizes", bodies::sizes()),
    ]
}

fn request_lines() -> Vec<Row> {
    vec![
        bad("no HTTP at all: `\\xFF\\xFE`", b"\xFF\xFE\xFD\r\n\r\n"),
        bad(
            "a TLS handshake",
            [
                b"\x16\x03\x01\x02\x00\x01\x00\x01\xFC\x03\x03",
                &[7; 90][..],
            ]
            .concat(),
        ),
        bad("the greeting of SSH", "SSH-2.0-OpenSSH_9.6\r\n"),
        bad("HTTP/0.9: `GET /`", "GET /\r\n"),
        bad("`HTTP/1.2`", line("GET / HTTP/1.2")),
        bad("`HTTP/2.0` in a request line", line("GET / HTTP/2.0")),
        bad("`http/1.1` in lower case", line("GET / http/1.1")),
        bad("text after the version", line("GET / HTTP/1.1x")),
        bad("a space after the version", line("GET / HTTP/1.1 ")),
        bad("a space before the method", line(" GET / HTTP/1.1")),
        bad("two spaces after the method", line("GET  / HTTP/1.1")),
        bad("tabs instead of spaces", line("GET\t/\tHTTP/1.1")),
        bad("no method", line(" / HTTP/1.1")),
        bad("a method that is no token: `G@T`", line("G@T / HTTP/1.1")),
        bad(
            "a line that ends in a bare CR",
            "GET / HTTP/1.1\rhost: test\r\r",
        ),
        bad(
            "HTTP/2's preface with an error",
            "PRI * HTTP/2.0\r\n\r\nXX\r\n\r\n",
        ),
        row(
            "HTTP/2's preface after a request",
            get("a: b") + "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
            &[200],
            Closes,
        ),
        row(
            "an unknown method: `BREW`",
            line("BREW / HTTP/1.1"),
            &[405],
            GoesOn,
        ),
        row(
            "a method in lower case: `get`",
            line("get / HTTP/1.1"),
            &[405],
            GoesOn,
        ),
        row("`TRACE`", line("TRACE / HTTP/1.1"), &[405], GoesOn),
        row(
            "empty lines before the request",
            "\r\n\r\n".to_owned() + &get("a: b"),
            &[200],
            GoesOn,
        ),
        row(
            "lines that end in a bare LF (RFC 9112 section 2.2 allows it)",
            "GET / HTTP/1.1\nhost: test\n\n",
            &[200],
            GoesOn,
        ),
    ]
}

fn targets() -> Vec<Row> {
    vec![
        bad("a space in the path", line("GET /a b HTTP/1.1")),
        bad("a NUL in the path", line("GET /\0 HTTP/1.1")),
        bad(
            "a control character in the path",
            line("GET /\x01 HTTP/1.1"),
        ),
        bad(
            "bytes in the path that are not UTF-8",
            b"GET /\xFF HTTP/1.1\r\nhost: test\r\n\r\n",
        ),
        bad("a path without `/`: `a/b`", line("GET a/b HTTP/1.1")),
        bad("no path", line("GET  HTTP/1.1")),
        bad(
            "an authority that is not `CONNECT`'s: `test:80`",
            line("GET test:80 HTTP/1.1"),
        ),
        bad("`*` that is not `OPTIONS`'s", line("GET * HTTP/1.1")),
        bad(
            "another scheme: `ftp://test/`",
            line("GET ftp://test/ HTTP/1.1"),
        ),
        bad(
            "a user in the authority: `http://user@test/`",
            line("GET http://user@test/ HTTP/1.1"),
        ),
        bad("no authority: `http:///`", line("GET http:/// HTTP/1.1")),
        row(
            "`CONNECT test:443`",
            line("CONNECT test:443 HTTP/1.1"),
            &[501],
            Closes,
        ),
        row("`OPTIONS *`", line("OPTIONS * HTTP/1.1"), &[204], GoesOn),
        row(
            "`/../../etc/passwd`, which is `/etc/passwd`",
            line("GET /../../etc/passwd HTTP/1.1"),
            &[404],
            GoesOn,
        ),
        row(
            "`/%2e%2e/`, which is `/`",
            line("GET /%2e%2e/ HTTP/1.1"),
            &[200],
            GoesOn,
        ),
        row(
            "a percent sign without digits: `/%zz`",
            line("GET /%zz HTTP/1.1"),
            &[404],
            GoesOn,
        ),
        row(
            "an encoded NUL: `/%00`",
            line("GET /%00 HTTP/1.1"),
            &[404],
            GoesOn,
        ),
        row(
            "a backslash: `/\\`",
            line("GET /\\ HTTP/1.1"),
            &[404],
            GoesOn,
        ),
        row(
            "a fragment, which is cut off: `/#a`",
            line("GET /#a HTTP/1.1"),
            &[200],
            GoesOn,
        ),
    ]
}

fn headers() -> Vec<Row> {
    vec![
        bad("a value folded over two lines", get("a: b\r\n c")),
        bad(
            "a first header that begins with a space",
            host(" host: test\r\n"),
        ),
        bad("a space before the colon", get("a : b")),
        bad("a line without a colon", get("abc")),
        bad("no name", get(": b")),
        bad("a name with a space", get("a b: c")),
        bad("a name that is not ASCII", get("\u{e9}: b")),
        bad("a NUL in a name", get("a\0: b")),
        bad("a NUL in a value", get("a: b\0c")),
        bad("a control character in a value", get("a: b\x01c")),
        bad("DEL in a value", get("a: b\x7Fc")),
        bad("a bare CR in a value", get("a: b\rc")),
        row(
            "bytes above ASCII in a value (RFC 9110 section 5.5 allows them)",
            b"GET / HTTP/1.1\r\nhost: test\r\na: \xFF\r\n\r\n",
            &[200],
            GoesOn,
        ),
        row(
            "an unknown expectation, and a body: `Expect: x`",
            post("expect: x\r\ncontent-length: 2", "ab"),
            &[417],
            Closes,
        ),
        row(
            "a second expectation, and a body",
            post(
                "expect: 100-continue\r\nexpect: x\r\ncontent-length: 2",
                "ab",
            ),
            &[417],
            Closes,
        ),
        row(
            "an expectation without a body, which is nothing to wait for",
            get("expect: x"),
            &[200],
            GoesOn,
        ),
        row(
            "`Upgrade: h2c`, which is not done",
            get("connection: upgrade, http2-settings\r\nupgrade: h2c\r\nhttp2-settings: AAMAAABk"),
            &[200],
            GoesOn,
        ),
        row(
            "`Connection: close` and `keep-alive`",
            get("connection: close\r\nconnection: keep-alive"),
            &[200],
            Closes,
        ),
    ]
}

fn hosts() -> Vec<Row> {
    vec![
        bad("none", host("")),
        bad(
            "none, and a whole URI: `GET http://test/`",
            "GET http://test/ HTTP/1.1\r\n\r\n",
        ),
        bad("two that differ", host("host: test\r\nhost: other\r\n")),
        bad("two that do not", host("host: test\r\nhost: test\r\n")),
        bad(
            "two with HTTP/1.0",
            "GET / HTTP/1.0\r\nhost: test\r\nhost: test\r\n\r\n",
        ),
        bad("an empty one", host("host:\r\n")),
        bad("`a b`", host("host: a b\r\n")),
        bad("`a, b`", host("host: a, b\r\n")),
        bad("`user@test`", host("host: user@test\r\n")),
        bad("`test/path`", host("host: test/path\r\n")),
        bad("`http://test`", host("host: http://test\r\n")),
        bad("`te<st>`", host("host: te<st>\r\n")),
        bad("`te%zzst`", host("host: te%zzst\r\n")),
        bad(
            "bytes above ASCII",
            b"GET / HTTP/1.1\r\nhost: t\xE9st\r\n\r\n",
        ),
        bad("`test:http`", host("host: test:http\r\n")),
        bad("`test:65536`", host("host: test:65536\r\n")),
        bad("`test:80:80`", host("host: test:80:80\r\n")),
        bad("`:80`", host("host: :80\r\n")),
        bad("`[::1`", host("host: [::1\r\n")),
        bad("`[test]`", host("host: [test]\r\n")),
        bad("`[::1]test`", host("host: [::1]test\r\n")),
        row("`[::1]:80`", host("host: [::1]:80\r\n"), &[200], GoesOn),
        row("`test:`", host("host: test:\r\n"), &[200], GoesOn),
        row(
            "none with HTTP/1.0",
            "GET / HTTP/1.0\r\n\r\n",
            &[200],
            Closes,
        ),
    ]
}
