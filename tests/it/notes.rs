//! Does the example `notes` behave as a process? Its flags, its file, its end.

use tokio::net::TcpListener;

use crate::readme::first_command;
use crate::support::example::{self, Ended};

/// Runs `notes` with flags that end it at once.
async fn ended(flags: &[&str]) -> Ended {
    example::run(&first_command(), flags).await
}

#[tokio::test]
async fn wrong_flags_are_named_and_end_with_2() {
    for (flags, fault) in [
        (&["--adr", "127.0.0.1:0"][..], "invalid option '--adr'"),
        (&["--addr"], "missing argument for option '--addr'"),
        (&["--addr", "3000"], "`3000` is not HOST:PORT"),
        (&["--db="], "the value of `--db` is empty"),
        (&["notes.db"], "unexpected argument \"notes.db\""),
    ] {
        let Ended { code, output, log } = ended(flags).await;
        assert_eq!((code, output.as_str()), (Some(2), ""), "{flags:?}");
        let help = "help: notes takes `--addr HOST:PORT`, `--db PATH` and `--help`";
        assert!(log.ends_with(&format!("error: {fault}\n{help}\n")), "{log}");
    }
}

#[tokio::test]
async fn help_names_the_defaults() {
    let Ended { code, output, .. } = ended(&["--help"]).await;
    assert_eq!(code, Some(0));
    for part in [
        "--addr HOST:PORT",
        "[default: 127.0.0.1:3000]",
        "--db PATH",
        "[default: notes.db]",
    ] {
        assert!(output.contains(part), "{part} is not in\n{output}");
    }
}

#[tokio::test]
async fn an_address_in_use_is_an_error() {
    let other = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let addr = other.local_addr().expect("its address").to_string();
    let Ended { code, output, log } = ended(&["--addr", &addr, "--db", ":memory:"]).await;
    assert_eq!((code, output.as_str()), (Some(1), ""));
    assert!(
        log.contains(&format!("error: cannot listen on {addr}: ")),
        "{log}"
    );
    assert!(
        log.ends_with("help: choose another address with `--addr`\n"),
        "{log}"
    );
}

#[tokio::test]
async fn a_file_that_is_no_database_is_an_error() {
    let file = concat!(env!("CARGO_MANIFEST_DIR"), "/Cargo.toml");
    let Ended { code, output, log } = ended(&["--addr", "127.0.0.1:0", "--db", file]).await;
    assert_eq!((code, output.as_str()), (Some(1), ""));
    let fault = format!(
        "error: cannot use the database `{file}`: file is not a database\n\
         help: choose another file with `--db`\n"
    );
    assert!(log.ends_with(&fault), "{log}");
}

#[cfg(unix)]
mod on_unix {
    use super::{Ended, first_command};
    use crate::support::curl::Curl;
    use crate::support::example::Example;

    async fn start(db: &str) -> Example {
        Example::start(&first_command(), &["--addr", "127.0.0.1:0", "--db", db]).await
    }

    async fn curl(line: &str) -> String {
        let curl = Curl::parse(line).expect(line);
        curl.run().await.expect(line)
    }

    #[tokio::test]
    async fn a_second_start_finds_the_notes_of_the_first() {
        let folder = tempfile::tempdir().expect("a folder");
        let file = folder.path().join("kept.db");
        let path = file.to_str().expect("a path in UTF-8");

        let first = start(path).await;
        assert!(file.exists(), "the first start creates the file");
        let url = first.url();
        let created = curl(&format!(
            "curl {url}/notes --json '{{\"title\": \"Kept\"}}'"
        ))
        .await;
        assert_eq!(created, r#"{"id":4,"version":1,"title":"Kept","body":""}"#);
        let deleted = curl(&format!("curl -i -X DELETE {url}/notes/1")).await;
        assert_eq!(deleted, "HTTP/1.1 204 No Content");
        first.terminate().await;

        let second = start(path).await;
        let url = second.url();
        assert_eq!(curl(&format!("curl {url}/notes/4")).await, created);
        let gone = curl(&format!("curl {url}/notes/1")).await;
        assert!(gone.contains("no note has the id 1"), "{gone}");
    }

    #[tokio::test]
    async fn sigterm_ends_it_gracefully() {
        let notes = start(":memory:").await;
        let missing = curl(&format!("curl {}/notes/9", notes.url())).await;
        assert!(missing.contains("no note has the id 9"), "{missing}");
        let Ended { code, output, log } = notes.terminate().await;
        assert_eq!((code, output.as_str()), (Some(0), ""), "{log}");
        assert!(log.contains("opened the database"), "{log}");
        assert!(!log.contains("WARN") && !log.contains("ERROR"), "{log}");
    }
}
