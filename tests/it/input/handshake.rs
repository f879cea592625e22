//! Which requests open a WebSocket, and what is said to others? RFC 6455 section 4.2.1.

use axum::Router;
use axum::routing::any;
use sendoff::extract::WebSocketUpgrade;
use sendoff::{HeaderMap, handler, routes, send};

use super::Hosts;
use crate::bodies::websocket::{extended_connect, http2};
use crate::support::wire::{Answer, Wire, in_time};

#[handler(GET | POST "/socket")]
async fn socket(upgrade: WebSocketUpgrade) {
    send!(upgrade.on_upgrade(async |_| {}));
}

#[handler(GET "/asked")]
async fn asked(_: WebSocketUpgrade, headers: HeaderMap) {
    send!(200, format!("{:?}", headers.get("upgrade")));
}

/// axum's own extractor, as an argument.
#[handler(GET | POST "/theirs")]
async fn theirs(upgrade: axum::extract::WebSocketUpgrade) {
    send!(upgrade.on_upgrade(async |_| {}));
}

#[handler]
async fn plain(upgrade: WebSocketUpgrade) {
    send!(upgrade.on_upgrade(async |_| {}));
}

async fn hosts() -> Hosts {
    let app = sendoff::App::new(()).routes(routes![socket, asked, theirs]);
    Hosts::start(app, Router::new().route("/socket", any(plain))).await
}

const KEY: &str = "sec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==";
const VERSION: &str = "sec-websocket-version: 13";
const CONNECTION: &str = "connection: upgrade";
const UPGRADE: &str = "upgrade: websocket";

async fn ask(hosts: &Hosts, line: &str, headers: &[&str]) -> [Answer; 2] {
    let mut answers = Vec::new();
    for address in [hosts.ours.address, hosts.axum] {
        let mut wire = Wire::connect(address).await.expect("it listens");
        wire.request(line, headers, "").await;
        let answer = wire.head().await;
        answers.push(answer);
    }
    answers.try_into().expect("two")
}

/// Fails unless the answer has the status, and what goes with it.
async fn check(line: &str, headers: &[&str], status: u16) {
    let hosts = hosts().await;
    for answer in ask(&hosts, line, headers).await {
        check_answer(&answer, status, headers);
    }
}

#[track_caller]
fn check_answer(answer: &Answer, status: u16, of: &[&str]) {
    assert_eq!(answer.status, status, "{of:?}");
    if status == 101 {
        let accept = answer.header("sec-websocket-accept");
        assert_eq!(accept, Some("s3pPLMBiTxaQ9kYGzzhZRbK+xOo="));
        return;
    }
    assert_eq!(
        answer.header("content-type"),
        Some("application/problem+json")
    );
    if status == 426 {
        assert_eq!(answer.header("upgrade"), Some("websocket"), "{of:?}");
        assert_eq!(answer.header("connection"), Some("upgrade"), "{of:?}");
    }
}

#[tokio::test]
async fn a_handshake_opens_a_socket() {
    for headers in [
        [CONNECTION, UPGRADE, KEY, VERSION],
        [
            "connection: keep-alive, Upgrade",
            "upgrade: WebSocket",
            KEY,
            VERSION,
        ],
        [CONNECTION, "upgrade: h2c, websocket", KEY, VERSION],
        [
            "connection: Upgrade,x",
            "upgrade: websocket , x/1",
            KEY,
            VERSION,
        ],
    ] {
        check("GET /socket", &headers, 101).await;
    }
    let twice = [CONNECTION, "upgrade: h2c", UPGRADE, KEY, VERSION];
    check("GET /socket", &twice, 101).await;
}

#[tokio::test]
async fn what_asks_for_no_socket_is_told_how_to() {
    for headers in [
        &[][..],
        &[CONNECTION],
        &[UPGRADE, KEY, VERSION],
        &["connection: upgraded", UPGRADE, KEY, VERSION],
        &[CONNECTION, "upgrade: websockets", KEY, VERSION],
        &[CONNECTION, "upgrade: h2c", KEY, VERSION],
    ] {
        check("GET /socket", headers, 426).await;
    }
}

