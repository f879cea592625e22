//! Is the example `files` safe with what strangers send, and does it give it back in every way?

use std::fs;
use std::io::Read;
use std::path::Path;

use bytes::Bytes;
use flate2::read::GzDecoder;
use http::header::{CONTENT_ENCODING, VARY};
use http::{HeaderMap, Request};
use http_body_util::{BodyExt, Empty};
use hyper_util::client::legacy::Client;
use hyper_util::rt::TokioExecutor;
use tempfile::TempDir;

use super::start;
use crate::support::example::Example;
use crate::support::wire::{Answer, in_time};

/// How large an upload may be, in bytes.
const LIMIT: usize = 10_000_000;
const TYPE: &str = "content-type: multipart/form-data; boundary=XX";

/// The running example, with a file beside those it serves.
struct Files {
    folder: TempDir,
    example: Example,
}

impl Files {
    async fn start() -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        fs::write(folder.path().join("secret"), "secret").expect("room");
        let dir = folder.path().to_str().expect("a path in UTF-8");
        let example = start("files", &["--dir", dir]).await;
        Files { folder, example }
    }

    async fn ask(&self, line: &str, headers: &[&str]) -> Answer {
        self.example.ask(line, headers, "").await
    }

    async fn upload(&self, name: &str, content: &str) -> Answer {
        let form = form(name, content);
        self.example.ask("POST /files", &[TYPE], &form).await
    }

    /// Uploads a file that must be taken.
    async fn keep(&self, name: &str, content: &str) {
        let answer = self.upload(name, content).await;
        assert_eq!(answer.status, 201, "{}", answer.body);
    }

    /// The names in one of the two folders.
    fn names(&self, of: &str) -> Vec<String> {
        names(&self.folder.path().join(of))
    }

    /// Fails if an upload has left something somewhere.
    #[track_caller]
    fn check_untouched(&self) {
        assert_eq!(names(self.folder.path()), ["arriving", "kept", "secret"]);
        assert_eq!(self.names("arriving"), [""; 0]);
        assert_eq!(self.names("kept"), [""; 0]);
    }

    /// A body in bytes, for those that are no text.
    async fn get(&self, path: &str, accept: &str) -> (HeaderMap, Bytes) {
        let request = Request::get(format!("{}{path}", self.example.url()))
            .header("accept-encoding", accept)
            .body(Empty::<Bytes>::new());
        let client = Client::builder(TokioExecutor::new()).build_http();
        let asked = client.request(request.expect("a request"));
        let answer = in_time(asked).await.expect("an answer");
        let (head, body) = answer.into_parts();
        let body = in_time(body.collect()).await.expect("a whole body");
        (head.headers, body.to_bytes())
    }
}

fn names(folder: &Path) -> Vec<String> {
    let entries = fs::read_dir(folder).expect("a folder");
    let name = |entry: std::io::Result<fs::DirEntry>| entry.expect("an entry").file_name();
    let mut names: Vec<String> = entries
        .map(|entry| name(entry).into_string().expect("a name in UTF-8"))
        .collect();
    names.sort();
    names
}

/// As a browser sends it: another field first.
fn form(name: &str, content: &str) -> String {
    let name = name.replace('"', "%22");
    format!(
        "--XX\r\ncontent-disposition: form-data; name=\"comment\"\r\n\r\nnone\r\n\
         --XX\r\ncontent-disposition: form-data; name=\"file\"; filename=\"{name}\"\r\n\
         content-type: text/plain\r\n\r\n{content}\r\n--XX--\r\n"
    )
}

/// More than a buffer, with what looks like the end of a part in it.
fn long() -> String {
    "--X\r\n--XY\r\n\r\n-- XX\n".repeat(10_000)
}

