//! Do two routes of one `routes![..]` answer the same request?
//!
//! Everything here runs while compiling, in a constant that `routes!` makes. A table of hashes
//! keeps it linear: rustc gives a constant two million steps before it complains, which 400 routes
//! compared in pairs would come near.

use crate::route::RouteInfo;
use crate::spelling;

/// A method and a pattern.
type Request = (&'static str, &'static str);

/// Where one is: the route, and which of the requests that it answers.
type Place = (usize, usize);

/// Two that answer the same request.
pub type Found = Option<(Place, Place)>;

/// The first two routes that answer the same request, if any.
///
/// `SLOTS` is a power of two, and more than there are requests.
pub const fn find<const SLOTS: usize>(routes: &[RouteInfo]) -> Found {
    // The number of a route plus one, and of the request; 0 is free.
    let mut slots = [(0_usize, 0_usize); SLOTS];
    let mut at = 0;
    while at < routes.len() {
        // A route that was refused has no requests, and its error is on record.
        let mut number = 0;
        while number < routes[at].requests.len() {
            let request = routes[at].requests[number];
            let mut slot = hash(request) as usize & (SLOTS - 1);
            while slots[slot].0 != 0 {
                let other = (slots[slot].0 - 1, slots[slot].1);
                if same(request, routes[other.0].requests[other.1]) {
                    return Some((other, (at, number)));
                }
                slot = (slot + 1) & (SLOTS - 1);
            }
            slots[slot] = (at + 1, number);
            number += 1;
        }
        at += 1;
    }
    None
}

/// How many slots [`find`] needs for these routes.
pub const fn slots(routes: &[RouteInfo]) -> usize {
    let (mut requests, mut at) = (0, 0);
    while at < routes.len() {
        requests += routes[at].requests.len();
        at += 1;
    }
    (2 * requests + 1).next_power_of_two()
}

/// What ends a pattern, a parameter, and the rest of a path. No byte, escaped or not, is one of them.
const END: u32 = 0x200;
const PARAMETER: u32 = 0x201;
const REST: u32 = 0x202;

/// Set beside a byte that is escaped in the one spelling of paths.
const ESCAPED: u32 = 0x100;

/// The next thing that counts, and where to go on: the name of a parameter does not, so that `{id}` and
/// `{name}` are the same, and neither does the spelling, so that `/%61` is `/a` (`spelling.rs`).
const fn significant(pattern: &[u8], at: usize) -> (u32, usize) {
    if at >= pattern.len() {
        return (END, at);
    }
    let byte = pattern[at];
    let is_brace = byte == b'{' || byte == b'}';
    let doubled = at + 1 < pattern.len() && pattern[at + 1] == byte;
    if byte == b'{' && !doubled {
        let rest = at + 1 < pattern.len() && pattern[at + 1] == b'*';
        let mut end = at;
        while end < pattern.len() && pattern[end] != b'}' {
            end += 1;
        }
        return (if rest { REST } else { PARAMETER }, end + 1);
    }
    let step = if is_brace && doubled { 2 } else { 1 };
    if byte == b'%' {
        return match escape(pattern, at) {
            Some(byte) if spelling::is_unreserved(byte) => (byte as u32, at + 3),
            Some(byte) => (ESCAPED | byte as u32, at + 3),
            None => (byte as u32, at + step),
        };
    }
    if spelling::is_plain(byte) {
        (byte as u32, at + step)
    } else {
        (ESCAPED | byte as u32, at + step)
    }
}

/// The byte of the escape that begins here, if one does.
const fn escape(pattern: &[u8], at: usize) -> Option<u8> {
    if at + 2 >= pattern.len() {
        return None;
    }
    match (digit(pattern[at + 1]), digit(pattern[at + 2])) {
        (Some(high), Some(low)) => Some(high << 4 | low),
        _ => None,
    }
}

