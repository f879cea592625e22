//! What becomes of a server whose clients mean it ill? `docs/limits.md` has the same tables.

mod bodies;
mod descriptors;
mod frames;
mod http1;
mod http2;
mod http2_slow;
mod idle;
mod limits;
mod requests;
mod scripts;
mod slow;

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};

use sendoff::{App, Body, State, handler, routes, send};

use crate::support::wire::Running;

/// How often a request was answered that nobody sent.
type Smuggled = Arc<AtomicUsize>;

#[handler(GET "/")]
async fn hello() {
    send!("hello");
}

#[handler(POST "/echo")]
async fn echo(body: String) {
    send!(body);
}

#[handler(POST "/unread")]
async fn unread() {
    send!("unread");
}

#[handler(GET "/bare")]
async fn bare() {
    send!(404);
}

#[handler(GET "/host")]
async fn host(headers: sendoff::HeaderMap) {
    send!(headers["host"].to_str().expect("text").to_owned());
}

#[handler(GET "/smuggled")]
async fn smuggled(State(smuggled): State<Smuggled>) {
    smuggled.fetch_add(1, Relaxed);
    send!("smuggled");
}

/// Is there one `Cookie`, and is it this one?
#[handler(GET "/cookie")]
async fn cookie(headers: sendoff::HeaderMap) {
    let cookies: Vec<_> = headers.get_all("cookie").iter().collect();
    match cookies[..] {
        [cookie] if cookie == "a=1; b=2; c=3" => send!(200),
        _ => send!(409, format!("{cookies:?}")),
    }
}

/// More than the sockets of both sides hold.
const LARGE: usize = 64 * 1024 * 1024;

#[handler(GET "/large")]
async fn large() {
    send!(200, Body::from(vec![b'x'; LARGE]));
}

/// One byte at a time.
#[handler(GET "/bytes")]
async fn bytes() {
    let bytes = b"hello".map(|byte| Ok::<_, std::io::Error>([byte].to_vec()));
    send!(200, Body::from_stream(futures_util::stream::iter(bytes)));
}

#[handler(GET "/never")]
async fn never() {
    std::future::pending::<()>().await;
    send!("never");
}

fn app(smuggled: &Smuggled) -> App<Smuggled> {
    let routes = routes![
        hello, echo, unread, host, smuggled, large, never, bytes, bare, cookie
    ];
    App::new(Arc::clone(smuggled)).routes(routes)
}

/// Fails unless the server answers the next client.
async fn serves(server: &Running) {
    let mut wire = server.connect().await;
    wire.request("GET /", &["connection: close"], "").await;
    let answer = wire.answer(false).await;
    assert_eq!((answer.status, &*answer.body), (200, "hello"));
}
