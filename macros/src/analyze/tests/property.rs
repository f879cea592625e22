//! Does the walk agree with an oracle on bodies that nobody wrote?
//!
//! It may also say that it cannot tell: by its verdict, by a suspect, or by taking a call to
//! return. How often it does is counted, and must not grow.

use super::bodies::generate::{Words, body};
use super::bodies::grammar::Body;
use super::bodies::graph::{Lines, Mistakes, Truth};
use super::bodies::oracle::World;
use super::bodies::print::print;
use super::{Mistake, Report, Verdict, report};

/// How many bodies each test makes. With thirty times as many nothing else is found.
const COUNT: usize = 2_000;

/// How the walk and the oracle compare on one body.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Outcome {
    Agree,
    CannotTell,
}

/// What the walk found, by line.
struct Found {
    ends: Lines,
    dead: Lines,
    foreign: Lines,
    returns: Lines,
    suspects: Lines,
}

impl Found {
    fn of(report: &Report) -> Found {
        let lines = |is_meant: fn(&Mistake) -> bool| {
            let meant = report
                .findings
                .iter()
                .filter(|found| is_meant(&found.mistake));
            meant.map(|found| found.place.start.start().line).collect()
        };
        let suspects = report.suspects.iter();
        Found {
            ends: lines(|mistake| matches!(mistake, Mistake::MissingSend(_))),
            dead: lines(|mistake| matches!(mistake, Mistake::CodeAfterSend(_))),
            foreign: lines(|mistake| matches!(mistake, Mistake::SendInScope(_))),
            returns: lines(|mistake| matches!(mistake, Mistake::ReturnWithoutSend { .. })),
            suspects: suspects
                .map(|suspect| suspect.place.start.start().line)
                .collect(),
        }
    }
}

/// The lines of `some` that are not in `all`.
fn within(what: &str, some: &Lines, all: &Lines) -> Result<(), String> {
    let more: Vec<_> = some.difference(all).collect();
    if more.is_empty() {
        return Ok(());
    }
    Err(format!("{what}, lines {more:?}"))
}

fn compare(body: &Body, report: &Report, words: Words) -> Result<Outcome, String> {
    let truth = Truth::of(body, World::TRUTH);
    // Nobody writes code behind a call that never returns, so the walk takes calls to return.
    let taken = Truth::of(
        body,
        World {
            calls_return: true,
            ..World::TRUTH
        },
    );
    let found = Found::of(report);
    let ends = if report.takes_calls_to_return {
        &taken
    } else {
        &truth
    };
    within("ends nowhere", &found.ends, &ends.to_rustc.ends)?;
    let mut dead = taken.to_rustc.dead.clone();
    for (cfg, macros_return) in [(Some(true), true), (Some(false), true), (None, false)] {
        let world = World {
            calls_return: true,
            macros_return,
            cfg,
        };
        dead.extend(Truth::of(body, world).to_rustc.dead);
    }
    within("is not dead", &found.dead, &dead)?;
    within("can leave", &found.foreign, &taken.to_rustc.foreign)?;
    within("returns nothing", &found.returns, &taken.to_rustc.returns)?;
    if report.verdict == Verdict::AlwaysSends
        && report.findings.is_empty()
        && report.suspects.is_empty()
        && !may_hide(&print(body))
        && !truth.real.ends.is_empty()
    {
        return Err("the verdict is wrong".to_owned());
    }
    complete(body, report, &found, &truth, &taken)?;

    let is_silent = report.findings.is_empty();
    let told = if truth.is_right() {
        report.verdict == Verdict::AlwaysSends && report.suspects.is_empty() && is_silent
    } else {
        !is_silent && !report.takes_calls_to_return
    };
    let is_certain = truth.is_right() || !truth.real.is_empty();
    if words == Words::Known && is_certain && !told {
        return Err("there is nothing unknown in it".to_owned());
    }
    Ok(if told || (words == Words::Known) {
        Outcome::Agree
    } else {
        Outcome::CannotTell
    })
}

