//! What does an HTTP/2 client send that it should not? Frames, after the preface and settings.

use super::frames::{
    CONTINUATION, DATA, END_HEADERS, END_STREAM, HEADERS, PING, RST_STREAM, SETTINGS,
    WINDOW_UPDATE, block, frame, get, request, settings,
};

/// One row of a table in `docs/limits.md`.
pub(super) struct Row {
    /// In words.
    pub(super) sends: &'static str,
    pub(super) bytes: Vec<u8>,
    /// The first that is said of the stream, or of the connection.
    pub(super) answer: &'static str,
    pub(super) goes_on: bool,
}

/// The connection ends, after a GOAWAY with this error or without a word.
fn fatal(sends: &'static str, answer: &'static str, bytes: Vec<u8>) -> Row {
    Row {
        sends,
        bytes,
        answer,
        goes_on: false,
    }
}

/// The answer is of the stream; others are served.
fn on_stream(sends: &'static str, answer: &'static str, bytes: Vec<u8>) -> Row {
    Row {
        sends,
        bytes,
        answer,
        goes_on: true,
    }
}

/// A request with this header block, on stream 1.
fn headers(block: Vec<u8>) -> Vec<u8> {
    frame(HEADERS, END_HEADERS | END_STREAM, 1, block)
}

fn with(others: &[(&str, &str)]) -> Vec<u8> {
    headers(request("GET", "/", others))
}

fn of(pairs: &[(&str, &str)]) -> Vec<u8> {
    headers(block(pairs))
}

/// A body for `/echo`, on stream 1.
fn post(headers: &[(&str, &str)], data: Vec<u8>) -> Vec<u8> {
    let block = request("POST", "/echo", headers);
    [frame(HEADERS, END_HEADERS, 1, block), data].concat()
}

