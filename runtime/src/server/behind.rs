//! Whom does a server behind a proxy believe?

use std::io;
use std::sync::Arc;

use super::Server;
use crate::proxies::{Networks, Proxies, ProxyField};

impl Server {
    /// Takes the word of proxies for whom they ask: handlers and the log get the client's address, as
    /// [`ConnectInfo`](crate::extract::ConnectInfo) and `client.address`, in place of the proxy's. Nobody
    /// is trusted by default.
    ///
    /// The networks are written as `10.0.0.0/8`, `2001:db8::/32` or one address; `unix:` is for the
    /// server's Unix sockets, whoever may connect to them. What peers of other
    /// networks say is not looked at. Of what a trusted one says, the last address that is not of a
    /// trusted network is the client; its port is 0 if nobody says it. Where an entry is no address,
    /// such as `unknown`, the one who has written it is as far as is known.
    ///
    /// **Name the one field that your proxy writes.** It passes the other one on as the client has
    /// written it.
    ///
    /// # Errors
    ///
    /// Returns an error of the kind [`InvalidInput`](io::ErrorKind::InvalidInput) that names what is no
    /// network.
    ///
    /// ```
    /// use sendoff::{ProxyField, Server};
    ///
    /// # async fn example() -> std::io::Result<()> {
    /// let server = Server::bind("0.0.0.0:3000")
    ///     .await?
    ///     .trust_proxies(ProxyField::XForwardedFor, ["10.0.0.0/8", "::1"])?;
    /// # let _ = server; Ok(()) }
    /// ```
    pub fn trust_proxies<N: AsRef<str>>(
        mut self,
        field: ProxyField,
        networks: impl IntoIterator<Item = N>,
    ) -> io::Result<Self> {
        self.proxies = Some(Proxies::new(field, Networks::parse(networks)?));
        Ok(self)
    }

    /// Reads the PROXY protocol, versions 1 and 2, on TCP connections from these networks, which are
    /// written as in [`trust_proxies`](Server::trust_proxies): the address that it says is that of the
    /// client, in place of the proxy's. It stands before TLS. Nobody is asked for it by default.
    ///
    /// A connection from these networks that does not begin with it is closed, which is logged; the
    /// protocol's specification asks for that (section 2). It has the time of a request's head to come.
    /// A connection from elsewhere is served as it is, so a client cannot say that it is another.
    ///
    /// # Errors
    ///
    /// As those of [`trust_proxies`](Server::trust_proxies).
    ///
    /// ```
    /// # async fn example() -> std::io::Result<()> {
    /// let server = sendoff::Server::bind("0.0.0.0:3000").await?;
    /// let server = server.proxy_protocol(["10.0.0.0/8"])?;
    /// # let _ = server; Ok(()) }
    /// ```
    pub fn proxy_protocol<N: AsRef<str>>(
        mut self,
        networks: impl IntoIterator<Item = N>,
    ) -> io::Result<Self> {
        self.proxy_protocol = Some(Arc::new(Networks::parse(networks)?));
        Ok(self)
    }
}
