//! How is a connection encrypted? With rustls, and a certificate that can be replaced while the
//! server runs.

use std::fmt;
use std::io::{self, IoSlice};
use std::path::{Path, PathBuf};
use std::pin::Pin;
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};
use std::sync::{Arc, PoisonError, RwLock};
use std::task::{Context, Poll};
use std::time::Duration;

use http::{Method, StatusCode};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::sync::watch;
use tokio::time::{sleep, timeout};
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::crypto::{CryptoProvider, ring};
use tokio_rustls::rustls::pki_types::pem::{self, PemObject};
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer};
use tokio_rustls::rustls::server::{ClientHello, ResolvesServerCert};
use tokio_rustls::rustls::sign::CertifiedKey;
use tokio_rustls::rustls::{self, InconsistentKeys, ServerConfig};
use tokio_rustls::server::TlsStream;

use super::activity::Activity;
use super::closing::{LAST_MOMENT, QUIET};
use super::refusal;
use super::shutdown::{Phase, reached};
use super::socket::Transport;
use super::transport::Io;
use crate::App;
use crate::peer::Peer;
use crate::route::State;

/// A certificate and its key, for [`Server::tls`](crate::Server::tls); with the feature `tls`.
///
/// It is TLS 1.3 and 1.2 of [rustls], with ALPN for HTTP/2 and HTTP/1.1 (RFC 7301). A clone is a
/// handle on the same certificate, to [`reload`](Tls::reload) it while the server runs.
///
/// [rustls]: https://docs.rs/rustls
///
/// ```no_run
/// # use sendoff::{App, Server};
/// # async fn example(app: App) -> std::io::Result<()> {
/// use sendoff::Tls;
///
/// let tls = Tls::from_pem_files("/etc/app/fullchain.pem", "/etc/app/privkey.pem")?;
///
/// // `kill -HUP`, which certbot's deploy hook may send.
/// let reloaded = tls.clone();
/// tokio::spawn(async move {
///     use tokio::signal::unix::{SignalKind, signal};
///     let mut hangup = signal(SignalKind::hangup()).expect("a signal of this system");
///     while hangup.recv().await.is_some() {
///         if let Err(fault) = reloaded.reload() {
///             eprintln!("the old certificate stays: {fault}");
///         }
///     }
/// });
///
/// Server::bind("0.0.0.0:443").await?.tls(tls).serve(app).await
/// # }
/// ```
#[derive(Clone)]
pub struct Tls {
    acceptor: TlsAcceptor,
    /// Of a certificate that is read from files.
    current: Option<Arc<Current>>,
    timeout: Duration,
}

/// What new connections get.
struct Current {
    certificates: PathBuf,
    key: PathBuf,
    certified: RwLock<Arc<CertifiedKey>>,
}

/// How long a client may take for the handshake, by default.
const HANDSHAKE_TIMEOUT: Duration = Duration::from_secs(10);

/// What the server speaks, the best first.
fn protocols() -> Vec<Vec<u8>> {
    vec![b"h2".to_vec(), b"http/1.1".to_vec()]
}

impl Tls {
    /// Reads a certificate, followed by the intermediate ones, and its private key, each from a PEM
    /// file: what ACME clients call `fullchain.pem` and `privkey.pem`.
    ///
    /// ```
    /// let fault = sendoff::Tls::from_pem_files("/no/cert.pem", "/no/key.pem").unwrap_err();
    /// assert!(fault.to_string().starts_with("cannot use the certificate in /no/cert.pem: "));
    /// ```
    ///
    /// # Errors
    ///
    /// Returns an error that names the file if a file cannot be read or has no certificate or key in
    /// it, or if the key belongs to another certificate.
    pub fn from_pem_files(
        certificates: impl Into<PathBuf>,
        key: impl Into<PathBuf>,
    ) -> io::Result<Self> {
        let (certificates, key) = (certificates.into(), key.into());
        let provider = Arc::new(ring::default_provider());
        let certified = RwLock::new(read(&certificates, &key, &provider)?);
        let current = Arc::new(Current {
            certificates,
            key,
            certified,
        });
        let mut config = ServerConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .map_err(io::Error::other)?
            .with_no_client_auth()
            .with_cert_resolver(Arc::clone(&current) as Arc<dyn ResolvesServerCert>);
        config.alpn_protocols = protocols();
        Ok(Tls {
            acceptor: TlsAcceptor::from(Arc::new(config)),
            current: Some(current),
            timeout: HANDSHAKE_TIMEOUT,
        })
    }

