//! Does a configuration of the user's own encrypt: with certificates of clients?

use std::io::ErrorKind;
use std::sync::Arc;

use rcgen::{CertifiedKey, KeyPair};
use sendoff::{App, Server, Tls, handler, routes, send};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;
use tokio_rustls::rustls::crypto::ring;
use tokio_rustls::rustls::pki_types::{PrivateKeyDer, ServerName};
use tokio_rustls::rustls::server::WebPkiClientVerifier;
use tokio_rustls::rustls::{ClientConfig, RootCertStore, ServerConfig};

use crate::support::wire::{Running, Wire, in_time};

#[handler(GET "/")]
async fn hello() {
    send!("hello");
}

fn certify() -> CertifiedKey<KeyPair> {
    rcgen::generate_simple_self_signed(["localhost".to_owned()]).expect("a certificate")
}

fn trusting(certified: &CertifiedKey<KeyPair>) -> RootCertStore {
    let mut roots = RootCertStore::empty();
    let certificate = certified.cert.der().clone();
    roots.add(certificate).expect("a certificate");
    roots
}

fn key(certified: &CertifiedKey<KeyPair>) -> PrivateKeyDer<'static> {
    PrivateKeyDer::try_from(certified.signing_key.serialize_der()).expect("a key")
}

/// A server that lets in whom this certificate vouches for.
fn tls(server: &CertifiedKey<KeyPair>, client: &CertifiedKey<KeyPair>) -> Tls {
    let provider = Arc::new(ring::default_provider());
    let roots = Arc::new(trusting(client));
    let clients = WebPkiClientVerifier::builder_with_provider(roots, Arc::clone(&provider));
    let config = ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .expect("versions of TLS")
        .with_client_cert_verifier(clients.build().expect("a verifier"))
        .with_single_cert(vec![server.cert.der().clone()], key(server))
        .expect("a certificate");
    Tls::from_config(config)
}

/// A client, with its certificate if it has one.
async fn connect(
    running: &Running,
    server: &CertifiedKey<KeyPair>,
    client: Option<&CertifiedKey<KeyPair>>,
) -> TlsStream<TcpStream> {
    let provider = Arc::new(ring::default_provider());
    let config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .expect("versions of TLS")
        .with_root_certificates(trusting(server));
    let mut config = match client {
        None => config.with_no_client_auth(),
        Some(client) => config
            .with_client_auth_cert(vec![client.cert.der().clone()], key(client))
            .expect("a certificate"),
    };
    config.alpn_protocols = vec![b"http/1.1".to_vec()];
    let stream = TcpStream::connect(running.address).await;
    let name = ServerName::try_from("localhost").expect("a name");
    let connector = TlsConnector::from(Arc::new(config));
    in_time(connector.connect(name, stream.expect("a connection")))
        .await
        .expect("the server's half of the handshake")
}

#[tokio::test]
async fn certificates_of_clients() {
    let (server, client) = (certify(), certify());
    let listening = Server::bind("127.0.0.1:0").await.expect("a free port");
    let app = App::new(()).routes(routes![hello]);
    let running = Running::serve(listening.tls(tls(&server, &client)), app);

    let stream = connect(&running, &server, Some(&client)).await;
    let protocol = stream.get_ref().1.alpn_protocol();
    assert_eq!(protocol, Some(&b"http/1.1"[..]));
    let mut wire = Wire::new(stream);
    wire.request("GET /", &[], "").await;
    assert_eq!(wire.answer(false).await.body, "hello");

    // In TLS 1.3 a client learns only when it reads that it was turned away.
    let mut refused = connect(&running, &server, None).await;
    let mut bytes = [0; 16];
    let read = tokio::io::AsyncReadExt::read(&mut refused, &mut bytes);
    let fault = in_time(read).await.expect_err("a client without one");
    let text = fault.to_string();
    assert_eq!(text, "received fatal alert: CertificateRequired");
    drop((wire, refused));
    running.stop().ended().await;
}

#[test]
fn there_are_no_files_to_reload() {
    let (server, client) = (certify(), certify());
    let fault = tls(&server, &client).reload().expect_err("no files");
    assert_eq!(fault.kind(), ErrorKind::Unsupported);
}
