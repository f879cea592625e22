//! How is a body read while it arrives, with what comes after it?
//!
//! What is known only at the end of a body stands in a trailer, such as `Content-Digest` (RFC 9530).

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use http_body_util::BodyExt;
use sendoff::http::HeaderName;
use sendoff::{Body, handler, send};
use sha2::{Digest, Sha256};

pub(crate) const CONTENT_DIGEST: HeaderName = HeaderName::from_static("content-digest");

/// The value of `Content-Digest` for a body that `sum` has seen.
pub(crate) fn content_digest(sum: Sha256) -> String {
    format!("sha-256=:{}:", BASE64_STANDARD.encode(sum.finalize()))
}

/// The SHA-256 of the body. If the client says in a trailer what it should be, it must be that.
#[handler(POST "/digest", body_limit = usize::MAX)]
pub(crate) async fn digest(mut body: Body) {
    let mut sum = Sha256::new();
    let mut claimed = None;
    while let Some(frame) = body.frame().await {
        let Ok(frame) = frame else {
            send!(400, "the body breaks off");
        };
        match frame.into_data() {
            Ok(data) => sum.update(&data),
            Err(other) => {
                let trailers = other.into_trailers().unwrap_or_default();
                claimed = trailers.get(CONTENT_DIGEST).cloned();
            }
        }
    }
    let digest = content_digest(sum);
    if claimed.is_some_and(|claimed| claimed != digest) {
        send!(
            422,
            "the body is not the one of the trailer `Content-Digest`"
        );
    }
    send!(digest);
}
