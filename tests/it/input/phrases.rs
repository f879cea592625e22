//! What is a status called, in the status line and in a problem's `title`?

use sendoff::{Problem, StatusCode, handler, routes, send};

use crate::socket::{self, start};

#[handler(GET "/{status}")]
async fn problem(status: u16) {
    send!(Problem::new(status));
}

#[handler(GET "/bare/{status}")]
async fn bare(status: u16) {
    let status = StatusCode::from_u16(status).expect("a status");
    send!(status);
}

async fn check(status: u16, phrase: &str, title: &str) {
    let server = start(sendoff::App::new(()).routes(routes![problem, bare])).await;
    let body = format!(r#"{{"type":"about:blank","title":"{title}","status":{status}}}"#);
    for (path, body) in [
        (format!("/{status}"), &*body),
        (format!("/bare/{status}"), ""),
    ] {
        let mut wire = server.connect().await;
        let head = format!("GET {path} HTTP/1.1\r\nhost: test\r\nconnection: close\r\n\r\n");
        wire.write(head).await;
        let answer = wire.rest().await;
        let line = format!("HTTP/1.1 {status} {phrase}\r\n");
        assert!(answer.starts_with(&line), "{answer}");
        assert!(answer.ends_with(&format!("\r\n\r\n{body}")), "{answer}");
    }
    let http2 = socket::http2::connect(server.address).await;
    assert_eq!(http2.get(&format!("/{status}")).await, (status, body));
}

/// RFC 9110 sections 15.3.4, 15.5.14 and 15.5.21.
#[tokio::test]
async fn they_are_rfc_9110s() {
    check(
        203,
        "Non-Authoritative Information",
        "Non-Authoritative Information",
    )
    .await;
    check(404, "Not Found", "Not Found").await;
    check(413, "Content Too Large", "Content Too Large").await;
    check(422, "Unprocessable Content", "Unprocessable Content").await;
}

#[tokio::test]
async fn a_status_that_has_none_has_none() {
    for status in [299, 418 + 1, 499, 599] {
        check(status, "", "Error").await;
    }
}
