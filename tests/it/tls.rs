//! Is TLS what clients expect, and does a new certificate cost no connection?

use std::fs;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use http_body_util::{BodyExt, Empty};
use hyper::body::Bytes;
use hyper_util::rt::{TokioExecutor, TokioIo};
use rcgen::{CertifiedKey, KeyPair};
use sendoff::extract::ws::WebSocketUpgrade;
use sendoff::{App, Server, State, Tls, Workers, handler, routes, send};
use tempfile::TempDir;
use tokio::io::AsyncReadExt;
use tokio::net::TcpStream;
use tokio::time::Instant;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;
use tokio_rustls::rustls::crypto::ring;
use tokio_rustls::rustls::pki_types::ServerName;
use tokio_rustls::rustls::{ClientConfig, RootCertStore};

use crate::support::clock::Clock;
use crate::support::wire::{Running, Wire, in_time};

#[handler(GET "/")]
async fn hello() {
    send!("hello");
}

/// Files with a certificate for `localhost`.
struct Files {
    folder: TempDir,
    certified: CertifiedKey<KeyPair>,
}

impl Files {
    fn new() -> Self {
        let files = Files {
            folder: tempfile::tempdir().expect("a folder"),
            certified: certify(),
        };
        files.write();
        files
    }

    fn write(&self) {
        let certificate = self.certified.cert.pem();
        let key = self.certified.signing_key.serialize_pem();
        fs::write(self.path("cert.pem"), certificate).expect("a file");
        fs::write(self.path("key.pem"), key).expect("a file");
    }

    fn path(&self, name: &str) -> String {
        let path = self.folder.path().join(name);
        path.to_str().expect("text").to_owned()
    }

    fn tls(&self) -> Tls {
        Tls::from_pem_files(self.path("cert.pem"), self.path("key.pem")).expect("a certificate")
    }
}

fn certify() -> CertifiedKey<KeyPair> {
    rcgen::generate_simple_self_signed(["localhost".to_owned()]).expect("a certificate")
}

async fn start(tls: Tls) -> Running {
    let server = Server::bind("127.0.0.1:0").await.expect("a free port");
    Running::serve(server.tls(tls), App::new(()).routes(routes![hello]))
}

/// A connection of a client that trusts this certificate and no other.
async fn connect(
    address: SocketAddr,
    trusted: &CertifiedKey<KeyPair>,
    protocol: &str,
) -> std::io::Result<TlsStream<TcpStream>> {
    let mut roots = RootCertStore::empty();
    roots
        .add(trusted.cert.der().clone())
        .expect("a certificate");
    let mut config = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .expect("versions of TLS")
        .with_root_certificates(roots)
        .with_no_client_auth();
    config.alpn_protocols = vec![protocol.as_bytes().to_vec()];
    let stream = TcpStream::connect(address).await?;
    let name = ServerName::try_from("localhost").expect("a name");
    in_time(TlsConnector::from(Arc::new(config)).connect(name, stream)).await
}

async fn wire(running: &Running, files: &Files) -> Wire<TlsStream<TcpStream>> {
    let stream = connect(running.address, &files.certified, "http/1.1").await;
    Wire::new(stream.expect("a handshake"))
}

async fn check_answers(wire: &mut Wire<TlsStream<TcpStream>>) {
    wire.request("GET /", &[], "").await;
    assert_eq!(wire.answer(false).await.body, "hello");
}

#[tokio::test]
async fn http1_and_its_end() {
    let files = Files::new();
    let running = start(files.tls()).await;
    let mut wire = wire(&running, &files).await;
    check_answers(&mut wire).await;
    check_answers(&mut wire).await;
    let stopping = running.stop();
    // An end without `close_notify` would be an error, since it may be an attacker's.
    let mut rest = Vec::new();
    let ended = in_time(wire.into_inner().read_to_end(&mut rest)).await;
    assert_eq!(ended.expect("the server says that it closes"), 0);
    stopping.ended().await;
}

#[tokio::test]
async fn an_idle_connection_serves_the_next_request() {
    let files = Files::new();
    let running = start(files.tls()).await;
    let mut wire = wire(&running, &files).await;
    let _clock = Clock::stop();
    for _ in 0..5 {
        check_answers(&mut wire).await;
        tokio::time::advance(Duration::from_secs(1)).await;
    }
    let rest = tokio::spawn(async move { wire.into_inner().read_to_end(&mut Vec::new()).await });
    tokio::time::advance(Duration::from_secs(75)).await;
    let ended = in_time(rest).await.expect("no panic");
    assert_eq!(ended.expect("the server says that it closes"), 0);
    running.stop();
}

