//! When does a connection begin, and when does the server end?

use std::future::Future;
use std::io;
use std::pin::pin;
use std::time::Duration;

use tokio::net::{TcpListener, TcpStream};
use tokio::time::{sleep, timeout};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use super::connection;
use super::limits::{self, Limits};
use crate::App;
use crate::route::State;

/// Accepts connections until `stop` is ready, then lets running requests finish for `deadline`.
pub(super) async fn run<S: State>(
    listener: TcpListener,
    app: App<S>,
    limits: Limits,
    stop: impl Future<Output = ()>,
    deadline: Duration,
) {
    let stopping = CancellationToken::new();
    let slots = limits.slots();
    let tasks = TaskTracker::new();
    let mut stop = pin!(stop);
    loop {
        let next = async {
            let slot = limits::slot(&slots).await;
            (accept(&listener).await, slot)
        };
        let (stream, slot) = tokio::select! {
            next = next => next,
            () = &mut stop => break,
        };
        if let Err(fault) = stream.set_nodelay(true) {
            tracing::debug!(%fault, "TCP_NODELAY could not be set");
        }
        tasks.spawn(connection::serve(
            stream,
            app.clone(),
            limits,
            stopping.clone(),
            slot,
        ));
    }
    drop(listener);
    tasks.close();
    stopping.cancel();
    if timeout(deadline, tasks.wait()).await.is_err() {
        tracing::warn!(
            connections = tasks.len(),
            "stopped with connections still open"
        );
    }
}

/// The next connection. Errors of accepting are not the server's end: a connection that is gone
/// already is skipped, and a process out of file descriptors waits for some to be freed.
async fn accept(listener: &TcpListener) -> TcpStream {
    loop {
        match listener.accept().await {
            Ok((stream, _)) => return stream,
            Err(fault) if is_of_the_connection(&fault) => {}
            Err(fault) => {
                tracing::error!(%fault, "cannot accept connections, trying again in a second");
                sleep(Duration::from_secs(1)).await;
            }
        }
    }
}

fn is_of_the_connection(fault: &io::Error) -> bool {
    matches!(
        fault.kind(),
        io::ErrorKind::ConnectionRefused
            | io::ErrorKind::ConnectionAborted
            | io::ErrorKind::ConnectionReset
    )
}
