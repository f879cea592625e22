//! Which bodies are more than a value? Downloads in pieces, and forms.

use std::sync::Arc;

use crate::expect::{is, is_text, sum, text};
use crate::http1::connect;
use crate::serve::Target;

/// In pieces of any size.
pub(crate) async fn streamed_download(target: Arc<Target>, turn: usize) -> usize {
    let mut wire = connect(&target, turn).await;
    for length in [0, 100, 100_000, 1_000_000] {
        wire.request(&format!("GET /stream/{turn}/{length}"), &[], "")
            .await;
        let chunked = [("transfer-encoding", "chunked")];
        is(&wire.answer(false).await, 200, &chunked, text(turn, length));
    }
    4
}

/// Several fields, small and large.
pub(crate) async fn multipart(target: Arc<Target>, turn: usize) -> usize {
    let mut wire = connect(&target, turn).await;
    let (mut form, mut expected) = (String::new(), String::new());
    for length in [0, 10, 70_000, 300_000] {
        let content = text(turn, length);
        form += &format!(
            "--line\r\ncontent-disposition: form-data; name=\"of-{length}\"; filename=\"a\"\r\n\r\n{content}\r\n"
        );
        expected += &format!("of-{length} {length} {}\n", sum(content.as_bytes()));
    }
    form += "--line--\r\n";
    let kind = "content-type: multipart/form-data; boundary=line";
    for _ in 0..2 {
        wire.request("POST /form", &[kind], &form).await;
        is_text(&wire.answer(false).await, 201, &expected);
    }
    2
}
