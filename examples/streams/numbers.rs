//! How is a body made while it is sent, with something after it?

use std::convert::Infallible;
use std::fmt::Write;
use std::iter;
use std::sync::atomic::Ordering;

use futures_util::stream;
use http_body::Frame;
use http_body_util::StreamBody;
use sendoff::http::header::{CONTENT_TYPE, TRAILER};
use sendoff::{Body, Bytes, Query, State, handler, send};
use serde::Deserialize;
use sha2::{Digest, Sha256};

use crate::Shared;
use crate::digest::{CONTENT_DIGEST, content_digest};

const LINES_AT_A_TIME: usize = 1_000;

#[derive(Deserialize)]
pub(crate) struct Range {
    /// The last number; without it the list goes on for as long as somebody reads.
    to: Option<u64>,
}

/// The numbers from 1, a line each. More lines are made when the client has read those before; at
/// their end comes their digest.
#[handler(GET "/numbers")]
pub(crate) async fn numbers(Query(range): Query<Range>, State(shared): State<Shared>) {
    let mut left = 1..=range.to.unwrap_or(u64::MAX);
    let mut sum = Some(Sha256::new());
    let frames = iter::from_fn(move || {
        let mut lines = String::new();
        for number in left.by_ref().take(LINES_AT_A_TIME) {
            writeln!(lines, "{number}").ok()?;
        }
        if lines.is_empty() {
            let digest = content_digest(sum.take()?).try_into().ok()?;
            let trailers = [(CONTENT_DIGEST, digest)].into_iter().collect();
            return Some(Frame::trailers(trailers));
        }
        sum.as_mut()?.update(&lines);
        shared.made.fetch_add(lines.len() as u64, Ordering::Relaxed);
        Some(Frame::data(Bytes::from(lines)))
    });
    let frames = stream::iter(frames.map(Ok::<_, Infallible>));
    let headers = [(CONTENT_TYPE, "text/plain"), (TRAILER, "content-digest")];
    // Over HTTP/1.1 the trailer is sent to those who say `TE: trailers`, as RFC 9110 section 6.5.1
    // asks for.
    send!(200, headers, Body::new(StreamBody::new(frames)));
}

/// The bytes that [`numbers`] has made for all clients.
#[handler(GET "/numbers/made")]
pub(crate) async fn made(State(shared): State<Shared>) {
    send!(200, shared.made.load(Ordering::Relaxed).to_string());
}
