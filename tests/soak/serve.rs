//! What is served? An app with a handler for each kind of client, by three servers in one process.

use std::io;
use std::net::SocketAddr;
use std::num::NonZeroUsize;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::Ordering::SeqCst;
use std::time::Duration;

use bytes::Bytes;
use futures_util::{StreamExt as _, stream};
use sendoff::extract::multipart::Multipart;
use sendoff::extract::ws::{Message, WebSocketUpgrade};
use sendoff::response::Sse;
use sendoff::response::sse::Event;
use sendoff::{App, Body, OrSend as _, Server, State, Tls, Workers, handler, routes, send};

use crate::ALLOCATOR;
use crate::counts::Counts;
use crate::expect::{sum, text};
use crate::log::{self, Log};

/// Where the servers are.
pub(crate) struct Target {
    /// On the runtime of the process, and on workers.
    pub(crate) plain: [SocketAddr; 2],
    pub(crate) tls: SocketAddr,
    /// With the certificate.
    pub(crate) folder: tempfile::TempDir,
    /// How long clients that are idle are.
    pub(crate) pause: Duration,
}

impl Target {
    /// One of the servers in plain text.
    pub(crate) fn of(&self, turn: usize) -> SocketAddr {
        // Clients whose number is even, too, come to both.
        self.plain[(turn / 4 + turn) % 2]
    }
}

/// Of the second server.
const THREADS: NonZeroUsize = NonZeroUsize::new(2).expect("not zero");

#[derive(Clone)]
struct Shared {
    counts: Arc<Counts>,
    tls: Tls,
}

/// Serves until the process is told to stop; prints the addresses.
#[tokio::main]
pub(crate) async fn run(folder: &Path) -> io::Result<()> {
    // The handler that panics does so on purpose.
    let print = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |panic| {
        if panic.payload().downcast_ref() != Some(&PURPOSE) {
            print(panic);
        }
    }));
    tracing::subscriber::set_global_default(Log).map_err(io::Error::other)?;
    let tls = Tls::from_pem_files(folder.join("cert.pem"), folder.join("key.pem"))?;
    let shared = Shared {
        counts: Arc::default(),
        tls: tls.clone(),
    };
    let any = "127.0.0.1:0";
    let (here, workers) = (Server::bind(any).await?, Server::bind(any).await?);
    let workers = workers.workers(Workers::Threads(THREADS));
    let encrypted = Server::bind(any).await?.tls(tls);
    for server in [&here, &workers, &encrypted] {
        print!("{} ", server.local_addr()?);
    }
    println!();
    let [first, second, third] = std::array::from_fn(|_| app(shared.clone()));
    // That which is asked first is begun last, when all have what they need.
    tokio::try_join!(
        workers.serve(second),
        encrypted.serve(third),
        here.serve(first)
    )?;
    log::check()
}

fn app(shared: Shared) -> App<Shared> {
    App::new(shared).routes(routes![
        page, echo, summed, short, download, endless, form, events, socket, panics, slow,
        cancelled, work, counted, reload,
    ])
}

/// A text with a length.
#[handler(GET "/text/{seed}/{length}")]
async fn page(seed: usize, length: usize, State(shared): State<Shared>) {
    let _running = shared.counts.begin();
    send!(text(seed, length));
}

/// The body, while it comes.
#[handler(POST "/echo", body_limit = usize::MAX)]
async fn echo(State(shared): State<Shared>, body: Body) {
    let _running = shared.counts.begin();
    send!(body);
}

/// The body's length and sum.
#[handler(POST "/sum", body_limit = 10MB)]
async fn summed(State(shared): State<Shared>, body: Bytes) {
    let _running = shared.counts.begin();
    send!(format!("{} {}", body.len(), sum(&body)));
}

#[handler(POST "/short", body_limit = 1KB)]
async fn short(State(shared): State<Shared>, body: Bytes) {
    let _running = shared.counts.begin();
    send!(body);
}

/// A text without a length, in pieces.
#[handler(GET "/stream/{seed}/{length}")]
async fn download(seed: usize, length: usize, State(shared): State<Shared>) {
    let running = shared.counts.begin();
    let all = Bytes::from(text(seed, length));
    let pieces = stream::unfold((all, 1, running), |(mut rest, size, running)| async move {
        if rest.is_empty() {
            return None;
        }
        tokio::task::yield_now().await;
        let piece = rest.split_to(size.min(rest.len()));
        // Of all sizes, from one byte to more than any buffer.
        Some((
            Ok::<_, io::Error>(piece),
            (rest, size * 3 % 300_007, running),
        ))
    });
    send!(200, Body::from_stream(pieces));
}

