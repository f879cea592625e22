//! How are forms with files read, whatever clients send?

use futures_util::StreamExt;
use sendoff::extract::Multipart;
use sendoff::{OrSend, send};

use super::{check_problem, hosts};

hosts! {
    POST post "/all" all(mut form: Multipart) {
        let mut found = String::new();
        while let Some(field) = form.next_field().await? {
            let name = field.name().map(str::to_owned);
            let file = field.file_name().map(str::to_owned);
            let media_type = field.content_type().map(str::to_owned);
            let content = field.bytes().await?;
            let content = content.escape_ascii();
            found.push_str(&format!("{name:?} {file:?} {media_type:?} {content};"));
        }
        send!(found);
    }
    POST post "/texts" texts(mut form: Multipart) {
        let mut found = String::new();
        while let Some(field) = form.next_field().await? {
            found.push_str(&field.text().await?);
            found.push(';');
        }
        send!(found);
    }
    POST post "/streams" streams(mut form: Multipart) {
        let mut length = 0;
        while let Some(mut field) = form.next_field().await? {
            while let Some(chunk) = field.next().await {
                length += chunk?.len();
            }
        }
        send!(length.to_string());
    }
    POST post "/skips" skips(mut form: Multipart) {
        let mut count = 0;
        while form.next_field().await?.is_some() {
            count += 1;
        }
        send!(count.to_string());
    }
    POST post "/again" again(mut form: Multipart) {
        let first = form.next_field().await.is_err();
        let second = form.next_field().await.is_err();
        send!(format!("{first} {second}"));
    }
    POST post "/maybe" maybe(form: Option<Multipart>) {
        send!(form.is_some().to_string());
    }
    POST post "/or-500" or_500(mut form: Multipart) {
        while form.next_field().await.or_500()?.is_some() {}
        send!(204);
    }
}

const TYPE: &str = "content-type: multipart/form-data; boundary=X";

async fn check(body: &[u8], expected: &str) {
    let hosts = hosts().await;
    let answer = hosts.ask("POST /all", &[TYPE], body).await;
    let of = body.escape_ascii();
    assert_eq!((answer.status, &*answer.body), (200, expected), "{of}");
    // And a byte at a time.
    let mut wire = hosts.ours.connect().await;
    let head = format!("POST /all HTTP/1.1\r\nhost: test\r\n{TYPE}\r\n");
    wire.write(format!("{head}transfer-encoding: chunked\r\n\r\n"))
        .await;
    for byte in body {
        wire.write([b"1\r\n", &[*byte][..], b"\r\n"].concat()).await;
    }
    wire.write("0\r\n\r\n").await;
    let answer = wire.answer(false).await;
    assert_eq!((answer.status, &*answer.body), (200, expected), "{of}");
}

#[tokio::test]
async fn parts_are_what_is_between_the_delimiters() {
    check(b"--X--", "").await;
    check(b"preamble\r\n--X--\r\nepilogue", "").await;
    check(
        b"not --X\r\n--X  \t\r\n\r\nbody\r\n--X--",
        "None None None body;",
    )
    .await;
    check(b"--X\r\n\r\n\r\n--X--\r\n", "None None None ;").await;
    let content = b"--X\r\nA: b\r\n\r\n\r\n-\r\n--\r\n--x\r\n\r\r\n--X\r\n\r\n2\r\n--X--";
    let expected = r"None None None \r\n-\r\n--\r\n--x\r\n\r;None None None 2;";
    check(content, expected).await;
    let disposition =
        b"--X\r\ncontent-disposition: form-data; Name=\"a\"; FILENAME=\"b; name=c\"\r\n";
    let content = b"content-type: text/html ; charset=utf-8\r\n\r\n\x00\xFF\r\n--X--";
    let expected = r#"Some("a") Some("b; name=c") Some("text/html ; charset=utf-8") \x00\xff;"#;
    check(&[&disposition[..], content].concat(), expected).await;
    let file =
        b"--X\r\nContent-Disposition: form-data; name=a; filename=\"\xE4\"\r\n\r\n1\r\n--X--";
    check(file, "Some(\"a\") Some(\"\u{FFFD}\") None 1;").await;
}

