//! What has lints of its own, which the user allows, or the expansion does.

use sendoff::{App, Query, guard, handler, routes, send};

/// One that nobody should use.
#[deprecated = "to see who is told"]
#[derive(Debug, serde::Deserialize)]
pub struct Old {
    name: String,
}

/// Guards itself.
#[handler(GET "/operand/{page}")]
pub fn operand(page: u8) {
    let is_few = page < 9 || send!(404);
    send!(200, is_few.to_string());
}

/// Calls what does not return.
#[handler(GET "/calls")]
pub fn calls() {
    fatal();
}

fn fatal() -> ! {
    panic!("nothing works")
}

/// Is deprecated with its type.
#[deprecated = "to see who is told"]
#[guard(Former)]
pub fn former() {
    send!(410)
}

/// Takes what is deprecated.
#[allow(deprecated, reason = "who has the link of old")]
#[handler(GET "/old")]
pub fn old(Query(query): Query<Old>, _: Former) {
    send!(query.name);
}

/// On a condition.
#[cfg_attr(all(), allow(deprecated, reason = "who has the link of old"))]
#[handler(GET "/older")]
pub fn older(Query(query): Query<Old>) {
    send!(query.name);
}

/// The app.
#[must_use]
pub fn app() -> App {
    return App::new(()).routes(routes![operand, calls, old, older]);
}
