//! Which of the holes does the compiler refuse to build?
//!
//! The check of the original is in something that cannot end the request: a helper, a filter that
//! became a plain call, a task that outlives its request.

use crate::support::scratch::{Outcome, Source, check};

const PRELUDE: &str = "
use sendoff::{HeaderMap, Redirect, State, guard, handler, send};
fn is_admin(headers: &HeaderMap) -> bool { headers.get(\"token\").is_some() }
fn work() -> &'static str { \"the secret page\" }
fn main() {}
";

/// A hole, and what rustc has to say about it.
struct Refused {
    name: &'static str,
    error: &'static str,
    program: &'static str,
}

/// The names of the published ones.
pub(super) const NAMES: &[&str] = &[
    "hanayo_247",
    "hospital_management_system_6",
    "yuiseki_936000",
    "stuff_to_help_you_out_2011",
    "golang_go_19959",
    "gin_timeout_84",
];

const CASES: &[Refused] = &[
    Refused {
        name: "hanayo_247",
        error: "this `send!` cannot leave a function that returns `()`",
        program: "
fn forbidden() { send!(403, \"go away\") }
#[handler]
async fn page(headers: HeaderMap) {
    if !is_admin(&headers) { forbidden(); }
    send!(work());
}",
    },
    Refused {
        name: "hospital_management_system_6",
        error: "this `send!` cannot leave a function that returns `bool`",
        program: "
fn check_login(headers: &HeaderMap) -> bool {
    if !is_admin(headers) { send!(Redirect::to(\"/login\")); }
    true
}
#[handler]
async fn page(headers: HeaderMap) {
    check_login(&headers);
    send!(work());
}",
    },
    Refused {
        name: "yuiseki_936000",
        error: "a `send!` inside a closure cannot end the handler [send-in-closure]",
        program: "
#[handler]
async fn page(headers: HeaderMap) {
    let check_admin = || if !is_admin(&headers) { send!(Redirect::to(\"/\")); };
    check_admin();
    send!(work());
}",
    },
    Refused {
        name: "stuff_to_help_you_out_2011",
        error: "this `send!` cannot leave a function that returns `()`",
        program: "
async fn authorize(headers: &HeaderMap) {
    if !is_admin(headers) { send!(401); }
}
#[handler]
async fn page(headers: HeaderMap) {
    authorize(&headers).await;
    send!(work());
}",
    },
    Refused {
        name: "dropped_denial",
        error: "unused `Result` that must be used",
        program: "
#![deny(unused_must_use)]
#[guard(Authorized)]
async fn authorized(headers: HeaderMap) {
    if !is_admin(&headers) { send!(401); }
}
#[handler]
async fn page(headers: HeaderMap) {
    authorized(headers).await;
    send!(work());
}",
    },
    Refused {
        name: "golang_go_19959",
        error: "a `send!` inside an async block cannot end the handler [send-in-async-block]",
        program: "
#[handler]
async fn page() {
    tokio::spawn(async { send!(work()); });
    send!(202);
}",
    },
    Refused {
        name: "gin_timeout_84",
        error: "a `send!` inside an async block cannot end the handler [send-in-async-block]",
        program: "
#[handler]
async fn page() {
    let slow = tokio::spawn(async { send!(work()) });
    tokio::select! {
        _ = slow => send!(200),
        () = tokio::time::sleep(std::time::Duration::from_secs(1)) => send!(504),
    }
}",
    },
    Refused {
        name: "guard_without_a_user",
        error: "mismatched types",
        program: "
#[guard(Authenticated)]
async fn authenticated(headers: HeaderMap) -> String {
    for name in [\"basic\", \"bearer\"] {
        if headers.contains_key(name) { return Ok(name.to_owned()); }
    }
}",
    },
    Refused {
        name: "code_behind_a_denial",
        error: "this code never runs: `send!` leaves the guard [code-after-send]",
        program: "
#[guard(Admin)]
async fn admin(headers: HeaderMap) {
    if !is_admin(&headers) {
        send!(Redirect::to(\"/login\"));
        println!(\"{}\", work());
    }
}",
    },
    Refused {
        name: "two_answers",
        error: "this second send never happens: `send!` leaves the handler [code-after-send]",
        program: "
#[handler]
async fn page(headers: HeaderMap) {
    send!(Redirect::to(\"/login\"));
    send!(work());
}",
    },
];

/// An inner attribute stands before everything else.
fn source(case: &Refused) -> Source {
    let program = case.program.trim_start();
    let (attribute, items) = match program.split_once('\n') {
        Some((first, rest)) if first.starts_with("#![") => (first, rest),
        _ => ("", program),
    };
    Source {
        name: case.name.to_owned(),
        text: format!("{attribute}\n#![allow(dead_code, unused_imports)]{PRELUDE}{items}"),
    }
}

fn fault(case: &Refused, outcome: &Outcome) -> Option<String> {
    let errors: Vec<&str> = outcome.errors().map(|e| e.message.as_str()).collect();
    let right = matches!(errors[..], [error] if error.starts_with(case.error));
    (!right).then(|| format!("{}: {errors:?}", case.name))
}

#[test]
fn the_compiler_refuses() {
    let sources: Vec<Source> = CASES.iter().map(source).collect();
    let outcomes = check("security", &sources);
    let faults: Vec<String> = CASES
        .iter()
        .filter_map(|case| fault(case, &outcomes[case.name]))
        .collect();
    assert!(faults.is_empty(), "{}", faults.join("\n"));
    for name in NAMES {
        assert!(outcomes.contains_key(*name), "{name} is not tried");
    }
}
