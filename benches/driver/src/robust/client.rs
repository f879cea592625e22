//! What does a client send, and what does it get? HTTP/1.1, byte by byte.

use std::io::{self, ErrorKind, Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::time::{Duration, Instant};

/// Long enough for a server that answers at all.
pub const MOMENT: Duration = Duration::from_secs(2);

/// Why there is no answer.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum End {
    Closed,
    Reset,
    /// The connection is open, and nothing has come in time.
    Silent,
    /// What has come is no HTTP.
    Garbled,
}

impl End {
    pub fn words(self) -> &'static str {
        match self {
            End::Closed => "closes",
            End::Reset => "resets",
            End::Silent => "waits",
            End::Garbled => "garbles",
        }
    }
}

pub struct Answer {
    pub status: u16,
    pub headers: Vec<(String, String)>,
    pub body: Vec<u8>,
}

impl Answer {
    pub fn header(&self, name: &str) -> Option<&str> {
        let found = self.headers.iter().find(|(n, _)| n == name);
        found.map(|(_, value)| value.as_str())
    }

    pub fn says(&self, text: &str) -> bool {
        self.body
            .windows(text.len())
            .any(|part| part == text.as_bytes())
    }
}

pub struct Wire {
    pub stream: TcpStream,
    /// A 100 has come before an answer.
    pub continued: bool,
    buffer: Vec<u8>,
}

impl Wire {
    pub fn connect(address: SocketAddr) -> io::Result<Self> {
        let stream = TcpStream::connect(address)?;
        stream.set_nodelay(true)?;
        stream.set_write_timeout(Some(Duration::from_secs(10)))?;
        let buffer = Vec::new();
        Ok(Wire {
            stream,
            continued: false,
            buffer,
        })
    }

    pub fn send(&mut self, bytes: impl AsRef<[u8]>) -> io::Result<()> {
        self.stream.write_all(bytes.as_ref())
    }

    /// `GET` a path, and the answer.
    pub fn get(&mut self, path: &str) -> Result<Answer, End> {
        let request = format!("GET {path} HTTP/1.1\r\nhost: test\r\n\r\n");
        self.send(request).map_err(|_| End::Reset)?;
        self.answer(10 * MOMENT)
    }

    pub fn answer(&mut self, patience: Duration) -> Result<Answer, End> {
        self.answer_to(false, patience)
    }

    pub fn answer_to(&mut self, head: bool, patience: Duration) -> Result<Answer, End> {
        let deadline = Instant::now() + patience;
        loop {
            let mut answer = self.head(deadline)?;
            if (100..200).contains(&answer.status) && answer.status != 101 {
                self.continued = true;
                continue;
            }
            if !head && !matches!(answer.status, 101 | 204 | 304) {
                answer.body = self.body(&answer, deadline)?;
            }
            return Ok(answer);
        }
    }

    pub fn head(&mut self, deadline: Instant) -> Result<Answer, End> {
        let end = loop {
            let found = self.buffer.windows(4).position(|part| part == b"\r\n\r\n");
            match found {
                Some(end) => break end,
                None => self.fill(deadline)?,
            }
        };
        let head: Vec<u8> = self.buffer.drain(..end + 4).collect();
        let head = String::from_utf8_lossy(&head).into_owned();
        let mut lines = head.lines();
        let status = lines.next().and_then(|line| line.strip_prefix("HTTP/1."));
        let status = status.and_then(|line| line.get(2..5)?.parse().ok());
        let headers = lines.filter_map(|line| {
            let (name, value) = line.split_once(':')?;
            Some((name.to_ascii_lowercase(), value.trim().to_owned()))
        });
        Ok(Answer {
            status: status.ok_or(End::Garbled)?,
            headers: headers.collect(),
            body: Vec::new(),
        })
    }

    fn body(&mut self, answer: &Answer, deadline: Instant) -> Result<Vec<u8>, End> {
        if let Some(length) = answer.header("content-length") {
            let length = length.parse().map_err(|_| End::Garbled)?;
            return self.take(length, deadline);
        }
        if answer.header("transfer-encoding").is_none() {
            while self.fill(deadline).is_ok() {}
            return Ok(std::mem::take(&mut self.buffer));
        }
        let mut body = Vec::new();
        loop {
            let size = self.line(deadline)?;
            let size = usize::from_str_radix(&size, 16).map_err(|_| End::Garbled)?;
            body.extend(self.take(size, deadline)?);
            self.take(2, deadline)?;
            if size == 0 {
                return Ok(body);
            }
        }
    }

    fn line(&mut self, deadline: Instant) -> Result<String, End> {
        loop {
            if let Some(end) = self.buffer.windows(2).position(|part| part == b"\r\n") {
                let line: Vec<u8> = self.buffer.drain(..end + 2).collect();
                return String::from_utf8(line[..end].to_vec()).map_err(|_| End::Garbled);
            }
            self.fill(deadline)?;
        }
    }

    fn take(&mut self, length: usize, deadline: Instant) -> Result<Vec<u8>, End> {
        while self.buffer.len() < length {
            self.fill(deadline)?;
        }
        Ok(self.buffer.drain(..length).collect())
    }

    /// How does the connection end, if it does?
    pub fn end(&mut self, deadline: Instant) -> End {
        loop {
            self.buffer.clear();
            if let Err(end) = self.fill(deadline) {
                return end;
            }
        }
    }

    fn fill(&mut self, deadline: Instant) -> Result<(), End> {
        let left = deadline.saturating_duration_since(Instant::now());
        if left.is_zero() {
            return Err(End::Silent);
        }
        self.stream
            .set_read_timeout(Some(left))
            .map_err(|_| End::Reset)?;
        let mut part = [0; 16 * 1024];
        match self.stream.read(&mut part) {
            Ok(0) => Err(End::Closed),
            Ok(length) => {
                self.buffer.extend_from_slice(&part[..length]);
                Ok(())
            }
            Err(fault) => match fault.kind() {
                ErrorKind::WouldBlock | ErrorKind::TimedOut => Err(End::Silent),
                _ => Err(End::Reset),
            },
        }
    }
}
