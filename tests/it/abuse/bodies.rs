//! What does a client send as a body that it should not, on HTTP/1.1, and what is too large?

use super::requests::Then::{Closes, GoesOn};
use super::requests::{Row, bad, get, line, post, row};

/// What a proxy that reads the body's length in another way takes for a request.
const SMUGGLED: &str = "GET /smuggled HTTP/1.1\r\nhost: test\r\n\r\n";

fn chunks(body: &str) -> String {
    post("transfer-encoding: chunked", body)
}

pub(super) fn lengths() -> Vec<Row> {
    let both = |first: &str, second: &str| {
        post(
            &format!("{first}\r\n{second}"),
            &format!("0\r\n\r\n{SMUGGLED}"),
        )
    };
    let length = |value: &str| post(&format!("content-length: {value}"), "ab");
    let coding = |value: &str| {
        post(
            &format!("transfer-encoding: {value}"),
            "2\r\nab\r\n0\r\n\r\n",
        )
    };
    vec![
        row(
            "`Content-Length`, then `Transfer-Encoding: chunked`",
            both("content-length: 5", "transfer-encoding: chunked"),
            &[200],
            Closes,
        ),
        row(
            "`Transfer-Encoding: chunked`, then `Content-Length`",
            both("transfer-encoding: chunked", "content-length: 5"),
            &[200],
            Closes,
        ),
        bad(
            "`Transfer-Encoding` with HTTP/1.0",
            "POST /echo HTTP/1.0\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n",
        ),
        bad(
            "two lengths that differ",
            post("content-length: 2\r\ncontent-length: 3", "abc"),
        ),
        row(
            "two lengths that do not",
            post("content-length: 2\r\ncontent-length: 2", "ab"),
            &[200],
            GoesOn,
        ),
        bad("`2, 2`", length("2, 2")),
        bad("`2, 3`", length("2, 3")),
        bad("`+2`", length("+2")),
        bad("`-2`", length("-2")),
        bad("`0x2`", length("0x2")),
        bad("`2 2`", length("2 2")),
        bad("`2.0`", length("2.0")),
        bad("an empty length", length("")),
        bad(
            "a length of 26 digits",
            length("99999999999999999999999999"),
        ),
        row(
            "the length 18,446,744,073,709,551,615",
            length("18446744073709551615"),
            &[413],
            Closes,
        ),
        row(
            "the length 18,446,744,073,709,551,612",
            length("18446744073709551612"),
            &[413],
            Closes,
        ),
        row("`002`", length("002"), &[200], GoesOn),
        bad(
            "a space before the colon of `Content-Length`",
            post("content-length : 2", "ab"),
        ),
        bad(
            "`Content-Length` on a folded line",
            post("content-length:\r\n 2", "ab"),
        ),
        bad("`Transfer-Encoding: identity`", coding("identity")),
        bad("`chunked, identity`", coding("chunked, identity")),
        bad(
            "`chunked`, then a line `identity`",
            coding("chunked\r\ntransfer-encoding: identity"),
        ),
        row(
            "`identity`, then a line `chunked`",
            coding("identity\r\ntransfer-encoding: chunked"),
            &[501],
            Closes,
        ),
        row("`gzip, chunked`", coding("gzip, chunked"), &[501], Closes),
        bad("`chunked, chunked`", coding("chunked, chunked")),
        bad(
            "two lines `chunked`",
            coding("chunked\r\ntransfer-encoding: chunked"),
        ),
        bad("`xchunked`", coding("xchunked")),
        bad("`\"chunked\"`", coding("\"chunked\"")),
        bad("`chunked;q=1`", coding("chunked;q=1")),
        bad("a vertical tab before `chunked`", coding("\x0Bchunked")),
        bad("an empty `Transfer-Encoding`", coding("")),
        bad(
            "a space before the colon of `Transfer-Encoding`",
            post("transfer-encoding : chunked", "0\r\n\r\n"),
        ),
        bad(
            "`Transfer-Encoding` on a folded line",
            coding("\r\n chunked"),
        ),
        row("`CHUNKED`", coding("CHUNKED"), &[200], GoesOn),
        row(
            "a request in the body of a `GET`",
            format!(
                "GET / HTTP/1.1\r\nhost: test\r\ncontent-length: {}\r\n\r\n{SMUGGLED}",
                SMUGGLED.len()
            ),
            &[200],
            GoesOn,
        ),
        row(
            "a request in a body that no handler reads",
            format!(
                "POST /unread HTTP/1.1\r\nhost: test\r\ncontent-length: {}\r\n\r\n{SMUGGLED}",
                SMUGGLED.len()
            ),
            &[200],
            GoesOn,
        ),
    ]
}