const fn digit(byte: u8) -> Option<u8> {
    match byte {
        b'0'..=b'9' => Some(byte - b'0'),
        b'a'..=b'f' => Some(byte - b'a' + 10),
        b'A'..=b'F' => Some(byte - b'A' + 10),
        _ => None,
    }
}

/// FNV-1a over the method and what counts of the pattern.
const fn hash((method, pattern): Request) -> u32 {
    let mut hash = 0x811c_9dc5_u32;
    let method = method.as_bytes();
    let mut at = 0;
    while at < method.len() {
        hash = (hash ^ method[at] as u32).wrapping_mul(0x0100_0193);
        at += 1;
    }
    let pattern = pattern.as_bytes();
    let mut at = 0;
    while at < pattern.len() {
        let (thing, next) = significant(pattern, at);
        hash = (hash ^ thing).wrapping_mul(0x0100_0193);
        at = next;
    }
    hash
}

const fn same(a: Request, b: Request) -> bool {
    let (a_method, b_method) = (a.0.as_bytes(), b.0.as_bytes());
    if a_method.len() != b_method.len() {
        return false;
    }
    let mut at = 0;
    while at < a_method.len() {
        if a_method[at] != b_method[at] {
            return false;
        }
        at += 1;
    }
    let (a, b) = (a.1.as_bytes(), b.1.as_bytes());
    let (mut i, mut j) = (0, 0);
    loop {
        let (x, next_i) = significant(a, i);
        let (y, next_j) = significant(b, j);
        if x != y {
            return false;
        }
        if x == END {
            return true;
        }
        (i, j) = (next_i, next_j);
    }
}

/// What the error says, in pieces.
const fn pieces(routes: &[RouteInfo], (a, b): (Place, Place)) -> [&str; 12] {
    let (one, two) = (routes[a.0].requests[a.1], routes[b.0].requests[b.1]);
    [
        routes[a.0].handler,
        " and ",
        routes[b.0].handler,
        " answer the same request (",
        one.0,
        " ",
        one.1,
        " and ",
        two.0,
        " ",
        two.1,
        ") [route-conflict]",
    ]
}

/// The length of the error's text.
pub const fn length(routes: &[RouteInfo], found: Found) -> usize {
    let Some(found) = found else {
        return 0;
    };
    let pieces = pieces(routes, found);
    let (mut length, mut at) = (0, 0);
    while at < pieces.len() {
        length += pieces[at].len();
        at += 1;
    }
    length
}

/// The error's text.
pub const fn message<const LENGTH: usize>(routes: &[RouteInfo], found: Found) -> [u8; LENGTH] {
    let mut text = [0; LENGTH];
    let Some(found) = found else {
        return text;
    };
    let pieces = pieces(routes, found);
    let (mut end, mut at) = (0, 0);
    while at < pieces.len() {
        let piece = pieces[at].as_bytes();
        let mut byte = 0;
        while byte < piece.len() {
            text[end] = piece[byte];
            end += 1;
            byte += 1;
        }
        at += 1;
    }
    text
}

/// Fails the build with the text, if there is one.
pub const fn report(text: &[u8]) {
    if text.is_empty() {
        return;
    }
    match std::str::from_utf8(text) {
        Ok(text) => panic!("{}", text),
        Err(_) => panic!("two routes answer the same request [route-conflict]"),
    }
}

#[cfg(test)]
mod tests {
    use super::{Request, find, hash, length, message, same, slots};
    use crate::route::RouteInfo;
    use crate::spelling::numbered;

    const fn route(requests: &'static [Request]) -> RouteInfo {
        RouteInfo {
            requests,
            handler: "app::handler",
        }
    }

    #[track_caller]
    fn check(a: &'static [Request], b: &'static [Request], conflict: Option<(usize, usize)>) {
        let routes = [route(a), route(&[("GET", "/other")]), route(b)];
        let found = find::<16>(&routes);
        let expected = conflict.map(|(one, two)| ((0, one), (2, two)));
        assert_eq!(found, expected, "{a:?} and {b:?}");
    }

