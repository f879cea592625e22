//! What does a client send as the head of a request that it should not, on HTTP/1.1?

use super::requests::{Input, Want, bad, input};

fn get(header: &str) -> String {
    format!("GET / HTTP/1.1\r\nhost: test\r\n{header}\r\n\r\n")
}

/// Another first line than `GET / HTTP/1.1`.
fn line(line: &str) -> String {
    format!("{line}\r\nhost: test\r\n\r\n")
}

/// Another `Host` than one.
fn host(lines: &str) -> String {
    format!("GET / HTTP/1.1\r\n{lines}\r\n")
}

pub fn inputs() -> Vec<Input> {
    [request_lines(), targets(), headers(), hosts()]
        .into_iter()
        .flatten()
        .collect()
}

/// RFC 9112 sections 2.2 and 3.
fn request_lines() -> Vec<Input> {
    vec![
        input(
            "no HTTP at all: `\\xFF\\xFE`",
            b"\xFF\xFE\xFD\r\n\r\n",
            Want::NotHttp,
        ),
        input(
            "a TLS handshake",
            [
                b"\x16\x03\x01\x02\x00\x01\x00\x01\xFC\x03\x03",
                &[7; 90][..],
            ]
            .concat(),
            Want::NotHttp,
        ),
        input(
            "the greeting of SSH",
            "SSH-2.0-OpenSSH_9.6\r\n",
            Want::NotHttp,
        ),
        input("HTTP/0.9: `GET /`", "GET /\r\n", Want::NotHttp),
        input("`HTTP/1.2`", line("GET / HTTP/1.2"), Want::Any),
        bad("`HTTP/2.0` in a request line", line("GET / HTTP/2.0")),
        bad("`http/1.1` in lower case", line("GET / http/1.1")),
        bad("text after the version", line("GET / HTTP/1.1x")),
        input(
            "a space after the version",
            line("GET / HTTP/1.1 "),
            Want::Any,
        ),
        bad("no method", line(" / HTTP/1.1")),
        bad("a method that is no token: `G@T`", line("G@T / HTTP/1.1")),
        input(
            "lines that end in a bare CR",
            "GET / HTTP/1.1\rhost: test\r\r\r\n\r\n",
            Want::Refused,
        ),
        input(
            "HTTP/2's preface with an error",
            "PRI * HTTP/2.0\r\n\r\nXX\r\n\r\n",
            Want::NotHttp,
        ),
        input(
            "an unknown method: `BREW`",
            line("BREW / HTTP/1.1"),
            Want::Unserved,
        ),
        input(
            "a method in lower case: `get`",
            line("get / HTTP/1.1"),
            Want::Unserved,
        ),
        input("`TRACE`", line("TRACE / HTTP/1.1"), Want::Unserved),
        input(
            "empty lines before the request",
            format!("\r\n\r\n{}", line("GET / HTTP/1.1")),
            Want::Served,
        ),
        input(
            "lines that end in a bare LF",
            "GET / HTTP/1.1\nhost: test\n\n",
            Want::Any,
        ),
    ]
}

/// RFC 9112 section 3.2.
fn targets() -> Vec<Input> {
    vec![
        bad("a space in the path", line("GET /a b HTTP/1.1")),
        bad("a NUL in the path", line("GET /\0 HTTP/1.1")),
        bad(
            "a control character in the path",
            line("GET /\x01 HTTP/1.1"),
        ),
        input(
            "bytes in the path that are not UTF-8",
            b"GET /\xFF\xFE HTTP/1.1\r\nhost: test\r\n\r\n",
            Want::Unserved,
        ),
        input(
            "a path without `/`: `a/b`",
            line("GET a/b HTTP/1.1"),
            Want::Unserved,
        ),
        bad("no path", line("GET  HTTP/1.1")),
        input(
            "`*` that is not `OPTIONS`'s",
            line("GET * HTTP/1.1"),
            Want::Unserved,
        ),
        input(
            "another scheme: `ftp://test/`",
            line("GET ftp://test/ HTTP/1.1"),
            Want::Unserved,
        ),
        input(
            "a user in the authority: `http://user@test/`",
            line("GET http://user@test/ HTTP/1.1"),
            Want::Unserved,
        ),
        input(
            "a whole URI: `http://test/`",
            line("GET http://test/ HTTP/1.1"),
            Want::Served,
        ),
        input(
            "`CONNECT test:443`",
            line("CONNECT test:443 HTTP/1.1"),
            Want::Unserved,
        ),
        input("`OPTIONS *`", line("OPTIONS * HTTP/1.1"), Want::Any),
        input(
            "`/../../etc/passwd`",
            line("GET /../../etc/passwd HTTP/1.1"),
            Want::Unserved,
        ),
        input(
            "a percent sign without digits: `/users/%zz`",
            line("GET /users/%zz HTTP/1.1"),
            Want::Unserved,
        ),
        input(
            "an encoded NUL: `/users/%00`",
            line("GET /users/%00 HTTP/1.1"),
            Want::Unserved,
        ),
        input(
            "bytes that are not UTF-8, encoded: `/users/%ff`",
            line("GET /users/%ff HTTP/1.1"),
            Want::Unserved,
        ),
    ]
}

