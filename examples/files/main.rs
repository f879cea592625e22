//! A folder that takes files and gives them back.
//!
//! | question | file |
//! |---|---|
//! | how does a file come in, and what must not come in? | `upload.rs` |
//! | where are files, whole ones and others? | `folder.rs` |
//! | what does a response say about its other forms? | `forms.rs` |
//! | how do they go out? ranges, compression, other sites | `main.rs`, below |
//!
//! ```console
//! $ cargo run --bin files
//! $ curl -i http://127.0.0.1:3000/files -F file=@notes.txt
//! $ curl http://127.0.0.1:3000/files
//! $ curl -i http://127.0.0.1:3000/files/notes.txt -r 0-99
//! $ curl -i http://127.0.0.1:3000/files/notes.txt --compressed
//! ```

mod folder;
mod forms;
mod upload;

use std::error::Error;
use std::path::Path;
use std::process::ExitCode;

use sendoff::http::header::{CONTENT_SECURITY_POLICY, ETAG, X_CONTENT_TYPE_OPTIONS};
use sendoff::http::{HeaderValue, Method};
use sendoff::{App, routes};
use sendoff_examples::{Flag, Program, run};
use tower_http::compression::CompressionLayer;
use tower_http::cors::{Any, CorsLayer};
use tower_http::services::ServeDir;
use tower_http::set_header::SetResponseHeader;

use crate::folder::Folder;
use crate::forms::FormsLayer;

const DIR: Flag = Flag {
    name: "dir",
    value: "PATH",
    default: "uploads",
    help: "keep the files in this folder",
};

const PROGRAM: Program = Program {
    name: "files",
    about: "A folder that takes files and gives them back.",
    flags: &[DIR],
};

#[tokio::main]
async fn main() -> ExitCode {
    run(&PROGRAM, |flags| app(flags.get(&DIR).as_ref())).await
}

fn app(dir: &Path) -> Result<App<Folder>, Box<dyn Error>> {
    let folder = Folder::open(dir)?;
    // Ranges, `HEAD`, `If-None-Match`, `If-Modified-Since`, and no way out of the folder. Several
    // ranges at once get the whole file, which RFC 9110 section 14.2 allows. `If-Range` is not looked
    // at, which is right here only because a name never gets another file.
    let files = ServeDir::new(folder.kept())
        .append_index_html_on_directories(false)
        .ignore_multi_range_requests(true);
    // What a stranger has uploaded must not run as a page of ours.
    let sandbox = HeaderValue::from_static("sandbox");
    let files = SetResponseHeader::overriding(files, CONTENT_SECURITY_POLICY, sandbox);
    let nosniff = HeaderValue::from_static("nosniff");
    let files = SetResponseHeader::overriding(files, X_CONTENT_TYPE_OPTIONS, nosniff);

    // Pages of other sites may read.
    let cors = CorsLayer::new()
        .allow_origin(Any)
        .allow_methods([Method::GET, Method::HEAD])
        .expose_headers([ETAG]);
    Ok(App::new(folder)
        .routes(routes![upload::form, upload::list, upload::upload])
        .nest_service("/files", files)
        .layer(CompressionLayer::new())
        .layer(FormsLayer)
        .layer(cors))
}
