//! A small JSON API over SQLite: notes that are created, read, listed, updated and deleted.
//!
//! | question | file |
//! |---|---|
//! | what does each route answer? | `api.rs` (read this first) |
//! | what is a note, and when is one valid? | `note.rs` |
//! | which part of a list is a page? | `page.rs` |
//! | what does a refused request get? | `error.rs` |
//! | how are notes kept? | `store.rs`, `schema.sql`, `seed.sql` |

mod api;
mod error;
mod note;
mod page;
mod store;
#[cfg(test)]
mod tests;

use std::process::ExitCode;

use sendoff::{App, routes};
use sendoff_examples::{Flag, Program, run};

use crate::store::Store;

const DB: Flag = Flag {
    name: "db",
    value: "PATH",
    default: "notes.db",
    help: "keep the notes in this file; `:memory:` forgets them at the end",
};

const PROGRAM: Program = Program {
    name: "notes",
    about: "A small JSON API over SQLite.",
    flags: &[DB],
};

#[tokio::main]
async fn main() -> ExitCode {
    run(&PROGRAM, |flags| Ok(app(Store::open(flags.get(&DB))?))).await
}

fn app(store: Store) -> App<Store> {
    App::new(store).routes(routes![
        api::home,
        api::list,
        api::create,
        api::show,
        api::update,
        api::delete,
    ])
}