/// RFC 9112 section 5.
fn headers() -> Vec<Input> {
    vec![
        input(
            "a value folded over two lines",
            get("a: b\r\n c"),
            Want::Any,
        ),
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
        bad("a bare CR in a value", get("a: b\rc")),
        input(
            "a control character in a value",
            get("a: b\x01c"),
            Want::Any,
        ),
        input(
            "bytes above ASCII in a value",
            b"GET / HTTP/1.1\r\nhost: test\r\na: \xFF\r\n\r\n",
            Want::Any,
        ),
        input(
            "an unknown expectation: `Expect: x`",
            get("expect: x"),
            Want::Any,
        ),
        input(
            "`Upgrade: h2c`, which no one must do",
            get("connection: upgrade, http2-settings\r\nupgrade: h2c\r\nhttp2-settings: AAMAAABk"),
            Want::Any,
        ),
        input(
            "`Connection: close` and `keep-alive`",
            get("connection: close\r\nconnection: keep-alive"),
            Want::Closing,
        ),
    ]
}

/// RFC 9112 section 3.2: none, two, or an invalid one is 400.
fn hosts() -> Vec<Input> {
    let rows = [
        ("no `Host`", ""),
        ("two `Host` that differ", "host: test\r\nhost: other\r\n"),
        ("two `Host` that do not", "host: test\r\nhost: test\r\n"),
        ("`Host: a b`", "host: a b\r\n"),
        ("`Host: a, b`", "host: a, b\r\n"),
        ("`Host: user@test`", "host: user@test\r\n"),
        ("`Host: test/path`", "host: test/path\r\n"),
        ("`Host: http://test`", "host: http://test\r\n"),
        ("`Host: te<st>`", "host: te<st>\r\n"),
        ("`Host: te%zzst`", "host: te%zzst\r\n"),
        ("`Host: test:http`", "host: test:http\r\n"),
        ("`Host: test:80:80`", "host: test:80:80\r\n"),
        ("`Host: [::1`", "host: [::1\r\n"),
        ("`Host: [test]`", "host: [test]\r\n"),
        ("`Host: [::1]test`", "host: [::1]test\r\n"),
    ];
    let wrong = rows.map(|(sends, lines)| input(sends, host(lines), Want::Unserved));
    let mut inputs = Vec::from(wrong);
    inputs.extend([
        input(
            "`Host` with bytes above ASCII",
            b"GET / HTTP/1.1\r\nhost: t\xE9st\r\n\r\n",
            Want::Unserved,
        ),
        input(
            "no `Host`, and a whole URI",
            "GET http://test/ HTTP/1.1\r\n\r\n",
            Want::Unserved,
        ),
        input(
            "two `Host` with HTTP/1.0",
            "GET / HTTP/1.0\r\nhost: test\r\nhost: test\r\n\r\n",
            Want::Unserved,
        ),
        input("`Host: [::1]:80`", host("host: [::1]:80\r\n"), Want::Served),
        input(
            "no `Host` with HTTP/1.0",
            "GET / HTTP/1.0\r\n\r\n",
            Want::Closing,
        ),
    ]);
    inputs
}
