//! Does the expansion cause a warning of any kind, of rustc's or of clippy's default set?

#![deny(warnings, clippy::all)]
#![deny(
    future_incompatible,
    keyword_idents,
    let_underscore,
    nonstandard_style,
    refining_impl_trait
)]
#![deny(rust_2018_idioms, rust_2021_compatibility, unused)]
#![deny(
    elided_lifetimes_in_paths,
    explicit_outlives_requirements,
    meta_variable_misuse
)]
#![deny(
    missing_debug_implementations,
    missing_docs,
    non_ascii_idents,
    redundant_imports
)]
#![deny(
    redundant_lifetimes,
    single_use_lifetimes,
    trivial_casts,
    trivial_numeric_casts
)]
#![deny(
    unit_bindings,
    unreachable_pub,
    unsafe_code,
    unused_import_braces,
    unused_lifetimes
)]
#![deny(
    unused_macro_rules,
    unused_qualifications,
    unused_results,
    variant_size_differences
)]

use sendoff::{App, Form, HeaderMap, Json, Query, Reply, State, StatusCode};
use sendoff::{guard, handler, reply, routes, send};

/// What is stored.
#[derive(Clone, Debug, serde::Deserialize, serde::Serialize)]
pub struct Note {
    /// What it is about.
    pub title: String,
}

/// The state.
#[derive(Clone, Debug)]
pub struct Notes(Vec<Note>);

fn find(notes: &Notes, n: usize) -> Result<Note, Reply> {
    let Some(note) = notes.0.get(n) else {
        send!(404, "no such note");
    };
    Ok(note.clone())
}

/// The client's name.
#[guard(Named)]
pub async fn named(headers: HeaderMap, State(notes): State<Notes>) -> String {
    let Some(name) = headers.get("name").and_then(|name| name.to_str().ok()) else {
        send!(401, "who are you?");
    };
    if notes.0.is_empty() {
        return Ok(String::new());
    }
    name.to_owned()
}

/// What a name has to be.
pub trait Name {
    /// The name.
    const NAME: &'static str;
}

/// The client has this name.
#[guard(Is, error = Reply)]
pub fn is<N: Name>(Named(name): Named) {
    if name != N::NAME {
        send!(403);
    }
}

#[guard(Private)]
async fn private_guard(_: Named) -> Hidden {
    Hidden
}

/// A private type behind a public guard, in a private module.
struct Hidden;

impl Name for Hidden {
    const NAME: &'static str = "hidden";
}

/// For one with a name.
#[handler(GET "/hidden")]
async fn hidden(_: Is<Hidden>, Private(hidden): Private, name: Option<Named>) {
    let Hidden = hidden;
    send!(200, name.map_or_else(String::new, |Named(name)| name));
}

/// Shows one.
#[handler(GET "/notes/{n}")]
pub async fn show(n: usize, State(notes): State<Notes>, headers: HeaderMap) {
    if headers.is_empty() {
        return send!(StatusCode::BAD_REQUEST);
    }
    let note = find(&notes, n)?;
    if note.title.is_empty() {
        send!(204);
    }
    send!(200, [("cache-control", "no-store")], Json(note));
}

/// Stores one.
#[handler(POST "/notes")]
pub async fn store(Query(query): Query<Note>, Form(note): Form<Note>) {
    match note.title.as_str() {
        "" => send!(422, "no title"),
        title if title == query.title => Err(reply!(409, "twice"))?,
        _ => {}
    }
    send!(201, Json(note));
}

/// Only sends.
#[handler(GET "/")]
pub async fn home() {
    std::future::ready(()).await;
    send!("home")
}

/// Is generic.
#[handler(PUT "/{value}")]
pub async fn generic<T: Clone + Send + Sync + 'static>(value: u8, State(_state): State<T>) {
    let value = tokio::select! {
        () = std::future::ready(()) => value,
        else => send!(500),
    };
    send!(200, value.to_string());
}

/// Answers several methods and patterns, not every choice of which has one.
#[handler(GET | "SEARCH" "/of/{user}", GET "/of/{user}/{page}", GET "/of/{user}/{page}/{*rest}")]
pub async fn several(user: String, page: Option<u8>, rest: Option<String>) {
    send!(200, format!("{user} {page:?} {rest:?}"));
}

/// Has a parameter that may be missing.
#[handler(GET "/pages", GET "/pages/{page}")]
pub async fn pages(page: Option<u8>) {
    send!(200, pages::path(page));
}

/// Answers the rest.
#[handler]
pub async fn lost() {
    send!(404);
}

/// Borrows.
#[handler]
pub async fn borrows(text: &str, mut count: u8) {
    loop {
        count += 1;
        if usize::from(count) > text.len() {
            send!(200, text.to_owned());
        }
    }
}

/// Has methods.
#[derive(Clone, Copy, Debug)]
pub struct Resource;

impl Resource {
    /// A method.
    #[handler]
    pub async fn method(&self, n: u8) {
        let n = n.checked_sub(1).ok_or(StatusCode::BAD_REQUEST)?;
        send!(200, n.to_string());
    }
}

/// The app.
pub fn app() -> App<Notes> {
    App::new(Notes(Vec::new()))
        .routes(routes![hidden, show, store, home, generic::<Notes>])
        .nest("/more", routes![several, pages])
        .fallback(lost)
}

#[cfg(test)]
mod tests {
    #[tokio::test]
    async fn it_answers() {
        use sendoff::IntoResponse;

        assert_eq!(super::home().await.into_response().status(), 200);
        assert!(super::app().check().is_ok());
    }
}

/// Bodies on one line: to rustc their braces are those of a value.
#[rustfmt::skip]
pub mod one_line {
    use super::{guard, handler, send};

    /// A send alone.
    #[handler(GET "/one")]
    pub async fn one() { send!("one") }

    /// Two.
    #[handler]
    pub async fn two(is_one: bool) { if is_one { send!("one") } else { send!("two") } }

    /// None.
    #[handler]
    pub async fn none() { panic!("none") }

    /// A value.
    #[guard(Seven)]
    pub async fn seven() -> u8 { 7 }
}
