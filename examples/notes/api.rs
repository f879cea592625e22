//! What does each route answer?
//!
//! `send!` answers and leaves, so every handler reads top down: what can go wrong first, the
//! answer last. `?` leaves too, with the reply of a helper or with the 500 of an [`AppError`].

use sendoff::http::header::{ETAG, IF_MATCH, LINK, LOCATION};
use sendoff::{HeaderMap, Json, Query, Redirect, Reply, State, handler, send};
use serde::Serialize;

use crate::error::{AppError, ErrorBody, error};
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

#[handler(GET "/notes", error = AppError)]
pub(crate) async fn list(State(store): State<Store>, Query(paging): Query<Paging>) {
    let page = paging.check()?;
    let (notes, total) = store.list(page).await?;
    let next = page.next(total).map(|next| {
        let link = format!("</notes?{next}>; rel=\"next\"");
        [(LINK, link)]
    });
    send!(200, next, Json(Listing { notes, total }));
}

#[handler(POST "/notes", error = AppError)]
pub(crate) async fn create(State(store): State<Store>, Json(draft): Json<Draft>) {
    let content = draft.check()?;
    let Some(note) = store.create(content).await? else {
        send!(409, title_taken());
    };
    let headers = [
        (LOCATION, format!("/notes/{}", note.id)),
        (ETAG, etag(&note)),
    ];
    send!(201, headers, Json(note));
}

#[handler(GET "/notes/{id}", error = AppError)]
pub(crate) async fn show(id: i64, State(store): State<Store>) {
    let Some(note) = store.find(id).await? else {
        send!(404, no_note(id));
    };
    send!(200, [(ETAG, etag(&note))], Json(note));
}

/// Replaces a note, if it still is the version that the client has read.
#[handler(PUT "/notes/{id}", error = AppError)]
pub(crate) async fn update(
    id: i64,
    State(store): State<Store>,
    headers: HeaderMap,
    Json(draft): Json<Draft>,
) {
    let version = expected_version(&headers)?;
    let content = draft.check()?;
    match store.update(id, version, content).await? {
        Update::Done(note) => send!(200, [(ETAG, etag(&note))], Json(note)),
        Update::Missing => send!(404, no_note(id)),
        Update::Changed => send!(412, error("the note has changed since; read it again")),
        Update::TitleTaken => send!(409, title_taken()),
    }
}

#[handler(DELETE "/notes/{id}", error = AppError)]
pub(crate) async fn delete(id: i64, State(store): State<Store>) {
    if !store.delete(id).await? {
        send!(404, no_note(id));
    }
    send!(204);
}

/// The version that the client has read, from `If-Match` (RFC 9110 section 13.1.1). In a helper
/// `send!` ends the helper; the `?` in the handler carries the answer out.
fn expected_version(headers: &HeaderMap) -> Result<i64, Reply> {
    let Some(value) = headers.get(IF_MATCH) else {
        send!(
            428,
            error("say which version you replace: send its ETag as If-Match")
        );
    };
    let tag = value.to_str().unwrap_or_default();
    let version = tag.strip_prefix('"').and_then(|tag| tag.strip_suffix('"'));
    let Some(version) = version.and_then(|version| version.parse().ok()) else {
        send!(
            400,
            error("If-Match takes one ETag of the note, such as \"1\"")
        );
    };
    Ok(version)
}

fn etag(note: &Note) -> String {
    format!("\"{}\"", note.version)
}

fn no_note(id: i64) -> Json<ErrorBody> {
    error(format!("no note has the id {id}"))
}

fn title_taken() -> Json<ErrorBody> {
    error("another note has this title")
}
