//! Who asks, and do handlers see the same request whatever its version?

use std::net::SocketAddr;

use sendoff::extract::ConnectInfo;
use sendoff::http::{HeaderMap, Uri};
use sendoff::{App, handler, routes, send};
use tokio::net::TcpStream;

use super::http2;
use crate::support::wire::{Running, Wire};

#[handler(GET "/who")]
async fn who(ConnectInfo(address): ConnectInfo<SocketAddr>) {
    send!(200, address.to_string());
}

#[handler(GET "/form")]
async fn form(uri: Uri, headers: HeaderMap) {
    let host = headers.get("host").and_then(|host| host.to_str().ok());
    send!(200, format!("{uri} of {}", host.unwrap_or("nobody")));
}

/// An extractor of the user's, which only its name has in common with ours; and an alias.
struct Query(SocketAddr);

impl<S: Send + Sync> sendoff::FromRequestParts<S> for Query {
    type Rejection = sendoff::Response;

    async fn from_request_parts(
        parts: &mut sendoff::http::request::Parts,
        state: &S,
    ) -> Result<Self, Self::Rejection> {
        let address = ConnectInfo::<SocketAddr>::from_request_parts(parts, state).await;
        let address = address.map_err(sendoff::IntoResponse::into_response)?;
        Ok(Query(address.0))
    }
}

type Form = ConnectInfo<SocketAddr>;

#[handler(GET "/own-name")]
async fn own_name(Query(address): Query) {
    send!(200, address.to_string());
}

#[handler(GET "/alias")]
async fn alias(ConnectInfo(address): Form) {
    send!(200, address.to_string());
}

/// A request that nobody can ask for its client is not told, and the type of an argument says who can.
/// Where somebody listens to the log every request is told, as in other tests of this process: so what
/// is looked at is what the route says.
#[test]
fn the_type_of_an_argument_says_whether_it_may_look() {
    use sendoff::__private::Routed;

    fn may_look<R: Routed>() -> bool {
        format!("{:?}", R::SETTINGS).contains("asks_for_peer: true")
    }
    assert!(may_look::<who>() && may_look::<own_name>() && may_look::<alias>());
    assert!(!may_look::<form>());
}

fn app() -> App {
    App::new(()).routes(routes![who, form, own_name, alias])
}

#[tokio::test]
async fn a_handler_knows_the_address_of_its_client() {
    let running = Running::start(app()).await;
    let stream = TcpStream::connect(running.address)
        .await
        .expect("it listens");
    let own = stream.local_addr().expect("an address").to_string();
    let mut wire = Wire::new(stream);
    for path in ["/who", "/who", "/own-name", "/alias"] {
        wire.request(&format!("GET {path}"), &[], "").await;
        assert_eq!(wire.answer(false).await.body, own, "{path}");
    }
    let client = http2::connect(running.address).await;
    let (status, body) = client.get("/who").await;
    assert_eq!(status, 200);
    let address: SocketAddr = body.parse().expect("an address");
    assert!(address.ip().is_loopback() && address.port() != running.address.port());
}

#[tokio::test]
async fn a_request_has_one_form() {
    let running = Running::start(app()).await;
    let address = running.address;
    for (target, host, body) in [
        ("/form?a=b", "example.com", "/form?a=b of example.com"),
        (
            "http://example.com/form?a=b",
            "example.com",
            "/form?a=b of example.com",
        ),
        // What the target says holds (RFC 9112 section 3.2.2).
        (
            "http://example.com/form",
            "other.com",
            "/form of example.com",
        ),
    ] {
        let mut wire = running.connect().await;
        wire.write(format!("GET {target} HTTP/1.1\r\nhost: {host}\r\n\r\n"))
            .await;
        assert_eq!(wire.answer(false).await.body, body, "{target}");
    }
    let client = http2::connect(address).await;
    let (_, body) = client.get("/form?a=b").await;
    let (form, host) = body.split_once(" of ").expect("a host");
    assert_eq!(form, "/form?a=b");
    assert_ne!(host, "nobody");
}

