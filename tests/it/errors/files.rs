//! Is the example of docs/errors.md that reads files safe, and is it the one that stands there?

use std::path::Path;

use super::BARE_500;
use crate::support::log::Log;
use crate::support::wire::Running;

/// The example, as it stands on the page.
mod documented {
    include!("documented.rs");

    pub(super) fn app(folder: &'static Path) -> sendoff::App<&'static Path> {
        sendoff::App::new(folder).routes(sendoff::routes![file])
    }
}

#[test]
fn it_stands_on_the_page() {
    let page = include_str!("../../../docs/errors.md");
    let block = format!("```rust\n{}```\n", include_str!("documented.rs"));
    assert!(page.contains(&block), "{block}");
}

#[tokio::test]
async fn it_reads_no_file_but_its_own() {
    let root = tempfile::tempdir().expect("a folder");
    let folder = root.path().join("files");
    for (name, text) in [
        ("secret.txt", "secret"),
        ("files/notes.txt", "notes"),
        ("files/a/b.txt", "secret"),
        ("files/.hidden.txt", "secret"),
        ("files/notes", "secret"),
    ] {
        let path = root.path().join(name);
        std::fs::create_dir_all(path.parent().expect("a folder")).expect("room");
        std::fs::write(path, text).expect("room");
    }
    // What is there and is no file.
    std::fs::create_dir(folder.join("folder.txt")).expect("room");
    let folder: &'static Path = Box::leak(folder.into_boxed_path());
    let server = Running::start(documented::app(folder)).await;
    let absolute = root.path().join("secret.txt").display().to_string();
    let absolute = absolute.replace('/', "%2F");
    let log = Log::of_this_thread();
    for (name, status, body) in [
        ("notes.txt", 200, "notes"),
        ("missing.txt", 404, "no such file"),
        ("..%2Fsecret.txt", 404, "no such file"),
        ("..%2f..%2f..%2fetc%2fpasswd", 404, "no such file"),
        ("%2e%2e%2Fsecret.txt", 404, "no such file"),
        ("..%5Csecret.txt", 404, "no such file"),
        (&absolute, 404, "no such file"),
        ("a%2Fb.txt", 404, "no such file"),
        (".hidden.txt", 404, "no such file"),
        (".txt", 404, "no such file"),
        ("notes", 404, "no such file"),
        ("notes%00.txt", 404, "no such file"),
        ("notes%0A.txt", 404, "no such file"),
        ("C%3Anotes.txt", 404, "no such file"),
        ("%C3%A9.txt", 404, "no such file"),
    ] {
        let mut wire = server.connect().await;
        wire.request(&format!("GET /files/{name}"), &[], "").await;
        let answer = wire.answer(false).await;
        assert_eq!(answer.status, status, "{name}");
        assert!(answer.body.contains(body), "{name}: {}", answer.body);
    }
    assert_eq!(log.take_errors().len(), 0);
    // What is the server's fault is a 500 that says nothing.
    let mut wire = server.connect().await;
    wire.request("GET /files/folder.txt", &[], "").await;
    let answer = wire.answer(false).await;
    assert_eq!((answer.status, &*answer.body), (500, BARE_500));
    assert_eq!(log.take_errors().len(), 1);
    server.stop();
}