    /// Takes a configuration of rustls: for certificates of clients, one that an ACME client
    /// renews, several names, or another provider of cryptography. Without protocols of its own
    /// (`alpn_protocols`) it gets those of the server, HTTP/2 and HTTP/1.1.
    ///
    /// The type is that of rustls 0.23. [`reload`](Tls::reload) has no files to read then: what
    /// resolves the certificate can change it.
    ///
    /// ```no_run
    /// # use std::sync::Arc;
    /// # use tokio_rustls::rustls::{self, pki_types::{CertificateDer, PrivateKeyDer}};
    /// # fn example(
    /// #     roots: rustls::RootCertStore,
    /// #     certificates: Vec<CertificateDer<'static>>,
    /// #     key: PrivateKeyDer<'static>,
    /// # ) -> Result<(), Box<dyn std::error::Error>> {
    /// use rustls::server::WebPkiClientVerifier;
    ///
    /// let clients = WebPkiClientVerifier::builder(Arc::new(roots)).build()?;
    /// let config = rustls::ServerConfig::builder()
    ///     .with_client_cert_verifier(clients)
    ///     .with_single_cert(certificates, key)?;
    /// let tls = sendoff::Tls::from_config(config);
    /// # Ok(()) }
    /// ```
    #[must_use]
    pub fn from_config(mut config: ServerConfig) -> Self {
        if config.alpn_protocols.is_empty() {
            config.alpn_protocols = protocols();
        }
        Tls {
            acceptor: TlsAcceptor::from(Arc::new(config)),
            current: None,
            timeout: HANDSHAKE_TIMEOUT,
        }
    }

    /// Reads the files again. Connections that come from now on get what they hold; those that are
    /// open go on as they are.
    ///
    /// # Errors
    ///
    /// Returns the errors of [`from_pem_files`](Tls::from_pem_files), and
    /// [`io::ErrorKind::Unsupported`] after [`from_config`](Tls::from_config). The certificate that
    /// was read before stays in use.
    pub fn reload(&self) -> io::Result<()> {
        let Some(current) = &self.current else {
            let fault = "a `Tls::from_config` has no files to reload";
            return Err(io::Error::new(io::ErrorKind::Unsupported, fault));
        };
        let provider = self.acceptor.config().crypto_provider();
        let read = read(&current.certificates, &current.key, provider)?;
        let certified = current.certified.write();
        *certified.unwrap_or_else(PoisonError::into_inner) = read;
        Ok(())
    }

    /// How long a client may take for the handshake; 10 seconds by default.
    #[must_use]
    pub fn handshake_timeout(mut self, timeout: Duration) -> Self {
        self.timeout = timeout;
        self
    }

    /// Begins to encrypt; `None` if the client does not. It is answered if it speaks HTTP.
    pub(super) async fn handshake<T: Transport, S: State>(
        &self,
        transport: T,
        app: &App<S>,
        activity: &Arc<Activity>,
        phase: &mut watch::Receiver<Phase>,
    ) -> Option<TlsStream<Greeted<T>>> {
        let has_begun = Arc::new(AtomicBool::new(false));
        let greeted = Greeted {
            transport,
            first: None,
            has_begun: Arc::clone(&has_begun),
            is_greeting: true,
        };
        let handshake = self.acceptor.accept(greeted).into_fallible();
        let ended = tokio::select! {
            biased;
            ended = timeout(self.timeout, handshake) => ended,
            () = last_moment(phase.clone(), &has_begun) => return None,
            () = reached(phase, Phase::Cut) => return None,
        };
        match ended {
            Ok(Ok(stream)) => return Some(stream),
            Ok(Err((_, mut transport))) if transport.speaks_http() => {
                transport.is_greeting = false;
                let mut io = Io::new(transport, Arc::clone(activity));
                let detail = "this port speaks HTTPS, and the request came in plain HTTP";
                tokio::select! {
                    () = refusal::answer(&mut io, app, &Method::GET, StatusCode::BAD_REQUEST, detail) => {}
                    () = reached(phase, Phase::Cut) => {}
                }
            }
            Ok(Err((fault, _))) => tracing::debug!(%fault, "a TLS handshake failed"),
            Err(_) => tracing::debug!("a TLS handshake did not end in time"),
        }
        None
    }
}

/// A client that does not get through its handshake has not sent a request. One that has not begun
/// gets the time of any other client without a request.
async fn last_moment(mut phase: watch::Receiver<Phase>, has_begun: &AtomicBool) {
    reached(&mut phase, Phase::Closing).await;
    sleep(QUIET).await;
    if has_begun.load(Relaxed) {
        sleep(LAST_MOMENT - QUIET).await;
    }
}

impl fmt::Debug for Tls {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut shown = f.debug_struct("Tls");
        if let Some(current) = &self.current {
            shown.field("certificates", &current.certificates);
            shown.field("key", &current.key);
        }
        shown.field("handshake_timeout", &self.timeout).finish()
    }
}

