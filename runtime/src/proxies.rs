//! Who asks behind a proxy? What the proxy says, if it is one that is trusted.
//!
//! Anybody can write `X-Forwarded-For`: only what a trusted peer has added counts, so the field is read
//! from its end, up to the first address that is not trusted.

use std::io;
use std::net::{IpAddr, SocketAddr};

use http::{HeaderMap, HeaderName, header};

/// The field in which a proxy says for whom it asks. See [`Server::trust_proxies`](crate::Server::trust_proxies).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ProxyField {
    /// `X-Forwarded-For: 203.0.113.7, 10.0.0.2`, which nearly all proxies write.
    XForwardedFor,
    /// `Forwarded: for=203.0.113.7, for="[2001:db8::7]:4711"` (RFC 7239).
    Forwarded,
}

/// Whose word is taken.
#[derive(Clone, Debug)]
pub(crate) struct Proxies {
    networks: Networks,
    field: ProxyField,
}

/// Peers that are trusted.
#[derive(Clone, Debug)]
pub(crate) struct Networks {
    ranges: Vec<Network>,
    /// Whoever may connect to the server's Unix sockets.
    unix: bool,
}

/// An address, and how many of its bits count.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Network {
    address: u128,
    mask: u128,
}

impl Networks {
    /// As they are written; the error names what is none.
    pub(crate) fn parse<N: AsRef<str>>(networks: impl IntoIterator<Item = N>) -> io::Result<Self> {
        let (mut ranges, mut unix) = (Vec::new(), false);
        for network in networks {
            match network.as_ref() {
                "unix:" => unix = true,
                network => ranges.push(Network::parse(network).ok_or_else(|| {
                    let fault = format!(
                        "`{network}` is no network: write `10.0.0.0/8`, an address or `unix:`"
                    );
                    io::Error::new(io::ErrorKind::InvalidInput, fault)
                })?),
            }
        }
        Ok(Networks { ranges, unix })
    }

    pub(crate) fn contain(&self, address: IpAddr) -> bool {
        let bits = bits(address);
        self.ranges.iter().any(|it| bits & it.mask == it.address)
    }
}

impl Proxies {
    pub(crate) fn new(field: ProxyField, networks: Networks) -> Self {
        Proxies { networks, field }
    }

    /// Who asks, if the peer may say so; the peer of a Unix socket has no address.
    pub(crate) fn client(
        &self,
        peer: Option<SocketAddr>,
        headers: &HeaderMap,
    ) -> Option<SocketAddr> {
        let may_say = peer.map_or(self.networks.unix, |it| self.networks.contain(it.ip()));
        if !may_say {
            return peer;
        }
        let mut client = peer;
        for said in self.said(headers) {
            let Some(address) = address(said) else {
                break;
            };
            client = Some(address);
            if !self.networks.contain(address.ip()) {
                break;
            }
        }
        client
    }

    /// The addresses of all hops, the last hop first.
    fn said<'h>(&self, headers: &'h HeaderMap) -> Vec<&'h str> {
        const X_FORWARDED_FOR: HeaderName = HeaderName::from_static("x-forwarded-for");
        let name = match self.field {
            ProxyField::XForwardedFor => X_FORWARDED_FOR,
            ProxyField::Forwarded => header::FORWARDED,
        };
        let lines = headers.get_all(name).iter().rev();
        // What is no text says nothing, and must not let an earlier line be the last.
        let lines = lines.map(|line| line.to_str().unwrap_or("unknown"));
        match self.field {
            ProxyField::XForwardedFor => lines
                .flat_map(|line| line.rsplit(','))
                .map(str::trim)
                .collect(),
            ProxyField::Forwarded => lines
                .flat_map(|line| from_the_end(line, b','))
                .map(forwarded_for)
                .collect(),
        }
    }
}

/// The parts of a list, the last one first. A proxy repeats what a client has written, such as its
/// `Host`, in a quoted string: what divides there divides nothing (RFC 9110 section 5.6.4).
///
/// It is read from its end, which is the proxy's: a quote that a client has left open, in what stands
/// before, changes nothing there.
fn from_the_end(text: &str, divider: u8) -> impl Iterator<Item = &str> {
    let mut rest = Some(text);
    std::iter::from_fn(move || {
        let text = rest?;
        let divided = last_outside_quotes(text, divider).and_then(|at| text.split_at_checked(at));
        rest = divided.map(|(before, _)| before);
        Some(divided.map_or(text, |(_, part)| part.get(1..).unwrap_or_default()))
    })
}