/// A client behind a proxy that is trusted; and one that pretends to be.
#[tokio::test]
async fn a_proxy_says_for_whom_it_asks() {
    let trusting = |networks: [&'static str; 1]| async move {
        Running::start_with(app(), |server| {
            let server = server.trust_proxies(sendoff::ProxyField::XForwardedFor, networks);
            server.expect("networks")
        })
        .await
    };
    let said = [
        "x-forwarded-for: 1.1.1.1, 203.0.113.7",
        "forwarded: for=9.9.9.9",
    ];
    let trusted = trusting(["127.0.0.0/8"]).await;
    let mut wire = trusted.connect().await;
    wire.request("GET /who", &said, "").await;
    assert_eq!(wire.answer(false).await.body, "203.0.113.7:0");
    for running in [trusting(["10.0.0.0/8"]).await, Running::start(app()).await] {
        let mut wire = running.connect().await;
        wire.request("GET /who", &said, "").await;
        let address: SocketAddr = wire.answer(false).await.body.parse().expect("an address");
        assert!(address.ip().is_loopback());
    }
    let server = sendoff::Server::bind("127.0.0.1:0").await.expect("a port");
    let fault = server.trust_proxies(sendoff::ProxyField::Forwarded, ["example.com"]);
    assert!(fault.is_err_and(|fault| fault.to_string().contains("`example.com` is no network")));
}

/// The PROXY protocol, from those alone who are trusted.
#[tokio::test]
async fn a_proxy_says_for_whom_it_connects() {
    const LINE: &str = "PROXY TCP4 203.0.113.7 192.0.2.1 56324 443\r\n";
    let trusting = |networks: [&'static str; 1]| async move {
        Running::start_with(app(), |server| {
            server.proxy_protocol(networks).expect("networks")
        })
        .await
    };
    let running = trusting(["127.0.0.1"]).await;
    let mut wire = running.connect().await;
    wire.write(LINE).await;
    for _ in 0..2 {
        wire.request("GET /who", &[], "").await;
        assert_eq!(wire.answer(false).await.body, "203.0.113.7:56324");
    }
    // A proxy that does not say it is not served.
    let mut wire = running.connect().await;
    wire.try_write("GET /who HTTP/1.1\r\nhost: test\r\n\r\n")
        .await;
    assert_eq!(wire.rest().await, "");
    // Who is not trusted may not say: it is no HTTP.
    let running = trusting(["10.0.0.0/8"]).await;
    let mut wire = running.connect().await;
    wire.try_write(LINE).await;
    assert_eq!(wire.answer(false).await.status, 400);
    let mut wire = running.connect().await;
    wire.request("GET /who", &[], "").await;
    assert!(wire.answer(false).await.body.starts_with("127.0.0.1:"));
}

/// Which process is at the other end of a Unix socket.
#[cfg(target_os = "linux")]
#[tokio::test]
async fn a_handler_knows_the_process_at_a_unix_socket() {
    use tokio::net::UnixStream;
    use tokio::net::unix::UCred;

    #[handler(GET "/who")]
    async fn process(ConnectInfo(process): ConnectInfo<UCred>) {
        send!(200, format!("{:?}", process.pid()));
    }

    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("socket");
    let server = sendoff::Server::bind_unix(&path).expect("a socket");
    let serving = tokio::spawn(server.serve(App::new(()).routes(routes![process])));
    let mut wire = Wire::new(UnixStream::connect(&path).await.expect("it listens"));
    wire.request("GET /who", &[], "").await;
    let answer = wire.answer(false).await;
    assert_eq!(answer.body, format!("Some({})", std::process::id()));
    serving.abort();
}

/// nginx at a Unix socket.
#[cfg(unix)]
#[tokio::test]
async fn a_proxy_at_a_unix_socket_says_for_whom_it_asks() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("socket");
    let server = sendoff::Server::bind_unix(&path).expect("a socket");
    let server = server.trust_proxies(sendoff::ProxyField::XForwardedFor, ["unix:"]);
    let serving = tokio::spawn(server.expect("networks").serve(app()));
    let stream = tokio::net::UnixStream::connect(&path).await;
    let mut wire = Wire::new(stream.expect("it listens"));
    wire.request("GET /who", &["x-forwarded-for: 203.0.113.7"], "")
        .await;
    assert_eq!(wire.answer(false).await.body, "203.0.113.7:0");
    serving.abort();
}