#[tokio::test]
async fn a_key_is_one_of_16_bytes() {
    for key in [
        "",
        "AAAA",
        "dGhlIHNhbXBsZSBub25jZQ",
        "dGhlIHNhbXBsZSBub25jZQ=",
        "dGhlIHNhbXBsZSBub25jZQ===",
        "dGhlIHNhbXBsZSBub25jZR==",
        "dGhlIHNhbXBsZSBub25jZS4u",
        "dGhlIHNhbXBsZSBub25jZS4uLi4uLg==",
        "dGhlIHNhbXBsZSBub25jZ*==",
    ] {
        let key = format!("sec-websocket-key: {key}");
        check("GET /socket", &[CONNECTION, UPGRADE, &key, VERSION], 400).await;
    }
    check("GET /socket", &[CONNECTION, UPGRADE, VERSION], 400).await;
    check(
        "GET /socket",
        &[CONNECTION, UPGRADE, KEY, KEY, VERSION],
        400,
    )
    .await;
}

#[tokio::test]
async fn another_version_is_told_which() {
    let hosts = hosts().await;
    for (version, status) in [
        (&["sec-websocket-version: 12"][..], 426),
        (&["sec-websocket-version: 8, 13"], 426),
        (&["sec-websocket-version: x"], 426),
        (&[], 400),
        (&[VERSION, "sec-websocket-version: 8"], 400),
    ] {
        let headers = [&[CONNECTION, UPGRADE, KEY][..], version].concat();
        for answer in ask(&hosts, "GET /socket", &headers).await {
            check_answer(&answer, status, version);
            assert_eq!(answer.header("sec-websocket-version"), Some("13"));
        }
    }
}

#[tokio::test]
async fn another_method_is_told_which() {
    let hosts = hosts().await;
    let headers = [CONNECTION, UPGRADE, KEY, VERSION];
    for answer in ask(&hosts, "POST /socket", &headers).await {
        check_answer(&answer, 405, &headers);
        assert_eq!(answer.header("allow"), Some("GET"));
    }
}

#[tokio::test]
async fn the_head_stays_as_it_was() {
    let hosts = hosts().await;
    let mut wire = hosts.ours.connect().await;
    let headers = [CONNECTION, "upgrade: websocket, x", KEY, VERSION];
    wire.request("GET /asked", &headers, "").await;
    assert_eq!(wire.answer(false).await.body, "Some(\"websocket, x\")");
}

#[tokio::test]
async fn axums_refusals_carry_it_too() {
    let hosts = hosts().await;
    let version = "sec-websocket-version: 12";
    for (line, headers, status, name, value) in [
        ("GET /theirs", &[][..], 426, "upgrade", "websocket"),
        ("GET /theirs", &[CONNECTION], 426, "upgrade", "websocket"),
        ("POST /theirs", &[], 405, "allow", "GET"),
        (
            "GET /theirs",
            &[CONNECTION, UPGRADE, KEY, version],
            400,
            "sec-websocket-version",
            "13",
        ),
    ] {
        let [answer, _] = ask(&hosts, line, headers).await;
        check_answer(&answer, status, headers);
        assert_eq!(answer.header(name), Some(value));
    }
}

/// RFC 8441: there is no upgrade, so nothing is said of one.
#[tokio::test]
async fn over_http2_it_is_a_connect() {
    let hosts = hosts().await;
    let mut client = http2(hosts.ours.address).await;
    let request = extended_connect("websocket", "/socket");
    let answer = in_time(client.send_request(request))
        .await
        .expect("an answer");
    assert_eq!(answer.status(), 200);
    let mut request = extended_connect("websocket", "/socket");
    let version = "12".parse().expect("a value");
    request
        .headers_mut()
        .insert("sec-websocket-version", version);
    let answer = in_time(client.send_request(request))
        .await
        .expect("an answer");
    assert_eq!(answer.status(), 400);
    assert_eq!(answer.headers()["sec-websocket-version"], "13");
    let answer = hosts.over_http2("GET /socket", &[], b"").await;
    assert_eq!(answer.status, 400, "{}", answer.body);
    assert_eq!(answer.header("upgrade"), None);
}