/// Stops a server that has a connection whose client has sent this of a handshake: how long does
/// that take? There is a request before, so the server has the connection when it stops.
async fn time_to_stop(hello: &[u8]) -> Duration {
    let files = Files::new();
    let running = start(files.tls()).await;
    let mut begun = running.connect().await;
    begun.write(hello).await;
    let mut wire = wire(&running, &files).await;
    check_answers(&mut wire).await;
    drop(wire);
    tokio::time::pause();
    let before = Instant::now();
    running.stop().ended().await;
    before.elapsed()
}

/// Browsers open connections in advance.
#[tokio::test]
async fn a_client_that_does_not_begin_does_not_hold_the_end() {
    let elapsed = time_to_stop(&[]).await;
    assert!(elapsed < Duration::from_millis(500), "{elapsed:?}");
}

#[tokio::test]
async fn a_client_that_stops_in_its_handshake_does_not_hold_the_end_for_long() {
    let elapsed = time_to_stop(&[0x16, 3, 1]).await;
    let expected = Duration::from_millis(1_400)..Duration::from_millis(2_000);
    assert!(expected.contains(&elapsed), "{elapsed:?}");
}

/// Without a request, whether its time is over or the server ends.
#[tokio::test]
async fn a_client_that_sends_nothing_is_told_of_the_end() {
    for is_stopped in [false, true] {
        let files = Files::new();
        let running = start(files.tls()).await;
        let wire = wire(&running, &files).await;
        tokio::time::pause();
        if is_stopped {
            running.stop().ended().await;
        }
        let ended = in_time(wire.into_inner().read_to_end(&mut Vec::new())).await;
        assert_eq!(ended.expect("the server says that it closes"), 0);
        tokio::time::resume();
    }
}

/// RFC 7301 section 3.2.
#[tokio::test]
async fn a_client_without_a_protocol_of_ours_is_told_so() {
    let files = Files::new();
    let running = start(files.tls()).await;
    let fault = connect(running.address, &files.certified, "spdy/3").await;
    let fault = fault.expect_err("no protocol").to_string();
    assert_eq!(fault, "received fatal alert: NoApplicationProtocol");
    running.stop().ended().await;
}

/// Tells when a handler has ended.
type Ends = tokio::sync::mpsc::UnboundedSender<()>;

#[handler(GET "/socket")]
async fn endless(upgrade: WebSocketUpgrade, State(ends): State<Ends>) {
    send!(upgrade.on_upgrade(async move |mut socket| {
        while let Some(Ok(_)) = socket.recv().await {}
        ends.send(()).ok();
    }));
}

#[tokio::test]
async fn a_websocket_is_cut_off_with_the_server() {
    let files = Files::new();
    let (ends, mut ended) = tokio::sync::mpsc::unbounded_channel();
    let server = Server::bind("127.0.0.1:0").await.expect("a free port");
    let server = server
        .tls(files.tls())
        .shutdown_timeout(Duration::from_secs(7));
    let running = Running::serve(server, App::new(ends).routes(routes![endless]));
    let stream = connect(running.address, &files.certified, "http/1.1").await;
    let stream = stream.expect("a handshake");
    let opened = tokio_tungstenite::client_async("ws://localhost/socket", stream);
    let (socket, _) = in_time(opened).await.expect("a WebSocket");
    let stopping = running.stop();
    tokio::time::pause();
    stopping.ended().await;
    tokio::time::resume();
    in_time(ended.recv()).await.expect("its handler has ended");
    drop(socket);
}

async fn check_http2(running: Running, files: &Files) {
    let stream = connect(running.address, &files.certified, "h2").await;
    let stream = stream.expect("a handshake");
    assert_eq!(stream.get_ref().1.alpn_protocol(), Some(&b"h2"[..]));
    let io = TokioIo::new(stream);
    let (mut client, connection) = hyper::client::conn::http2::handshake(TokioExecutor::new(), io)
        .await
        .expect("a preface");
    tokio::spawn(connection);
    let request = http::Request::get("https://localhost/").body(Empty::<Bytes>::new());
    let answer = in_time(client.send_request(request.expect("a request"))).await;
    let body = answer.expect("an answer").into_body().collect().await;
    assert_eq!(body.expect("a body").to_bytes(), "hello");
    running.stop().ended().await;
}

