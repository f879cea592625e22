//! What does each route answer?
//!
//! `send!` answers and leaves, so every handler reads top down: what can go wrong first, the
//! answer last. `?` leaves too, with the reply of a helper or with the 500 of `or_500`.

use sendoff::http::header::{ETAG, IF_MATCH, LINK, LOCATION};
use sendoff::{HeaderMap, Json, OrSend, Query, Redirect, Reply, State, handler, send};
use serde::Serialize;

use crate::error::{changed, no_note, no_version, not_one_version, title_taken};
use crate::note::{Draft, Note};
use crate::page::Paging;
use crate::store::{Store, Update};

#[handler(GET "/")]
pub(crate) async fn home() {
    send!(Redirect::to("/notes"));
}

#[derive(Serialize)]
struct Listing {
    notes: Vec<Note>,
    total: u32,
}

#[handler(GET "/notes")]
pub(crate) async fn list(State(store): State<Store>, Query(paging): Query<Paging>) {
    let page = paging.check()?;
    let (notes, total) = store.list(page).await.or_500()?;
    let next = page.next(total).map(|next| {
        let link = format!("</notes?{next}>; rel=\"next\"");
        [(LINK, link)]
    });
    send!(200, next, Json(Listing { notes, total }));
}

#[handler(POST "/notes")]
pub(crate) async fn create(State(store): State<Store>, Json(draft): Json<Draft>) {
    let content = draft.check()?;
    let Some(note) = store.create(content).await.or_500()? else {
        send!(title_taken());
    };
    let headers = [
        (LOCATION, format!("/notes/{}", note.id)),
        (ETAG, etag(&note)),
    ];
    send!(201, headers, Json(note));
}

#[handler(GET "/notes/{id}")]
pub(crate) async fn show(id: i64, State(store): State<Store>) {
    let Some(note) = store.find(id).await.or_500()? else {
        send!(no_note(id));
    };
    send!(200, [(ETAG, etag(&note))], Json(note));
}

/// Replaces a note, if it still is the version that the client has read.
#[handler(PUT "/notes/{id}")]
pub(crate) async fn update(
    id: i64,
    State(store): State<Store>,
    headers: HeaderMap,
    Json(draft): Json<Draft>,
) {
    let version = expected_version(&headers)?;
    let content = draft.check()?;
    match store.update(id, version, content).await.or_500()? {
        Update::Done(note) => send!(200, [(ETAG, etag(&note))], Json(note)),
        Update::Missing => send!(no_note(id)),
        Update::Changed => send!(changed()),
        Update::TitleTaken => send!(title_taken()),
    }
}

#[handler(DELETE "/notes/{id}")]
pub(crate) async fn delete(id: i64, State(store): State<Store>) {
    if !store.delete(id).await.or_500()? {
        send!(no_note(id));
    }
    send!(204);
}

/// The version that the client has read, from `If-Match` (RFC 9110 section 13.1.1). In a helper
/// `send!` ends the helper; the `?` in the handler carries the answer out.
fn expected_version(headers: &HeaderMap) -> Result<i64, Reply> {
    let Some(value) = headers.get(IF_MATCH) else {
        send!(no_version());
    };
    let tag = value.to_str().unwrap_or_default();
    let version = tag.strip_prefix('"').and_then(|tag| tag.strip_suffix('"'));
    let Some(version) = version.and_then(|version| version.parse().ok()) else {
        send!(not_one_version());
    };
    Ok(version)
}

fn etag(note: &Note) -> String {
    format!("\"{}\"", note.version)
}
