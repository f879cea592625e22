//! Does rustc agree with the oracle that the walk is tested against?
//!
//! The same bodies, by the same generator, as in `macros/src/analyze/tests/property.rs`: a handler
//! is to be accepted if and only if the oracle has nothing against its body. Those that are right
//! make one program, since none of them may fail; one that is wrong is a program of its own.

use crate::support::scratch::{Source, check};

#[path = "../../macros/src/analyze/tests/bodies/mod.rs"]
mod bodies;

use bodies::generate::{Words, body};
use bodies::graph::Truth;
use bodies::oracle::World;
use bodies::print::print;

/// The functions that bodies call.
const PRELUDE: &str = r#"
#[allow(unused_imports)]
use sendoff::{StatusCode, handler, reply, send};
fn work() {}
async fn tick() {}
fn fatal() -> ! { std::process::exit(1) }
fn ready() -> bool { true }
fn pick() -> u8 { 3 }
fn id(n: u8) -> u8 { n }
fn text(n: u8) -> String { n.to_string() }
fn fetch() -> Result<u8, StatusCode> { Ok(3) }
macro_rules! noop { ($($any:tt)*) => { () } }
"#;

/// How many of each kind.
const COUNT: usize = 60;

/// A body of which rustc's opinion is known, and whether it accepts it.
fn judged(seed: u64, words: Words) -> Option<(String, bool)> {
    let body = body(seed, 6 + usize::try_from(seed % 12).ok()?, words);
    let source = print(&body);
    let truth = Truth::of(&body, World::TRUTH);
    // Of dead code behind what the walk cannot be sure of rustc only warns, or, where the walk
    // cannot read a macro, warns of none.
    let is_certain = words == Words::Known;
    if truth.is_right() {
        let is_plain = is_certain || !source.contains("noop!");
        return (is_plain && truth.hidden_ends.is_empty()).then_some((source, true));
    }
    let mut real = truth.real;
    if !is_certain {
        real.dead.clear();
    }
    (!real.is_empty()).then_some((source, false))
}

fn handler(name: &str, body: &str) -> String {
    format!("#[handler]\nasync fn {name}(mut n: u8, m: Option<u8>) {{\n{body}\n}}\n")
}

#[test]
fn rustc_agrees_with_the_oracle() {
    let judged =
        (10_000..).flat_map(|seed| [Words::Known, Words::All].map(|words| judged(seed, words)));
    let (mut right, mut wrong) = (Vec::new(), Vec::new());
    for (source, accepted) in judged.flatten() {
        let list = if accepted { &mut right } else { &mut wrong };
        if list.len() < COUNT {
            list.push(source);
        } else if right.len() + wrong.len() == 2 * COUNT {
            break;
        }
    }
    let program = |name: String, handlers: String| Source {
        name,
        text: format!("#![allow(warnings)]{PRELUDE}{handlers}fn main() {{}}\n"),
    };
    let all_right = (0..)
        .zip(&right)
        .map(|(index, body)| handler(&format!("right_{index}"), body));
    let mut sources = vec![program("right".to_owned(), all_right.collect())];
    for (index, body) in (0..).zip(&wrong) {
        sources.push(program(format!("wrong_{index}"), handler("wrong", body)));
    }

    let outcomes = check("generated", &sources);
    let outcome = &outcomes["right"];
    let errors: Vec<&str> = outcome.errors().map(|error| &*error.rendered).collect();
    assert!(outcome.accepted, "{}", errors.join("\n"));
    for source in &sources[1..] {
        assert!(
            !outcomes[&source.name].accepted,
            "is accepted:\n{}",
            source.text
        );
    }
}
