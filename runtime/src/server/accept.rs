//! When does a connection begin, and when does the server end?

use std::future::{Future, poll_fn};
use std::io;
use std::net::SocketAddr;
use std::pin::pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use tokio::net::TcpStream;
use tokio::sync::{OwnedSemaphorePermit, Semaphore, watch};
use tokio::time::{sleep, timeout};

use super::activity::Activity;
use super::connection;
use super::limits::{self, Limits};
use super::listen::{Listener, Stream, is_of_the_connection};
use super::proxy_protocol;
use super::shutdown::{Connections, Phase, finish, reached};
use super::socket::{self, Transport};
#[cfg(feature = "tls")]
use super::tls::Tls;
use super::workers::{Pool, Workers};
use crate::App;
use crate::proxies::Networks;
use crate::route::State;

/// What a connection is served with.
pub(super) struct Host<S> {
    pub(super) app: App<S>,
    pub(super) limits: Limits,
    pub(super) phase: watch::Receiver<Phase>,
    /// Who says first for whom it asks.
    pub(super) proxy_protocol: Option<Arc<Networks>>,
    #[cfg(feature = "tls")]
    pub(super) tls: Option<Tls>,
}

/// Not derived, which would ask it of the state.
impl<S> Clone for Host<S> {
    fn clone(&self) -> Self {
        Host {
            app: self.app.clone(),
            limits: self.limits,
            phase: self.phase.clone(),
            proxy_protocol: self.proxy_protocol.clone(),
            #[cfg(feature = "tls")]
            tls: self.tls.clone(),
        }
    }
}

impl<S: State> Host<S> {
    /// Serves a connection in a task of its own, on this runtime.
    fn serve(&self, stream: Stream, activity: Arc<Activity>) {
        match stream {
            Stream::Tcp(stream) => {
                socket::set_options(&stream);
                match self.asks_first(&stream) {
                    Some(proxy) => self.clone().spawn_behind(proxy, stream, activity),
                    None => self.spawn(stream, activity),
                }
            }
            #[cfg(unix)]
            Stream::Unix(stream) => self.spawn(stream, activity),
        }
    }

    /// Is it a proxy that says for whom it asks?
    fn asks_first(&self, stream: &TcpStream) -> Option<SocketAddr> {
        let networks = self.proxy_protocol.as_ref()?;
        let peer = stream.peer_addr().ok()?;
        networks.contain(peer.ip()).then_some(peer)
    }

    fn spawn_behind(self, proxy: SocketAddr, mut stream: TcpStream, activity: Arc<Activity>) {
        let mut phase = self.phase.clone();
        tokio::spawn(async move {
            let read = timeout(self.limits.head_timeout, proxy_protocol::read(&mut stream));
            let read = tokio::select! {
                read = read => read,
                () = reached(&mut phase, Phase::Closing) => return,
            };
            match read {
                Ok(Ok(client)) => {
                    if let Some(client) = client {
                        activity.set_client(client);
                    }
                    self.spawn(stream, activity);
                }
                Ok(Err(fault)) => tracing::warn!(%proxy, %fault, "a proxy sent no PROXY header"),
                Err(_) => tracing::warn!(%proxy, "a proxy sent no PROXY header in time"),
            }
        });
    }

    fn spawn(&self, transport: impl Transport, activity: Arc<Activity>) {
        let (app, limits, phase) = (self.app.clone(), self.limits, self.phase.clone());
        #[cfg(feature = "tls")]
        if let Some(tls) = self.tls.clone() {
            let mut phase = phase;
            tokio::spawn(async move {
                let stream = tls.handshake(transport, &app, &activity, &mut phase);
                if let Some(stream) = stream.await {
                    connection::serve(stream, app, limits, activity, phase).await;
                }
            });
            return;
        }
        tokio::spawn(connection::serve(transport, app, limits, activity, phase));
    }
}

/// Where connections are served.
enum Place<S> {
    Here(Arc<Host<S>>, Connections),
    Pool(Pool),
}

impl<S: State> Place<S> {
    fn new(workers: Workers, host: Host<S>) -> io::Result<Self> {
        let (phase, serving) = (host.phase.clone(), host.app.serving().clone());
        let host = Arc::new(host);
        let Some(threads) = workers.threads()? else {
            return Ok(Place::Here(host, Connections::new(phase, serving)));
        };
        let serve = move |stream, activity| host.serve(stream, activity);
        Pool::start(threads, &phase, &serving, serve).map(Place::Pool)
    }

    fn serve(&self, stream: Stream, slot: Option<OwnedSemaphorePermit>) {
        match self {
            Place::Here(host, connections) => host.serve(stream, connections.begin(slot)),
            Place::Pool(pool) => pool.serve(stream, slot),
        }
    }

    fn connections(&self) -> Vec<Connections> {
        match self {
            Place::Here(_, connections) => vec![connections.clone()],
            Place::Pool(pool) => pool.connections(),
        }
    }
}

/// The time for TCP handshakes that have begun when the server stops listening.
const HANDSHAKE: Duration = Duration::from_millis(10);

/// When a server ends.
pub(super) struct End<Stop, Hurry> {
    /// It is told to stop.
    pub(super) stop: Stop,
    /// It is told to wait for nothing more.
    pub(super) hurry: Hurry,
    /// How long it goes on accepting after it was told.
    pub(super) delay: Duration,
    /// How long what runs may go on.
    pub(super) deadline: Duration,
}

