//! Which handlers does rustc refuse, whatever the analysis says?
//!
//! One line a case: its name, the code of rustc's error or the name of its lint, the slug of our
//! message, the code. A case is refused for the right reason if one of the two is among its errors.

mod bodies;
mod items;

use crate::support::scratch::{self, Outcome, Source};

/// A name, rustc's code, our slug, and the body of `handler(n: u8, o: Option<u8>)` or some items.
type Case = (&'static str, &'static str, &'static str, &'static str);

const PRELUDE: &str = "\
#![allow(unused, clippy::all)]
use sendoff::{Answer, App, IntoResponse, Json, Reply, Response, Sent, StatusCode, handler, reply, routes, send};
use std::future::ready;
fn main() {}
macro_rules! deny { () => { send!(403, \"denied\") } }
macro_rules! call { ($e:expr) => { (|| $e)() } }
macro_rules! lazily { ($e:expr) => { async { $e } } }
macro_rules! twice { ($e:expr) => { { $e; $e } } }
fn helper(n: u8) -> Result<u8, Reply> { if n == 0 { send!(404, \"none\"); } Ok(n) }
";

fn source(case: &Case, items: &str) -> Source {
    Source {
        name: case.0.to_owned(),
        text: format!("{PRELUDE}{items}"),
    }
}

fn body(case: &Case) -> Source {
    let body = case.3;
    let items = format!("#[handler]\nasync fn handler_(n: u8, o: Option<u8>) {{\n    {body}\n}}\n");
    source(case, &items)
}

fn fault(case: &Case, outcome: &Outcome) -> Option<String> {
    let (name, code, slug, text) = case;
    if outcome.accepted {
        return Some(format!("`{name}` compiles: {text}"));
    }
    let as_expected = outcome
        .errors()
        .any(|error| error.code.as_deref() == Some(code) || error.slug() == Some(slug));
    if as_expected {
        return None;
    }
    let errors: Vec<&str> = outcome.errors().map(|error| &*error.rendered).collect();
    let errors = errors.join("\n");
    Some(format!(
        "`{name}` is refused for another reason: {text}\n{errors}"
    ))
}

#[track_caller]
fn check(package: &str, cases: &[Case], source: impl Fn(&Case) -> Source) {
    let sources: Vec<Source> = cases.iter().map(source).collect();
    let outcomes = scratch::check(package, &sources);
    let faults: Vec<String> = cases
        .iter()
        .filter_map(|case| fault(case, outcomes.get(case.0)?))
        .collect();
    assert_eq!(outcomes.len(), cases.len(), "two cases have one name");
    assert!(faults.is_empty(), "{}", faults.join("\n\n"));
}

#[test]
fn bodies_without_an_answer() {
    check("proof_bodies", bodies::CASES, body);
}

#[test]
fn items_without_an_answer() {
    check("proof_items", items::CASES, |case| source(case, case.3));
}