#[tokio::test]
async fn a_file_comes_back_as_it_went() {
    let files = Files::start().await;
    for (name, content) in [("long.txt", long()), ("empty", String::new())] {
        let answer = files.upload(name, &content).await;
        let path = format!("/files/{name}");
        assert_eq!(
            (answer.status, answer.header("location")),
            (201, Some(path.as_str()))
        );
        let kept = fs::read(files.folder.path().join("kept").join(name));
        assert!(kept.expect("a file") == content.as_bytes(), "{name}");
        let answer = files.ask(&format!("GET {path}"), &[]).await;
        assert!((answer.status, &answer.body) == (200, &content), "{name}");
        // A stranger's page is not to act as one of ours.
        let policy = answer.header("content-security-policy");
        assert_eq!(policy, Some("sandbox"));
        let sniffing = answer.header("x-content-type-options");
        assert_eq!(sniffing, Some("nosniff"));
    }
    assert_eq!(files.names("arriving"), [""; 0]);
    let list = files.ask("GET /files", &[]).await;
    assert_eq!(list.body, r#"["empty","long.txt"]"#);
}

#[tokio::test]
async fn a_path_is_no_name() {
    let files = Files::start().await;
    for name in [
        "../../x",
        "..",
        ".",
        "",
        "/etc/x",
        "a/b",
        "..\\x",
        "C:x",
        ".hidden",
        "a\tb",
        "é",
        "a b",
        "a\"b",
        "%2e%2e%2fx",
    ] {
        let answer = files.upload(name, "content").await;
        assert_eq!(answer.status, 422, "{name}");
        files.check_untouched();
    }
    let long = files.upload(&"x".repeat(101), "content").await;
    assert_eq!(long.status, 422);
    files.check_untouched();
}

#[tokio::test]
async fn what_is_too_large_leaves_nothing() {
    let files = Files::start().await;
    let form = form("large.txt", &"x".repeat(LIMIT));

    // By its length: refused before it is sent.
    let mut wire = files.example.connect().await;
    let length = format!("content-length: {}", form.len());
    let headers = [TYPE, "expect: 100-continue", &length];
    wire.request("POST /files", &headers, "").await;
    assert_eq!(wire.answer(false).await.status, 413);
    files.check_untouched();

    // Without a length: refused when it has become too large.
    let mut wire = files.example.connect().await;
    let headers = [TYPE, "transfer-encoding: chunked"];
    wire.request("POST /files", &headers, "").await;
    wire.write(format!("{:x}\r\n{form}\r\n0\r\n\r\n", form.len()))
        .await;
    assert_eq!(wire.answer(false).await.status, 413);
    files.check_untouched();
}

#[tokio::test]
async fn what_is_no_form_leaves_nothing() {
    let files = Files::start().await;
    let form = form("a.txt", "content");
    let cut = form.trim_end_matches("--XX--\r\n");
    let no_file = "--XX\r\ncontent-disposition: form-data; name=\"file\"\r\n\r\ntext\r\n--XX--\r\n";
    for (content_type, body, status) in [
        (TYPE, cut, 400),
        (TYPE, "--XX--\r\n", 422),
        (TYPE, no_file, 422),
        (TYPE, "no form", 400),
        ("content-type: text/plain", &form, 415),
    ] {
        let answer = files
            .example
            .ask("POST /files", &[content_type], body)
            .await;
        assert_eq!(answer.status, status, "{body} {}", answer.body);
        files.check_untouched();
    }
    let mut wire = files.example.connect().await;
    let headers = [TYPE, "transfer-encoding: chunked"];
    wire.request("POST /files", &headers, "").await;
    wire.write(format!("{:x}\r\n{cut}\r\nno chunk\r\n", cut.len()))
        .await;
    assert_eq!(wire.answer(false).await.status, 400);
    files.check_untouched();
}

#[tokio::test]
async fn who_leaves_leaves_nothing() {
    let files = Files::start().await;
    let form = form("half.txt", &long());
    let mut wire = files.example.connect().await;
    let length = format!("content-length: {}", form.len());
    wire.request("POST /files", &[TYPE, &length], "").await;
    wire.write(&form[..form.len() / 2]).await;
    until(&files, 1).await;
    drop(wire);
    until(&files, 0).await;
    files.check_untouched();
}

/// Waits until so many files arrive, which only the other process knows.
async fn until(files: &Files, arriving: usize) {
    in_time(async {
        while files.names("arriving").len() != arriving {
            tokio::task::yield_now().await;
        }
    })
    .await;
}

#[tokio::test]
async fn a_name_is_taken_once() {
    let files = Files::start().await;
    files.keep("a.txt", "first").await;
    let answer = files.upload("a.txt", "second").await;
    assert_eq!(
        (answer.status, answer.body.as_str()),
        (409, "another file has this name")
    );
    assert_eq!(files.ask("GET /files/a.txt", &[]).await.body, "first");
    assert_eq!(files.names("arriving"), [""; 0]);
}

#[tokio::test]
async fn a_part_of_a_file() {
    let files = Files::start().await;
    files.keep("abc.txt", "abcdefghij").await;
    for (range, status, content_range, body) in [
        ("bytes=0-2", 206, "bytes 0-2/10", "abc"),
        ("bytes=7-", 206, "bytes 7-9/10", "hij"),
        ("bytes=-2", 206, "bytes 8-9/10", "ij"),
        ("bytes=8-99", 206, "bytes 8-9/10", "ij"),
        ("bytes=10-", 416, "bytes */10", ""),
    ] {
        let range = format!("range: {range}");
        let answer = files.ask("GET /files/abc.txt", &[&range]).await;
        assert_eq!(
            (
                answer.status,
                answer.header("content-range"),
                answer.body.as_str()
            ),
            (status, Some(content_range), body),
            "{range}"
        );
    }
    let two = files.ask("GET /files/abc.txt", &["range: bytes=0-1,4-5"]);
    let two = two.await;
    assert_eq!((two.status, two.body.as_str()), (200, "abcdefghij"));
    let head = files.ask("HEAD /files/abc.txt", &[]).await;
    assert_eq!(
        (head.status, head.header("content-length")),
        (200, Some("10"))
    );
    assert_eq!(head.header("accept-ranges"), Some("bytes"));
}

#[tokio::test]
async fn a_file_that_has_not_changed() {
    let files = Files::start().await;
    files.keep("abc.txt", "abcdefghij").await;
    let first = files.ask("GET /files/abc.txt", &[]).await;
    let tag = first.header("etag").expect("a tag");
    let date = first.header("last-modified").expect("a date");
    for (header, status, body) in [
        (format!("if-none-match: {tag}"), 304, ""),
        (format!("if-modified-since: {date}"), 304, ""),
        ("if-none-match: \"other\"".to_owned(), 200, "abcdefghij"),
    ] {
        let answer = files.ask("GET /files/abc.txt", &[&header]).await;
        assert_eq!(
            (answer.status, answer.body.as_str()),
            (status, body),
            "{header}"
        );
    }
}

#[tokio::test]
async fn there_is_no_way_out_of_the_folder() {
    let files = Files::start().await;
    for path in [
        "/files/../secret",
        "/files/./../secret",
        "/files/%2e%2e/secret",
        "/files/..%2fsecret",
        "/files/..%5csecret",
        "/files//../secret",
        "/files/a/../../secret",
        "/files/%00",
        "/files/",
        "/files/unknown",
    ] {
        let answer = files.ask(&format!("GET {path}"), &[]).await;
        assert_eq!(answer.status, 404, "{path}");
        assert!(!answer.body.contains("secret"), "{path}");
    }
}

#[tokio::test]
async fn bodies_are_compressed_where_that_helps() {
    let files = Files::start().await;
    let text = long();
    files.keep("long.txt", &text).await;
    files.keep("short.txt", "abcdefghij").await;
    files.keep("picture.png", &text).await;

    let (headers, body) = files.get("/files/long.txt", "gzip").await;
    assert_eq!(headers[CONTENT_ENCODING], "gzip");
    assert_eq!(headers[VARY], "accept-encoding");
    let mut unpacked = String::new();
    let read = GzDecoder::new(&body[..]).read_to_string(&mut unpacked);
    assert!(read.is_ok() && unpacked == text && body.len() < text.len() / 10);

    let (headers, body) = files.get("/files/long.txt", "gzip, br").await;
    assert_eq!(headers[CONTENT_ENCODING], "br");
    let mut unpacked = Vec::new();
    let read = brotli::BrotliDecompress(&mut &body[..], &mut unpacked);
    assert!(read.is_ok() && unpacked == text.as_bytes());

    for (path, accept) in [
        ("/files/long.txt", "identity"),
        ("/files/long.txt", "gzip;q=0"),
        ("/files/short.txt", "gzip, br"),
        ("/files/picture.png", "gzip, br"),
    ] {
        let (headers, body) = files.get(path, accept).await;
        assert!(!headers.contains_key(CONTENT_ENCODING), "{path} {accept}");
        assert!(body == text || body == "abcdefghij", "{path} {accept}");
    }
    // A part is one of the file, not of what it is packed into.
    let headers = ["range: bytes=0-99", "accept-encoding: gzip"];
    let part = files.ask("GET /files/long.txt", &headers).await;
    assert_eq!((part.status, &*part.body), (206, &text[..100]));
}

#[tokio::test]
async fn pages_of_other_sites_may_read() {
    let files = Files::start().await;
    files.keep("abc.txt", "abcdefghij").await;
    let origin = "origin: https://other.example";
    let answer = files.ask("GET /files/abc.txt", &[origin]).await;
    assert_eq!(answer.header("access-control-allow-origin"), Some("*"));
    assert_eq!(answer.header("access-control-expose-headers"), Some("etag"));
    let lost = files.ask("GET /unknown", &[origin]).await;
    assert_eq!(lost.header("access-control-allow-origin"), Some("*"));

    // The layer answers before the routes, none of which is for OPTIONS.
    let asks = "access-control-request-method: PUT";
    let preflight = files.ask("OPTIONS /files/abc.txt", &[origin, asks]).await;
    assert_eq!(preflight.status, 200);
    let allowed = preflight.header("access-control-allow-methods");
    assert_eq!(allowed, Some("GET,HEAD"));
    let streams = start("streams", &[]).await;
    let without = streams.ask("OPTIONS /digest", &[origin, asks], "").await;
    assert_eq!(
        (without.status, without.header("allow")),
        (405, Some("POST"))
    );
}

/// A strong tag is of one sequence of bytes (RFC 9110 section 8.8.3.3), and a cache learns of each
/// response that there is another form of it (section 12.5.5).
#[tokio::test]
async fn each_form_of_a_file_is_told_from_the_other() {
    let files = Files::start().await;
    files.keep("long.txt", &long()).await;
    let plain = files.ask("GET /files/long.txt", &[]).await;
    let tag = plain.header("etag").expect("a tag");
    assert!(tag.starts_with('"'), "{tag} is weak");
    let weak = format!("W/{tag}");
    let date = plain.header("last-modified").expect("a date");
    let [same, same_weakly, other, since, unchanged] = [
        format!("if-none-match: {tag}"),
        format!("if-none-match: \"1\", {weak}"),
        "if-none-match: \"1\"".to_owned(),
        format!("if-modified-since: {date}"),
        format!("if-match: {tag}"),
    ];
    for (accept, expected) in [
        ("x-none: 1", tag),
        ("accept-encoding: identity", tag),
        ("accept-encoding: gzip", &weak),
        ("accept-encoding: gzip, br", &weak),
        ("accept-encoding: *", &weak),
    ] {
        for (method, condition, status) in [
            ("GET", "x-none: 2", 200),
            ("HEAD", "x-none: 2", 200),
            ("GET", "range: bytes=0-9", 206),
            ("GET", "range: bytes=0-1,4-5", 200),
            ("GET", &same, 304),
            ("HEAD", &same, 304),
            ("GET", &same_weakly, 304),
            ("GET", &other, 200),
            ("GET", &since, 304),
            ("GET", &unchanged, 200),
        ] {
            let asked = format!("{method} {accept}, {condition}");
            // A body in brotli is no text, so only the head is read.
            let mut wire = files.example.connect().await;
            let line = format!("{method} /files/long.txt");
            wire.request(&line, &[accept, condition], "").await;
            let head = wire.head().await;
            assert_eq!(head.status, status, "{asked}");
            assert_eq!(head.header("etag"), Some(expected), "{asked}");
            check_varies(&head, &asked);
        }
    }
    // What is not there, and what is not a file, varies no less.
    for line in ["GET /files", "GET /", "GET /files/unknown", "GET /unknown"] {
        let answer = files.ask(line, &["accept-encoding: identity"]).await;
        check_varies(&answer, line);
    }
}

#[track_caller]
fn check_varies(answer: &Answer, asked: &str) {
    let varies = |(name, value): &&(String, String)| name == "vary" && value == "accept-encoding";
    assert_eq!(answer.headers.iter().filter(varies).count(), 1, "{asked}");
}