fn last_outside_quotes(text: &str, divider: u8) -> Option<usize> {
    let bytes = text.as_bytes();
    let is_escaped = |at: usize| {
        let before = bytes.iter().take(at).rev();
        before.take_while(|byte| **byte == b'\\').count() % 2 == 1
    };
    let mut is_quoted = false;
    bytes.iter().enumerate().rev().find_map(|(at, byte)| {
        if *byte == b'"' && !is_escaped(at) {
            is_quoted = !is_quoted;
        }
        (*byte == divider && !is_quoted).then_some(at)
    })
}

/// The node of one element of `Forwarded` (RFC 7239 section 4), which names it once.
fn forwarded_for(element: &str) -> &str {
    let pairs = from_the_end(element, b';').filter_map(|pair| pair.split_once('='));
    let mut nodes = pairs.filter(|(name, _)| name.trim().eq_ignore_ascii_case("for"));
    let (Some((_, node)), None) = (nodes.next(), nodes.next()) else {
        return "unknown";
    };
    let node = node.trim();
    let unquoted = node
        .strip_prefix('"')
        .and_then(|node| node.strip_suffix('"'));
    unquoted.unwrap_or(node)
}

/// `203.0.113.7`, `203.0.113.7:80`, `2001:db8::7`, `[2001:db8::7]`, `[2001:db8::7]:80`.
fn address(text: &str) -> Option<SocketAddr> {
    let bare = text
        .strip_prefix('[')
        .and_then(|text| text.strip_suffix(']'));
    let alone = bare.unwrap_or(text).parse::<IpAddr>().ok();
    let alone = alone.map(|address| SocketAddr::new(address, 0));
    alone.or_else(|| text.parse().ok())
}

/// An IPv4 address is one of the IPv6 addresses that stand for it.
fn bits(address: IpAddr) -> u128 {
    match address {
        IpAddr::V4(address) => address.to_ipv6_mapped().to_bits(),
        IpAddr::V6(address) => address.to_bits(),
    }
}

impl Network {
    fn parse(text: &str) -> Option<Self> {
        let (address, length) = match text.split_once('/') {
            Some((address, length)) => (address, Some(length.parse::<u32>().ok()?)),
            None => (text, None),
        };
        let address: IpAddr = address.parse().ok()?;
        let longest = if address.is_ipv4() { 32 } else { 128 };
        let length = length.unwrap_or(longest);
        let other = longest.checked_sub(length)?;
        let mask = u128::MAX.checked_shl(other).unwrap_or(0);
        Some(Network {
            address: bits(address) & mask,
            mask,
        })
    }
}

#[cfg(test)]
mod tests {
    use http::{HeaderMap, HeaderValue, header};

    use super::{Network, Networks, Proxies, ProxyField};