async fn check_refused(path: &str, body: &[u8], detail: &str) {
    let hosts = hosts().await;
    let answer = hosts.ask(&format!("POST {path}"), &[TYPE], body).await;
    check_problem(&answer, 400, detail, None);
}

#[tokio::test]
async fn what_is_malformed_is_refused_in_our_words() {
    let end = "the form ends before its last part does";
    for body in [
        &b""[..],
        b"X",
        b"--X",
        b"--X\r\n",
        b"--X\r\nA: b\r\n",
        b"--X\r\nA: b\r\n\r\n",
        b"--X\r\nA: b\r\n\r\ncontent\r\n",
        b"--X\r\nA: b\r\n\r\ncontent\r\n--X",
        b"--X\r\nA: b\r\n\r\ncontent--X--",
        b"--Y--",
    ] {
        check_refused("/all", body, end).await;
        check_refused("/skips", body, end).await;
    }
    let head = "the head of a part of the form is malformed";
    for body in [
        &b"--Xx\r\n\r\n1\r\n--X--"[..],
        b"--X-\r\n\r\n1\r\n--X--",
        b"--X\r\nno field\r\n\r\n1\r\n--X--",
        b"--X\r\nA: b\r\n c: d\r\n\r\n1\r\n--X--",
    ] {
        check_refused("/all", body, head).await;
    }
    let name = b"--X\r\nContent-Disposition: form-data; name=\"\xE4\"\r\n\r\n1\r\n--X--";
    let detail = "the name of a field of the form is not UTF-8";
    check_refused("/all", name, detail).await;
    let text = b"--X\r\nContent-Disposition: form-data; name=a\r\n\r\n\xE4\r\n--X--";
    let detail = "the field `a` of the form is not valid UTF-8";
    check_refused("/texts", text, detail).await;
}

#[tokio::test]
async fn fields_are_read_in_every_way() {
    let hosts = hosts().await;
    let body = b"--X\r\n\r\nfirst\r\n--X\r\n\r\nsecond\r\n--X--";
    for (path, expected) in [
        ("/texts", "first;second;"),
        ("/streams", "11"),
        ("/skips", "2"),
        ("/again", "false false"),
    ] {
        let answer = hosts.ask(&format!("POST {path}"), &[TYPE], body).await;
        assert_eq!((answer.status, &*answer.body), (200, expected), "{path}");
    }
    let large = vec![b'\r'; 1_000_000];
    let body = [b"--X\r\n\r\n", &large[..], b"\r\n--X--"].concat();
    let answer = hosts.ask("POST /streams", &[TYPE], body).await;
    assert_eq!(answer.body, "1000000");
    let answer = hosts.ask("POST /again", &[TYPE], "--X").await;
    assert_eq!(answer.body, "true true");
}

#[tokio::test]
async fn what_is_no_multipart_is_unsupported() {
    let hosts = hosts().await;
    let detail = "the body must have the content type multipart/form-data";
    for media_type in [
        "multipart/mixed; boundary=X",
        "multipart/form-datax; boundary=X",
        "application/x-www-form-urlencoded",
        "text/plain; a=\"multipart/form-data; boundary=X\"",
    ] {
        let media_type = format!("content-type: {media_type}");
        for path in ["/all", "/maybe"] {
            let line = format!("POST {path}");
            let answer = hosts.ask(&line, &[&media_type], "--X--").await;
            check_problem(&answer, 415, detail, None);
            assert_eq!(answer.header("accept"), Some("multipart/form-data"));
        }
    }
    for (headers, body, expected) in [
        (&[][..], "", (200, "false")),
        (&[TYPE], "--X--", (200, "true")),
    ] {
        let answer = hosts.ask("POST /maybe", headers, body).await;
        assert_eq!((answer.status, &*answer.body), expected);
    }
    for path in ["/all", "/maybe"] {
        let answer = hosts.ask(&format!("POST {path}"), &[], "--X--").await;
        check_problem(&answer, 415, detail, None);
    }
    let zipped = [TYPE, "content-encoding: gzip"];
    let answer = hosts.ask("POST /all", &zipped, "--X--").await;
    check_problem(
        &answer,
        415,
        "the body must not have a content coding",
        None,
    );
    assert_eq!(answer.header("accept-encoding"), Some("identity"));
}

