//! What tells the process to stop?

use std::future::Future;
use std::io;

/// Ready at the first SIGINT (Ctrl-C) or SIGTERM (a supervisor's polite stop).
#[cfg(unix)]
pub(super) fn stop() -> io::Result<impl Future<Output = ()>> {
    use tokio::signal::unix::{SignalKind, signal};

    let mut interrupt = signal(SignalKind::interrupt())?;
    let mut terminate = signal(SignalKind::terminate())?;
    Ok(async move {
        tokio::select! {
            _ = interrupt.recv() => {}
            _ = terminate.recv() => {}
        }
    })
}

/// Ready at the first Ctrl-C.
#[cfg(not(unix))]
pub(super) fn stop() -> io::Result<impl Future<Output = ()>> {
    Ok(async {
        if let Err(fault) = tokio::signal::ctrl_c().await {
            tracing::error!(%fault, "cannot listen to Ctrl-C");
            std::future::pending::<()>().await;
        }
    })
}
