CREATE TABLE notes (
    -- AUTOINCREMENT: the id of a deleted note, and so its URL, is never given to another one.
    id      INTEGER PRIMARY KEY AUTOINCREMENT,
    version INTEGER NOT NULL DEFAULT 1,
    title   TEXT    NOT NULL UNIQUE COLLATE NOCASE,
    body    TEXT    NOT NULL
) STRICT;
