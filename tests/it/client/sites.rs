//! Which `send!` answered, and which did not yet.

use std::process::Command;

use axum::middleware::{Next, from_fn};
use axum::routing::get;
use sendoff::response::SendSite;
use sendoff::test::{Client, unreached};
use sendoff::{App, IntoResponse, Reply, Request, handler, reply, routes, send};

use crate::support::answer::{Answered, answered, run};

macro_rules! refuse {
    ($($reply:tt)*) => {
        send!(403, $($reply)*)
    };
}

fn helper(n: u8) -> Result<(), Reply> {
    match n {
        20 => send!(402, line!().to_string()),
        21 => Err(reply!(402, line!().to_string())),
        _ => Ok(()),
    }
}

#[handler(GET "/{n}")]
#[rustfmt::skip]
async fn all(n: u8) {
    if n == 0 { send!(200, line!().to_string()); }
    if n == 1 { sendoff::send!(line!().to_string()) } else if n == 2 { send!(201, line!().to_string()) }
    let text = String::from(match n { 3 => send!{ 200, line!().to_string() }, _ => "" });
    tokio::select! {
        () = async {}, if n == 4 => send!(200, line!().to_string()),
        else => {}
    }
    if n == 5 {
        return send!(200, line!().to_string());
    }
    if n == 6 { refuse!(line!().to_string()); }
    fn inner() -> Result<(), Reply> { Ok(()) }
    inner()?;
    helper(n)?;
    /* ä */ send!(404, [("x", "y")], text + &line!().to_string())
}

/// The line that answered, by the response and by what the handler says.
async fn lines(client: &Client, n: u8) -> (Option<u32>, String) {
    let answer = client.get(format!("/{n}")).await;
    let site = answer.extensions().get::<SendSite>().copied();
    if let Some(site) = site {
        assert_eq!(site.file(), file!());
        assert_eq!(
            site.to_string(),
            format!("{}:{}:{}", site.file(), site.line(), site.column())
        );
    }
    (site.map(|site| site.line()), answer.text().to_owned())
}

#[test]
fn a_response_says_where_it_was_sent_and_the_rest_is_listed() {
    run(async {
        let client = Client::new(App::new(()).routes(routes![all]));
        let missing = || -> Vec<(u32, u32)> {
            let all = unreached();
            let mine = all
                .iter()
                .filter(|one| one.handler().ends_with("sites::all"));
            mine.map(|one| (one.site().line(), one.site().column()))
                .collect()
        };
        let first = missing();
        assert_eq!(first.len(), 7, "{first:?}");
        for n in [1, 5, 4, 3, 2, 0, 9] {
            let before = missing();
            let (line, said) = lines(&client, n).await;
            assert_eq!(line.map(|line| line.to_string()), Some(said), "{n}");
            let after = missing();
            assert_eq!(after.len() + 1, before.len(), "{n}");
            let reached = before.iter().find(|site| !after.contains(site));
            assert_eq!(reached.map(|(line, _)| *line), line, "{n}");
        }
        // A macro of the user's answers where it is called; a helper, where it sends.
        for n in [6, 20, 21] {
            let (line, said) = lines(&client, n).await;
            assert_eq!(line.map(|line| line.to_string()), Some(said), "{n}");
        }
        // No handler answered.
        assert_eq!(
            client.get("/300").await.extensions().get::<SendSite>(),
            None
        );
    });
}

#[handler(GET "/outer")]
async fn outer() {
    #[handler]
    async fn nested() {
        send!("not outer's");
    }
    macro_rules! local {
        () => {
            send!("no place of its own")
        };
    }
    let pointer: fn(u8) -> u8 = |n| n;
    if pointer(0) == 1 {
        local!();
    }
    let nested = nested().await;
    send!(nested);
}

#[test]
fn the_sends_of_other_functions_are_not_listed() {
    let client = Client::new(App::new(()).routes(routes![outer]));
    let all = unreached();
    let mine = all
        .iter()
        .filter(|one| one.handler().ends_with("sites::outer"));
    assert_eq!(mine.count(), 1);
    run(async {
        client
            .get("/outer")
            .await
            .assert_text("not outer's")
            .assert_status(200);
    });
    let all = unreached();
    assert!(
        !all.iter()
            .any(|one| one.handler().ends_with("sites::outer")),
        "{all:?}"
    );
}

#[handler]
async fn pass(request: Request, next: Next) {
    send!(next.run(request).await);
}

#[handler]
async fn plain() {
    send!(line!().to_string());
}

#[test]
fn what_is_passed_on_keeps_its_place_on_axum_too() {
    // Somebody has to ask.
    let _client = Client::new(App::new(()));
    run(async {
        use tower::ServiceExt;

        let app = axum::Router::new()
            .route("/", get(plain))
            .layer(from_fn(pass));
        let response = app
            .oneshot(Request::new(sendoff::Body::empty()))
            .await
            .into_response();
        let site = response
            .extensions()
            .get::<SendSite>()
            .copied()
            .expect("a place");
        let line = site.line().to_string();
        assert_eq!(answered(response).await, Answered::new(200, &line));
    });
}

/// The test binary itself, run for one test, as `cargo test` would.
#[test]
fn what_no_test_reached_is_written_down() {
    let directory = tempfile::tempdir().expect("a directory");
    let binary = std::env::current_exe().expect("this binary");
    let status = Command::new(&binary)
        .args([
            "--exact",
            "client::answers::a_body_of_another_kind_is_said_to_be_one",
        ])
        .env("SENDOFF_UNREACHED", directory.path().join("new"))
        .output()
        .expect("the tests run")
        .status;
    assert!(status.success());
    let file = binary.file_stem().expect("a name").to_str().expect("text");
    let list = std::fs::read_to_string(directory.path().join("new").join(format!("{file}.txt")));
    let list = list.expect("the list");
    let lines: Vec<&str> = list.lines().collect();
    // All handlers there send once, and two were asked.
    assert_eq!(lines.len(), 4, "{list}");
    assert!(
        lines[0].starts_with("tests/it/client/answers.rs:2"),
        "{list}"
    );
    assert!(lines[0].ends_with("::client::answers::mirror"), "{list}");
}
