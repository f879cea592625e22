//! What do clients over TLS see, also when there is a new certificate?

use std::fs;
use std::path::Path;
use std::sync::Arc;

use rcgen::{CertifiedKey, KeyPair};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;
use tokio_rustls::rustls::crypto::ring;
use tokio_rustls::rustls::pki_types::ServerName;
use tokio_rustls::rustls::{ClientConfig, RootCertStore};

use crate::expect::{is, is_text, text};
use crate::http1::connect;
use crate::http2::Client;
use crate::serve::Target;
use crate::support::wire::{Wire, in_time};

/// Writes a new certificate for `localhost` where the server looks for it.
pub(crate) fn certify(folder: &Path) -> CertifiedKey<KeyPair> {
    let certified = rcgen::generate_simple_self_signed(["localhost".to_owned()]);
    let certified = certified.expect("a certificate");
    fs::write(folder.join("cert.pem"), certified.cert.pem()).expect("a file");
    let key = certified.signing_key.serialize_pem();
    fs::write(folder.join("key.pem"), key).expect("a file");
    certified
}

/// New connections get the new certificate, old ones go on.
pub(crate) async fn reloads(target: Arc<Target>, turn: usize) -> usize {
    let certified = certify(target.folder.path());
    let mut plain = connect(&target, turn).await;
    plain.request("POST /reload", &[], "").await;
    is(&plain.answer(false).await, 204, &[], "");

    let mut http1 = Wire::new(handshake(&target, &certified, "http/1.1").await);
    let http2 = Client::on(handshake(&target, &certified, "h2").await).await;
    let lengths = [0, 100, 16_384, 200_000];
    for _ in 0..5 {
        for length in lengths {
            http1
                .request(&format!("GET /text/{turn}/{length}"), &[], "")
                .await;
            is_text(&http1.answer(false).await, 200, text(turn, length));
            http2.check_text(turn, length).await;
        }
        certify(target.folder.path());
        plain.request("POST /reload", &[], "").await;
        is(&plain.answer(false).await, 204, &[], "");
    }
    6 + 10 * lengths.len()
}

/// With a client that trusts this certificate and no other.
async fn handshake(
    target: &Target,
    trusted: &CertifiedKey<KeyPair>,
    protocol: &str,
) -> TlsStream<TcpStream> {
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
    let stream = TcpStream::connect(target.tls).await.expect("it listens");
    let name = ServerName::try_from("localhost").expect("a name");
    let connector = TlsConnector::from(Arc::new(config));
    in_time(connector.connect(name, stream))
        .await
        .expect("the new certificate")
}
