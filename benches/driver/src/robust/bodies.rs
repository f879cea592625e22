//! What does a client send as a body that it should not, on HTTP/1.1, and what is too large?

use super::requests::{Input, SMUGGLED, Want, bad, input};

fn post(headers: &str, body: &str) -> String {
    format!("POST /echo HTTP/1.1\r\nhost: test\r\n{headers}\r\n\r\n{body}")
}

fn chunks(body: &str) -> String {
    post("transfer-encoding: chunked", body)
}

pub fn inputs() -> Vec<Input> {
    [lengths(), codings(), chunked(), sizes()]
        .into_iter()
        .flatten()
        .collect()
}

/// RFC 9112 sections 6.1 to 6.3.
fn lengths() -> Vec<Input> {
    let both = |first: &str, second: &str| {
        post(
            &format!("{first}\r\n{second}"),
            &format!("0\r\n\r\n{SMUGGLED}"),
        )
    };
    let length = |value: &str| post(&format!("content-length: {value}"), "ab");
    let unread = format!(
        "GET / HTTP/1.1\r\nhost: test\r\ncontent-length: {}\r\n\r\n{SMUGGLED}",
        SMUGGLED.len()
    );
    vec![
        input(
            "`Content-Length`, then `Transfer-Encoding: chunked`",
            both("content-length: 5", "transfer-encoding: chunked"),
            Want::Closing,
        ),
        input(
            "`Transfer-Encoding: chunked`, then `Content-Length`",
            both("transfer-encoding: chunked", "content-length: 5"),
            Want::Closing,
        ),
        input(
            "`Transfer-Encoding` with HTTP/1.0",
            "POST /echo HTTP/1.0\r\nhost: test\r\nconnection: keep-alive\r\n\
             transfer-encoding: chunked\r\n\r\n0\r\n\r\n",
            Want::Closing,
        ),
        bad(
            "two lengths that differ",
            post("content-length: 2\r\ncontent-length: 3", "abc"),
        ),
        input(
            "two lengths that do not",
            post("content-length: 2\r\ncontent-length: 2", "ab"),
            Want::Any,
        ),
        input("`Content-Length: 2, 2`", length("2, 2"), Want::Any),
        bad("`Content-Length: 2, 3`", length("2, 3")),
        bad("`Content-Length: +2`", length("+2")),
        bad("`Content-Length: -2`", length("-2")),
        bad("`Content-Length: 0x2`", length("0x2")),
        bad("`Content-Length: 2 2`", length("2 2")),
        bad("`Content-Length: 2.0`", length("2.0")),
        bad("an empty `Content-Length`", length("")),
        bad(
            "a length of 26 digits",
            length("99999999999999999999999999"),
        ),
        bad("a length of 2^64 - 1", length("18446744073709551615")),
        bad(
            "a space before the colon of `Content-Length`",
            post("content-length : 2", "ab"),
        ),
        input(
            "`Content-Length` on a folded line",
            post("content-length:\r\n 2", "ab"),
            Want::Any,
        ),
        input(
            "a request in a body that no handler reads",
            unread,
            Want::Any,
        ),
        input("a length of 0", post("content-length: 0", ""), Want::Served),
        input("`Content-Length: 002`", length("002"), Want::Any),
    ]
}

fn codings() -> Vec<Input> {
    let coding = |value: &str| {
        let headers = format!("transfer-encoding: {value}");
        post(&headers, "2\r\nab\r\n0\r\n\r\n")
    };
    vec![
        bad("`Transfer-Encoding: identity`", coding("identity")),
        bad("`chunked, identity`", coding("chunked, identity")),
        bad(
            "`chunked`, then a line `identity`",
            coding("chunked\r\ntransfer-encoding: identity"),
        ),
        bad(
            "`identity`, then a line `chunked`",
            coding("identity\r\ntransfer-encoding: chunked"),
        ),
        bad("`gzip, chunked`", coding("gzip, chunked")),
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
        input(
            "`Transfer-Encoding: CHUNKED`",
            post("transfer-encoding: CHUNKED", "2\r\nab\r\n0\r\n\r\n"),
            Want::Served,
        ),
    ]
}

/// RFC 9112 section 7.1.
fn chunked() -> Vec<Input> {
    let sized = |size: &str| chunks(&format!("{size}\r\nab\r\n0\r\n\r\n{SMUGGLED}"));
    vec![
        bad("a chunk of size `zz`", sized("zz")),
        bad("a chunk of size `-2`", sized("-2")),
        bad("a chunk of size `+2`", sized("+2")),
        bad("a chunk of size `0x2`", sized("0x2")),
        bad("a chunk of size ` 2`", sized(" 2")),
        bad("a chunk of size `2 2`", sized("2 2")),
        bad("a chunk of no size", sized("")),
        bad("a chunk of size 2^68 - 1", sized("fffffffffffffffff")),
        bad(
            "a size that ends in a bare LF",
            chunks("2\nab\r\n0\r\n\r\n"),
        ),
        bad("an extension with a bare LF", sized("2;a\nb")),
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
            "1 MB of extensions",
            chunks(&format!("2;{}\r\nab\r\n0\r\n\r\n", "a".repeat(1_000_000))),
        ),
        bad(
            "1 MB of trailers",
            chunks(&format!(
                "2\r\nab\r\n0\r\na: {}\r\n\r\n",
                "b".repeat(1_000_000)
            )),
        ),
        input(
            "a trailer `Content-Length`, which is none",
            chunks("2\r\nab\r\n0\r\ncontent-length: 9\r\n\r\n"),
            Want::Served,
        ),
        input(
            "an extension: `2;a=b`",
            chunks("2;a=b\r\nab\r\n0\r\n\r\n"),
            Want::Served,
        ),
    ]
}

fn sizes() -> Vec<Input> {
    let get = |header: &str| format!("GET / HTTP/1.1\r\nhost: test\r\n{header}\r\n\r\n");
    let long = |length| format!("GET /{} HTTP/1.1\r\nhost: test\r\n\r\n", "x".repeat(length));
    let large = |length: usize| post(&format!("content-length: {length}"), &"x".repeat(length));
    let chunk = format!("10000\r\n{}\r\n", "x".repeat(0x1_0000));
    vec![
        bad("a path of 1 MB", long(1_000_000)),
        bad(
            "a header of 1 MB",
            get(&format!("a: {}", "b".repeat(1_000_000))),
        ),
        bad("10,000 headers", get(&["a: b"; 10_000].join("\r\n"))),
        input("60 headers", get(&["a: b"; 59].join("\r\n")), Want::Served),
        input(
            "a body of 3 MB, all of it sent before the answer is read",
            large(3_000_000),
            Want::TooLarge,
        ),
        input("a body of 64 MB", large(64_000_000), Want::TooLarge),
        input(
            "a body of 64 MB in chunks",
            chunks(&(chunk.repeat(1000) + "0\r\n\r\n")),
            Want::TooLarge,
        ),
        input(
            "100 requests at once",
            get("a: b").repeat(100),
            Want::Times(100),
        ),
    ]
}