pub(super) fn chunked() -> Vec<Row> {
    let sized = |size: &str| chunks(&format!("{size}\r\nab\r\n0\r\n\r\n{SMUGGLED}"));
    vec![
        bad("`zz`", sized("zz")),
        bad("`-2`", sized("-2")),
        bad("`+2`", sized("+2")),
        bad("`0x2`", sized("0x2")),
        bad("` 2`", sized(" 2")),
        bad("`2 2`", sized("2 2")),
        bad("no size", sized("")),
        bad("a size of 17 digits", sized("fffffffffffffffff")),
        bad(
            "a size that ends in a bare LF",
            chunks("2\nab\r\n0\r\n\r\n"),
        ),
        bad("an extension with a bare LF", sized("2;a\nb")),
        bad(
            "16 KiB of extensions",
            sized(&format!("2;{}", "a".repeat(17 * 1024))),
        ),
        bad(
            "data that is longer than its size",
            chunks(&format!("2\r\nabc\r\n0\r\n\r\n{SMUGGLED}")),
        ),
        bad("data that ends in a bare LF", chunks("2\r\nab\n0\r\n\r\n")),
        bad(
            "a trailer without a colon",
            chunks("2\r\nab\r\n0\r\na b\r\n\r\n"),
        ),
        bad(
            "a trailer with a bare LF",
            chunks("2\r\nab\r\n0\r\na: b\nc: d\r\n\r\n"),
        ),
        bad(
            "no trailers, and a bare LF",
            chunks(&format!("2\r\nab\r\n0\r\n\n{SMUGGLED}")),
        ),
        bad(
            "16 KiB of trailers",
            chunks(&format!(
                "2\r\nab\r\n0\r\na: {}\r\n\r\n",
                "b".repeat(17 * 1024)
            )),
        ),
        bad(
            "101 trailers",
            chunks(&format!("2\r\nab\r\n0\r\n{}\r\n", "a: b\r\n".repeat(101))),
        ),
        row(
            "a trailer `Content-Length`, which is none",
            chunks("2\r\nab\r\n0\r\ncontent-length: 9\r\n\r\n"),
            &[200],
            Closes,
        ),
        row(
            "trailers with a bare LF behind a line that is right",
            chunks(&format!("2\r\nab\r\n0\r\na: b\r\n\n{SMUGGLED}")),
            &[200],
            Closes,
        ),
        row(
            "a trailer that ends in a bare LF",
            chunks(&format!("2\r\nab\r\n0\r\na: b\n\r\n{SMUGGLED}")),
            &[200],
            Closes,
        ),
        row(
            "an extension: `2;a=b`",
            chunks("2;a=b\r\nab\r\n0\r\n\r\n"),
            &[200],
            GoesOn,
        ),
    ]
}

pub(super) fn sizes() -> Vec<Row> {
    let empty = "\r\n".repeat(8 * 1024 + 1);
    let long = |length| line(&format!("GET /{} HTTP/1.1", "x".repeat(length)));
    vec![
        row("a path of 8 KiB and a byte", long(8 * 1024), &[414], Closes),
        row("a path of 1 MB", long(1_000_000), &[414], Closes),
        row("16 KiB of empty lines", empty.clone(), &[431], Closes),
        row(
            "16 KiB of empty lines, and a request",
            empty + &line("GET / HTTP/1.1"),
            &[431],
            Closes,
        ),
        row(
            "a header of 16 KiB",
            get(&format!("a: {}", "b".repeat(16 * 1024))),
            &[431],
            Closes,
        ),
        row(
            "a header of 1 MB",
            get(&format!("a: {}", "b".repeat(1_000_000))),
            &[431],
            Closes,
        ),
        row(
            "101 headers",
            get(&["a: b"; 100].join("\r\n")),
            &[431],
            Closes,
        ),
        row(
            "100 headers",
            get(&["a: b"; 99].join("\r\n")),
            &[200],
            GoesOn,
        ),
        row(
            "a body of 3 MB",
            post("content-length: 3000000", &"x".repeat(3_000_000)),
            &[413],
            Closes,
        ),
        row(
            "100 requests at once",
            get("a: b").repeat(100),
            &[200; 100],
            GoesOn,
        ),
    ]
}
