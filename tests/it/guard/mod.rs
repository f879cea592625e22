//! Does a guard let through what it should, and nothing else?

mod on_axum;
mod once;
mod optional;
mod shapes;
mod socket;

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use sendoff::{FromRef, HeaderMap, State, guard, send};

/// How often some code ran.
#[derive(Clone, Debug, Default)]
pub(crate) struct Counter(Arc<AtomicUsize>);

impl Counter {
    pub(crate) fn add(&self) {
        self.0.fetch_add(1, Ordering::SeqCst);
    }

    pub(crate) fn count(&self) -> usize {
        self.0.load(Ordering::SeqCst)
    }
}

/// The state of the apps in here.
#[derive(Clone, Default)]
struct Site {
    /// How often a guard ran.
    guards: Counter,
    /// How often a handler ran.
    handlers: Handlers,
}

#[derive(Clone, Default)]
struct Handlers(Counter);

impl FromRef<Site> for Counter {
    fn from_ref(site: &Site) -> Self {
        site.guards.clone()
    }
}

impl FromRef<Site> for Handlers {
    fn from_ref(site: &Site) -> Self {
        site.handlers.clone()
    }
}

#[derive(Clone, Debug, PartialEq)]
struct User {
    name: String,
}

/// Who is logged in.
#[guard(LoggedIn)]
async fn logged_in(headers: HeaderMap, State(guards): State<Counter>) -> User {
    guards.add();
    let Some(token) = headers.get("token") else {
        send!(401, [("www-authenticate", "Token")], "log in first");
    };
    match token.to_str() {
        Ok("") => send!(sendoff::Redirect::to("/login")),
        Ok("down") => send!(503, "try later"),
        Ok("hello") => send!("answered by the guard"),
        Ok(name) => User { name: name.into() },
        Err(_) => send!(400, "not a token"),
    }
}
