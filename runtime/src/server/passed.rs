//! Which sockets has a supervisor passed to this process?

use std::env;
use std::io;
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};

use listenfd::ListenFd;
use socket2::SockRef;

use super::listen::{Listener, Queue};

/// The sockets of `LISTEN_FDS`, once.
pub(super) fn listeners() -> io::Result<Vec<Listener>> {
    // The descriptors are taken by number: who took them twice would close them twice.
    static TAKEN: AtomicBool = AtomicBool::new(false);
    if TAKEN.swap(true, Relaxed) {
        return Ok(Vec::new());
    }
    check_count()?;
    let mut passed = ListenFd::from_env();
    (0..passed.len())
        .map(|index| {
            listener(&mut passed, index).map_err(|fault| {
                let socket = format!("cannot listen on socket {index} of LISTEN_FDS");
                io::Error::new(fault.kind(), format!("{socket}: {fault}"))
            })
        })
        .collect()
}

/// listenfd takes what is no number for "none".
fn check_count() -> io::Result<()> {
    match env::var_os("LISTEN_FDS") {
        Some(count) if count.to_str().is_none_or(|it| it.parse::<usize>().is_err()) => {
            let fault = format!("LISTEN_FDS is {count:?}, which is no number");
            Err(io::Error::new(io::ErrorKind::InvalidInput, fault))
        }
        _ => Ok(()),
    }
}

fn listener(passed: &mut ListenFd, index: usize) -> io::Result<Listener> {
    if let Ok(Some(socket)) = passed.take_unix_listener(index) {
        check(&SockRef::from(&socket))?;
        return Listener::from_unix(socket, Queue::Passed, None);
    }
    let Some(socket) = passed.take_tcp_listener(index)? else {
        return Err(io::Error::other("it was taken twice"));
    };
    check(&SockRef::from(&socket))?;
    Listener::from_tcp(socket, Queue::Passed)
}

/// A socket that is bound alone, or connected, would never have a connection to accept.
fn check(socket: &SockRef<'_>) -> io::Result<()> {
    // Elsewhere the system does not tell.
    #[cfg(any(target_os = "linux", target_os = "android", target_os = "freebsd"))]
    if !socket.is_listener()? {
        let fault = "it does not listen";
        return Err(io::Error::new(io::ErrorKind::InvalidInput, fault));
    }
    let _ = socket;
    Ok(())
}
