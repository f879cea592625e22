//! What does each route answer?
//!
//! `send!` answers and leaves, so every handler reads top down: what can go wrong first, the
//! answer last. `?` leaves too, with the reply of a helper or with the 500 of `or_500`.

use sendoff::http::header::{LINK, LOCATION};
use sendoff::{Json, OrSend, Preconditions, Query, Redirect, State, handler, send};
use serde::Serialize;

use crate::error::{no_note, title_taken};
use crate::note::{Draft, Note};
use crate::page::Paging;
use crate::store::{Deletion, Store, Update};

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
    let location = [(LOCATION, format!("/notes/{}", note.id))];
    send!(201, location, note.validators(), Json(note));
}

/// A client that has this version already gets a 304.
#[handler(GET "/notes/{id}")]
pub(crate) async fn show(id: i64, preconditions: Preconditions, State(store): State<Store>) {
    let Some(note) = store.find(id).await.or_500()? else {
        send!(no_note(id));
    };
    let current = note.validators();
    preconditions.check(Some(&current))?;
    send!(200, current, Json(note));
}

/// Replaces a note, if it still is the version that the client has read. Who does not say which one
/// that is would overwrite what others have written since, and gets a 428.
#[handler(PUT "/notes/{id}")]
pub(crate) async fn update(
    id: i64,
    preconditions: Preconditions,
    State(store): State<Store>,
    Json(draft): Json<Draft>,
) {
    let content = draft.check()?;
    let holds = move |note: &Note| preconditions.require(Some(&note.validators()));
    match store.update(id, content, holds).await.or_500()? {
        Update::Done(note) => send!(200, note.validators(), Json(note)),
        Update::Missing => send!(no_note(id)),
        Update::Refused(reply) => send!(reply),
        Update::TitleTaken => send!(title_taken()),
    }
}

/// Deletes a note; if the client says which version it means, only that one.
#[handler(DELETE "/notes/{id}")]
pub(crate) async fn delete(id: i64, preconditions: Preconditions, State(store): State<Store>) {
    let holds = move |note: &Note| preconditions.check(Some(&note.validators()));
    match store.delete(id, holds).await.or_500()? {
        Deletion::Done => send!(204),
        Deletion::Missing => send!(no_note(id)),
        Deletion::Refused(reply) => send!(reply),
    }
}