    #[test]
    fn names_of_parameters_do_not_count_and_all_else_does() {
        let same = Some((0, 0));
        check(&[("GET", "/a")], &[("GET", "/a")], same);
        check(&[("GET", "/{id}")], &[("GET", "/{name}")], same);
        check(
            &[("GET", "/{a}/x/{*r}")],
            &[("GET", "/{b}/x/{*rest}")],
            same,
        );
        check(&[("GET", "/ä")], &[("GET", "/ä")], same);
        check(&[("PURGE", "/a")], &[("PURGE", "/a")], same);
        check(&[("PURGE", "/a")], &[("purge", "/a")], None);
        check(&[("GET", "/a")], &[("POST", "/a")], None);
        check(&[("GET", "/a")], &[("GET", "/a/")], None);
        check(&[("GET", "/{id}")], &[("GET", "/{*id}")], None);
        check(&[("GET", "/{id}")], &[("GET", "/{{id}}")], None);
        check(&[("GET", "/{id}")], &[("GET", "/{id}.png")], None);
        check(&[], &[], None);
    }

    #[test]
    fn the_spelling_does_not_count() {
        for (a, b) in [
            ("/a", "/%61"),
            ("/~user", "/%7Euser"),
            ("/ä", "/%C3%A4"),
            ("/%c3%a4", "/%C3%A4"),
            ("/{{id}}", "/%7Bid%7D"),
            ("/a%2fb/{id}", "/a%2Fb/{name}"),
            ("/a b", "/a%20b"),
            ("/%zz", "/%zz"),
            ("/%", "/%"),
        ] {
            assert!(same(("GET", a), ("GET", b)), "{a} {b}");
            assert_eq!(hash(("GET", a)), hash(("GET", b)), "{a} {b}");
            assert_eq!(numbered(a), numbered(b), "{a} {b}");
        }
        for (a, b) in [
            ("/a", "/A"),
            ("/a/b", "/a%2Fb"),
            ("/a:b", "/a%3Ab"),
            ("/%", "/%25"),
            ("/%61", "/%2561"),
            ("/ä", "/a"),
            ("/{a}", "/%7Ba%7D"),
        ] {
            assert!(!same(("GET", a), ("GET", b)), "{a} {b}");
            assert_ne!(numbered(a), numbered(b), "{a} {b}");
        }
    }

    #[test]
    fn every_request_of_a_route_counts() {
        const SEARCH: &[Request] = &[("GET", "/search"), ("POST", "/search"), ("GET", "/find")];
        check(SEARCH, &[("PUT", "/search"), ("POST", "/find")], None);
        check(
            SEARCH,
            &[("POST", "/find"), ("POST", "/search")],
            Some((1, 1)),
        );
        check(SEARCH, &[("GET", "/find")], Some((2, 0)));
        let twice = [route(&[("GET", "/{a}"), ("GET", "/{b}")])];
        assert_eq!(find::<8>(&twice), Some(((0, 0), (0, 1))));
    }

    #[test]
    fn the_message_names_both() {
        const ROUTES: &[RouteInfo] = &[
            route(&[("GET", "/{id}")]),
            route(&[("PUT", "/"), ("GET", "/{name}")]),
        ];
        let found = find::<{ slots(ROUTES) }>(ROUTES);
        let text = message::<100>(ROUTES, found);
        let text = std::str::from_utf8(&text[..length(ROUTES, found)]).expect("text");
        assert_eq!(
            text,
            "app::handler and app::handler answer the same request \
             (GET /{id} and GET /{name}) [route-conflict]"
        );
    }

    #[test]
    fn every_slot_can_be_taken() {
        const ROUTES: &[RouteInfo] = &[
            route(&[("GET", "/a")]),
            route(&[("GET", "/b"), ("GET", "/c")]),
        ];
        assert_eq!(slots(ROUTES), 8);
        assert_eq!(find::<{ slots(ROUTES) }>(ROUTES), None);
    }
}
