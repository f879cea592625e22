//! Who is slow? A server must not wait for one client while others are there.

use std::sync::Arc;
use std::time::Duration;

use tokio::time::sleep;

use crate::expect::{is, text};
use crate::http1::connect;
use crate::serve::Target;
use crate::support::wire::Wire;

/// A request in packets of a few bytes.
pub(crate) async fn writers(target: Arc<Target>, turn: usize) -> usize {
    let mut wire = connect(&target, turn).await;
    let body = text(turn, 120);
    let request = format!("POST /echo HTTP/1.1\r\nhost: test\r\ncontent-length: 120\r\n\r\n{body}");
    for _ in 0..2 {
        for packet in request.as_bytes().chunks(1 + turn % 17) {
            wire.write(packet).await;
            sleep(Duration::from_millis(1)).await;
        }
        is(
            &wire.answer(false).await,
            200,
            &[("content-length", "120")],
            body,
        );
    }
    2
}

/// A response that waits for its reader.
pub(crate) async fn readers(target: Arc<Target>, turn: usize) -> usize {
    let length = 1_000_000;
    let wire = Wire::connect_narrow(target.of(turn)).await;
    let mut wire = wire.expect("the server listens");
    wire.request(&format!("GET /text/{turn}/{length}"), &[], "")
        .await;
    let head = wire.head().await;
    assert_eq!(head.status, 200);
    let (mut body, mut left) = (String::new(), length);
    while left > 0 {
        let part = left.min(50_000);
        body += &wire.text(part).await;
        left -= part;
        sleep(Duration::from_millis(2)).await;
    }
    crate::expect::is_body(body.as_bytes(), text(turn, length).as_bytes());
    1
}
