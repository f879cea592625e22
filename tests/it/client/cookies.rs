//! The client keeps cookies as a browser does.

use http::HeaderMap;
use sendoff::test::Client;
use sendoff::{App, handler, routes, send};

use crate::support::answer::run;

#[handler(POST "/login")]
async fn login() {
    send!(
        204,
        [("set-cookie", "session=7; Path=/; HttpOnly; Secure")],
        ()
    );
}

#[handler(POST "/logout")]
async fn logout() {
    send!(204, [("set-cookie", "session=; Path=/; Max-Age=0")], ());
}

#[handler(GET "/cookies")]
async fn cookies(headers: HeaderMap) {
    let all = headers.get_all("cookie").iter();
    let all: Vec<&str> = all.filter_map(|value| value.to_str().ok()).collect();
    send!(200, all.join(" | "));
}

#[test]
fn what_the_app_sets_is_sent_until_it_takes_it_back() {
    run(async {
        let client = Client::new(App::new(()).routes(routes![login, logout, cookies]));
        client.get("/cookies").await.assert_text("");
        client.post("/login").await.assert_status(204);
        client.get("/cookies").await.assert_text("session=7");
        let other = client.get("/cookies").cookie("theme", "dark").await;
        other.assert_text("session=7; theme=dark");
        let two = client.get("/cookies").cookie("a", "1").cookie("b", "2");
        two.await.assert_text("session=7; a=1; b=2");
        let same = client.get("/cookies").cookie("session", "8").await;
        same.assert_text("session=8");
        let by_header = client.get("/cookies").header("cookie", "a=1; session=9");
        by_header.await.assert_text("a=1; session=9");
        client
            .clone()
            .get("/cookies")
            .await
            .assert_text("session=7");
        client.post("/logout").await.assert_status(204);
        client.get("/cookies").await.assert_text("");
    });
}

/// It is sent as a client sends it.
#[tokio::test]
async fn what_is_typed_is_escaped() {
    #[handler(GET "/ä/{name}")]
    async fn echo(name: String, uri: sendoff::http::Uri) {
        send!(200, format!("{name} {uri}"));
    }
    let client = Client::new(App::new(()).routes(routes![echo]));
    let answer = client.get("/ä/ö b?c=d e").await;
    assert_eq!(answer.text(), "ö b /%C3%A4/%C3%B6%20b?c=d%20e");
}

/// Handlers know a client's address, as they do behind a server.
#[tokio::test]
async fn a_client_has_an_address() {
    use std::net::SocketAddr;

    use sendoff::extract::ConnectInfo;

    #[handler(GET "/who")]
    async fn who(ConnectInfo(address): ConnectInfo<SocketAddr>) {
        send!(200, address.to_string());
    }
    let client = Client::new(App::new(()).routes(routes![who]));
    client.get("/who").await.assert_text("127.0.0.1:49152");
    let from = SocketAddr::from(([203, 0, 113, 7], 80));
    let other = client.get("/who").client_address(from).await;
    other.assert_text("203.0.113.7:80");
}

#[test]
#[should_panic(expected = "it begins with `/`")]
fn a_whole_uri_is_no_path() {
    drop(Client::new(App::new(())).get("http://example.com/who"));
}
