//! Do the handlers answer what they should? A handler is a function: a test calls it.

use std::cell::RefCell;
use std::io::{self, Read, Write};
use std::net::TcpStream;
use std::sync::Once;

use http_body_util::BodyExt;
use sendoff::http::header::{ETAG, IF_MATCH, IF_NONE_MATCH, LINK, LOCATION};
use sendoff::http::{HeaderName, HeaderValue, Method};
use sendoff::{HeaderMap, IntoResponse, Json, Preconditions, Query, Response, Server, State};
use serde_json::{Value, json};

use crate::api::{create, delete, list, show, update};
use crate::note::Draft;
use crate::store::{OpenError, Store};

fn store() -> State<Store> {
    listen();
    State(Store::open(":memory:").expect("a database in memory"))
}

fn draft(draft: Value) -> Json<Draft> {
    Json(serde_json::from_value(draft).expect("a draft"))
}

/// The conditions of a request with this method and these lines.
fn with(method: &Method, lines: &[(HeaderName, &'static str)]) -> Preconditions {
    let line = |(name, value): &(HeaderName, &'static str)| {
        (name.clone(), HeaderValue::from_static(value))
    };
    let headers = lines.iter().map(line).collect();
    Preconditions::new(method, &headers).expect("well formed")
}

fn if_match(tag: &'static str) -> Preconditions {
    with(&Method::PUT, &[(IF_MATCH, tag)])
}

fn none() -> Preconditions {
    with(&Method::GET, &[])
}

/// The status, headers and body of an answer; no body is `null`.
async fn read(answer: impl IntoResponse) -> (u16, HeaderMap, Value) {
    let (parts, body) = Response::into_parts(answer.into_response());
    let body = body.collect().await.expect("a body").to_bytes();
    let body = match body.is_empty() {
        true => Value::Null,
        false => serde_json::from_slice(&body).expect("JSON"),
    };
    (parts.status.as_u16(), parts.headers, body)
}

async fn status(answer: impl IntoResponse) -> u16 {
    read(answer).await.0
}

#[tokio::test]
async fn a_note_is_created_where_its_location_says() {
    let store = store();
    let ship_it = json!({"title": " Ship it ", "body": "Today."});
    let (status, headers, body) = read(create(store.clone(), draft(ship_it)).await).await;
    let note = json!({"id": 4, "version": 1, "title": "Ship it", "body": "Today."});
    assert_eq!((status, &body), (201, &note));
    assert_eq!(headers[LOCATION], "/notes/4");
    assert_eq!(headers[ETAG], "\"1\"");

    let (status, headers, body) = read(show(4, none(), store).await).await;
    assert_eq!((status, body), (200, note));
    assert_eq!(headers[ETAG], "\"1\"");
}

#[tokio::test]
async fn every_field_at_fault_is_named() {
    let answer = create(store(), draft(json!({"body": "x".repeat(10_001)}))).await;
    let (status, _, body) = read(answer).await;
    assert_eq!(status, 422);
    assert_eq!(
        body["errors"],
        json!([
            {"in": "body", "pointer": "#/title", "detail": "must not be empty"},
            {
                "in": "body",
                "pointer": "#/body",
                "detail": "has 10001 characters; 10000 is the most",
            },
        ])
    );
}

#[tokio::test]
async fn titles_differ_in_more_than_case() {
    let store = store();
    let taken = || draft(json!({"title": "READ ME"}));
    assert_eq!(status(create(store.clone(), taken()).await).await, 409);
    let other = update(2, if_match("\"1\""), store.clone(), taken()).await;
    assert_eq!(status(other).await, 409);
    let itself = update(1, if_match("\"1\""), store, taken()).await;
    assert_eq!(status(itself).await, 200);
}

#[tokio::test]
async fn an_update_names_the_version_it_replaces() {
    let store = store();
    for (id, lines, expected) in [
        (1, &[][..], 428),
        (1, &[(IF_MATCH, "\"one\"")], 412),
        (1, &[(IF_MATCH, "\"2\"")], 412),
        // A version that is the same in meaning may be another one byte for byte.
        (1, &[(IF_MATCH, "W/\"1\"")], 412),
        (9, &[(IF_MATCH, "\"1\"")], 404),
        (9, &[(IF_MATCH, "*")], 404),
        (9, &[], 404),
        (1, &[(IF_NONE_MATCH, "*")], 412),
        (1, &[(IF_MATCH, "\"1\""), (IF_NONE_MATCH, "*")], 412),
        (1, &[(IF_MATCH, "\"1\"")], 200),
        (1, &[(IF_MATCH, "\"1\"")], 412),
        (1, &[(IF_MATCH, "\"1\", \"2\"")], 200),
        (1, &[(IF_MATCH, "*")], 200),
        (1, &[(IF_MATCH, "\"4\"")], 200),
    ] {
        let draft = draft(json!({"title": "New"}));
        let conditions = with(&Method::PUT, lines);
        let answer = update(id, conditions, store.clone(), draft).await;
        assert_eq!(status(answer).await, expected, "note {id} with {lines:?}");
    }
}

#[tokio::test]
async fn a_deletion_may_name_the_version_it_means() {
    let store = store();
    for (id, lines, expected) in [
        (1, &[(IF_MATCH, "\"2\"")][..], 412),
        (1, &[(IF_NONE_MATCH, "*")], 412),
        (9, &[(IF_MATCH, "\"1\"")], 404),
        (1, &[(IF_MATCH, "\"2\", \"1\"")], 204),
        (1, &[(IF_MATCH, "\"1\"")], 404),
        (2, &[(IF_MATCH, "*")], 204),
        (3, &[], 204),
    ] {
        let answer = delete(id, with(&Method::DELETE, lines), store.clone()).await;
        assert_eq!(status(answer).await, expected, "note {id} with {lines:?}");
    }
}

#[tokio::test]
async fn a_version_that_the_client_has_is_not_sent_again() {
    let store = store();
    for (line, expected) in [
        ((IF_NONE_MATCH, "\"1\""), 304),
        ((IF_NONE_MATCH, "\"0\", W/\"1\""), 304),
        ((IF_NONE_MATCH, "*"), 304),
        ((IF_NONE_MATCH, "\"2\""), 200),
        ((IF_MATCH, "\"1\""), 200),
        ((IF_MATCH, "\"2\""), 412),
    ] {
        let answer = show(
            1,
            with(&Method::GET, std::slice::from_ref(&line)),
            store.clone(),
        )
        .await;
        let (status, headers, body) = read(answer).await;
        assert_eq!(status, expected, "{line:?}");
        assert_eq!(body.is_null(), status == 304, "{line:?}");
        if status != 412 {
            assert_eq!(headers[ETAG], "\"1\"", "{line:?}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn of_updates_at_once_one_wins() {
    let store = store();
    let updates: Vec<_> = (0..16)
        .map(|n| {
            let draft = draft(json!({"title": format!("Title {n}")}));
            let store = store.clone();
            tokio::spawn(
                async move { status(update(1, if_match("\"1\""), store, draft).await).await },
            )
        })
        .collect();
    let mut statuses = Vec::new();
    for update in updates {
        statuses.push(update.await.expect("an answer"));
    }
    statuses.sort_unstable();
    assert_eq!(statuses[0], 200);
    assert_eq!(statuses[1..], [412; 15]);
}

#[tokio::test]
async fn an_id_is_never_given_twice() {
    let store = store();
    assert_eq!(status(delete(3, none(), store.clone()).await).await, 204);
    assert_eq!(status(delete(3, none(), store.clone()).await).await, 404);
    assert_eq!(status(show(3, none(), store.clone()).await).await, 404);
    let (_, _, body) = read(create(store, draft(json!({"title": "New"}))).await).await;
    assert_eq!(body["id"], 4);
}

#[tokio::test]
async fn a_list_comes_in_pages() {
    let store = store();
    for (paging, ids, next) in [
        (json!({}), vec![1, 2, 3], None),
        (json!({"limit": 3}), vec![1, 2, 3], None),
        (json!({"limit": 2}), vec![1, 2], Some("limit=2&offset=2")),
        (json!({"limit": 2, "offset": 2}), vec![3], None),
        (json!({"offset": u32::MAX}), vec![], None),
    ] {
        let text = paging.to_string();
        let query = Query(serde_json::from_value(paging).expect("a query"));
        let (status, headers, body) = read(list(store.clone(), query).await).await;
        let notes = body["notes"].as_array().expect("notes");
        let found: Vec<_> = notes.iter().map(|note| note["id"].clone()).collect();
        assert_eq!(
            (status, found),
            (200, ids.into_iter().map(Value::from).collect()),
            "{text}"
        );
        assert_eq!(body["total"], 3);
        let next = next.map(|next| format!("</notes?{next}>; rel=\"next\""));
        assert_eq!(
            headers.get(LINK).map(|link| link.to_str().expect("text")),
            next.as_deref()
        );
    }
}

#[tokio::test]
async fn a_page_has_bounds() {
    let store = store();
    for (limit, expected) in [(0, 422), (1, 200), (100, 200), (101, 422)] {
        let query = Query(serde_json::from_value(json!({"limit": limit})).expect("a query"));
        assert_eq!(
            status(list(store.clone(), query).await).await,
            expected,
            "{limit}"
        );
    }
}

thread_local! {
    /// What this thread, which is this test, has logged.
    static LOGGED: RefCell<Vec<u8>> = const { RefCell::new(Vec::new()) };
}

/// The log of every test, each in its own thread's memory.
///
/// There is one for the whole process, and it is there before any handler runs: `tracing` keeps
/// for each place that logs whether somebody listens, and with a listener of one thread alone, a
/// thread without one can be the first to log there and turn the place off for both.
fn listen() {
    static LISTENING: Once = Once::new();
    LISTENING.call_once(|| {
        tracing_subscriber::fmt()
            .with_writer(|| Log)
            .with_ansi(false)
            .init();
    });
}

struct Log;

impl Write for Log {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        LOGGED.with_borrow_mut(|logged| logged.write(bytes))
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[tokio::test]
async fn a_database_error_is_logged_and_leaks_nothing() {
    let store = store();
    let dropped = store
        .0
        .run(|connection| connection.execute_batch("DROP TABLE notes"));
    dropped.await.expect("a table that is gone");
    let bare = json!({"type": "about:blank", "title": "Internal Server Error", "status": 500});
    let title = || draft(json!({"title": "New"}));
    let page = || Query(serde_json::from_value(json!({})).expect("a query"));
    LOGGED.take();
    for (status, _, body) in [
        read(list(store.clone(), page()).await).await,
        read(show(1, none(), store.clone()).await).await,
        read(create(store.clone(), title()).await).await,
        read(update(1, if_match("\"1\""), store.clone(), title()).await).await,
        read(delete(1, none(), store.clone()).await).await,
    ] {
        assert_eq!((status, &body), (500, &bare));
    }
    let log = String::from_utf8(LOGGED.take()).expect("text");
    let lines: Vec<&str> = log.lines().collect();
    assert_eq!(lines.len(), 5, "{log}");
    for line in lines {
        assert!(line.contains("ERROR"), "{line}");
        assert!(line.contains("SQLite failed"), "{line}");
        assert!(line.contains("no such table: notes"), "{line}");
        assert!(line.contains("notes/api.rs:"), "{line}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_database_error_leaks_nothing_over_a_socket() {
    let store = store().0;
    let dropped = store.run(|connection| connection.execute_batch("DROP TABLE notes"));
    dropped.await.expect("a table that is gone");
    let server = Server::bind("127.0.0.1:0").await.expect("a free port");
    let address = server.local_addr().expect("an address");
    let serving = tokio::spawn(server.serve_until(crate::app(store), std::future::pending()));
    let asked = tokio::task::spawn_blocking(move || -> io::Result<String> {
        let mut socket = TcpStream::connect(address)?;
        socket.write_all(b"GET /notes/1 HTTP/1.1\r\nhost: notes\r\nconnection: close\r\n\r\n")?;
        let mut answer = String::new();
        socket.read_to_string(&mut answer)?;
        Ok(answer)
    });
    let answer = asked.await.expect("no panic").expect("an answer");
    serving.abort();
    let (head, body) = answer.split_once("\r\n\r\n").expect("a head");
    assert!(
        head.starts_with("HTTP/1.1 500 Internal Server Error\r\n"),
        "{head}"
    );
    assert!(!head.contains("SQL") && !head.contains("table"), "{head}");
    let bare = r#"{"type":"about:blank","title":"Internal Server Error","status":500}"#;
    assert_eq!(body, bare);
}

#[tokio::test]
async fn a_database_of_another_layout_is_left_alone() {
    let file = tempfile::NamedTempFile::new().expect("a file");
    let path = file.path().to_str().expect("a path in UTF-8");
    let store = Store::open(path).expect("a new database");
    let changed = store.run(|connection| connection.pragma_update(None, "user_version", 2));
    changed.await.expect("a file of the future");
    assert!(matches!(
        Store::open(path),
        Err(OpenError::Layout { found: 2, .. })
    ));
}
