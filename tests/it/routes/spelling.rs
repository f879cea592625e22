//! Does a path find its route in whatever spelling, and does none find a way around a fence?

use std::path::Path;

use axum::middleware::{Next, from_fn};
use http_body_util::BodyExt as _;
use percent_encoding::percent_decode_str;
use sendoff::http::Uri;
use sendoff::{App, HeaderMap, Request, guard, handler, routes, send};
use tower_http::services::ServeDir;

use crate::socket::http2;
use crate::support::wire::Running;

/// What is behind a fence.
const SECRET: &str = "secret";

#[guard(Member)]
async fn member(headers: HeaderMap) {
    if !headers.contains_key("token") {
        send!(401);
    }
}

#[handler]
async fn members_only(request: Request, next: Next) {
    if !request.headers().contains_key("token") {
        send!(401);
    }
    send!(next.run(request).await);
}

#[handler(GET "/private/{*rest}")]
async fn guarded(_: Member, rest: String) {
    send!(200, format!("{SECRET} {rest}"));
}

#[handler(GET "/private/{name}")]
async fn guarded_name(_: Member, name: String) {
    send!(200, format!("{SECRET} {name}"));
}

#[handler(GET "/private/s.txt")]
async fn guarded_file(_: Member) {
    send!(SECRET);
}

#[handler(GET "/private/{*rest}")]
async fn layered(rest: String) {
    send!(200, format!("{SECRET} {rest}"));
}

#[handler(GET "/{*rest}")]
async fn below(rest: String) {
    send!(200, format!("{SECRET} {rest}"));
}

#[handler(GET "/other")]
async fn other() {
    send!("other");
}

#[handler]
async fn no_entry() {
    send!(401);
}

/// A folder with `private/s.txt`, and services of it.
struct Files(tempfile::TempDir);

impl Files {
    fn new() -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        std::fs::create_dir(folder.path().join("private")).expect("a folder");
        std::fs::write(folder.path().join("private/s.txt"), SECRET).expect("a file");
        std::fs::write(folder.path().join("open.txt"), "open").expect("a file");
        Files(folder)
    }

    fn path(&self) -> &Path {
        self.0.path()
    }
}

/// What reads a path as leniently as any service: it answers the file that it takes it for.
fn read(path: &str) -> String {
    let decoded = percent_decode_str(path).decode_utf8_lossy();
    let readings = [segments(&decoded, &['/']), segments(&decoded, &['/', '\\'])];
    let is = |file: &str| readings.iter().any(|reading| reading == file);
    if is("private/s.txt") {
        SECRET.to_owned()
    } else if is("open.txt") {
        "open".to_owned()
    } else {
        "nothing".to_owned()
    }
}

fn segments(path: &str, divided_by: &[char]) -> String {
    let mut kept = Vec::new();
    for segment in path.split(divided_by) {
        match segment {
            "" | "." => {}
            ".." => {
                kept.pop();
            }
            segment => kept.push(segment),
        }
    }
    kept.join("/")
}

#[handler(GET "/{*rest}")]
async fn catch_all(rest: String) {
    send!(200, read(&rest));
}

#[handler]
async fn lenient_fallback(uri: Uri) {
    send!(200, read(uri.path()));
}

/// Who has all the files, and does not ask who asks.
fn behind(files: &Files) -> Vec<(&'static str, App)> {
    let lenient = axum::Router::new().fallback(async |uri: Uri| read(uri.path()));
    let app = || App::new(());
    vec![
        (
            "files",
            app().nest_service("/", ServeDir::new(files.path())),
        ),
        ("a service", app().nest_service("/", lenient.clone())),
        (
            "an app",
            app().nest_service("/", app().fallback(lenient_fallback)),
        ),
        ("a fallback", app().fallback(lenient_fallback)),
        (
            "a merged app",
            app().merge(app().fallback(lenient_fallback)),
        ),
        ("a catch-all route", app().routes(routes![catch_all])),
    ]
}

