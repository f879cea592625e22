//! For whom does a proxy open this connection? The PROXY protocol of HAProxy, versions 1 and 2
//! (<https://www.haproxy.org/download/3.2/doc/proxy-protocol.txt>), in front of the first byte.

use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

use tokio::io::{AsyncRead, AsyncReadExt};

/// The longest line of version 1, in bytes, with its end (section 2.1).
const LONGEST_LINE: usize = 107;

/// What version 2 begins with (section 2.2).
const SIGNATURE: [u8; 12] = *b"\r\n\r\n\0\r\nQUIT\n";

/// The longest rest of version 2 that is read, in bytes: the addresses and what a proxy adds, such as
/// the name in a TLS handshake.
const LONGEST_REST: u16 = 4096;

/// Reads the header and not a byte more. `None` is a connection of the proxy's own, such as a check of
/// health, or one of another kind than TCP.
pub(super) async fn read(from: &mut (impl AsyncRead + Unpin)) -> io::Result<Option<SocketAddr>> {
    match from.read_u8().await? {
        b'P' => line(from).await,
        b'\r' => binary(from).await,
        _ => Err(malformed("it begins with neither version")),
    }
}

fn malformed(why: &'static str) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, why)
}

/// `PROXY TCP4 203.0.113.7 192.0.2.1 56324 443`, after its first letter.
async fn line(from: &mut (impl AsyncRead + Unpin)) -> io::Result<Option<SocketAddr>> {
    let mut line = vec![b'P'];
    while !line.ends_with(b"\r\n") {
        if line.len() == LONGEST_LINE {
            return Err(malformed("the line is too long"));
        }
        line.push(from.read_u8().await?);
    }
    let text = str::from_utf8(&line).map_err(|_| malformed("the line is no text"))?;
    let mut words = text.trim_end_matches("\r\n").split(' ');
    if words.next() != Some("PROXY") {
        return Err(malformed("the line does not begin with PROXY"));
    }
    let family = words.next();
    if family == Some("UNKNOWN") {
        return Ok(None);
    }
    let words: Vec<&str> = words.collect();
    let [source, destination, port, other_port] = words[..] else {
        return Err(malformed(
            "the line does not have two addresses and two ports",
        ));
    };
    let of_family = |address: &str| match family {
        Some("TCP4") => address.parse().ok().map(|it: Ipv4Addr| IpAddr::V4(it)),
        Some("TCP6") => address.parse().ok().map(|it: Ipv6Addr| IpAddr::V6(it)),
        _ => None,
    };
    let addresses = of_family(source).zip(of_family(destination));
    let ports = port.parse().ok().zip(other_port.parse::<u16>().ok());
    match (addresses, ports) {
        (Some((address, _)), Some((port, _))) => Ok(Some(SocketAddr::new(address, port))),
        _ => Err(malformed("an address or a port of the line is none")),
    }
}

/// Version 2, after its first byte.
async fn binary(from: &mut (impl AsyncRead + Unpin)) -> io::Result<Option<SocketAddr>> {
    let mut head = [0; 15];
    from.read_exact(&mut head).await?;
    let (signature, head) = head.split_at(11);
    if signature != &SIGNATURE[1..] {
        return Err(malformed("it begins with neither version"));
    }
    let [command, family, high, low] = head[..] else {
        return Err(malformed("it has no head"));
    };
    let length = u16::from_be_bytes([high, low]);
    if length > LONGEST_REST {
        return Err(malformed("it is longer than 4,096 bytes"));
    }
    let mut rest = vec![0; usize::from(length)];
    from.read_exact(&mut rest).await?;
    match command {
        0x20 => return Ok(None),
        0x21 => {}
        _ => return Err(malformed("it has another version, or another command")),
    }
    let port = |at: usize| Some(u16::from_be_bytes(*rest.get(at..)?.first_chunk()?));
    let source = match family {
        0x11 => {
            let address: Option<&[u8; 4]> = rest.first_chunk();
            address.map(|it| IpAddr::from(*it)).zip(port(8))
        }
        0x21 => {
            let address: Option<&[u8; 16]> = rest.first_chunk();
            address.map(|it| IpAddr::from(*it)).zip(port(32))
        }
        _ => return Ok(None),
    };
    let (address, port) = source.ok_or_else(|| malformed("its addresses are cut off"))?;
    Ok(Some(SocketAddr::new(address, port)))
}

#[cfg(test)]
mod tests {
    use super::{SIGNATURE, read};

    async fn found(mut bytes: &[u8]) -> (Result<Option<String>, ()>, usize) {
        let found = read(&mut bytes).await;
        let found = found.map(|it| it.map(|it| it.to_string())).map_err(drop);
        (found, bytes.len())
    }

    fn version_2(command: u8, family: u8, rest: &[u8]) -> Vec<u8> {
        let length = u16::try_from(rest.len()).expect("a length");
        let head = [&SIGNATURE[..], &[command, family], &length.to_be_bytes()].concat();
        [&head[..], rest, b"GET"].concat()
    }

    #[tokio::test]
    async fn headers_are_read_to_their_end() {
        let v4 = [203, 0, 113, 7, 192, 0, 2, 1, 0, 80, 1, 187, 9, 9];
        let mut v6 = vec![0; 36];
        (v6[15], v6[33]) = (1, 80);
        for (bytes, address) in [
            (
                b"PROXY TCP4 203.0.113.7 192.0.2.1 80 443\r\nGET".to_vec(),
                Some("203.0.113.7:80"),
            ),
            (
                b"PROXY TCP6 2001:db8::7 ::1 80 443\r\nGET".to_vec(),
                Some("[2001:db8::7]:80"),
            ),
            (b"PROXY UNKNOWN ffff\r\nGET".to_vec(), None),
            (b"PROXY UNKNOWN\r\nGET".to_vec(), None),
            (version_2(0x21, 0x11, &v4), Some("203.0.113.7:80")),
            (version_2(0x21, 0x21, &v6), Some("[::1]:80")),
            (version_2(0x20, 0x00, &[]), None),
            (version_2(0x21, 0x31, &[0; 216]), None),
        ] {
            let found = found(&bytes).await;
            assert_eq!(found, (Ok(address.map(str::to_owned)), 3), "{bytes:?}");
        }
    }

    #[tokio::test]
    async fn what_is_no_header_is_refused() {
        let long = [&b"PROXY TCP4 "[..], &[b'1'; 200]].concat();
        for bytes in [
            &b"GET / HTTP/1.1\r\n"[..],
            b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
            b"PROXY TCP4 203.0.113.7 192.0.2.1 80\r\n",
            b"PROXY TCP4 ::1 ::1 80 443\r\n",
            b"PROXY TCP4 203.0.113.7 192.0.2.1 80 99999\r\n",
            b"PROXY TCP4 203.0.113.7 192.0.2.1 80 443",
            b"PROXY UDP4 203.0.113.7 192.0.2.1 80 443\r\n",
            b"",
            &long,
            &version_2(0x11, 0x11, &[0; 12]),
            &version_2(0x21, 0x11, &[0; 4]),
            &version_2(0x21, 0x11, &[0; 5000]),
            b"\r\n\r\n\0\r\nQUITX",
        ] {
            assert_eq!(found(bytes).await.0, Err(()), "{bytes:?}");
        }
    }
}
