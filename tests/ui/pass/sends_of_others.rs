//! A `send!` of another crate or module is left alone, whatever it takes.
#![deny(warnings)]

mod chan {
    macro_rules! send_to {
        ($channel:expr, $($text:tt)*) => { $channel.push(format!($($text)*)) };
    }
    pub(crate) use send_to as send;
}

mod of_another {
    use sendoff::{guard, handler, send};

    use super::chan;

    #[handler]
    pub(crate) async fn show(n: u8) {
        let mut out = Vec::new();
        chan::send!(out, "one {n}");
        super::chan::send!(out, "two");
        let mut more = || chan::send!(out, "three");
        more();
        if n > 4 {
            send!(404, chan::send!(out, "four"));
        }
        sendoff::send!(200, out.join(", "));
    }

    #[guard(Small)]
    pub(crate) fn small(headers: sendoff::HeaderMap) -> usize {
        let mut out = Vec::new();
        if headers.is_empty() {
            return ::sendoff::send!(400, "none");
        }
        chan::send!(out, "five");
        out.len()
    }
}

mod of_the_module {
    use sendoff::handler;

    macro_rules! send {
        ($channel:expr; $text:literal) => { $channel.push($text) };
    }

    #[handler]
    pub(crate) async fn show(n: u8) {
        let mut out = Vec::new();
        send!(out; "one");
        if n > 4 {
            return sendoff::send!(404);
        }
        let _ = n != 3 || sendoff::send!(403);
        send!(out; "two");
        sendoff::send!(200, out.join(", "))
    }
}

mod prelude {
    pub(crate) use sendoff::{handler, send};
}

/// A path of the user's own to ours ends the handler all the same.
#[prelude::handler]
async fn by_a_path_of_ones_own(n: u8) {
    if n > 4 {
        prelude::send!(404);
    }
    crate::prelude::send!(200, n.to_string())
}

fn main() {
    drop(of_another::show(1));
    drop(of_another::Small(1));
    drop(of_the_module::show(1));
    drop(by_a_path_of_ones_own(1));
}