#[tokio::test]
async fn http2() {
    let files = Files::new();
    check_http2(start(files.tls()).await, &files).await;
}

#[tokio::test]
async fn http2_on_workers() {
    let files = Files::new();
    let server = Server::bind("127.0.0.1:0").await.expect("a free port");
    let server = server.workers(Workers::PerCore).tls(files.tls());
    let running = Running::serve(server, App::new(()).routes(routes![hello]));
    check_http2(running, &files).await;
}

#[tokio::test]
async fn a_new_certificate_costs_no_connection() {
    let mut files = Files::new();
    let tls = files.tls();
    let running = start(tls.clone()).await;
    let mut old = wire(&running, &files).await;
    check_answers(&mut old).await;

    let certified = std::mem::replace(&mut files.certified, certify());
    files.write();
    assert!(
        connect(running.address, &files.certified, "h2")
            .await
            .is_err(),
        "not yet"
    );
    tls.reload().expect("a certificate");
    check_answers(&mut old).await;
    check_answers(&mut wire(&running, &files).await).await;
    assert!(
        connect(running.address, &certified, "h2").await.is_err(),
        "no more"
    );

    fs::write(files.path("cert.pem"), "").expect("a file");
    let fault = tls.reload().expect_err("no certificate");
    let path = files.path("cert.pem");
    assert_eq!(
        fault.to_string(),
        format!("cannot use the certificate in {path}: there is none")
    );
    check_answers(&mut wire(&running, &files).await).await;
    running.stop().ended().await;
}

#[tokio::test]
async fn a_client_that_does_not_begin_is_closed() {
    let files = Files::new();
    let running = start(files.tls()).await;
    let mut wire = running.connect().await;
    tokio::time::pause();
    let before = Instant::now();
    assert_eq!(wire.rest().await, "");
    let elapsed = before.elapsed();
    let expected = Duration::from_secs(9)..Duration::from_secs(12);
    assert!(expected.contains(&elapsed), "{elapsed:?}");
}

#[tokio::test]
async fn plain_http_is_told_so() {
    let files = Files::new();
    let running = start(files.tls()).await;
    let mut wire = running.connect().await;
    wire.request("GET /", &[], "").await;
    let answer = wire.answer(false).await;
    assert_eq!(
        (answer.status, answer.header("connection")),
        (400, Some("close"))
    );
    assert!(answer.body.contains("this port speaks HTTPS"), "{answer:?}");
    assert_eq!(wire.rest().await, "");

    let mut noise = running.connect().await;
    noise.write([0x16, 3, 1, 0xff, 0xff, 0, 0, 0, 0]).await;
    noise.write([0xff; 100]).await;
    let rest = noise.rest().await;
    assert!(!rest.contains("HTTP"), "{rest}");
    check_answers(&mut self::wire(&running, &files).await).await;
    running.stop().ended().await;
}

#[test]
fn what_is_wrong_with_the_files() {
    let files = Files::new();
    let (certificate, key) = (files.path("cert.pem"), files.path("key.pem"));
    let (text, none) = (files.path("text"), files.path("none"));
    let other = files.path("other.pem");
    fs::write(
        &text,
        "-----BEGIN CERTIFICATE-----\n*\n-----END CERTIFICATE-----\n",
    )
    .expect("a file");
    fs::write(&other, KeyPair::generate().expect("a key").serialize_pem()).expect("a file");
    let of_certificate = |path: &str| format!("cannot use the certificate in {path}: ");
    let of_key = |path: &str| format!("cannot use the private key in {path}: ");
    for (certificate, key, says) in [
        (&none, &key, of_certificate(&none) + "No such file"),
        (&key, &key, of_certificate(&key) + "there is none"),
        (&text, &key, of_certificate(&text) + "it is no valid PEM: "),
        (&certificate, &none, of_key(&none) + "No such file"),
        (
            &certificate,
            &certificate,
            of_key(&certificate) + "there is none without a password",
        ),
        (
            &certificate,
            &other,
            of_key(&other) + "it is not that of " + &certificate,
        ),
    ] {
        let fault = Tls::from_pem_files(certificate, key).expect_err(&says);
        assert!(fault.to_string().starts_with(&says), "{fault}");
    }
}
