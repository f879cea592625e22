//! What is answered to a request that is malformed, and what becomes of the connection?

use std::io;

use super::client::{End, MOMENT, Wire};
use super::{Report, Subject, bodies, heads};

#[derive(Clone)]
pub struct Input {
    /// In words.
    pub sends: &'static str,
    pub bytes: Vec<u8>,
    pub want: Want,
}

/// What is right.
#[derive(Clone, Copy)]
pub enum Want {
    /// 4xx, 501 or 505; nothing after it is read.
    Refused,
    /// 4xx, 501 or 505.
    Unserved,
    /// It is refused, or the connection ends without a word.
    NotHttp,
    /// One answer, that of the body's limit.
    TooLarge,
    /// It may be served; nothing after it is read.
    Closing,
    /// 200, and the connection goes on.
    Served,
    /// So many times 200, and the connection goes on.
    Times(usize),
    /// It is served or refused: the standard leaves it open.
    Any,
}

pub fn input(sends: &'static str, bytes: impl Into<Vec<u8>>, want: Want) -> Input {
    let bytes = bytes.into();
    Input { sends, bytes, want }
}

/// What is to be refused, and to close the connection.
pub fn bad(sends: &'static str, bytes: impl Into<Vec<u8>>) -> Input {
    input(sends, bytes, Want::Refused)
}

/// What a proxy that reads the input in another way takes for a request of its own. Only a request
/// that somebody took for one is answered with this number.
pub const SMUGGLED: &str = "GET /users/666 HTTP/1.1\r\nhost: test\r\n\r\n";

/// What the client sends last; it is answered if the connection goes on.
const LAST: &str = "GET /users/777 HTTP/1.1\r\nhost: test\r\nconnection: close\r\n\r\n";

struct Seen {
    statuses: Vec<u16>,
    smuggled: bool,
    /// How the connection ended; none if it went on.
    end: Option<End>,
}

pub fn check(subject: &Subject, report: &mut Report) -> io::Result<()> {
    let server = subject.start()?;
    for input in [heads::inputs(), bodies::inputs()].concat() {
        let seen = see(Wire::connect(server.address)?, &input.bytes);
        report.judge(input.sends, seen.words(), seen.is(input.want));
        let lives = Wire::connect(server.address)?.get("/");
        if lives.is_err() {
            return Err(io::Error::other(format!("dead after {}", input.sends)));
        }
    }
    Ok(())
}

fn see(mut wire: Wire, bytes: &[u8]) -> Seen {
    let mut seen = Seen {
        statuses: Vec::new(),
        smuggled: false,
        end: None,
    };
    // A server may close before it has read all, and its answer may still have come.
    wire.send(bytes).ok();
    let mut last_sent = false;
    loop {
        match wire.answer(MOMENT / 2) {
            Ok(answer) if answer.says("777") => return seen,
            Ok(answer) => {
                seen.smuggled |= answer.says("666");
                seen.statuses.push(answer.status);
            }
            Err(End::Silent) if !last_sent => {
                wire.send(LAST).ok();
                last_sent = true;
            }
            Err(end) => {
                seen.end = Some(end);
                return seen;
            }
        }
    }
}

impl Seen {
    fn words(&self) -> String {
        let statuses = match &*self.statuses {
            [] => "no answer".to_owned(),
            [status] => status.to_string(),
            [status, others @ ..] if others.iter().all(|other| other == status) => {
                format!("{} times {status}", others.len() + 1)
            }
            statuses => statuses
                .iter()
                .map(u16::to_string)
                .collect::<Vec<_>>()
                .join(" "),
        };
        let end = self.end.map_or("goes on", End::words);
        let smuggled = if self.smuggled { ", smuggled" } else { "" };
        format!("{statuses}{smuggled}, {end}")
    }

    fn is(&self, want: Want) -> bool {
        let goes_on = self.end.is_none();
        let closes = matches!(self.end, Some(End::Closed | End::Reset));
        let refused = matches!(&*self.statuses, [400..=499 | 501 | 505]);
        let right = match want {
            Want::Refused => refused && closes,
            Want::Unserved => refused,
            Want::NotHttp => (refused || self.statuses.is_empty()) && closes,
            Want::TooLarge => *self.statuses == [413],
            Want::Closing => (refused || *self.statuses == [200]) && closes,
            Want::Served => *self.statuses == [200] && goes_on,
            Want::Times(times) => {
                goes_on && self.statuses.len() == times && self.statuses.iter().all(|s| *s == 200)
            }
            Want::Any => refused || matches!(&*self.statuses, [200..=399]),
        };
        right && !self.smuggled && self.end != Some(End::Silent)
    }
}
