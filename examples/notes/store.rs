//! How are notes kept? In a SQLite file, through one connection.
//!
//! SQLite blocks the thread that calls it, and a handler must not block: every other request on
//! its thread would wait too. So each piece of work runs on tokio's threads for blocking work.
//! SQLite also lets only one writer in at a time, so more connections would make no write faster.
//! The one connection is behind an async mutex that is locked *before* the work goes to its
//! thread: requests that wait for the database hold no thread while they wait.

use std::sync::Arc;

use rusqlite::{Connection, OptionalExtension, Row, Transaction, TransactionBehavior, ffi};
use sendoff::Reply;
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
    /// It is there, in another state than the client takes it to be in.
    Refused(Reply),
    TitleTaken,
}

/// What became of a deletion.
pub(crate) enum Deletion {
    Done,
    Missing,
    /// As [`Update::Refused`].
    Refused(Reply),
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
        self.run(move |connection| find(connection, id)).await
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

    /// Replaces the content of a note if `holds` does for what it is now.
    pub(crate) async fn update(
        &self,
        id: i64,
        content: Content,
        holds: impl FnOnce(&Note) -> Result<(), Reply> + Send + 'static,
    ) -> Result<Update, StoreError> {
        let sql = "UPDATE notes SET title = ?, body = ?, version = version + 1 WHERE id = ?
                   RETURNING id, version, title, body";
        self.run(move |connection| {
            // What is looked at is what is replaced: nothing can come between.
            let transaction = begin(connection)?;
            let Some(old) = find(&transaction, id)? else {
                return Ok(Update::Missing);
            };
            if let Err(reply) = holds(&old) {
                return Ok(Update::Refused(reply));
            }
            let values = (content.title(), content.body(), id);
            match transaction.query_one(sql, values, note) {
                Ok(note) => transaction.commit().map(|()| Update::Done(note)),
                Err(fault) if is_title_taken(&fault) => Ok(Update::TitleTaken),
                Err(fault) => Err(fault),
            }
        })
        .await
    }

    /// Deletes a note if `holds` does for what it is now.
    pub(crate) async fn delete(
        &self,
        id: i64,
        holds: impl FnOnce(&Note) -> Result<(), Reply> + Send + 'static,
    ) -> Result<Deletion, StoreError> {
        self.run(move |connection| {
            let transaction = begin(connection)?;
            let Some(old) = find(&transaction, id)? else {
                return Ok(Deletion::Missing);
            };
            if let Err(reply) = holds(&old) {
                return Ok(Deletion::Refused(reply));
            }
            transaction.execute("DELETE FROM notes WHERE id = ?", [id])?;
            transaction.commit().map(|()| Deletion::Done)
        })
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
    // Of two programs that start at once, one makes the tables and the other waits.
    let transaction = begin(connection)?;
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

/// Begins what only one program does at a time, also one with the same file; it is undone if it is
/// dropped.
fn begin(connection: &mut Connection) -> rusqlite::Result<Transaction<'_>> {
    connection.transaction_with_behavior(TransactionBehavior::Immediate)
}

fn find(connection: &Connection, id: i64) -> rusqlite::Result<Option<Note>> {
    let sql = "SELECT id, version, title, body FROM notes WHERE id = ?";
    connection.query_one(sql, [id], note).optional()
}

/// The title is the one column whose values must differ.
fn is_title_taken(fault: &rusqlite::Error) -> bool {
    fault.sqlite_extended_error_code() == Some(ffi::SQLITE_CONSTRAINT_UNIQUE)
}
