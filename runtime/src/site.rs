//! Which `send!` answered?
//!
//! A response carries the place of its `send!` while somebody asks: a listener of the request's
//! span, or a test client. Otherwise a send costs one look at a flag more.

use std::fmt;
use std::panic::Location;
use std::sync::atomic::{AtomicBool, Ordering};

use axum_core::response::Response;
use tracing::Level;

use crate::test;

/// The place of a `send!`, or of a [`reply!`](crate::reply), in the source.
///
/// It is in the extensions of a response while somebody asks for it: with a `tracing` subscriber
/// that takes `INFO` of the target `sendoff::request`, and in tests with
/// [`test::Client`](crate::test::Client). Where a response was passed on (`send!(next.run(req).await)`)
/// it is the place where it was made first.
///
/// ```
/// use sendoff::response::SendSite;
/// # use sendoff::{App, handler, routes, send};
///
/// #[handler(GET "/")]
/// async fn home() {
///     send!("home");
/// }
///
/// # let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
/// # runtime.block_on(async {
/// let client = sendoff::test::Client::new(App::new(()).routes(routes![home]));
/// let answer = client.get("/").await;
/// let site: &SendSite = answer.extensions().get().expect("the place of the `send!`");
/// assert!(site.to_string().contains(&format!(":{}:", site.line())));
/// # });
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct SendSite {
    file: &'static str,
    line: u32,
    column: u32,
}

impl SendSite {
    pub(crate) fn new(file: &'static str, line: u32, column: u32) -> Self {
        SendSite { file, line, column }
    }

    /// The file, as the compiler was told of it: in a workspace, from its root.
    pub fn file(&self) -> &'static str {
        self.file
    }

    /// The line, from 1.
    pub fn line(&self) -> u32 {
        self.line
    }

    /// The column of the macro's name or path, from 1.
    pub fn column(&self) -> u32 {
        self.column
    }
}

impl From<&'static Location<'static>> for SendSite {
    fn from(location: &'static Location<'static>) -> Self {
        SendSite::new(location.file(), location.line(), location.column())
    }
}

impl fmt::Display for SendSite {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}:{}", self.file, self.line, self.column)
    }
}

impl fmt::Debug for SendSite {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// All sends of a routed handler, in the order they are written.
#[derive(Clone, Copy, Debug, Default)]
pub struct SendSites {
    /// The file that the handler is in.
    pub file: &'static str,
    /// Line and column of each.
    pub places: &'static [(u32, u32)],
}

impl SendSites {
    pub(crate) fn iter(self) -> impl Iterator<Item = SendSite> {
        let places = self.places.iter();
        places.map(move |&(line, column)| SendSite::new(self.file, line, column))
    }
}

/// Has a test client been made?
static ASKED: AtomicBool = AtomicBool::new(false);

/// From now on every response says where it was sent.
pub(crate) fn ask() {
    ASKED.store(true, Ordering::Relaxed);
}

/// Says where a response was sent, if somebody asks and no earlier send has.
pub(crate) fn mark(mut response: Response, place: &'static Location<'static>) -> Response {
    let tested = ASKED.load(Ordering::Relaxed);
    if tested {
        test::reach(place.into());
    }
    if tested || tracing::enabled!(target: "sendoff::request", Level::INFO) {
        let extensions = response.extensions_mut();
        extensions.get_or_insert_with(|| SendSite::from(place));
    }
    response
}
