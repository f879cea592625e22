//! A room where everybody hears what anybody says, at once.
//!
//! | question | file |
//! |---|---|
//! | how does a page listen? (server-sent events) | `events.rs` |
//! | how does a page listen and talk? (a WebSocket) | `socket.rs` |
//! | who hears whom, and when does the room close? | `room.rs` |
//!
//! ```console
//! $ cargo run --bin live
//! $ curl -N http://127.0.0.1:3000/events
//! $ curl http://127.0.0.1:3000/messages -d hello
//! $ curl http://127.0.0.1:3000/listeners
//! ```
//!
//! Or open <http://127.0.0.1:3000> in two windows of a browser.

mod events;
mod room;
mod socket;

use std::num::NonZeroU64;
use std::process::ExitCode;
use std::time::Duration;

use sendoff::{App, Html, handler, routes, send};
use sendoff_examples::{Flag, Program, run_draining};

use crate::room::Room;

const KEEP_ALIVE: Flag = Flag {
    name: "keep-alive",
    value: "MS",
    default: "15000",
    help: "send a comment after so many milliseconds of silence",
};

const PROGRAM: Program = Program {
    name: "live",
    about: "A room where everybody hears what anybody says.",
    flags: &[KEEP_ALIVE],
};

#[tokio::main]
async fn main() -> ExitCode {
    run_draining(&PROGRAM, |flags, draining| {
        let keep_alive: NonZeroU64 = flags.parsed(&KEEP_ALIVE)?;
        let room = Room::new(draining, Duration::from_millis(keep_alive.get()));
        Ok(App::new(room).routes(routes![
            page,
            events::events,
            events::say,
            events::listeners,
            socket::socket,
        ]))
    })
    .await
}

#[handler(GET "/")]
async fn page() {
    send!(Html(include_str!("page.html")));
}