impl ResolvesServerCert for Current {
    fn resolve(&self, _: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        let certified = self.certified.read();
        Some(Arc::clone(
            &certified.unwrap_or_else(PoisonError::into_inner),
        ))
    }
}

impl fmt::Debug for Current {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Current").finish_non_exhaustive()
    }
}

fn read(
    certificates: &Path,
    key: &Path,
    provider: &CryptoProvider,
) -> io::Result<Arc<CertifiedKey>> {
    let of_certificate = |kind, what: &dyn fmt::Display| {
        let path = certificates.display();
        io::Error::new(
            kind,
            format!("cannot use the certificate in {path}: {what}"),
        )
    };
    let of_key = |kind, what: &dyn fmt::Display| {
        let path = key.display();
        io::Error::new(
            kind,
            format!("cannot use the private key in {path}: {what}"),
        )
    };
    let invalid = io::ErrorKind::InvalidData;

    let chain: Result<Vec<_>, _> =
        CertificateDer::pem_file_iter(certificates).and_then(Iterator::collect);
    let chain = chain.map_err(|fault| of_certificate(kind(&fault), &said(&fault)))?;
    if chain.is_empty() {
        return Err(of_certificate(invalid, &"there is none"));
    }
    let private = PrivateKeyDer::from_pem_file(key).map_err(|fault| match fault {
        pem::Error::NoItemsFound => of_key(invalid, &"there is none without a password"),
        fault => of_key(kind(&fault), &said(&fault)),
    })?;
    let signing = provider.key_provider.load_private_key(private);
    let signing = signing.map_err(|fault| of_key(invalid, &fault))?;
    let certified = CertifiedKey::new(chain, signing);
    match certified.keys_match() {
        Ok(()) | Err(rustls::Error::InconsistentKeys(InconsistentKeys::Unknown)) => {
            Ok(Arc::new(certified))
        }
        Err(rustls::Error::InconsistentKeys(_)) => {
            let what = format!("it is not that of {}", certificates.display());
            Err(of_key(invalid, &what))
        }
        Err(fault) => Err(of_certificate(invalid, &fault)),
    }
}

fn kind(fault: &pem::Error) -> io::ErrorKind {
    match fault {
        pem::Error::Io(fault) => fault.kind(),
        _ => io::ErrorKind::InvalidData,
    }
}

/// The system's words are enough where it is at fault.
fn said(fault: &pem::Error) -> String {
    match fault {
        pem::Error::Io(fault) => fault.to_string(),
        fault => format!("it is no valid PEM: {fault}"),
    }
}

/// A transport whose first byte tells whether the client speaks TLS.
pub(super) struct Greeted<T> {
    transport: T,
    first: Option<u8>,
    has_begun: Arc<AtomicBool>,
    /// The handshake goes on. A client that speaks HTTP does not understand an alert of TLS, so
    /// none is written.
    is_greeting: bool,
}

impl<T> Greeted<T> {
    /// A record of TLS begins with its type, which is no letter (RFC 8446 section 5.1); a method of
    /// HTTP is made of letters.
    fn speaks_http(&self) -> bool {
        self.first.is_some_and(|byte| byte.is_ascii_alphabetic())
    }
}

impl<T: Transport> Transport for Greeted<T> {
    fn has_unread(&self) -> bool {
        self.transport.has_unread()
    }

    fn peer(&self) -> Option<Peer> {
        self.transport.peer()
    }
}

impl<T: Transport> Transport for TlsStream<Greeted<T>> {
    fn has_unread(&self) -> bool {
        let (transport, _) = self.get_ref();
        transport.has_unread()
    }

    fn peer(&self) -> Option<Peer> {
        self.get_ref().0.peer()
    }
}

impl<T: Transport> AsyncRead for Greeted<T> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let before = buffer.filled().len();
        let polled = Pin::new(&mut self.transport).poll_read(context, buffer);
        if self.first.is_none() {
            self.first = buffer.filled().get(before).copied();
            self.has_begun.store(self.first.is_some(), Relaxed);
        }
        polled
    }
}

impl<T: Transport> AsyncWrite for Greeted<T> {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        if self.is_greeting && self.speaks_http() {
            return Poll::Ready(Ok(bytes.len()));
        }
        Pin::new(&mut self.transport).poll_write(context, bytes)
    }

    /// Several records at once. It matters for more than speed: of a handshake that fails in its
    /// midst the last write is tried once, and the alert is its last record.
    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        parts: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        if self.is_greeting && self.speaks_http() {
            return Poll::Ready(Ok(parts.iter().map(|part| part.len()).sum()));
        }
        Pin::new(&mut self.transport).poll_write_vectored(context, parts)
    }

    fn is_write_vectored(&self) -> bool {
        self.transport.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.transport).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.transport).poll_shutdown(context)
    }
}