#[tokio::test]
async fn a_boundary_is_that_of_its_parameter() {
    let hosts = hosts().await;
    for parameters in [
        "boundary=X",
        "BOUNDARY=X",
        "Boundary=\"X\"",
        "a=\"; boundary=Y\"; boundary=X",
        "charset=utf-8 ;boundary=X;;",
    ] {
        let media_type = format!("content-type: Multipart/Form-Data; {parameters}");
        let answer = hosts.ask("POST /all", &[&media_type], "--X--").await;
        assert_eq!(answer.status, 200, "{parameters}: {}", answer.body);
    }
    let long = format!("boundary={}", "x".repeat(71));
    let detail = "the content type multipart/form-data has no valid boundary";
    for parameters in [
        "a=b",
        "boundary=\"\"",
        "boundary=\"x \"",
        "boundary=\"a*b\"",
        &long,
    ] {
        let media_type = format!("content-type: multipart/form-data; {parameters}");
        let answer = hosts.ask("POST /all", &[&media_type], "--X--").await;
        check_problem(&answer, 400, detail, None);
    }
}

/// However a form is cut into frames, it is the same.
#[tokio::test]
async fn frames_do_not_matter() {
    let hosts = hosts().await;
    let form =
        b"pre\r\n--\r\n--X\r\nA: b\r\n\r\n1\r\n--\r\r\n\r\n--X\r\n\r\n--X\r\n--X--\r\nepilogue";
    let expected = r"None None None 1\r\n--\r\r\n;None None None --X;";
    for first in 0..form.len() {
        for second in [first, first + 1, first + 5] {
            let second = second.min(form.len());
            let frames = [&form[..first], &form[first..second], &form[second..]];
            let mut wire = hosts.ours.connect().await;
            let head = format!("POST /all HTTP/1.1\r\nhost: test\r\n{TYPE}\r\n");
            wire.write(format!("{head}transfer-encoding: chunked\r\n\r\n"))
                .await;
            for frame in frames.iter().filter(|frame| !frame.is_empty()) {
                let length = format!("{:x}\r\n", frame.len());
                wire.write([length.as_bytes(), frame, b"\r\n"].concat())
                    .await;
                tokio::task::yield_now().await;
            }
            wire.write("0\r\n\r\n").await;
            let answer = wire.answer(false).await;
            assert_eq!(
                (answer.status, &*answer.body),
                (200, expected),
                "{first} {second}"
            );
        }
    }
}

const PREAMBLE: &str = "the form has more than 16 KiB before its first part";
const HEAD: &str = "the head of a part of the form is longer than 16 KiB";

#[tokio::test]
async fn what_has_no_end_has_a_limit() {
    let text = "x".repeat(16 * 1024 - 2);
    check(format!("{text}\r\n--X--").as_bytes(), "").await;
    check_refused("/all", format!("{text}xxx\r\n--X--").as_bytes(), PREAMBLE).await;
    check_refused("/all", &vec![b'x'; 1 << 20], PREAMBLE).await;
    let lines = "a: b\r\n".repeat(2_700);
    let body = format!("--X\r\n{lines}\r\n1\r\n--X--");
    check(body.as_bytes(), "None None None 1;").await;
    let body = format!("--X\r\n{lines}{}: b\r\n\r\n1\r\n--X--", "x".repeat(200));
    check_refused("/all", body.as_bytes(), HEAD).await;
    let body = format!("--X\r\n{}", "a: b\r\n".repeat(100_000));
    check_refused("/all", body.as_bytes(), HEAD).await;
}

#[tokio::test]
async fn a_form_that_is_too_long_is_413() {
    let hosts = hosts().await;
    let body = [b"--X\r\n\r\n", &vec![b'x'; 2 << 20][..], b"\r\n--X--"].concat();
    let ours = hosts.ours.address;
    for (address, path) in [
        (ours, "/streams"),
        (ours, "/or-500"),
        (hosts.axum, "/streams"),
    ] {
        let line = format!("POST {path}");
        let answer = super::over_http1(address, &line, &[TYPE], &body).await;
        let detail = "the body is larger than the limit";
        check_problem(&answer, 413, detail, None);
    }
}
