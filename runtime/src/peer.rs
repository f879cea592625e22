//! Who is at the other end of a connection? Its address, or the process behind a Unix socket.

use std::net::SocketAddr;

use axum::extract::ConnectInfo;
use axum_core::extract::Request;
#[cfg(unix)]
use tokio::net::unix::UCred;

/// The other end of a connection, as the kernel knows it.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Peer {
    Address(SocketAddr),
    #[cfg(unix)]
    Process(UCred),
}

impl Peer {
    /// For the extractor of axum's name, and for whatever else looks for it there. A request that nobody
    /// can ask for it is not told: the first extension of a request costs some 700 instructions.
    pub(crate) fn tell(peer: Option<Self>, request: &mut Request) {
        let Some(peer) = peer else { return };
        let extensions = request.extensions_mut();
        match peer {
            Peer::Address(address) => extensions.insert(ConnectInfo(address)).map(drop),
            #[cfg(unix)]
            Peer::Process(process) => extensions.insert(ConnectInfo(process)).map(drop),
        };
    }
}
