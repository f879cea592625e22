//! How are notes kept? In a SQLite file, through one connection.
//!
//! SQLite blocks the thread that calls it, and a handler must not block: every other request on
//! its thread would wait too. So each piece of work runs on tokio's threads for blocking work.
//! SQLite also lets only one writer in at a time, so more connections would make no write faster.
//! The one connection is behind an async mutex that is locked *before* the work goes to its
//! thread: requests that wait for the database hold no thread while they wait.

use std::sync::Arc;

use rusqlite::{Connection, OptionalExtension, Row, TransactionBehavior, ffi};
use tokio::sync::Mutex;
use tokio::task::{JoinError, spawn_blocking};

use crate::note::{Content, Note};
use crate::page::Page;

/// The tables that this program makes and knows; SQLite keeps the number in the file.
const LAYOUT: i64 = 1;

/// The notes; cheap to clone.
#[derive(Clone)]
pub(crate) struct Store {
    connection: Arc<Mutex<Connection>>,
}

/// Why notes cannot be read or written now.
#[derive(Debug, thiserror::Error)]
pub(crate) enum StoreError {
    #[error("SQLite failed")]
    Sqlite(#[from] rusqlite::Error),
    #[error("the work in SQLite did not end")]
    Work(#[from] JoinError),
}

/// Why the program cannot start with this file.
#[derive(Debug, thiserror::Error)]
pub(crate) enum OpenError {
    #[error("cannot use the database `{path}`: {fault}\nhelp: choose another file with `--db`")]
    Sqlite {
        path: String,
        fault: rusqlite::Error,
    },
    #[error(
        "the database `{path}` has layout {found}, and this program knows {LAYOUT}\n\
         help: choose another file with `--db`"
    )]
    Layout { path: String, found: i64 },
}

/// What became of an update.
pub(crate) enum Update {
    Done(Note),
    Missing,
    /// It is there, in another version than the one to be replaced.
    Changed,
    TitleTaken,
}

impl Store {
    /// Opens a file, which is created, with a few notes in it, if it is not there.
    pub(crate) fn open(path: &str) -> Result<Self, OpenError> {
        let failed = |fault| OpenError::Sqlite {
            path: path.to_owned(),
            fault,
        };
        let mut connection = Connection::open(path).map_err(failed)?;
        let layout = prepare(&mut connection).map_err(failed)?;
        if layout != LAYOUT {
            return Err(OpenError::Layout {
                path: path.to_owned(),
                found: layout,
            });
        }
        tracing::info!(path, "opened the database");
        Ok(Store {
            connection: Arc::new(Mutex::new(connection)),
        })
    }

    /// One page of the notes, oldest first, and how many there are in all.
    pub(crate) async fn list(&self, page: Page) -> Result<(Vec<Note>, u32), StoreError> {
        self.run(move |connection| {
            // Both statements see the same notes.
            let transaction = connection.transaction()?;
            let total =
                transaction.query_one("SELECT count(*) FROM notes", [], |row| row.get(0))?;
            let notes = transaction
                .prepare("SELECT id, version, title, body FROM notes ORDER BY id LIMIT ? OFFSET ?")?
                .query_map([page.limit, page.offset], note)?
                .collect::<rusqlite::Result<_>>()?;
            Ok((notes, total))
        })
        .await
    }

    pub(crate) async fn find(&self, id: i64) -> Result<Option<Note>, StoreError> {
        let sql = "SELECT id, version, title, body FROM notes WHERE id = ?";
        self.run(move |connection| connection.query_one(sql, [id], note).optional())
            .await
    }

    /// The new note, or `None` if another one has its title.
    pub(crate) async fn create(&self, content: Content) -> Result<Option<Note>, StoreError> {
        let sql = "INSERT INTO notes (title, body) VALUES (?, ?)
                   RETURNING id, version, title, body";
        self.run(move |connection| {
            match connection.query_one(sql, (content.title(), content.body()), note) {
                Err(fault) if is_title_taken(&fault) => Ok(None),
                created => created.map(Some),
            }
        })
        .await
    }

    /// Replaces the content of a note if it has this version.
    pub(crate) async fn update(
        &self,
        id: i64,
        version: i64,
        content: Content,
    ) -> Result<Update, StoreError> {
        // The version is compared by the statement that writes: nothing can come between.
        let sql = "UPDATE notes SET title = ?, body = ?, version = version + 1
                   WHERE id = ? AND version = ?
                   RETURNING id, version, title, body";
        self.run(move |connection| {
            let values = (content.title(), content.body(), id, version);
            match connection.query_one(sql, values, note).optional() {
                Ok(Some(note)) => Ok(Update::Done(note)),
                Ok(None) if exists(connection, id)? => Ok(Update::Changed),
                Ok(None) => Ok(Update::Missing),
                Err(fault) if is_title_taken(&fault) => Ok(Update::TitleTaken),
                Err(fault) => Err(fault),
            }
        })
        .await
    }

    /// Whether there was such a note.
    pub(crate) async fn delete(&self, id: i64) -> Result<bool, StoreError> {
        let sql = "DELETE FROM notes WHERE id = ?";
        self.run(move |connection| Ok(connection.execute(sql, [id])? > 0))
            .await
    }

    /// Runs some work where it may block, alone with the connection.
    pub(crate) async fn run<T, W>(&self, work: W) -> Result<T, StoreError>
    where
        T: Send + 'static,
        W: FnOnce(&mut Connection) -> rusqlite::Result<T> + Send + 'static,
    {
        let mut connection = Arc::clone(&self.connection).lock_owned().await;
        let done = spawn_blocking(move || work(&mut connection)).await?;
        Ok(done?)
    }
}

/// Makes the tables if there are none yet; returns their layout.
fn prepare(connection: &mut Connection) -> rusqlite::Result<i64> {
    // Immediate: of two programs that start at once, one makes the tables and the other waits.
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    let layout = transaction.pragma_query_value(None, "user_version", |row| row.get(0))?;
    if layout != 0 {
        return Ok(layout);
    }
    transaction.execute_batch(include_str!("schema.sql"))?;
    transaction.execute_batch(include_str!("seed.sql"))?;
    transaction.pragma_update(None, "user_version", LAYOUT)?;
    transaction.commit()?;
    Ok(LAYOUT)
}

fn note(row: &Row<'_>) -> rusqlite::Result<Note> {
    Ok(Note {
        id: row.get("id")?,
        version: row.get("version")?,
        title: row.get("title")?,
        body: row.get("body")?,
    })
}

fn exists(connection: &Connection, id: i64) -> rusqlite::Result<bool> {
    let sql = "SELECT EXISTS (SELECT 1 FROM notes WHERE id = ?)";
    connection.query_one(sql, [id], |row| row.get(0))
}

/// The title is the one column whose values must differ.
fn is_title_taken(fault: &rusqlite::Error) -> bool {
    fault.sqlite_extended_error_code() == Some(ffi::SQLITE_CONSTRAINT_UNIQUE)
}