/// Each kind of fence, in front of it.
fn fenced(files: &Files, app: &App) -> Vec<(&'static str, App)> {
    let app = || app.clone();
    let new = || App::new(());
    let own = axum::Router::new()
        .fallback_service(ServeDir::new(files.path().join("private")))
        .layer(from_fn(members_only));
    let only = || from_fn(members_only);
    let inner = new().routes(routes![below]).layer(only());
    vec![
        ("guard", app().routes(routes![guarded])),
        ("guard of a parameter", app().routes(routes![guarded_name])),
        ("layer", app().routes(routes![layered].layer(only()))),
        (
            "nested routes",
            app().nest("/private", routes![below].layer(only())),
        ),
        ("nested app", app().nest("/private", inner.clone())),
        (
            "nested app without the route",
            app().nest("/private", new().routes(routes![other]).layer(only())),
        ),
        (
            "nested app in a merged one",
            app().merge(new().nest("/private", inner)),
        ),
        ("service", app().nest_service("/private", own.clone())),
        (
            "service of a nested app",
            app().nest("/private", new().nest_service("/", own)),
        ),
        ("fallback", app().nest("/private", new().fallback(no_entry))),
        (
            "prefix in another spelling",
            app().nest("/%70rivate", new().fallback(no_entry)),
        ),
    ]
}

const SPELLINGS: &[&str] = &[
    "/private/s.txt",
    "/%70rivate/s.txt",
    "/p%72ivat%65/s%2Etxt",
    "/%70%72%69%76%61%74%65/%73%2e%74%78%74",
    "/private%2Fs.txt",
    "/private%2fs.txt",
    "/%70rivate%2fs.txt",
    "//private/s.txt",
    "///private//s.txt",
    "/private//s.txt",
    "//private%2Fs.txt",
    "/./private/s.txt",
    "/.//private/s.txt",
    "/%2e/private/s.txt",
    "/.%2Fprivate/s.txt",
    "/x/../private/s.txt",
    "/../private/s.txt",
    "/x/%2E%2e/private/s.txt",
    "/x//../private/s.txt",
    "/x%2F..%2Fprivate%2Fs.txt",
    "/x/..%2Fprivate/s.txt",
    "/x%5C..%2Fprivate/s.txt",
    "/x%5Cy%2F..%2F..%2Fprivate/s.txt",
    "/x%5Cy%2F..%2Fprivate/s.txt",
    "/open.txt%2F..%2Fprivate/s.txt",
    "/private%2Fx%2F..%2Fs.txt",
    "/%2Fprivate/s.txt",
    "/%2F%2Fprivate%2F%2Fs.txt",
    "/private/./s.txt",
    "/private/.%2Fs.txt",
    "/private/x/../s.txt",
    "/%5Cprivate%5Cs.txt",
    "/\\private\\s.txt",
    "/private\\s.txt",
    "/private%5Cs.txt",
    "/private/%2Fs.txt",
    "/private/%5Cs.txt",
];

/// The answer over HTTP/1.1, if it is the same over HTTP/2.
pub(super) async fn asked(running: &Running, path: &str) -> (u16, String) {
    let client = http2::connect(running.address).await;
    let found = client.get(path).await;
    let mut wire = running.connect().await;
    wire.request(&format!("GET {path}"), &[], "").await;
    let answer = wire.answer(false).await;
    assert_eq!(
        (answer.status, &*answer.body),
        (found.0, &*found.1),
        "{path}"
    );
    found
}