/// Every table by its name.
pub(super) fn tables() -> [(&'static str, Vec<Row>); 3] {
    [
        ("frames", frames()),
        ("floods", floods()),
        ("streams", streams()),
    ]
}

fn frames() -> Vec<Row> {
    const PROTOCOL: &str = "GOAWAY PROTOCOL_ERROR";
    const SIZE: &str = "GOAWAY FRAME_SIZE_ERROR";
    const FLOW: &str = "GOAWAY FLOW_CONTROL_ERROR";
    let open = || frame(HEADERS, 0, 1, request("GET", "/", &[]));
    vec![
        fatal(
            "no frames",
            SIZE,
            b"GET / HTTP/1.1\r\nhost: test\r\n\r\n".to_vec(),
        ),
        fatal(
            "a frame of more than 16 KiB",
            SIZE,
            frame(DATA, 0, 1, [0; 20_000]),
        ),
        fatal("DATA on stream 0", PROTOCOL, frame(DATA, 0, 0, b"ab")),
        fatal(
            "DATA on a stream that is not open",
            PROTOCOL,
            frame(DATA, 0, 1, b"ab"),
        ),
        fatal("HEADERS on stream 0", PROTOCOL, get(0)),
        fatal("HEADERS on a stream of the server's", PROTOCOL, get(2)),
        fatal(
            "a stream below one before",
            PROTOCOL,
            [get(3), get(1)].concat(),
        ),
        fatal(
            "HEADERS with more padding than bytes",
            PROTOCOL,
            frame(HEADERS, END_HEADERS | 8, 1, [200, 0, 0]),
        ),
        fatal(
            "CONTINUATION after nothing",
            PROTOCOL,
            frame(CONTINUATION, END_HEADERS, 1, b""),
        ),
        fatal(
            "CONTINUATION of another stream",
            PROTOCOL,
            [open(), frame(CONTINUATION, END_HEADERS, 3, b"")].concat(),
        ),
        fatal(
            "another frame between HEADERS and CONTINUATION",
            PROTOCOL,
            [open(), frame(PING, 0, 0, [0; 8])].concat(),
        ),
        fatal(
            "PUSH_PROMISE",
            PROTOCOL,
            frame(5, END_HEADERS, 1, [0, 0, 0, 2]),
        ),
        fatal(
            "RST_STREAM of a stream that is not open",
            PROTOCOL,
            frame(RST_STREAM, 0, 1, [0, 0, 0, 8]),
        ),
        fatal(
            "RST_STREAM of three bytes",
            PROTOCOL,
            [get(1), frame(RST_STREAM, 0, 1, [0, 0, 8])].concat(),
        ),
        fatal(
            "SETTINGS of five bytes",
            PROTOCOL,
            frame(SETTINGS, 0, 0, [0; 5]),
        ),
        fatal("SETTINGS on a stream", PROTOCOL, frame(SETTINGS, 0, 1, b"")),
        fatal(
            "SETTINGS with a window above 2^31 - 1",
            PROTOCOL,
            settings(&[(4, 1 << 31)]),
        ),
        fatal(
            "SETTINGS with a frame size below 16 KiB",
            PROTOCOL,
            settings(&[(5, 1)]),
        ),
        fatal("PING of seven bytes", PROTOCOL, frame(PING, 0, 0, [0; 7])),
        fatal("PING on a stream", PROTOCOL, frame(PING, 0, 1, [0; 8])),
        fatal(
            "WINDOW_UPDATE by 0",
            PROTOCOL,
            frame(WINDOW_UPDATE, 0, 0, [0; 4]),
        ),
        fatal(
            "WINDOW_UPDATE beyond 2^31 - 1",
            FLOW,
            frame(WINDOW_UPDATE, 0, 0, [0x7F, 0xFF, 0xFF, 0xFF]),
        ),
        fatal(
            "a header block that is no HPACK",
            PROTOCOL,
            headers(vec![0xFF; 20]),
        ),
        on_stream(
            "a frame of an unknown type",
            "none",
            frame(0x77, 0, 0, b"ab"),
        ),
    ]
}

fn floods() -> Vec<Row> {
    const CALM: &str = "GOAWAY ENHANCE_YOUR_CALM";
    let open = || frame(HEADERS, END_STREAM, 1, request("GET", "/", &[]));
    let many = |first: Vec<u8>, next: Vec<u8>, times| [first, next.repeat(times)].concat();
    let resets: Vec<u8> = (0..1000)
        .flat_map(|n| {
            [
                get(2 * n + 1),
                frame(RST_STREAM, 0, 2 * n + 1, [0, 0, 0, 8]),
            ]
            .concat()
        })
        .collect();
    // One header of 4,000 bytes in the table, and 1,000 references to it.
    let bomb = {
        let mut block = request("GET", "/", &[]);
        block.extend_from_slice(&[0x40, 1, b'a', 127, 0xA1, 0x1E]);
        block.extend_from_slice(&[b'b'; 4000]);
        block.extend_from_slice(&[0xBE; 1000]);
        headers(block)
    };
    let large = request("GET", "/", &[("a", &"b".repeat(15_000))]);
    vec![
        fatal(
            "1,000 requests, each reset at once (CVE-2023-44487)",
            CALM,
            resets,
        ),
        fatal(
            "10,000 empty CONTINUATION frames (CVE-2024-27316)",
            CALM,
            many(open(), frame(CONTINUATION, 0, 1, b""), 10_000),
        ),
        fatal(
            "16 MiB of CONTINUATION frames",
            CALM,
            many(
                frame(HEADERS, 0, 1, &large),
                frame(CONTINUATION, 0, 1, [0; 16 * 1024]),
                1024,
            ),
        ),
        fatal("a header block of 4 KiB that unpacks to 4 MB", CALM, bomb),
        on_stream(
            "10,000 PING frames (CVE-2019-9512)",
            "none",
            frame(PING, 0, 0, [0; 8]).repeat(10_000),
        ),
        on_stream(
            "10,000 SETTINGS frames (CVE-2019-9515)",
            "none",
            settings(&[]).repeat(10_000),
        ),
        fatal(
            "10,000 empty DATA frames (CVE-2019-9518)",
            CALM,
            post(&[], frame(DATA, 0, 1, b"").repeat(10_000)),
        ),
    ]
}

fn streams() -> Vec<Row> {
    const PROTOCOL: &str = "RST_STREAM PROTOCOL_ERROR";
    let long_path = format!("/{}", "x".repeat(8 * 1024));
    let long = "b".repeat(16 * 1024);
    let others = vec![("a", "b"); 97];
    let end = |data: &[u8]| frame(DATA, END_STREAM, 1, data);
    let pseudo = |name, value| {
        [
            (":method", "GET"),
            (":scheme", "http"),
            (":path", "/"),
            (name, value),
        ]
    };
    vec![
        on_stream(
            "no `:method`",
            PROTOCOL,
            of(&[(":scheme", "http"), (":authority", "test"), (":path", "/")]),
        ),
        on_stream(
            "no `:path`",
            PROTOCOL,
            of(&[
                (":method", "GET"),
                (":scheme", "http"),
                (":authority", "test"),
            ]),
        ),
        on_stream(
            "an empty `:path`",
            PROTOCOL,
            headers(request("GET", "", &[])),
        ),
        on_stream("two `:path`", PROTOCOL, of(&pseudo(":path", "/"))),
        fatal(
            "an unknown pseudo-header",
            "GOAWAY PROTOCOL_ERROR",
            of(&pseudo(":x", "y")),
        ),
        on_stream(
            "`:status` in a request",
            PROTOCOL,
            of(&pseudo(":status", "200")),
        ),
        on_stream(
            "a pseudo-header after a header",
            PROTOCOL,
            of(&[
                ("a", "b"),
                (":method", "GET"),
                (":scheme", "http"),
                (":authority", "test"),
                (":path", "/"),
            ]),
        ),
        fatal(
            "a name in upper case",
            "GOAWAY PROTOCOL_ERROR",
            with(&[("A", "b")]),
        ),
        fatal(
            "a name with a space",
            "GOAWAY PROTOCOL_ERROR",
            with(&[("a b", "c")]),
        ),
        fatal(
            "CR and LF in a value",
            "GOAWAY PROTOCOL_ERROR",
            with(&[("a", "b\r\nc: d")]),
        ),
        fatal(
            "a NUL in a value",
            "GOAWAY PROTOCOL_ERROR",
            with(&[("a", "b\0c")]),
        ),
        on_stream("`Connection`", PROTOCOL, with(&[("connection", "close")])),
        on_stream(
            "`Transfer-Encoding`",
            PROTOCOL,
            with(&[("transfer-encoding", "chunked")]),
        ),
        on_stream("`TE: gzip`", PROTOCOL, with(&[("te", "gzip")])),
        on_stream(
            "a body that is shorter than its length",
            PROTOCOL,
            post(&[("content-length", "5")], end(b"ab")),
        ),
        on_stream(
            "a body that is longer than its length",
            PROTOCOL,
            post(&[("content-length", "1")], end(b"ab")),
        ),
        on_stream(
            "two lengths that differ",
            PROTOCOL,
            post(
                &[("content-length", "1"), ("content-length", "2")],
                end(b"ab"),
            ),
        ),
        on_stream(
            "a `Host` that is not `:authority`",
            "400",
            with(&[("host", "other")]),
        ),
        on_stream(
            "two `Host`",
            "400",
            with(&[("host", "test"), ("host", "test")]),
        ),
        on_stream(
            "neither `Host` nor `:authority`",
            "400",
            of(&[(":method", "GET"), (":scheme", "http"), (":path", "/")]),
        ),
        on_stream(
            "a user in `:authority`",
            "400",
            of(&pseudo(":authority", "user@test")),
        ),
        on_stream(
            "`Host` instead of `:authority`",
            "200",
            of(&pseudo("host", "test")),
        ),
        on_stream(
            "`CONNECT`",
            "501",
            of(&[(":method", "CONNECT"), (":authority", "test:443")]),
        ),
        on_stream(
            "another `:scheme`: `ftp`",
            "400",
            of(&[
                (":method", "GET"),
                (":scheme", "ftp"),
                (":authority", "test"),
                (":path", "/"),
            ]),
        ),
        on_stream(
            "a `Cookie` in several parts, which is one when the app sees it (RFC 9113 section 8.2.3)",
            "200",
            headers(request(
                "GET",
                "/cookie",
                &[("cookie", "a=1"), ("cookie", "b=2"), ("cookie", "c=3")],
            )),
        ),
        on_stream("`OPTIONS *`", "204", headers(request("OPTIONS", "*", &[]))),
        on_stream(
            "a path of 8 KiB and a byte",
            "414",
            headers(request("GET", &long_path, &[])),
        ),
        on_stream("a header of 16 KiB", "431", {
            let whole = request("GET", "/", &[("a", &long)]);
            let (first, second) = whole.split_at(16 * 1024);
            [
                frame(HEADERS, END_STREAM, 1, first),
                frame(CONTINUATION, END_HEADERS, 1, second),
            ]
            .concat()
        }),
        on_stream("97 headers", "200", with(&others)),
        on_stream(
            "101 headers",
            "431",
            with(&[&others[..], &others[..4]].concat()),
        ),
    ]
}
