//! What goes over the wire? A server on a port of its own, and a client that sees every byte.

use std::future::Future;
use std::io;
use std::net::SocketAddr;
use std::time::Duration;

use futures_util::FutureExt as _;
use sendoff::{App, Server};
use tokio::io::{AsyncBufReadExt, AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt, BufReader};
use tokio::net::tcp::{OwnedReadHalf, OwnedWriteHalf};
use tokio::net::{TcpSocket, TcpStream};
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

/// A server that runs until it is told to stop.
pub(crate) struct Running {
    pub(crate) address: SocketAddr,
    stop: oneshot::Sender<()>,
    end: JoinHandle<io::Result<()>>,
}

impl Running {
    pub(crate) async fn start<S: Send + Sync + 'static>(app: App<S>) -> Self {
        Self::start_with(app, |server| server).await
    }

    /// Starts one that is set up.
    pub(crate) async fn start_with<S: Send + Sync + 'static>(
        app: App<S>,
        set_up: impl FnOnce(Server) -> Server,
    ) -> Self {
        let server = Server::bind("127.0.0.1:0").await.expect("a free port");
        Running::serve(set_up(server), app)
    }

    /// Starts a server that is set up already.
    pub(crate) fn serve<S: Send + Sync + 'static>(server: Server, app: App<S>) -> Self {
        let address = server.local_addr().expect("an address");
        let (stop, stopped) = oneshot::channel();
        let end = tokio::spawn(server.serve_until(app, async {
            stopped.await.ok();
        }));
        Running { address, stop, end }
    }

    pub(crate) async fn connect(&self) -> Wire {
        Wire::connect(self.address)
            .await
            .expect("the server listens")
    }

    /// Tells it to stop; what it does then is the caller's to see.
    pub(crate) fn stop(self) -> Stopping {
        self.stop.send(()).expect("the server runs");
        Stopping(self.end)
    }
}

/// A server that has been told to stop.
pub(crate) struct Stopping(JoinHandle<io::Result<()>>);

impl Stopping {
    pub(crate) fn has_ended(&self) -> bool {
        self.0.is_finished()
    }

    pub(crate) async fn ended(self) {
        let end = in_time(self.0).await.expect("the server does not panic");
        end.expect("the server ends well");
    }
}

/// What must not take for ever: a test that waits in vain fails.
pub(crate) async fn in_time<T>(future: impl Future<Output = T>) -> T {
    tokio::time::timeout(Duration::from_secs(20), future)
        .await
        .expect("it happens in time")
}

/// One HTTP/1.1 connection.
pub(crate) struct Wire<T = TcpStream>(BufReader<T>);

/// A response as it came.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: String,
}

impl Answer {
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        let found = self.headers.iter().find(|(found, _)| found == name);
        found.map(|(_, value)| value.as_str())
    }
}

impl Wire {
    pub(crate) async fn connect(address: SocketAddr) -> io::Result<Self> {
        let stream = TcpStream::connect(address).await?;
        // What is written is sent, not kept until the server has acknowledged what came before.
        stream.set_nodelay(true)?;
        Ok(Wire::new(stream))
    }

    /// Leaves so that the server knows that nobody reads any more.
    pub(crate) fn reset(self) {
        let stream = self.0.into_inner();
        stream.set_zero_linger().expect("an option");
    }

    /// The socket itself, which blocks.
    pub(crate) fn into_std(self) -> std::net::TcpStream {
        let stream = self.into_inner().into_std().expect("a socket");
        stream.set_nonblocking(false).expect("an option");
        stream
    }

    /// A connection for which the kernel keeps little: what the other side does not take, waits.
    pub(crate) async fn connect_narrow(address: SocketAddr) -> io::Result<Self> {
        let socket = match address {
            SocketAddr::V4(_) => TcpSocket::new_v4()?,
            SocketAddr::V6(_) => TcpSocket::new_v6()?,
        };
        socket.set_send_buffer_size(128 << 10)?;
        socket.set_recv_buffer_size(128 << 10)?;
        let stream = socket.connect(address).await?;
        Ok(Wire(BufReader::new(stream)))
    }

    /// A part for reading and one for writing.
    pub(crate) fn into_split(self) -> (BufReader<OwnedReadHalf>, OwnedWriteHalf) {
        let (read, write) = self.0.into_inner().into_split();
        (BufReader::new(read), write)
    }
}

impl<T: AsyncRead + AsyncWrite + Unpin> Wire<T> {
    pub(crate) fn new(stream: T) -> Self {
        Wire(BufReader::new(stream))
    }

    pub(crate) fn into_inner(self) -> T {
        assert!(self.0.buffer().is_empty(), "all that came was read");
        self.0.into_inner()
    }