/// May it fall out of a `let .. else` unseen? In a `select!` there is no suspect to name.
fn may_hide(source: &str) -> bool {
    let unsure = ["select!", "noop!", "#[cfg"];
    unsure.iter().any(|unsure| source.contains(unsure))
}

/// What is true in every world must be found.
fn complete(
    body: &Body,
    report: &Report,
    found: &Found,
    truth: &Truth,
    taken: &Truth,
) -> Result<(), String> {
    let worlds =
        [[true, false], [false, true], [true, true]].map(|[calls_return, macros_return]| {
            let cfg = [Some(true), Some(false)];
            cfg.map(|cfg| {
                Truth::of(
                    body,
                    World {
                        calls_return,
                        macros_return,
                        cfg,
                    },
                )
            })
        });
    let certain = |lines: fn(&Mistakes) -> &Lines| -> Lines {
        let worlds = worlds.iter().flatten().chain([taken]);
        worlds.fold(lines(&truth.real).clone(), |all, world| {
            &all & lines(&world.real)
        })
    };
    within(
        "foreign send missed",
        &certain(|real| &real.foreign),
        &found.foreign,
    )?;
    within(
        "return missed",
        &certain(|real| &real.returns),
        &found.returns,
    )?;
    let source = print(body);
    // Two `#[cfg]` may exclude each other.
    if !source.contains("#[cfg") {
        let edge = certain(|real| &real.edge);
        within("dead code missed", &edge, &found.dead)?;
        if !certain(|real| &real.dead).is_empty() && found.dead.is_empty() {
            return Err("all dead code missed".to_owned());
        }
    }
    if report.verdict != Verdict::CannotTell && !may_hide(&source) {
        let named = &found.ends | &found.suspects;
        within("end missed", &certain(|real| &real.ends), &named)?;
    }
    Ok(())
}

/// Compares many bodies. The smallest that fails is shown.
fn agree(words: Words, count: usize) -> [usize; 3] {
    let mut failures: Vec<(String, String)> = Vec::new();
    let mut counts = [0; 3];
    for (index, seed) in (0..count).zip(0..) {
        let body = body(seed, 2 + index % 16, words);
        let source = print(&body);
        let report = report(&source);
        match compare(&body, &report, words) {
            Ok(Outcome::Agree) => {
                counts[usize::from(!Truth::of(&body, World::TRUTH).is_right())] += 1;
            }
            Ok(Outcome::CannotTell) => counts[2] += 1,
            Err(fault) => {
                let truth = Truth::of(&body, World::TRUTH);
                failures.push((source, format!("{fault}\n{truth:?}\n{report:?}")));
            }
        }
    }
    failures.sort_by_key(|(source, _)| source.len());
    let mut kinds = Vec::new();
    let first_of_its_kind = failures.iter().filter(|(_, fault)| {
        let kind = fault.split([',', '\n']).next();
        let is_new = !kinds.contains(&kind);
        kinds.push(kind);
        is_new
    });
    let shown: Vec<String> = first_of_its_kind
        .map(|(source, fault)| format!("{source}\n{fault}"))
        .collect();
    assert!(
        shown.is_empty(),
        "{} of {count} bodies fail, such as\n{}",
        failures.len(),
        shown.join("\n\n")
    );
    counts
}

#[test]
fn bodies_without_unknowns_are_judged_exactly() {
    let [right, wrong, cannot_tell] = agree(Words::Known, COUNT);
    println!("{right} right, {wrong} wrong, {cannot_tell} cannot tell");
    assert_eq!(cannot_tell, 0);
    assert!(
        right > COUNT / 4 && wrong > COUNT / 4,
        "{right} right, {wrong} wrong"
    );
}

#[test]
fn bodies_with_unknowns_are_judged_or_left_alone() {
    let [right, wrong, cannot_tell] = agree(Words::All, COUNT);
    println!("{right} right, {wrong} wrong, {cannot_tell} cannot tell");
    assert!(cannot_tell * 100 < COUNT * 15, "{cannot_tell} of {COUNT}");
    assert!(
        right > COUNT / 4 && wrong > COUNT / 4,
        "{right} right, {wrong} wrong"
    );
}
