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

use std::process::ExitCode;
use std::time::Duration;

use sendoff::{App, Html, handler, routes, send};
use sendoff_examples::{Flag, Program, run_and_tell};
use tokio::time::timeout;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::room::Room;

const KEEP_ALIVE: Flag = Flag {
    name: "keep-alive",
    value: "MS",
    default: "15000",
    help: "send a comment after so many milliseconds of silence",
};

/// How long the sockets may take to close at the end.
const FAREWELL: Duration = Duration::from_secs(5);

const PROGRAM: Program = Program {
    name: "live",
    about: "A room where everybody hears what anybody says.",
    flags: &[KEEP_ALIVE],
};

#[tokio::main]
async fn main() -> ExitCode {
    let closing = CancellationToken::new();
    let sockets = TaskTracker::new();
    let status = run_and_tell(&PROGRAM, closing.clone(), |flags| {
        let milliseconds = flags.get(&KEEP_ALIVE).parse()?;
        let room = Room::new(
            closing,
            sockets.clone(),
            Duration::from_millis(milliseconds),
        );
        Ok(App::new(room).routes(routes![
            page,
            events::events,
            events::say,
            events::listeners,
            socket::socket,
        ]))
    });
    let status = status.await;
    // A socket outlives the request that opened it, and the server does not wait for it.
    sockets.close();
    timeout(FAREWELL, sockets.wait()).await.ok();
    status
}

#[handler(GET "/")]
async fn page() {
    send!(Html(include_str!("page.html")));
}