    pub(crate) async fn write(&mut self, bytes: impl AsRef<[u8]>) {
        let bytes = bytes.as_ref();
        self.0.write_all(bytes).await.expect("the server reads");
    }

    /// Writes what the server may not want any more.
    pub(crate) async fn try_write(&mut self, bytes: impl AsRef<[u8]>) {
        self.0.write_all(bytes.as_ref()).await.ok();
    }

    /// Sends no more; reads on.
    pub(crate) async fn end(&mut self) {
        self.0.shutdown().await.expect("the connection is open");
    }

    /// `GET /path`, with headers and a body if there are some.
    pub(crate) async fn request(&mut self, line: &str, headers: &[&str], body: &str) {
        let mut head = format!("{line} HTTP/1.1\r\nhost: test\r\n");
        for header in headers {
            head.push_str(header);
            head.push_str("\r\n");
        }
        if !body.is_empty() {
            head.push_str(&format!("content-length: {}\r\n", body.len()));
        }
        self.write(format!("{head}\r\n{body}")).await;
    }

    /// The next response; to `HEAD` it has no body, whatever its head says.
    pub(crate) async fn answer(&mut self, to_head: bool) -> Answer {
        in_time(self.read_answer(to_head)).await
    }

    /// As [`answer`](Wire::answer), for as long as it takes.
    pub(crate) async fn read_answer(&mut self, to_head: bool) -> Answer {
        let mut answer = self.read_head().await;
        if !to_head {
            answer.body = self.body(&answer).await;
        }
        answer
    }

    /// The next response without its body, which may be read by [`chunk`](Wire::chunk); also
    /// 100 (Continue), which has none.
    pub(crate) async fn head(&mut self) -> Answer {
        in_time(self.read_head()).await
    }

    async fn read_head(&mut self) -> Answer {
        let status = self.line().await;
        let status = status
            .strip_prefix("HTTP/1.1 ")
            .or(status.strip_prefix("HTTP/1.0 "))
            .and_then(|rest| rest.get(..3)?.parse().ok())
            .unwrap_or_else(|| panic!("`{status}` is no status line"));
        Answer {
            status,
            headers: self.headers().await,
            body: String::new(),
        }
    }

    async fn headers(&mut self) -> Vec<(String, String)> {
        let mut headers = Vec::new();
        loop {
            let line = self.line().await;
            if line.is_empty() {
                return headers;
            }
            let (name, value) = line.split_once(": ").expect("a header");
            headers.push((name.to_owned(), value.to_owned()));
        }
    }

    async fn body(&mut self, answer: &Answer) -> String {
        if answer.header("transfer-encoding") == Some("chunked") {
            let mut body = String::new();
            while let Some(chunk) = self.read_chunk().await {
                body.push_str(&chunk);
            }
            assert_eq!(self.headers().await, [], "no trailers");
            return body;
        }
        let length = answer.header("content-length").unwrap_or("0");
        self.text(length.parse().expect("a length")).await
    }

    /// The next chunk of a chunked body; `None` is its end, and the trailers are next.
    pub(crate) async fn chunk(&mut self) -> Option<String> {
        in_time(self.read_chunk()).await
    }

    async fn read_chunk(&mut self) -> Option<String> {
        let size = self.line().await;
        let size = usize::from_str_radix(&size, 16).expect("a chunk's size");
        if size == 0 {
            return None;
        }
        let chunk = self.text(size).await;
        assert_eq!(self.line().await, "", "a chunk ends with its line");
        Some(chunk)
    }

    /// What follows a chunked body.
    pub(crate) async fn trailers(&mut self) -> Vec<(String, String)> {
        in_time(self.headers()).await
    }

    async fn line(&mut self) -> String {
        let mut line = String::new();
        self.0.read_line(&mut line).await.expect("a line");
        assert!(line.ends_with("\r\n"), "the connection ends after `{line}`");
        line.trim_end().to_owned()
    }

    pub(crate) async fn text(&mut self, length: usize) -> String {
        let mut bytes = vec![0; length];
        self.0.read_exact(&mut bytes).await.expect("a whole body");
        String::from_utf8(bytes).expect("text")
    }

    /// Has nothing come, not even the end? To be asked when the server has done what it will do.
    pub(crate) fn is_silent(&mut self) -> bool {
        self.0.fill_buf().now_or_never().is_none()
    }

    /// So many bytes.
    pub(crate) async fn read(&mut self, length: usize) -> usize {
        let mut bytes = vec![0; length];
        in_time(self.0.read_exact(&mut bytes))
            .await
            .expect("as many bytes")
    }

    /// Everything until the server closes the connection.
    pub(crate) async fn rest(&mut self) -> String {
        let mut rest = Vec::new();
        in_time(self.0.read_to_end(&mut rest)).await.ok();
        String::from_utf8_lossy(&rest).into_owned()
    }
}
