//! Which threads run the handlers?
//!
//! One acceptor hands each connection to the worker that has the fewest. A listener with
//! SO_REUSEPORT per worker would save it the way to another thread, but the kernel spreads
//! connections over such listeners by a hash: of 16 connections on two workers, one gets 11 or more
//! every fifth time, and what waits in the queue of a busy worker waits although another is idle.
//! With one listener, Unix sockets and sockets that were passed are spread, too, and no queue is
//! reset when a worker ends.

use std::cell::Cell;
use std::future::{Future, poll_fn};
use std::io;
use std::num::NonZeroUsize;
use std::pin::Pin;
use std::sync::Arc;
use std::task::Poll;
use std::thread::{self, JoinHandle};
use std::time::Duration;

use tokio::runtime;
use tokio::sync::{OwnedSemaphorePermit, mpsc, oneshot, watch};
use tokio::time::timeout;

use super::activity::Activity;
use super::listen::{Detached, Stream};
use super::shutdown::{Connections, Phase, reached};
use crate::running::message;
use crate::serving::Serving;

/// Which threads run a server's handlers; see [`Server::workers`](crate::Server::workers).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum Workers {
    /// Those of the runtime that the server runs on. A task may move to another thread wherever
    /// it waits.
    #[default]
    CallersRuntime,
    /// One thread per core that this process may use, each with a runtime of its own.
    PerCore,
    /// So many threads, each with a runtime of its own.
    Threads(NonZeroUsize),
}

impl Workers {
    /// How many threads to start, if any.
    pub(super) fn threads(self) -> io::Result<Option<NonZeroUsize>> {
        match self {
            Workers::CallersRuntime => Ok(None),
            Workers::PerCore => thread::available_parallelism().map(Some),
            Workers::Threads(threads) => Ok(Some(threads)),
        }
    }
}

/// Threads that serve connections.
pub(super) struct Pool {
    workers: Vec<Worker>,
    /// Who is asked first for the next connection.
    first: Cell<usize>,
}

struct Worker {
    queue: mpsc::UnboundedSender<(Detached, Arc<Activity>)>,
    connections: Connections,
    /// Ready when the thread ends.
    ended: oneshot::Receiver<()>,
    thread: JoinHandle<()>,
}

impl Pool {
    /// Starts the threads. `serve` is called on a worker, once for each connection it gets.
    pub(super) fn start<F>(
        threads: NonZeroUsize,
        phase: &watch::Receiver<Phase>,
        serving: &Serving,
        serve: F,
    ) -> io::Result<Self>
    where
        F: Fn(Stream, Arc<Activity>) + Clone + Send + 'static,
    {
        let workers = (0..threads.get())
            .map(|index| {
                let connections = Connections::new(phase.clone(), serving.clone());
                Worker::start(index, connections, serve.clone())
            })
            .collect::<io::Result<_>>()?;
        Ok(Pool {
            workers,
            first: Cell::new(0),
        })
    }

    pub(super) fn connections(&self) -> Vec<Connections> {
        let each = self.workers.iter();
        each.map(|worker| worker.connections.clone()).collect()
    }

    /// Hands a connection to the worker with the fewest; to the next one among equals.
    pub(super) fn serve(&self, stream: Stream, slot: Option<OwnedSemaphorePermit>) {
        let (before, after) = self.workers.split_at(self.first.get());
        let in_turn = after.iter().chain(before);
        let Some(worker) = in_turn.min_by_key(|worker| worker.connections.open()) else {
            return;
        };
        self.first.set((self.first.get() + 1) % self.workers.len());
        // It counts from now on, not from when the worker gets to it.
        let activity = worker.connections.begin(slot);
        let handed = stream.detach().map(|stream| {
            let sent = worker.queue.send((stream, activity));
            sent.is_ok()
        });
        if !handed.as_ref().is_ok_and(|sent| *sent) {
            tracing::error!(fault = ?handed.err(), "a connection could not be handed to a worker");
        }
    }

    /// Waits for a worker to end, which none does by itself, and says how it did.
    pub(super) async fn death(&mut self) -> io::Error {
        let died = poll_fn(|context| {
            for (index, worker) in self.workers.iter_mut().enumerate() {
                if Pin::new(&mut worker.ended).poll(context).is_ready() {
                    return Poll::Ready(index);
                }
            }
            Poll::Pending
        });
        let index = died.await;
        let worker = self.workers.swap_remove(index);
        self.first.set(0);
        let panic = worker.thread.join().err();
        let said = panic.as_deref().map_or("it has ended", message);
        io::Error::other(format!("a worker has died: {said}"))
    }

