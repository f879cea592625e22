//! Does work that was sent run where a 500 is sent in its response's stead? Once, and after that.

use sendoff::{App, Outcome, State, after_with, handler, reply, routes, send};
use tokio::sync::mpsc::UnboundedReceiver;

use super::{Signals, Told, hear};
use crate::support::wire::Running;

const SENT: Told = Told::AfterSent;

/// Work that tells its outcome.
fn telling(signals: &Signals) -> sendoff::After {
    let signals = signals.clone();
    after_with(move |outcome| async move {
        signals.tell(match outcome {
            Outcome::Complete => SENT,
            _ => Told::AfterDropped,
        });
    })
}

#[handler(GET "/wrong-length")]
async fn wrong_length(State(signals): State<Signals>) {
    send!(200, telling(&signals), [("content-length", "9")], "text");
}

#[handler(GET "/no-length")]
async fn no_length(State(signals): State<Signals>) {
    send!(200, [("content-length", "x")], telling(&signals), "text");
}

#[handler(GET "/panics")]
async fn panics(State(signals): State<Signals>) {
    let _reply = reply!(200, telling(&signals), "never sent");
    panic!("before its send");
}

fn app() -> (App<Signals>, UnboundedReceiver<Told>) {
    let (signals, heard) = Signals::new();
    let app = App::new(signals).routes(routes![wrong_length, no_length, panics]);
    (app, heard)
}

/// What is sent in the stead of a response that a length does not fit.
#[tokio::test]
async fn of_a_wrong_length() {
    check(&[("/wrong-length", 1), ("/no-length", 1)]).await;
}

/// So many pieces of work run, with the outcome of the 500, over HTTP/1.1 and HTTP/2.
async fn check(cases: &[(&str, usize)]) {
    for format in [false, true] {
        let (app, mut heard) = app();
        let app = match format {
            true => app.problems(|problem| problem.get_title().to_owned()),
            false => app,
        };
        let server = Running::start(app).await;
        let client = crate::socket::http2::connect(server.address).await;
        for (path, times) in cases {
            let mut wire = server.connect().await;
            wire.request(&format!("GET {path}"), &[], "").await;
            assert_eq!(wire.answer(false).await.status, 500, "{path}");
            let told = hear(&mut heard, *times).await;
            assert_eq!(told, vec![SENT; *times], "{path}");

            assert_eq!(client.get(path).await.0, 500, "{path} over HTTP/2");
            let told = hear(&mut heard, *times).await;
            assert_eq!(told, vec![SENT; *times], "{path} over HTTP/2");
        }
        drop(client);
        server.stop().ended().await;
        assert!(heard.try_recv().is_err(), "once");
    }
}

#[tokio::test]
async fn but_not_of_a_response_that_was_not_sent() {
    let (app, mut heard) = app();
    let server = Running::start(app).await;
    let mut wire = server.connect().await;
    wire.request("GET /panics", &[], "").await;
    assert_eq!(wire.answer(false).await.status, 500);
    server.stop().ended().await;
    assert!(heard.try_recv().is_err());
}
