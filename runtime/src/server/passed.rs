//! Which sockets has a supervisor passed to this process?

use std::io;
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};

use listenfd::ListenFd;

use super::listen::{Listener, Queue};

/// The sockets of `LISTEN_FDS`, once.
pub(super) fn listeners() -> io::Result<Vec<Listener>> {
    // The descriptors are taken by number: who took them twice would close them twice.
    static TAKEN: AtomicBool = AtomicBool::new(false);
    if TAKEN.swap(true, Relaxed) {
        return Ok(Vec::new());
    }
    let mut passed = ListenFd::from_env();
    (0..passed.len())
        .map(|index| listener(&mut passed, index))
        .collect()
}

fn listener(passed: &mut ListenFd, index: usize) -> io::Result<Listener> {
    if let Ok(Some(socket)) = passed.take_unix_listener(index) {
        return Listener::from_unix(socket, Queue::Passed, None);
    }
    match passed.take_tcp_listener(index) {
        Ok(Some(socket)) => Listener::from_tcp(socket, Queue::Passed),
        Ok(None) => Err(io::Error::other("a socket was taken twice")),
        Err(fault) => Err(io::Error::new(
            fault.kind(),
            format!("cannot listen on socket {index} of LISTEN_FDS: {fault}"),
        )),
    }
}