    /// Lets the threads end. One that a handler blocks is left behind.
    pub(super) async fn end(self) {
        let (queues, threads): (Vec<_>, Vec<_>) = self
            .workers
            .into_iter()
            .map(|worker| (worker.queue, (worker.ended, worker.thread)))
            .unzip();
        drop(queues);
        for (ended, thread) in threads {
            if timeout(Duration::from_millis(500), ended).await.is_ok() {
                thread.join().ok();
            } else {
                tracing::warn!("a worker is blocked and was left behind");
            }
        }
    }
}

impl Worker {
    fn start<F>(index: usize, connections: Connections, serve: F) -> io::Result<Self>
    where
        F: Fn(Stream, Arc<Activity>) + Send + 'static,
    {
        let runtime = runtime::Builder::new_current_thread()
            .enable_all()
            .build()?;
        let (queue, mut handed) = mpsc::unbounded_channel::<(Detached, Arc<Activity>)>();
        let (running, ended) = oneshot::channel::<()>();
        let ours = connections.clone();
        let work = async move {
            while let Some((stream, activity)) = handed.recv().await {
                match stream.attach() {
                    Ok(stream) => serve(stream, activity),
                    Err(fault) => tracing::error!(%fault, "a connection cannot be served"),
                }
            }
            // The server has ended, or its future was dropped.
            let mut phase = ours.phase();
            tokio::select! {
                () = reached(&mut phase, Phase::Cut) => {}
                () = ours.closed() => {}
            }
        };
        let thread = thread::Builder::new()
            .name(format!("sendoff-worker-{index}"))
            .spawn(move || {
                let _running = running;
                runtime.block_on(work);
                // To drop it would wait for blocking tasks.
                runtime.shutdown_background();
            })?;
        Ok(Worker {
            queue,
            connections,
            ended,
            thread,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use tokio::net::{TcpListener, TcpStream};

    async fn connection() -> (Stream, TcpStream) {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let address = listener.local_addr().expect("an address");
        let client = TcpStream::connect(address).await.expect("it listens");
        let (server, _) = listener.accept().await.expect("a connection");
        (Stream::Tcp(server), client)
    }

    #[tokio::test]
    async fn a_worker_that_dies_is_noticed() {
        let (_phase, receiver) = watch::channel(Phase::Serving);
        let two = NonZeroUsize::new(2).expect("two");
        let mut pool = Pool::start(two, &receiver, &Serving::default(), |_, _| {
            panic!("on purpose")
        })
        .expect("threads");
        let (stream, _client) = connection().await;
        pool.serve(stream, None);
        let death = pool.death().await;
        assert_eq!(death.to_string(), "a worker has died: on purpose");
        pool.end().await;
    }

    #[tokio::test]
    async fn the_worker_with_the_fewest_connections_gets_the_next() {
        let (_phase, receiver) = watch::channel(Phase::Serving);
        let (served, mut serves) = mpsc::unbounded_channel();
        let serve = move |stream, activity| {
            let thread = thread::current().name().expect("a name").to_owned();
            served
                .send((thread, stream, activity))
                .expect("the test runs");
        };
        let two = NonZeroUsize::new(2).expect("two");
        let pool = Pool::start(two, &receiver, &Serving::default(), serve).expect("threads");
        let (mut clients, mut of_first, mut of_second) = (Vec::new(), Vec::new(), Vec::new());
        for _ in 0..8 {
            let (stream, client) = connection().await;
            clients.push(client);
            pool.serve(stream, None);
            let (thread, stream, activity) = serves.recv().await.expect("it is served");
            match &*thread {
                "sendoff-worker-0" => of_first.push((stream, activity)),
                _ => of_second.push((stream, activity)),
            }
        }
        assert_eq!((of_first.len(), of_second.len()), (4, 4));

        of_second.clear();
        for _ in 0..4 {
            let (stream, client) = connection().await;
            clients.push(client);
            pool.serve(stream, None);
            let (thread, stream, activity) = serves.recv().await.expect("it is served");
            assert_eq!(thread, "sendoff-worker-1");
            of_second.push((stream, activity));
        }
        drop((of_first, of_second));
        pool.end().await;
    }
}
