//! Does rustc agree with the oracle that the walk is tested against?
//!
//! The same bodies, by the same generator, as in `macros/src/analyze/tests/property.rs`: a handler
//! is to be accepted if and only if the oracle has nothing against its body. Each is written in
//! several ways that change nothing about that, and are what the walk cannot see through: sends in
//! macros of the user's, initialisers that leave, `#[cfg]`, helpers in the body, a handler that a
//! `macro_rules!` makes.
//!
//! `SENDOFF_GENERATED=20000 cargo test -p sendoff-tests --test it -- generated` looks at that many.

use std::collections::BTreeSet;
use std::env;

use crate::support::scratch::{Source, check, program};

#[path = "../../macros/src/analyze/tests/bodies/mod.rs"]
mod bodies;

use bodies::generate::{Words, body};
use bodies::graph::Truth;
use bodies::oracle::World;
use bodies::print::print;

/// What bodies call, and what some of them are written with.
const PRELUDE: &str = r#"#![allow(warnings)]
use sendoff::{Reply, StatusCode, handler, reply, send};
fn work() {}
async fn tick() {}
fn fatal() -> ! { std::process::exit(1) }
fn ready() -> bool { true }
fn pick() -> u8 { 3 }
fn id(n: u8) -> u8 { n }
fn text(n: u8) -> String { n.to_string() }
fn fetch() -> Result<u8, StatusCode> { Ok(3) }
macro_rules! noop { ($($any:tt)*) => { () } }
macro_rules! deny { ($($reply:tt)*) => { send!($($reply)*) } }
macro_rules! denied { ($status:expr $(, $body:expr)?) => {{ let _ = 1; send!($status $(, $body)?) }} }
macro_rules! made {
    ($name:ident, $n:ident, $m:ident, $body:block) => {
        #[handler]
        async fn $name(mut $n: u8, $m: Option<u8>) $body
    };
}
fn main() {}
"#;

/// How many handlers, if nobody asks for more.
const COUNT: usize = 400;
/// How many stand in one program.
const IN_A_PROGRAM: usize = 400;

/// A body of which rustc's opinion is known.
struct Judged {
    source: String,
    /// Whether it accepts it.
    is_right: bool,
    /// Is dead code all that is wrong with it?
    is_only_dead: bool,
}

fn judged(seed: u64, words: Words) -> Option<Judged> {
    let body = body(seed, 6 + usize::try_from(seed % 12).ok()?, words);
    let source = print(&body);
    // rustc takes no attribute on an assignment.
    if source.contains("] n += 1") {
        return None;
    }
    let truth = Truth::of(&body, World::TRUTH);
    // Of dead code behind what the walk cannot be sure of rustc only warns, or, where the walk
    // cannot read a macro, warns of none.
    let is_certain = words == Words::Known;
    // Nobody writes code behind a call that never returns, so the walk takes calls to return.
    let taken = Truth::of(
        &body,
        World {
            calls_return: true,
            ..World::TRUTH
        },
    );
    if truth.is_right() && !taken.real.dead.is_empty() {
        return None;
    }
    if truth.is_right() {
        let is_plain = is_certain || !source.contains("noop!");
        return (is_plain && truth.hidden_ends.is_empty()).then_some(Judged {
            source,
            is_right: true,
            is_only_dead: false,
        });
    }
    let mut real = truth.real;
    let is_dead = !real.dead.is_empty();
    real.dead.clear();
    let is_only_dead = is_dead && real.is_empty();
    (is_certain && is_only_dead || !real.is_empty()).then_some(Judged {
        source,
        is_right: false,
        is_only_dead,
    })
}

/// A way to write a body, and whether it is as right as before.
type Way = fn(&str, &str) -> String;

const WAYS: &[(&str, Way)] = &[
    ("as it is", handler),
    ("sends in a macro of the user's", |name, body| {
        let body = body.replace("sendoff::send!(", "send!(");
        handler(name, &body.replace("send!(", "deny!("))
    }),
    (
        "every other send in a macro with fragments",
        |name, body| {
            let body = body.replace("sendoff::send!(", "send!(");
            let mut pieces = body.split("send!(");
            let first = pieces.next().unwrap_or_default().to_owned();
            let body = pieces.enumerate().fold(first, |body, (at, piece)| {
                body + ["send!(", "denied!("][at % 2] + piece
            });
            handler(name, &body)
        },
    ),
    ("a send that a `#[cfg]` takes away", |name, body| {
        handler(name, &format!("#[cfg(any())]\nsend!(\"never\");\n{body}"))
    }),
    ("a helper in the body", |name, body| {
        let helper = "fn helper(n: u8) -> Result<u8, Reply> {\nif n == 77 {\nsend!(404);\n}\nOk(n)\n}\n\
                      let _ = helper(n)?;\n";
        handler(name, &format!("{helper}{body}"))
    }),
    ("an initialiser that may leave", |name, body| {
        let initialiser =
            "let _z: i64 = if n == 78 { deny!(403) } else if n == 79 { fatal() } else { 5 };\n";
        handler(name, &format!("{initialiser}{body}"))
    }),
    ("made by a macro", |name, body| {
        format!("made!({name}, n, m, {{\n{body}\n}});\n")
    }),
];