    #[track_caller]
    fn check(field: ProxyField, peer: &str, lines: &[&'static str], client: &str) {
        let trusted = ["10.0.0.0/8", "2001:db8::/32", "192.0.2.1", "unix:"];
        let networks = Networks::parse(trusted).expect("networks");
        let proxies = Proxies { networks, field };
        let mut headers = HeaderMap::new();
        for line in lines {
            let name = match field {
                ProxyField::Forwarded => header::FORWARDED,
                ProxyField::XForwardedFor => "x-forwarded-for".parse().expect("a name"),
            };
            headers.append(
                name,
                HeaderValue::from_bytes(line.as_bytes()).expect("a value"),
            );
        }
        let peer = peer.parse().ok();
        let found = proxies.client(peer, &headers).map(|it| it.to_string());
        assert_eq!(found.as_deref(), Some(client), "{peer:?} {lines:?}");
    }

    #[test]
    fn only_who_is_trusted_may_say() {
        use ProxyField::XForwardedFor as X;
        check(X, "10.1.2.3:5", &["203.0.113.7"], "203.0.113.7:0");
        check(X, "[::ffff:10.1.2.3]:5", &["203.0.113.7"], "203.0.113.7:0");
        check(X, "unix:", &["1.1.1.1, 203.0.113.7"], "203.0.113.7:0");
        check(X, "198.51.100.1:5", &["203.0.113.7"], "198.51.100.1:5");
        check(X, "10.1.2.3:5", &[], "10.1.2.3:5");
        // What stands before the last untrusted one may be the client's own words.
        check(
            X,
            "10.1.2.3:5",
            &["1.1.1.1, 203.0.113.7, 10.9.9.9"],
            "203.0.113.7:0",
        );
        check(
            X,
            "10.1.2.3:5",
            &["1.1.1.1", "203.0.113.7", "192.0.2.1"],
            "203.0.113.7:0",
        );
        check(X, "10.1.2.3:5", &["10.0.0.1, 10.0.0.2"], "10.0.0.1:0");
        check(X, "10.1.2.3:5", &["203.0.113.7:80"], "203.0.113.7:80");
        check(X, "[2001:db8::1]:5", &["2001:db9::7"], "[2001:db9::7]:0");
        check(X, "10.1.2.3:5", &["[2001:db9::7]:80"], "[2001:db9::7]:80");
        // What is no address ends what is known.
        for line in [
            "unknown",
            "",
            "1.1.1.1, x",
            "1.1.1.1,",
            "1.1.1.1 2.2.2.2",
            "\u{e4}",
        ] {
            check(X, "10.1.2.3:5", &["1.1.1.1", line], "10.1.2.3:5");
        }
    }

    #[test]
    fn forwarded_is_read_as_rfc_7239_says() {
        use ProxyField::Forwarded as F;
        check(F, "10.1.2.3:5", &["for=203.0.113.7"], "203.0.113.7:0");
        check(
            F,
            "10.1.2.3:5",
            &["proto=https;For=\"[2001:db9::7]:4711\";by=x"],
            "[2001:db9::7]:4711",
        );
        check(
            F,
            "10.1.2.3:5",
            &["for=1.1.1.1, for=203.0.113.7;proto=http"],
            "203.0.113.7:0",
        );
        check(F, "10.1.2.3:5", &["for=1.1.1.1, for=_hidden"], "10.1.2.3:5");
        check(F, "10.1.2.3:5", &["for=1.1.1.1, proto=https"], "10.1.2.3:5");
    }

    /// A proxy writes the client's `Host`, in which commas and semicolons are valid.
    #[test]
    fn what_is_quoted_says_nothing() {
        use ProxyField::Forwarded as F;
        let of = |line| check(F, "10.1.2.3:5", &[line], "203.0.113.7:0");
        of(r#"for=203.0.113.7;host="evil,for=6.6.6.6;x=""#);
        of(r#"for=203.0.113.7;host="evil;for=6.6.6.6;x=""#);
        of(r#"host="evil;for=6.6.6.6;x=";for=203.0.113.7"#);
        of(r#"host="a\\";for=203.0.113.7"#);
        of(r#"host="a\",for=6.6.6.6;x=";for=203.0.113.7"#);
        // A quote that the client has left open hides nothing of what the proxy adds.
        of(r#"for="1.1.1.1, for=203.0.113.7"#);
        of(r#"for="1.1.1.1, for=203.0.113.7;host="evil,for=6.6.6.6;x=""#);
        of(r#"for=1.1.1.1\, for=203.0.113.7;host="a""#);
        // Which of two it is, nobody knows (RFC 7239 section 4).
        let two = ["for=203.0.113.7;for=6.6.6.6"];
        check(F, "10.1.2.3:5", &two, "10.1.2.3:5");
    }

    #[test]
    fn what_is_a_network() {
        for text in [
            "10.0.0.0/8",
            "10.0.0.1",
            "::/0",
            "0.0.0.0/0",
            "2001:db8::/32",
            "::1/128",
        ] {
            assert!(Network::parse(text).is_some(), "{text}");
        }
        for text in [
            "",
            "10",
            "10.0.0.0/33",
            "::/129",
            "10.0.0.0/x",
            "10.0.0.0/8/8",
            "localhost",
        ] {
            assert!(Network::parse(text).is_none(), "{text}");
        }
    }
}
