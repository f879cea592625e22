//! Is any request lost when a server stops in the midst of them?
//!
//! A request is **lost** if its client has written all of it on a connection that was established,
//! and of whose end it had seen nothing (no `Connection: close` in the response before, no end of
//! the stream, no reset, asked right before it writes), and gets no whole response.

use std::io::{self, BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering::SeqCst};
use std::time::{Duration, Instant};

use sendoff::{App, Server, Workers, handler, routes, send};

/// What the clients of a run have counted.
#[derive(Debug, Default)]
pub(crate) struct Counts {
    pub(crate) answered: AtomicUsize,
    pub(crate) lost: AtomicUsize,
    /// Responses that said that they were the last.
    pub(crate) last: AtomicUsize,
    /// Connections that ended while they were idle.
    pub(crate) closed_idle: AtomicUsize,
}

/// How a run goes.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Load {
    pub(crate) connections: usize,
    /// It is stopped when so many requests were answered.
    pub(crate) requests: usize,
    /// A client opens a connection for each request.
    pub(crate) fresh: bool,
    pub(crate) workers: Workers,
}

#[handler(GET "/quick")]
async fn quick() {
    send!("quick");
}

#[handler(GET "/slow/{milliseconds}")]
async fn slow(milliseconds: u64) {
    tokio::time::sleep(Duration::from_millis(milliseconds)).await;
    send!(200, format!("after {milliseconds} ms"));
}

/// Serves under load, stops in the midst of it, and adds to the counts.
pub(crate) async fn run(load: Load, counts: &Counts) -> io::Result<()> {
    let server = Server::bind("127.0.0.1:0").await?.workers(load.workers);
    let address = server.local_addr()?;
    let stop = AtomicBool::new(false);
    let before = counts.answered.load(SeqCst);
    let (finished, end) = tokio::sync::oneshot::channel();
    std::thread::scope(|scope| {
        let clients: Vec<_> = (0..load.connections)
            .map(|turn| {
                let stop = &stop;
                let client = Client {
                    address,
                    load,
                    counts,
                    stop,
                    turn,
                };
                scope.spawn(|| client.run())
            })
            .collect();
        scope.spawn(move || {
            for client in clients {
                client.join().ok();
            }
            finished.send(()).ok();
        });
        let app = App::new(()).routes(routes![quick, slow]);
        let stopping = async {
            while counts.answered.load(SeqCst) - before < load.requests {
                tokio::time::sleep(Duration::from_millis(1)).await;
            }
            stop.store(true, SeqCst);
        };
        let handle = tokio::runtime::Handle::current();
        tokio::task::block_in_place(|| {
            handle.block_on(async {
                server.serve_until(app, stopping).await?;
                end.await.map_err(io::Error::other)
            })
        })
    })
}

struct Client<'a> {
    address: SocketAddr,
    load: Load,
    counts: &'a Counts,
    /// The server was told to stop.
    stop: &'a AtomicBool,
    turn: usize,
}

/// How a connection went on after a request.
enum After {
    Usable,
    Closed,
}

impl Client<'_> {
    /// Sends one request after the other until nobody listens.
    fn run(mut self) {
        let patience = Instant::now() + Duration::from_secs(120);
        while Instant::now() < patience {
            let stopping = self.stop.load(SeqCst);
            match TcpStream::connect(self.address) {
                Ok(stream) => self.talk(stream),
                Err(_) if stopping => return,
                Err(_) => std::thread::yield_now(),
            }
        }
    }

    fn talk(&mut self, stream: TcpStream) {
        stream.set_nodelay(true).expect("an option");
        let timeout = Some(Duration::from_secs(60));
        stream.set_read_timeout(timeout).expect("an option");
        let mut stream = BufReader::new(stream);
        loop {
            if has_ended(stream.get_ref()) {
                self.counts.closed_idle.fetch_add(1, SeqCst);
                return;
            }
            self.turn += 1;
            let path = match self.turn % 3 {
                0 => "/quick".to_owned(),
                turn => format!("/slow/{}", turn * 4 + self.turn % 7),
            };
            let connection = if self.load.fresh {
                "connection: close\r\n"
            } else {
                ""
            };
            let request = format!("GET {path} HTTP/1.1\r\nhost: test\r\n{connection}\r\n");
            let written = stream.get_mut().write_all(request.as_bytes());
            let answer = match written {
                Ok(()) => read_answer(&mut stream),
                // Nothing of it was sent: the kernel knew of the end.
                Err(_) => return,
            };
            match answer {
                Ok(after) => {
                    self.counts.answered.fetch_add(1, SeqCst);
                    if let After::Closed = after {
                        self.counts.last.fetch_add(1, SeqCst);
                        return;
                    }
                }
                Err(_) => {
                    self.counts.lost.fetch_add(1, SeqCst);
                    return;
                }
            }
        }
    }
}

/// Has the server closed the connection, as far as the client's kernel knows?
fn has_ended(stream: &TcpStream) -> bool {
    stream.set_nonblocking(true).expect("an option");
    let peeked = stream.peek(&mut [0]);
    stream.set_nonblocking(false).expect("an option");
    !peeked.is_err_and(|fault| fault.kind() == io::ErrorKind::WouldBlock)
}

/// A whole response with a length.
fn read_answer(stream: &mut BufReader<TcpStream>) -> io::Result<After> {
    let (mut length, mut after) = (0, After::Usable);
    let mut first = true;
    loop {
        let mut line = String::new();
        stream.read_line(&mut line)?;
        if !line.ends_with("\r\n") {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        let line = line.trim_end().to_ascii_lowercase();
        if first && !line.starts_with("http/1.1 200") {
            return Err(io::Error::other(line));
        }
        first = false;
        match line.split_once(": ") {
            Some(("content-length", value)) => length = value.parse().map_err(io::Error::other)?,
            Some(("connection", "close")) => after = After::Closed,
            _ if line.is_empty() => break,
            _ => {}
        }
    }
    stream.read_exact(&mut vec![0; length])?;
    Ok(after)
}
