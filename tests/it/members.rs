//! Is the example `members` safe? Everything goes over its socket.

use crate::support::example::Example;
use crate::support::wire::Answer;

const START: &str = "cargo run --bin members";
const FORM: &str = "content-type: application/x-www-form-urlencoded";
const OURS: &str = "sec-fetch-site: same-origin";
const ANN: &str = "name=ann&password=open+sesame";
const BOB: &str = "name=bob&password=open+sesame";

/// The running example, and a way to ask it.
struct Site(Example);

impl Site {
    async fn start() -> Self {
        Site(Example::start(START, &["--addr", "127.0.0.1:0"]).await)
    }

    async fn ask(&self, line: &str, headers: &[&str], body: &str) -> Answer {
        let headers = [headers, &[FORM]].concat();
        self.0.ask(line, &headers, body).await
    }

    /// The status and the body of an answer.
    async fn check(&self, line: &str, headers: &[&str], sent: &str, status: u16, body: &str) {
        let answer = self.ask(line, headers, sent).await;
        assert_eq!(
            (answer.status, answer.body.as_str()),
            (status, body),
            "{line} {headers:?}"
        );
    }

    /// Logs in; the result is the header with the cookie.
    async fn log_in(&self, credentials: &str, headers: &[&str]) -> String {
        let headers = [headers, &[OURS]].concat();
        let answer = self.ask("POST /login", &headers, credentials).await;
        assert_eq!((answer.status, answer.header("location")), (303, Some("/")));
        let cookie = answer.header("set-cookie").expect("a cookie");
        let (pair, attributes) = cookie.split_once("; ").expect("attributes");
        let expected = "Path=/; Secure; HttpOnly; SameSite=Lax; Max-Age=43200";
        assert_eq!(attributes, expected);
        assert!(
            pair.starts_with("__Host-session=") && pair.len() == 15 + 64,
            "{pair}"
        );
        format!("cookie: other=1; {pair}")
    }
}

const MEMBERS: &str = r#"[{"name":"ann","role":"admin"},{"name":"bob","role":"member"}]"#;

#[tokio::test]
async fn nobody_gets_in_without_a_password() {
    let site = Site::start().await;
    let wrong = "wrong name or password";
    for body in [
        "name=ann&password=wrong",
        "name=eve&password=open+sesame",
        "name=ann&password=",
    ] {
        site.check("POST /login", &[OURS], body, 401, wrong).await;
    }
    let first = "log in first";
    site.check("GET /members", &[], "", 401, first).await;
    site.check("POST /logout", &[OURS], "", 401, first).await;
    site.check("POST /members/bob/role", &[OURS], "role=admin", 401, first)
        .await;
    let guessed = "cookie: __Host-session=0";
    let ended = "this session has ended; log in again";
    site.check("GET /members", &[guessed], "", 401, ended).await;
    let home = site.ask("GET /", &[guessed], "").await;
    assert!(home.body.contains("action=\"/login\""), "{}", home.body);
}

#[tokio::test]
async fn a_session_lasts_until_the_logout() {
    let site = Site::start().await;
    let cookie = site.log_in(ANN, &[]).await;
    let home = site.ask("GET /", &[&cookie], "").await;
    assert!(home.body.contains("Hello, ann."), "{}", home.body);
    site.check("GET /members", &[&cookie], "", 200, MEMBERS)
        .await;

    // A second login ends the first session: an id from before the login is of no use after it.
    let second = site.log_in(ANN, &[&cookie]).await;
    assert_ne!(cookie, second);
    let ended = "this session has ended; log in again";
    site.check("GET /members", &[&cookie], "", 401, ended).await;

    let answer = site.ask("POST /logout", &[&second, OURS], "").await;
    assert_eq!(answer.status, 303);
    let forgotten = answer.header("set-cookie").expect("a cookie");
    assert!(forgotten.starts_with("__Host-session=; ") && forgotten.ends_with("Max-Age=0"));
    site.check("GET /members", &[&second], "", 401, ended).await;
}

#[tokio::test]
async fn roles_are_asked_for_each_time() {
    let site = Site::start().await;
    let ann = site.log_in(ANN, &[]).await;
    let bob = site.log_in(BOB, &[]).await;
    let only = "only for the role Admin";
    site.check("GET /members", &[&bob], "", 403, only).await;
    let promote = "POST /members/bob/role";
    site.check(promote, &[&bob, OURS], "role=admin", 403, only)
        .await;
    site.check("GET /members", &[&ann], "", 200, MEMBERS).await;

    site.check(promote, &[&ann, OURS], "role=admin", 303, "")
        .await;
    let own = "POST /members/bob/role";
    let text = "ask another administrator to change your own role";
    site.check(own, &[&bob, OURS], "role=member", 409, text)
        .await;
    let nobody = "POST /members/eve/role";
    site.check(
        nobody,
        &[&bob, OURS],
        "role=admin",
        404,
        "nobody is called eve",
    )
    .await;
    site.check(
        "POST /members/ann/role",
        &[&bob, OURS],
        "role=member",
        303,
        "",
    )
    .await;
    site.check("GET /members", &[&ann], "", 403, only).await;
}

#[tokio::test]
async fn other_sites_cannot_use_a_session() {
    let site = Site::start().await;
    let ann = site.log_in(ANN, &[]).await;
    let other = "this request comes from another site";
    let promote = "POST /members/bob/role";
    for origin in [
        "sec-fetch-site: cross-site",
        "sec-fetch-site: same-site",
        "origin: https://evil.example",
        "origin: http://test.evil.example",
        "origin: null",
        "origin: http://test:81",
    ] {
        site.check(promote, &[&ann, origin], "role=admin", 403, other)
            .await;
        site.check("POST /logout", &[&ann, origin], "", 403, other)
            .await;
        site.check("POST /login", &[origin], ANN, 403, other).await;
    }
    let say = "say where this request comes from: send `Origin`";
    site.check(promote, &[&ann], "role=admin", 403, say).await;
    // Nothing of that has happened.
    site.check("GET /members", &[&ann], "", 200, MEMBERS).await;
    // A link from elsewhere works, and an older browser too.
    let link = "sec-fetch-site: cross-site";
    site.check("GET /members", &[&ann, link], "", 200, MEMBERS)
        .await;
    site.check(
        promote,
        &[&ann, "origin: http://test"],
        "role=admin",
        303,
        "",
    )
    .await;
}