/// Never the whole of it.
#[handler(GET "/endless")]
async fn endless(State(shared): State<Shared>) {
    let running = shared.counts.begin();
    let pieces = stream::repeat_with(move || {
        let _ = &running;
        Ok::<_, io::Error>(Bytes::from_static(&[b'x'; 1000]))
    });
    send!(200, Body::from_stream(pieces));
}

/// What the fields are: a line each.
#[handler(POST "/form", body_limit = 10MB)]
async fn form(State(shared): State<Shared>, mut form: Multipart) {
    let _running = shared.counts.begin();
    let mut lines = String::new();
    while let Some(mut field) = form.next_field().await.or_500()? {
        let name = field.name().unwrap_or_default().to_owned();
        let mut content = Vec::new();
        while let Some(chunk) = field.chunk().await.or_500()? {
            content.extend_from_slice(&chunk);
        }
        lines += &format!("{name} {} {}\n", content.len(), sum(&content));
    }
    send!(201, lines);
}

#[handler(GET "/events/{count}")]
async fn events(count: usize, State(shared): State<Shared>) {
    let running = shared.counts.begin();
    let events = stream::iter(0..count).then(move |number| {
        let _ = &running;
        async move {
            tokio::task::yield_now().await;
            Ok::<_, io::Error>(
                Event::default()
                    .id(number.to_string())
                    .data(text(number, 50)),
            )
        }
    });
    send!(Sse::new(events));
}

/// Says what it hears.
#[handler(GET "/socket")]
async fn socket(upgrade: WebSocketUpgrade, State(shared): State<Shared>) {
    let running = shared.counts.begin();
    send!(upgrade.on_upgrade(async move |mut socket| {
        let _running = running;
        while let Some(Ok(message)) = socket.recv().await {
            let heard = matches!(message, Message::Text(_) | Message::Binary(_));
            if heard && socket.send(message).await.is_err() {
                return;
            }
        }
    }));
}

const PURPOSE: &str = "on purpose";

#[handler(GET "/panic")]
async fn panics(State(shared): State<Shared>) {
    let _running = shared.counts.begin();
    std::panic::panic_any(PURPOSE)
}

/// It comes to its send, whether the client waits or not.
#[handler(GET "/slow/{milliseconds}")]
async fn slow(milliseconds: u64, State(shared): State<Shared>) {
    let _running = shared.counts.begin();
    shared.counts.due.fetch_add(1, SeqCst);
    tokio::time::sleep(Duration::from_millis(milliseconds)).await;
    shared.counts.reached.fetch_add(1, SeqCst);
    send!(
        200,
        shared.counts.promise(),
        format!("after {milliseconds} ms")
    );
}

/// It does not if the client leaves.
#[handler(GET "/cancelled/{milliseconds}", on_disconnect = cancel)]
async fn cancelled(milliseconds: u64, State(shared): State<Shared>) {
    let _running = shared.counts.begin();
    tokio::time::sleep(Duration::from_millis(milliseconds)).await;
    send!(
        200,
        shared.counts.promise(),
        format!("after {milliseconds} ms")
    );
}

/// Work after the response.
#[handler(GET "/jobs/{length}")]
async fn work(length: usize, State(shared): State<Shared>) {
    let _running = shared.counts.begin();
    send!(202, shared.counts.promise(), text(length, length));
}

/// The counts of the server, a line each.
#[handler(GET "/counts")]
async fn counted(State(shared): State<Shared>) {
    let metrics = tokio::runtime::Handle::current().metrics();
    let heap = ALLOCATOR.stats();
    let live = heap.bytes_allocated.wrapping_sub(heap.bytes_deallocated);
    let mut lines = format!("tasks {}\nheap {live}\n", metrics.num_alive_tasks());
    for (name, begun, ended) in shared.counts.pairs() {
        lines += &format!("{name} {begun} {ended}\n");
    }
    send!(lines);
}

/// A new certificate.
#[handler(POST "/reload")]
async fn reload(State(shared): State<Shared>) {
    shared.tls.reload().or_500()?;
    send!(204);
}
