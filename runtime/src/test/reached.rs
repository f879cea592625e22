//! Which sends has no test reached?

use std::collections::{HashMap, HashSet};
use std::sync::{LazyLock, Mutex, MutexGuard, PoisonError};
use std::{env, fmt, fs, path::Path};

use crate::response::SendSite;
use crate::site::{self, SendSites};

/// What this process knows.
#[derive(Debug, Default)]
struct Known {
    /// The handlers of the apps that were asked.
    handlers: Vec<(&'static str, SendSites)>,
    /// The columns of what was reached, by file and line.
    reached: HashMap<(&'static str, u32), HashSet<u32>>,
}

static KNOWN: LazyLock<Mutex<Known>> = LazyLock::new(Mutex::default);

fn known() -> MutexGuard<'static, Known> {
    KNOWN.lock().unwrap_or_else(PoisonError::into_inner)
}

/// A response was sent here.
pub(crate) fn reach(site: SendSite) {
    let line = (site.file(), site.line());
    known()
        .reached
        .entry(line)
        .or_default()
        .insert(site.column());
}

/// A `send!` that no request of a client has reached.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Unreached {
    site: SendSite,
    handler: &'static str,
}

impl Unreached {
    /// Where it is.
    pub fn site(&self) -> SendSite {
        self.site
    }

    /// The path of its handler.
    pub fn handler(&self) -> &'static str {
        self.handler
    }
}

impl fmt::Display for Unreached {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} in {}", self.site, self.handler)
    }
}

/// The sends that were not reached yet, of the routed handlers of all apps that a
/// [`Client`](super::Client) of this process was made for. Those of plain handlers, guards and
/// helpers are not among them.
///
/// ```
/// use sendoff::test::{Client, unreached};
/// # use sendoff::{App, handler, routes, send};
///
/// #[handler(GET "/users/{id}")]
/// async fn show(id: u64) {
///     if id == 0 {
///         send!(404);
///     }
///     send!("a user");
/// }
///
/// # let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
/// # runtime.block_on(async {
/// let client = Client::new(App::new(()).routes(routes![show]));
/// client.get("/users/7").await.assert_status(200);
/// assert_eq!(unreached().len(), 1); // the 404
/// client.get("/users/0").await.assert_status(404);
/// assert!(unreached().is_empty());
/// # });
/// ```
pub fn unreached() -> Vec<Unreached> {
    let known = known();
    let mut unreached = Vec::new();
    for &(handler, sends) in &known.handlers {
        let mut before = None;
        for site in sends.iter() {
            if !known.has_reached(site, before) {
                unreached.push(Unreached { site, handler });
            }
            before = Some(site);
        }
    }
    unreached.sort_unstable();
    unreached.dedup();
    unreached
}

impl Known {
    /// A site is where the macro's name is, and a response says where the macro's path begins: a
    /// little before, but behind the site before.
    fn has_reached(&self, site: SendSite, before: Option<SendSite>) -> bool {
        let before = before
            .filter(|before| before.line() == site.line())
            .map_or(0, |before| before.column());
        let columns = self.reached.get(&(site.file(), site.line()));
        let mut columns = columns.into_iter().flatten();
        columns.any(|column| (before + 1..=site.column()).contains(column))
    }
}

/// An app whose sends are on the list.
#[derive(Debug)]
pub(super) struct Listed;

impl Listed {
    pub(super) fn new(handlers: impl Iterator<Item = (&'static str, SendSites)>) -> Self {
        site::ask();
        known().handlers.extend(handlers);
        Listed
    }
}

/// The last use of a client writes what is left.
impl Drop for Listed {
    fn drop(&mut self) {
        if let Some(directory) = env::var_os("SENDOFF_UNREACHED")
            && let Err(fault) = write(Path::new(&directory))
        {
            eprintln!(
                "error: cannot write to `{}`, which `SENDOFF_UNREACHED` names: {fault}",
                Path::new(&directory).display()
            );
        }
    }
}

fn write(directory: &Path) -> std::io::Result<()> {
    let binary = env::current_exe()?;
    let mut name = binary.file_stem().unwrap_or_default().to_owned();
    name.push(".txt");
    let lines: String = unreached().iter().map(|site| format!("{site}\n")).collect();
    fs::create_dir_all(directory)?;
    fs::write(directory.join(name), lines)
}
