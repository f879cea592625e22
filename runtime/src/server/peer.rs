//! Who is at the other end of a connection? Its address, or the process behind a Unix socket.

use std::net::SocketAddr;

use axum::extract::ConnectInfo;
use http::Extensions;
#[cfg(unix)]
use tokio::net::unix::UCred;

/// The other end of a connection, as the kernel knows it.
#[derive(Clone, Copy, Debug)]
pub(super) enum Peer {
    Address(SocketAddr),
    #[cfg(unix)]
    Process(UCred),
}

impl Peer {
    /// For the extractor of axum's name, and for whatever else looks for it there.
    pub(super) fn tell(self, extensions: &mut Extensions) {
        match self {
            Peer::Address(address) => extensions.insert(ConnectInfo(address)).map(drop),
            #[cfg(unix)]
            Peer::Process(process) => extensions.insert(ConnectInfo(process)).map(drop),
        };
    }
}
