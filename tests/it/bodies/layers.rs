//! Do layers leave streams alone?

use std::convert::Infallible;

use futures_util::stream;
use sendoff::response::Sse;
use sendoff::response::sse::Event;
use sendoff::{App, State, handler, routes, send};
use tokio::sync::broadcast;
use tower_http::compression::CompressionLayer;

use crate::support::wire::Running;

type Said = broadcast::Sender<String>;

#[handler(GET "/events")]
async fn events(State(said): State<Said>) {
    let events = stream::unfold(said.subscribe(), |mut said| async {
        let event = Event::default().data(said.recv().await.ok()?);
        Some((Ok::<_, Infallible>(event), said))
    });
    send!(Sse::new(events));
}

/// Each event comes by itself, however willing the client is to unpack it.
#[tokio::test]
async fn events_are_not_compressed() {
    let said = Said::new(8);
    let app = App::new(said.clone()).routes(routes![events]);
    let server = Running::start(app.layer(CompressionLayer::new())).await;
    let mut wire = server.connect().await;
    wire.request("GET /events", &["accept-encoding: gzip"], "")
        .await;
    assert_eq!(wire.head().await.header("content-encoding"), None);
    for text in ["one", "two"] {
        said.send(text.repeat(100)).expect("a listener");
        let event = format!("data: {}\n\n", text.repeat(100));
        assert_eq!(wire.chunk().await, Some(event));
    }
}