#[tokio::test]
async fn no_spelling_leads_around_a_fence() {
    let files = Files::new();
    for (behind, app) in behind(&files) {
        for (fence, app) in fenced(&files, &app) {
            let case = format!("{fence} before {behind}");
            app.check().expect(&case);
            let running = Running::start(app).await;
            for path in SPELLINGS {
                let (status, body) = asked(&running, path).await;
                assert!(!body.contains(SECRET), "{case}: {path}: {body}");
                // A lenient reader that is asked for a file that there is not.
                let is_nothing = status == 200 && body == "nothing";
                assert!(
                    [401, 404].contains(&status) || is_nothing,
                    "{case}: {path}: {status}"
                );
            }
            for path in ["/open.txt", "/%6fpen.txt", "/x/../open.txt", "/./open.txt"] {
                assert_eq!(
                    asked(&running, path).await,
                    (200, "open".to_owned()),
                    "{case}: {path}"
                );
            }
            let mut wire = running.connect().await;
            wire.request("GET /%70rivate/s.txt", &["token: 1"], "")
                .await;
            let body = wire.answer(false).await.body;
            let has_none = fence == "fallback" || fence.starts_with("prefix");
            assert!(body.contains(SECRET) || has_none, "{case}: {body}");
        }
    }
}

/// A path of which each character and each slash may be spelled in another way.
fn spelled(mut random: u64) -> String {
    let mut next = |below: usize| {
        random ^= random << 13;
        random ^= random >> 7;
        random ^= random << 17;
        usize::try_from(random >> 33).expect("31 bits") % below
    };
    const SLASHES: &[&str] = &[
        "/",
        "/",
        "/",
        "//",
        "/./",
        "/x/../",
        "/%2e/",
        "%2F",
        "%2f",
        "%5C",
        "\\",
        "%2F.%2F",
        "/x%2F..%2F",
        "%2Fx/..%2F",
        "/%2F",
        "%2F%2F",
        "/y%5C..%5C",
        "%5C%2F",
    ];
    let mut path = String::new();
    for c in "/private/s.txt".chars() {
        match (c, next(4)) {
            ('/', _) if path.is_empty() => {
                let slash = SLASHES[next(SLASHES.len())];
                // A target begins with a slash.
                path.push_str(if slash.starts_with('/') { "" } else { "/" });
                path.push_str(slash);
            }
            ('/', _) => path.push_str(SLASHES[next(SLASHES.len())]),
            (c, 0) => path.push_str(&format!("%{:02X}", u32::from(c))),
            (c, 1) => path.push_str(&format!("%{:02x}", u32::from(c))),
            (c, _) => path.push(c),
        }
    }
    path
}

/// The answer of an app without a server in front of it.
pub(super) async fn called(app: &mut App, path: &str) -> (u16, String) {
    let request = http::Request::get(path).body(String::new());
    let request = request.expect("a request");
    let response = tower_service::Service::call(app, request).await;
    let response = response.expect("an app does not fail");
    let status = response.status().as_u16();
    let body = response.into_body().collect().await.expect("a whole body");
    (
        status,
        String::from_utf8_lossy(&body.to_bytes()).into_owned(),
    )
}

#[tokio::test]
async fn no_mixture_of_spellings_leads_around_a_fence() {
    let files = Files::new();
    for (behind, app) in behind(&files) {
        for (fence, mut app) in fenced(&files, &app) {
            for number in 1..200_u64 {
                let path = spelled(number.wrapping_mul(0x9E37_79B9_7F4A_7C15));
                assert_eq!(read(&path), SECRET, "{path} is one");
                let (_, body) = called(&mut app, &path).await;
                assert!(!body.contains(SECRET), "{fence} before {behind}: {path}");
            }
        }
    }
}

/// A `/` at the end that is escaped, or one too many, may be none for a service.
#[tokio::test]
async fn a_guarded_file_has_no_other_end() {
    let files = Files::new();
    for (behind, app) in behind(&files) {
        let running = Running::start(app.routes(routes![guarded_file])).await;
        let ends: &[&str] = match behind {
            // To whoever else, the path with a `/` at its end may be another one.
            "files" => &["", "/", "//", "%2F", "%5C", "%2F/", "/."],
            _ => &["", "//", "%2F", "%5C", "%2F/"],
        };
        for end in ends {
            let (status, body) = asked(&running, &format!("/private/s.txt{end}")).await;
            assert!([401, 404].contains(&status), "{behind} {end}: {status}");
            assert!(!body.contains(SECRET), "{behind} {end}");
        }
    }
}
