//! How does a file come in, and what must not come in?

use std::io::ErrorKind;

use sendoff::extract::Multipart;
use sendoff::http::header::LOCATION;
use sendoff::{Html, Json, OrSend, State, handler, send};
use tokio::fs::File;
use tokio::io::AsyncWriteExt;

use crate::folder::{Folder, is_plain};

const FORM: &str = r#"<!doctype html><title>Files</title>
<form method="post" action="/files" enctype="multipart/form-data">
<input type="file" name="file"> <button>Upload</button>
</form>
"#;

#[handler(GET "/")]
pub(crate) async fn form() {
    send!(Html(FORM));
}

#[handler(GET "/files")]
pub(crate) async fn list(State(folder): State<Folder>) {
    let names = tokio::task::spawn_blocking(move || folder.names());
    let names = names.await.or_500()?.or_500()?;
    send!(Json(names));
}

/// Keeps the file of a form. It goes to the disk as it arrives, a chunk at a time, and gets its name
/// when it is whole.
///
/// Every other way out drops it, and so removes it: a form that breaks off or is too large, a disk
/// that is full, a client that leaves. A form that says that it is too large is not even asked for.
#[handler(POST "/files", body_limit = 10MB)]
pub(crate) async fn upload(State(folder): State<Folder>, mut form: Multipart) {
    while let Some(mut field) = form.next_field().await? {
        let Some(name) = field.file_name().map(str::to_owned) else {
            continue;
        };
        if !is_plain(&name) {
            send!(422, "a file's name is of letters, digits, `-`, `_` and `.`");
        }
        // To make and to rename a file takes no longer than to ask another thread to.
        let arriving = folder.begin().or_500()?;
        let mut file = File::from_std(arriving.reopen().or_500()?);
        while let Some(chunk) = field.chunk().await? {
            file.write_all(&chunk).await.or_500()?;
        }
        // On the disk, not in the system's memory: 201 is a promise.
        file.sync_all().await.or_500()?;
        match folder.keep(arriving, &name) {
            Err(fault) if fault.kind() == ErrorKind::AlreadyExists => {
                send!(409, "another file has this name");
            }
            kept => kept.or_500()?,
        }
        send!(201, [(LOCATION, format!("/files/{name}"))]);
    }
    send!(422, "the form has no file");
}
