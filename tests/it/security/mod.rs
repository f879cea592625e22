//! Can the holes of other frameworks be written here?
//!
//! CWE-698, "execution after redirect", in 38 published cases. `docs/security.md` has a row for
//! each, which names its test. `handlers` and `guards` repeat the control flow of the original,
//! without the `return` that it forgot, and count what must not run; `refused` are the programs
//! that the compiler refuses.

mod guards;
mod handlers;
mod refused;

use std::collections::BTreeSet;

use sendoff::{App, FromRef, Routes};

use crate::guard::Counter;
use crate::support::wire::Running;

/// What must not reach a client who may not see it.
const SECRET: &str = "the secret page";

/// The harm: how often the code ran that is only for those who may.
#[derive(Clone, Default)]
struct Harm(Counter);

impl FromRef<Harm> for Counter {
    fn from_ref(harm: &Harm) -> Self {
        harm.0.clone()
    }
}

/// Asks for `/` without credentials, which must be denied with this status and do no harm; and
/// with them, which must do what the page is for: else the test would prove nothing.
async fn check(routes: Routes<Harm>, method: &str, denied: u16) {
    let harm = Harm::default();
    let server = Running::start(App::new(harm.clone()).routes(routes)).await;
    let mut wire = server.connect().await;
    wire.request(&format!("{method} /"), &[], "").await;
    let answer = wire.answer(false).await;
    assert_eq!(answer.status, denied);
    assert!(!answer.body.contains(SECRET), "{}", answer.body);
    assert_eq!(harm.0.count(), 0, "code ran behind the denial");

    wire.request(&format!("{method} /"), &["token: admin"], "")
        .await;
    let answer = wire.answer(false).await;
    server.stop();
    assert_eq!((answer.status, answer.body.as_str()), (200, SECRET));
    assert_eq!(harm.0.count(), 1);
}

/// Defines a test for each case: its name, the method of the request, the status of the denial,
/// and the items, of which `page` is the routed handler.
macro_rules! cases {
    ($($(#[$about:meta])* $name:ident($method:ident, $denied:literal) { $($code:tt)* })*) => {
        $(
            $(#[$about])*
            #[tokio::test]
            async fn $name() {
                $($code)*
                $crate::security::check(sendoff::routes![page], stringify!($method), $denied).await;
            }
        )*
        /// The names of the tests.
        pub(super) const NAMES: &[&str] = &[$(stringify!($name)),*];
    };
}
use cases;

#[test]
fn every_case_has_its_row_in_the_docs() {
    let docs = include_str!("../../../docs/security.md");
    let rows: Vec<&str> = docs
        .lines()
        .filter(|line| {
            let cell = line.strip_prefix("| ").unwrap_or_default();
            cell.starts_with(|first: char| first.is_ascii_digit())
        })
        .collect();
    assert_eq!(rows.len(), 38, "the published cases");
    let documented: BTreeSet<&str> = rows
        .iter()
        .map(|row| row.rsplit('`').nth(1).expect("a row ends in its test"))
        .collect();
    let tested: BTreeSet<&str> = [handlers::NAMES, guards::NAMES, refused::NAMES]
        .concat()
        .into_iter()
        .collect();
    assert_eq!(documented, tested, "docs/security.md and the tests differ");
}
