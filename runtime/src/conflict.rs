//! Do two routes of one `routes![..]` answer the same request?
//!
//! Everything here runs while compiling, in a constant that `routes!` makes. A table of hashes
//! keeps it linear: rustc gives a constant two million steps before it complains, which 400 routes
//! compared in pairs would come near.

use crate::route::RouteInfo;

/// The first two routes that answer the same request, if any.
///
/// `SLOTS` is a power of two, and more than there are routes.
pub const fn find<const SLOTS: usize>(routes: &[RouteInfo]) -> Option<(usize, usize)> {
    // The number of a route plus one; 0 is free.
    let mut slots = [0_usize; SLOTS];
    let mut at = 0;
    while at < routes.len() {
        // A route that was refused has no pattern, and its error is on record.
        if routes[at].pattern.is_empty() {
            at += 1;
            continue;
        }
        let mut slot = hash(&routes[at]) as usize & (SLOTS - 1);
        while slots[slot] != 0 {
            let other = slots[slot] - 1;
            if same(&routes[at], &routes[other]) {
                return Some((other, at));
            }
            slot = (slot + 1) & (SLOTS - 1);
        }
        slots[slot] = at + 1;
        at += 1;
    }
    None
}

/// How many slots [`find`] needs for as many routes.
pub const fn slots(routes: usize) -> usize {
    (2 * routes + 1).next_power_of_two()
}

/// The next byte that counts, and where to go on: the name of a parameter does not, so that
/// `{id}` and `{name}` are the same. 0 at the end.
const fn significant(pattern: &[u8], at: usize) -> (u8, usize) {
    if at >= pattern.len() {
        return (0, at);
    }
    let doubled = at + 1 < pattern.len() && pattern[at + 1] == pattern[at];
    if pattern[at] != b'{' || doubled {
        let step = if doubled && (pattern[at] == b'{' || pattern[at] == b'}') {
            2
        } else {
            1
        };
        return (pattern[at], at + step);
    }
    let rest = at + 1 < pattern.len() && pattern[at + 1] == b'*';
    let mut end = at;
    while end < pattern.len() && pattern[end] != b'}' {
        end += 1;
    }
    // No byte of UTF-8 is one of these two.
    (if rest { 0xFE } else { 0xFF }, end + 1)
}

/// FNV-1a over the method and what counts of the pattern.
const fn hash(route: &RouteInfo) -> u32 {
    let mut hash = 0x811c_9dc5_u32;
    let method = route.method.as_bytes();
    let mut at = 0;
    while at < method.len() {
        hash = (hash ^ method[at] as u32).wrapping_mul(0x0100_0193);
        at += 1;
    }
    let pattern = route.pattern.as_bytes();
    let mut at = 0;
    while at < pattern.len() {
        let (byte, next) = significant(pattern, at);
        hash = (hash ^ byte as u32).wrapping_mul(0x0100_0193);
        at = next;
    }
    hash
}

const fn same(a: &RouteInfo, b: &RouteInfo) -> bool {
    let (a_method, b_method) = (a.method.as_bytes(), b.method.as_bytes());
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
    let (a, b) = (a.pattern.as_bytes(), b.pattern.as_bytes());
    let (mut i, mut j) = (0, 0);
    loop {
        let (x, next_i) = significant(a, i);
        let (y, next_j) = significant(b, j);
        if x != y {
            return false;
        }
        if x == 0 {
            return true;
        }
        (i, j) = (next_i, next_j);
    }
}

/// What the error says, in pieces.
const fn pieces<'a>(a: &'a RouteInfo, b: &'a RouteInfo) -> [&'a str; 11] {
    [
        a.handler,
        " and ",
        b.handler,
        " answer the same request (",
        a.method,
        " ",
        a.pattern,
        " and ",
        b.pattern,
        ") [route-conflict]",
        "",
    ]
}

/// The length of the error's text.
pub const fn length(routes: &[RouteInfo], found: Option<(usize, usize)>) -> usize {
    let Some((a, b)) = found else {
        return 0;
    };
    let pieces = pieces(&routes[a], &routes[b]);
    let (mut length, mut at) = (0, 0);
    while at < pieces.len() {
        length += pieces[at].len();
        at += 1;
    }
    length
}

/// The error's text.
pub const fn message<const LENGTH: usize>(
    routes: &[RouteInfo],
    found: Option<(usize, usize)>,
) -> [u8; LENGTH] {
    let mut text = [0; LENGTH];
    let Some((a, b)) = found else {
        return text;
    };
    let pieces = pieces(&routes[a], &routes[b]);
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
    use super::{find, length, message, slots};
    use crate::route::RouteInfo;

    const fn route(method: &'static str, pattern: &'static str) -> RouteInfo {
        RouteInfo {
            method,
            pattern,
            handler: "app::handler",
        }
    }

    #[track_caller]
    fn check(a: (&'static str, &'static str), b: (&'static str, &'static str), conflict: bool) {
        let routes = [route(a.0, a.1), route("GET", "/other"), route(b.0, b.1)];
        let found = find::<8>(&routes);
        assert_eq!(found, conflict.then_some((0, 2)), "{a:?} and {b:?}");
    }

    #[test]
    fn names_of_parameters_do_not_count_and_all_else_does() {
        check(("GET", "/a"), ("GET", "/a"), true);
        check(("GET", "/{id}"), ("GET", "/{name}"), true);
        check(("GET", "/{id}/x/{*r}"), ("GET", "/{n}/x/{*rest}"), true);
        check(("GET", "/a"), ("POST", "/a"), false);
        check(("GET", "/a"), ("GET", "/a/"), false);
        check(("GET", "/{id}"), ("GET", "/{*id}"), false);
        check(("GET", "/{id}"), ("GET", "/{{id}}"), false);
        check(("GET", "/{id}"), ("GET", "/{id}.png"), false);
        check(("GET", "/ä"), ("GET", "/ä"), true);
        check(("GET", ""), ("GET", ""), false);
    }

    #[test]
    fn the_message_names_both() {
        let routes = [route("GET", "/{id}"), route("GET", "/{name}")];
        let found = find::<{ slots(2) }>(&routes);
        let text = message::<100>(&routes, found);
        let text = std::str::from_utf8(&text[..length(&routes, found)]).expect("text");
        assert_eq!(
            text,
            "app::handler and app::handler answer the same request \
             (GET /{id} and /{name}) [route-conflict]"
        );
    }

    #[test]
    fn every_slot_can_be_taken() {
        let routes = [route("GET", "/a"), route("GET", "/b"), route("GET", "/c")];
        assert_eq!(find::<{ slots(3) }>(&routes), None);
    }
}