/// Accepts connections until it is told to stop, then lets running requests finish.
pub(super) async fn run<S: State>(
    listeners: Vec<Listener>,
    workers: Workers,
    host: Host<S>,
    phase: watch::Sender<Phase>,
    end: End<impl Future<Output = ()>, impl Future<Output = ()>>,
) -> io::Result<()> {
    let mut hurry = pin!(end.hurry);
    let slots = host.limits.slots();
    let serving = host.app.serving().clone();
    let mut place = Place::new(workers, host)?;
    let mut result = tokio::select! {
        biased;
        () = end.stop => Ok(()),
        fault = accept(&listeners, &slots, &mut place) => Err(fault),
    };
    phase.send_replace(Phase::Draining);
    if result.is_ok() && !end.delay.is_zero() {
        result = tokio::select! {
            biased;
            () = hurry.as_mut() => Ok(()),
            () = sleep(end.delay) => Ok(()),
            fault = accept(&listeners, &slots, &mut place) => Err(fault),
        };
    }
    if let Err(fault) = &result {
        tracing::error!(%fault, "the server stops");
    }
    listeners.iter().for_each(Listener::stop);
    tokio::select! {
        _ = accept(&listeners, &slots, &mut place) => {}
        () = sleep(HANDSHAKE) => {}
    }
    for stream in listeners.into_iter().flat_map(Listener::close) {
        // The system has accepted it: it is served even if there is no room, for one last response.
        place.serve(stream, Arc::clone(&slots).try_acquire_owned().ok());
    }
    let connections = place.connections();
    finish(&phase, &connections, &serving, end.deadline, hurry).await;
    if let Place::Pool(pool) = place {
        pool.end().await;
    }
    result
}

/// Accepts connections while there is room, until a worker dies.
async fn accept<S: State>(
    listeners: &[Listener],
    slots: &Arc<Semaphore>,
    place: &mut Place<S>,
) -> io::Error {
    let (mut first, mut was_full) = (0, false);
    loop {
        let next = async {
            let slot = limits::slot(slots, &mut was_full).await;
            let stream = next(|context| poll_accept(listeners, &mut first, context)).await;
            (stream, slot)
        };
        let (stream, slot) = match place {
            Place::Here(..) => next.await,
            Place::Pool(pool) => tokio::select! {
                accepted = next => accepted,
                death = pool.death() => return death,
            },
        };
        place.serve(stream, Some(slot));
    }
}

/// Waits for the next connection. Errors of accepting are not the server's end: a connection that
/// is gone already is skipped, and a process out of file descriptors waits for some to be freed.
async fn next<C>(mut accept: impl FnMut(&mut Context<'_>) -> Poll<io::Result<C>>) -> C {
    loop {
        match poll_fn(&mut accept).await {
            Ok(connection) => return connection,
            Err(fault) if is_of_the_connection(&fault) => {}
            Err(fault) => {
                tracing::error!(%fault, "cannot accept connections, trying again in a second");
                sleep(Duration::from_secs(1)).await;
            }
        }
    }
}

/// Asks the listeners in turn, so that a busy one does not keep the others waiting.
fn poll_accept(
    listeners: &[Listener],
    first: &mut usize,
    context: &mut Context<'_>,
) -> Poll<io::Result<Stream>> {
    for turn in 0..listeners.len() {
        let index = (*first + turn) % listeners.len();
        if let Poll::Ready(accepted) = listeners[index].poll_accept(context) {
            *first = index + 1;
            return Poll::Ready(accepted);
        }
    }
    Poll::Pending
}

#[cfg(test)]
mod tests {
    use tokio::time::Instant;

    use super::*;

    /// How long it takes to accept a connection after these faults.
    async fn elapsed_after(faults: Vec<io::Error>) -> Duration {
        let begun = Instant::now();
        let mut faults = faults.into_iter();
        next(|_| Poll::Ready(faults.next().map_or(Ok(()), Err))).await;
        assert!(
            faults.next().is_none(),
            "it goes on for as long as they come"
        );
        begun.elapsed()
    }

    #[tokio::test(start_paused = true)]
    async fn a_connection_that_is_gone_keeps_no_other_waiting() {
        use io::ErrorKind::{ConnectionAborted, ConnectionReset, Interrupted};
        let faults = [ConnectionAborted, Interrupted, ConnectionReset].map(io::Error::from);
        assert_eq!(elapsed_after(faults.into()).await, Duration::ZERO);
    }

    #[cfg(target_os = "linux")]
    #[tokio::test(start_paused = true)]
    async fn what_the_system_has_too_little_of_is_waited_for() {
        // EMFILE, ENFILE, ENOBUFS and ENOMEM; ECONNABORTED comes at once.
        let faults = [24, 23, 103, 105, 12].map(io::Error::from_raw_os_error);
        let elapsed = elapsed_after(faults.into()).await;
        // The clock counts whole milliseconds.
        assert!((4_000..4_010).contains(&elapsed.as_millis()), "{elapsed:?}");
    }

    #[tokio::test(start_paused = true)]
    async fn it_does_not_give_up() {
        let faults = (0..1_000).map(|_| io::Error::other("what nobody knows"));
        let elapsed = elapsed_after(faults.collect()).await;
        assert!(elapsed >= Duration::from_secs(1_000), "{elapsed:?}");
    }
}
