//! What goes over an HTTP/2 connection? Frames, written and read byte by byte.

use bytes::Bytes;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use crate::support::wire::{Running, in_time};

pub(super) const PREFACE: &[u8] = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";

pub(super) const DATA: u8 = 0;
pub(super) const HEADERS: u8 = 1;
pub(super) const RST_STREAM: u8 = 3;
pub(super) const SETTINGS: u8 = 4;
pub(super) const PING: u8 = 6;
pub(super) const GOAWAY: u8 = 7;
pub(super) const WINDOW_UPDATE: u8 = 8;
pub(super) const CONTINUATION: u8 = 9;

pub(super) const ACK: u8 = 1;
pub(super) const END_STREAM: u8 = 1;
pub(super) const END_HEADERS: u8 = 4;

/// The bytes of a frame (RFC 9113 section 4.1).
pub(super) fn frame(kind: u8, flags: u8, stream: u32, payload: impl AsRef<[u8]>) -> Vec<u8> {
    let payload = payload.as_ref();
    let length = u32::try_from(payload.len()).expect("a short payload");
    let mut bytes = length.to_be_bytes()[1..].to_vec();
    bytes.extend_from_slice(&[kind, flags]);
    bytes.extend_from_slice(&stream.to_be_bytes());
    bytes.extend_from_slice(payload);
    bytes
}

pub(super) fn settings(pairs: &[(u16, u32)]) -> Vec<u8> {
    let payload: Vec<u8> = pairs
        .iter()
        .flat_map(|(id, value)| [&id.to_be_bytes()[..], &value.to_be_bytes()[..]].concat())
        .collect();
    frame(SETTINGS, 0, 0, payload)
}

/// A header block of literals without Huffman coding (RFC 7541 section 6.2.2).
pub(super) fn block(headers: &[(&str, &str)]) -> Vec<u8> {
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
pub(super) fn request(method: &str, path: &str, others: &[(&str, &str)]) -> Vec<u8> {
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

/// `GET /`, whole.
pub(super) fn get(stream: u32) -> Vec<u8> {
    let flags = END_HEADERS | END_STREAM;
    frame(HEADERS, flags, stream, request("GET", "/", &[]))
}

pub(super) struct Frame {
    pub(super) kind: u8,
    pub(super) flags: u8,
    pub(super) stream: u32,
    pub(super) payload: Bytes,
}

pub(super) struct Connection(TcpStream);

impl Connection {
    /// Connects, with the preface and settings.
    pub(super) async fn start(server: &Running, first: &[(u16, u32)]) -> Self {
        let stream = TcpStream::connect(server.address).await;
        let stream = stream.expect("the server listens");
        stream.set_nodelay(true).expect("an open socket");
        let mut connection = Connection(stream);
        connection.write([PREFACE, &settings(first)].concat()).await;
        connection
    }

    /// What is written may meet a connection that is cut.
    pub(super) async fn write(&mut self, bytes: impl AsRef<[u8]>) {
        self.0.write_all(bytes.as_ref()).await.ok();
    }

    /// The next frame, or none if the connection has ended.
    pub(super) async fn next(&mut self) -> Option<Frame> {
        in_time(async {
            let mut head = [0; 9];
            self.0.read_exact(&mut head).await.ok()?;
            let length = u32::from_be_bytes([0, head[0], head[1], head[2]]);
            let mut payload = vec![0; usize::try_from(length).expect("a length")];
            self.0.read_exact(&mut payload).await.ok()?;
            Some(Frame {
                kind: head[3],
                flags: head[4],
                stream: u32::from_be_bytes([head[5], head[6], head[7], head[8]]),
                payload: payload.into(),
            })
        })
        .await
    }

    /// Reads until the end.
    pub(super) async fn rest(&mut self) {
        while self.next().await.is_some() {}
    }
}

impl Frame {
    /// The error code that RST_STREAM is, and that GOAWAY has after a stream.
    pub(super) fn code(&self) -> u32 {
        let at = if self.kind == GOAWAY { 4 } else { 0 };
        let code = self.payload[at..at + 4].try_into().expect("four bytes");
        u32::from_be_bytes(code)
    }

    /// The status of a response, which its header block begins with: an entry of the static table,
    /// or digits in Huffman's code (RFC 7541, appendices A and B).
    pub(super) fn status(&self) -> u16 {
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
            _ => panic!("{:?} begins with no status", self.payload),
        }
    }
}