/// What may not come back, as an operand too.
const OPERANDS: &[&str] = &[
    "loop {",
    "fatal()",
    "panic!",
    "unreachable!",
    "todo!",
    "exit(",
    "return",
    "break",
    "continue",
];

fn handler(name: &str, body: &str) -> String {
    format!("#[handler]\nasync fn {name}(mut n: u8, m: Option<u8>) {{\n{body}\n}}\n")
}

/// A handler, how it is written, and whether rustc is to accept it.
struct Case {
    text: String,
    way: &'static str,
    is_right: bool,
}

fn cases(count: usize) -> Vec<Case> {
    let judged =
        (10_000..).flat_map(|seed| [Words::Known, Words::All].map(|words| judged(seed, words)));
    let mut cases = Vec::new();
    let mut of_each = [0_usize; 2];
    for Judged {
        source,
        is_right,
        is_only_dead,
    } in judged.flatten()
    {
        let number = cases.len();
        if number == count {
            break;
        }
        // As many that are right as that are wrong.
        let (have, others) = (
            of_each[usize::from(is_right)],
            of_each[usize::from(!is_right)],
        );
        if have > others {
            continue;
        }
        let (way, write) = WAYS[(number / 2) % WAYS.len()];
        // An operand that never comes back is dead code of the user's own, which is an error where
        // the walk cannot read all.
        let is_plain = |source: &str| !OPERANDS.iter().any(|it| source.contains(it));
        let hides = way != WAYS[0].0;
        if is_right && hides && !is_plain(&source) {
            continue;
        }
        // Behind a send in a macro rustc sees dead statements, but not a dead condition.
        if is_only_dead && way.contains("macro") {
            continue;
        }
        of_each[usize::from(is_right)] += 1;
        // Of a reply that is dropped there is always something to say.
        let is_dropped = is_right && number % 22 == 0;
        let source = if is_dropped {
            format!("reply!(401, \"no\");\n{source}")
        } else {
            source
        };
        cases.push(Case {
            text: write(&format!("show_{number}"), &source),
            way,
            is_right: is_right && !is_dropped,
        });
    }
    cases
}

/// The numbers of the cases that rustc accepts, and of those that are no Rust. An error in one may hide that of another, so those
/// without an error are looked at again until there is none.
fn accepted(package: &str, cases: &[Case]) -> [BTreeSet<usize>; 2] {
    let mut odd = BTreeSet::new();
    let mut left: BTreeSet<usize> = (0..cases.len()).collect();
    loop {
        let mut text = PRELUDE.to_owned();
        // At which line each begins.
        let mut starts = Vec::new();
        for number in &left {
            starts.push((text.lines().count() + 1, *number));
            text.push_str(&cases[*number].text);
        }
        let name = "all";
        let source = Source {
            name: name.to_owned(),
            text,
        };
        let outcome = &check(package, &[source])[name];
        if outcome.accepted {
            return [left, odd];
        }
        let file = program(package, name);
        let number_at = |line: usize| {
            let start = starts.iter().rev().find(|(start, _)| *start <= line);
            start.map(|(_, number)| *number)
        };
        let mut wrong = BTreeSet::new();
        for error in outcome.errors() {
            let numbers = error.lines_in(&file).filter_map(number_at);
            // A plain `continue` in a labelled block, for which the oracle does not look.
            match error.code.as_deref() {
                Some("E0695") => odd.extend(numbers),
                _ => wrong.extend(numbers),
            }
        }
        wrong.extend(&odd);
        let errors: Vec<&str> = outcome.errors().map(|error| &*error.rendered).collect();
        assert!(
            !wrong.is_empty(),
            "an error elsewhere:\n{}",
            errors.join("\n")
        );
        left.retain(|number| !wrong.contains(number));
    }
}

#[test]
fn rustc_agrees_with_the_oracle() {
    let count = env::var("SENDOFF_GENERATED").ok();
    let count = count.map_or(COUNT, |count| count.parse().expect("a number"));
    let cases = cases(count);
    for cases in cases.chunks(IN_A_PROGRAM) {
        let [accepted, odd] = accepted("generated", cases);
        for (number, case) in cases.iter().enumerate() {
            let Case {
                text,
                way,
                is_right,
            } = case;
            if odd.contains(&number) {
                continue;
            }
            let verb = if *is_right { "refused" } else { "accepted" };
            assert_eq!(
                accepted.contains(&number),
                *is_right,
                "{way}: is {verb}:\n{text}"
            );
        }
    }
}
