//! In paused time a handler that waits for an hour answers at once.

use std::time::Duration;

use sendoff::test::Client;
use sendoff::{App, handler, routes, send};
use tokio::time::{Instant, sleep};

#[handler(GET "/slow")]
async fn slow() {
    sleep(Duration::from_secs(3_600)).await;
    send!("at last");
}

#[tokio::test(start_paused = true)]
async fn time_jumps() {
    let client = Client::new(App::new(()).routes(routes![slow]));
    let before = Instant::now();
    client.get("/slow").await.assert_text("at last");
    assert_eq!(before.elapsed().as_secs(), 3_600);
}
