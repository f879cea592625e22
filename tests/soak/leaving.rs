//! Who leaves early? Their answers are nobody's; the counts of the server tell what became of it.

use std::sync::Arc;

use crate::expect::is_text;
use crate::http1::connect;
use crate::serve::Target;

/// In the head or the body of a request.
pub(crate) async fn in_a_request(target: Arc<Target>, turn: usize) -> usize {
    const UPLOAD: &str = "POST /echo HTTP/1.1\r\nhost: test\r\ncontent-length: 100000\r\n\r\n12345";
    const CHUNKS: &str =
        "POST /echo HTTP/1.1\r\nhost: test\r\ntransfer-encoding: chunked\r\n\r\n5\r\n12345\r\nff";
    for all in [UPLOAD, CHUNKS] {
        let mut wire = connect(&target, turn).await;
        wire.write(&all[..turn % all.len()]).await;
        let mut wire = connect(&target, turn).await;
        wire.write(all).await;
        let head = wire.head().await;
        assert_eq!(head.status, 200);
    }
    2
}

/// While a handler runs, which goes on or does not.
pub(crate) async fn in_a_handler(target: Arc<Target>, turn: usize) -> usize {
    let stays = turn.is_multiple_of(4);
    for path in ["/slow/10", "/cancelled/10"] {
        let mut wire = connect(&target, turn).await;
        wire.request(&format!("GET {path}"), &[], "").await;
        if stays {
            is_text(&wire.answer(false).await, 200, "after 10 ms");
        } else {
            tokio::task::yield_now().await;
        }
    }
    if stays { 2 } else { 0 }
}

/// While the response comes.
pub(crate) async fn in_a_response(target: Arc<Target>, turn: usize) -> usize {
    for path in [
        "/endless",
        "/stream/1/1000000",
        "/text/1/1000000",
        "/events/100000",
    ] {
        let mut wire = connect(&target, turn).await;
        wire.request(&format!("GET {path}"), &[], "").await;
        assert_eq!(wire.head().await.status, 200);
        wire.read(turn % 2_000).await;
    }
    4
}

/// As soon as the response has come, or before; there is work after it.
pub(crate) async fn after_a_response(target: Arc<Target>, turn: usize) -> usize {
    let mut wire = connect(&target, turn).await;
    let lengths = [0, 10, 300_000];
    for length in lengths {
        wire.request(&format!("GET /jobs/{length}"), &[], "").await;
        let expected = crate::expect::text(length, length);
        is_text(&wire.answer(false).await, 202, expected);
    }
    wire.request("GET /jobs/300000", &[], "").await;
    lengths.len()
}
