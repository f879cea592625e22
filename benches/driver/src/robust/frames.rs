//! What goes over an HTTP/2 connection? Frames, written and read byte by byte.

use std::io::{self, Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

use super::client::MOMENT;

const PREFACE: &[u8] = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";

pub const DATA: u8 = 0;
pub const HEADERS: u8 = 1;
pub const RST_STREAM: u8 = 3;
pub const SETTINGS: u8 = 4;
pub const PING: u8 = 6;
pub const GOAWAY: u8 = 7;
pub const WINDOW_UPDATE: u8 = 8;
pub const CONTINUATION: u8 = 9;

pub const ACK: u8 = 1;
pub const END_STREAM: u8 = 1;
pub const END_HEADERS: u8 = 4;

/// `SETTINGS_INITIAL_WINDOW_SIZE`
pub const SETTINGS_WINDOW: u16 = 4;

/// The bytes of a frame (RFC 9113 section 4.1).
pub fn frame(kind: u8, flags: u8, stream: u32, payload: impl AsRef<[u8]>) -> Vec<u8> {
    let payload = payload.as_ref();
    let length = u32::try_from(payload.len()).expect("a short payload");
    let mut bytes = length.to_be_bytes()[1..].to_vec();
    bytes.extend_from_slice(&[kind, flags]);
    bytes.extend_from_slice(&stream.to_be_bytes());
    bytes.extend_from_slice(payload);
    bytes
}

pub fn settings(pairs: &[(u16, u32)]) -> Vec<u8> {
    let payload: Vec<u8> = pairs
        .iter()
        .flat_map(|(id, value)| [&id.to_be_bytes()[..], &value.to_be_bytes()[..]].concat())
        .collect();
    frame(SETTINGS, 0, 0, payload)
}

/// A header block of literals without Huffman coding (RFC 7541 section 6.2.2).
pub fn block(headers: &[(&str, &str)]) -> Vec<u8> {
    let mut bytes = Vec::new();
    for (name, value) in headers {
        bytes.push(0);
        for text in [name, value] {
            push_length(&mut bytes, text.len());
            bytes.extend_from_slice(text.as_bytes());
        }
    }
    bytes
}

/// An integer with a prefix of 7 bits (RFC 7541 section 5.1).
fn push_length(bytes: &mut Vec<u8>, length: usize) {
    if length < 127 {
        bytes.push(u8::try_from(length).expect("short"));
        return;
    }
    bytes.push(127);
    let mut rest = length - 127;
    while rest >= 128 {
        bytes.push(u8::try_from(rest % 128 + 128).expect("a byte"));
        rest /= 128;
    }
    bytes.push(u8::try_from(rest).expect("a byte"));
}

/// The pseudo-headers of a request, and others.
pub fn request(method: &str, path: &str, others: &[(&str, &str)]) -> Vec<u8> {
    let all = [
        &[
            (":method", method),
            (":scheme", "http"),
            (":authority", "test"),
            (":path", path),
        ],
        others,
    ];
    block(&all.concat())
}

/// A whole `GET`.
pub fn get(path: &str, stream: u32) -> Vec<u8> {
    let flags = END_HEADERS | END_STREAM;
    frame(HEADERS, flags, stream, request("GET", path, &[]))
}

pub struct Frame {
    pub kind: u8,
    pub flags: u8,
    pub stream: u32,
    pub payload: Vec<u8>,
}

pub struct Connection(TcpStream);

impl Connection {
    /// Connects, with the preface and settings.
    pub fn start(address: SocketAddr, first: &[(u16, u32)]) -> io::Result<Self> {
        let stream = TcpStream::connect(address)?;
        stream.set_nodelay(true)?;
        stream.set_read_timeout(Some(MOMENT))?;
        stream.set_write_timeout(Some(MOMENT))?;
        let mut connection = Connection(stream);
        connection.write([PREFACE, &settings(first)].concat());
        Ok(connection)
    }

    /// How long `next` waits.
    pub fn patience(&mut self, patience: Duration) -> io::Result<()> {
        self.0.set_read_timeout(Some(patience))
    }

    /// Is all of it taken? The connection may have been cut.
    pub fn write(&mut self, bytes: impl AsRef<[u8]>) -> bool {
        self.0.write_all(bytes.as_ref()).is_ok()
    }

    /// The next frame.
    ///
    /// # Errors
    ///
    /// The connection has ended, or nothing has come for a while (`WouldBlock`).
    pub fn next(&mut self) -> io::Result<Frame> {
        let mut head = [0; 9];
        self.0.read_exact(&mut head)?;
        let length = u32::from_be_bytes([0, head[0], head[1], head[2]]);
        let mut payload = vec![0; usize::try_from(length).expect("a length")];
        self.0.read_exact(&mut payload)?;
        Ok(Frame {
            kind: head[3],
            flags: head[4],
            stream: u32::from_be_bytes([head[5], head[6], head[7], head[8]]),
            payload,
        })
    }

    /// Waits until the server has read all that was sent; has it, and is the connection open?
    pub fn sync(&mut self) -> bool {
        const MARK: &[u8] = b"is alive";
        if !self.write(frame(PING, 0, 0, MARK)) {
            return false;
        }
        loop {
            match self.next() {
                Ok(next) if next.kind == PING && next.payload == MARK => return true,
                Ok(next) if next.kind == GOAWAY => return false,
                Ok(_) => {}
                Err(_) => return false,
            }
        }
    }
}

impl Frame {
    /// The error code that RST_STREAM is, and that GOAWAY has after a stream.
    pub fn code(&self) -> u32 {
        let at = if self.kind == GOAWAY { 4 } else { 0 };
        let code = self
            .payload
            .get(at..at + 4)
            .and_then(|code| code.try_into().ok());
        code.map_or(u32::MAX, u32::from_be_bytes)
    }

    /// The status of a response, which its header block begins with: an entry of the static table,
    /// or digits in Huffman's code (RFC 7541, appendices A and B).
    pub fn status(&self) -> u16 {
        const INDEXED: [u16; 7] = [200, 204, 206, 304, 400, 404, 500];
        match self.payload[..] {
            [index @ 0x88..=0x8E, ..] => INDEXED[usize::from(index - 0x88)],
            [0x48 | 0x08, length, ref digits @ ..] if length > 0x80 => {
                let bytes = &digits[..usize::from(length - 0x80)];
                let mut bits = bytes
                    .iter()
                    .fold(0_u32, |bits, byte| bits << 8 | u32::from(*byte));
                bits <<= 32 - 8 * bytes.len();
                let mut status = 0;
                for _ in 0..3 {
                    let (digit, length) = match bits >> 27 {
                        short @ 0..=2 => (short, 5),
                        _ => ((bits >> 26) - 0x19 + 3, 6),
                    };
                    status = status * 10 + u16::try_from(digit).expect("a digit");
                    bits <<= length;
                }
                status
            }
            _ => 0,
        }
    }
}
