//! What does a user see who makes a mistake?
//!
//! Each file of `ui/fail` has the compiler's text beside it. `UPDATE_EXPECT=1` writes it anew: read
//! it as a newcomer would. trybuild does the same, but compares rustc's whole text always, so that
//! the tests would only pass on one version of Rust; here the whole text is compared on the
//! version it was written on, and what sendoff says, and where, on every other.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use expect_test::{Expect, expect_file};

use crate::support::scratch::{Outcome, Source, check};

/// The version of rustc that the texts were written on.
const WRITTEN_ON: &str = "1.95";

fn folder(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("ui").join(name)
}

/// The `.rs` files below a folder, as sources named after the file and its folder.
fn sources(below: &Path) -> Vec<(PathBuf, Source)> {
    let mut found = Vec::new();
    for entry in fs::read_dir(below).expect("a folder of ui tests") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            found.extend(sources(&path));
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            let stage = below.file_name().and_then(|name| name.to_str());
            let stem = path.file_stem().and_then(|stem| stem.to_str());
            let name = format!("{}-{}", stage.unwrap_or_default(), stem.unwrap_or_default());
            let text = fs::read_to_string(&path).expect("a ui test");
            found.push((path, Source { name, text }));
        }
    }
    found.sort_by(|a, b| a.0.cmp(&b.0));
    found
}

fn is_the_version_written_on() -> bool {
    let output = Command::new("rustc")
        .arg("--version")
        .output()
        .expect("rustc runs");
    String::from_utf8_lossy(&output.stdout).starts_with(&format!("rustc {WRITTEN_ON}."))
}

/// What rustc printed, without what is this machine's own.
fn shown(name: &str, outcome: &Outcome) -> String {
    let workspace = folder("..")
        .join("..")
        .canonicalize()
        .expect("the workspace");
    let workspace = workspace.to_str().expect("a path in UTF-8");
    let texts = outcome
        .diagnostics
        .iter()
        .map(|found| found.rendered.as_str());
    let text = texts
        .collect::<String>()
        .replace(&format!("src/bin/{name}.rs"), "example.rs")
        .replace(workspace, "$SENDOFF");
    let mut shown = String::new();
    let mut lines = text.lines().peekable();
    while let Some(line) = lines.next() {
        if line.contains("the full name for the type")
            || line.contains("consider using `--verbose`")
        {
            continue;
        }
        let line = without_registry(line);
        match line.split_once("$SENDOFF/") {
            // Where something is in sendoff changes with every line above it.
            Some((before, path)) if line.contains("--> ") || line.contains("::: ") => {
                let path = path.split(':').next().unwrap_or(path);
                let line = with_even_gutter(&format!("{before}$SENDOFF/{path}"));
                shown.push_str(&format!("{line}\n"));
                while lines.next_if(|line| is_excerpt(line)).is_some() {}
            }
            _ => shown.push_str(&format!("{}\n", with_even_gutter(line.trim_end()))),
        }
        // What is shown of the standard library depends on whether its sources are installed.
        if line.contains("$ELSEWHERE/") {
            let is_shown =
                |line: &&str| is_excerpt(line) || line.contains("the failure occurred here");
            while lines.next_if(is_shown).is_some() {}
        }
    }
    shown
}

/// The gutter is as wide as the longest line number, wherever that line is; here always three.
fn with_even_gutter(line: &str) -> String {
    let text = line.trim_start();
    let number = text.len() - text.trim_start_matches(|c: char| c.is_ascii_digit()).len();
    let (number, rest) = text.split_at(number);
    let rest = rest.trim_start();
    if rest.starts_with('|') || rest.starts_with("= ") {
        format!("{number:>3} {rest}")
    } else if number.is_empty() && (rest.starts_with("--> ") || rest.starts_with("::: ")) {
        format!("   {rest}")
    } else if line.len() - text.len() > 8 {
        // An item of a list, or what goes on behind `= note:`, is behind the gutter too. How many
        // are left out differs with the versions and features of others.
        let is_count = text.starts_with("and ") && text.ends_with(" others");
        format!("{:14}{}", "", if is_count { "and others" } else { text })
    } else {
        line.to_owned()
    }
}

/// ` 54 | pub fn respond_with(`, `   |   ----`, `...`
fn is_excerpt(line: &str) -> bool {
    let rest = line
        .trim_start()
        .trim_start_matches(|c: char| c.is_ascii_digit());
    let rest = rest.trim_start();
    rest.starts_with('|') || rest.starts_with("...")
}

/// `/home/me/.cargo/registry/src/index-0123/axum-core-0.5.6/src/x.rs:1:2` is everybody's
/// `$REGISTRY/axum-core-0.5.6/src/x.rs`, and a line in a dependency is nobody's business.
fn without_registry(line: &str) -> String {
    for (mark, skip) in [
        ("/registry/src/", 1),
        ("/rustc/", 1),
        ("/rustlib/src/rust/", 0),
    ] {
        if let Some((before, after)) = line.split_once(mark) {
            let indent = before.rfind(' ').map_or("", |space| &before[..=space]);
            let path = after.splitn(skip + 1, '/').nth(skip).unwrap_or(after);
            let path = path.split(':').next().unwrap_or(path);
            return format!("{indent}$ELSEWHERE/{path}");
        }
    }
    line.to_owned()
}

/// The headlines with a slug, their help, and the line each points at.
fn ours(text: &str) -> Vec<String> {
    text.split("\n\n")
        .filter(|message| {
            message
                .lines()
                .next()
                .is_some_and(|line| line.ends_with(']'))
        })
        .map(|message| {
            let place = message
                .lines()
                .find(|line| line.trim_start().starts_with("-->"));
            let words = message
                .lines()
                .take_while(|line| !line.trim_start().starts_with("-->"));
            words
                .chain(place)
                .map(str::trim)
                .collect::<Vec<_>>()
                .join("\n")
        })
        .collect()
}

#[test]
fn mistakes_are_explained() {
    let cases = sources(&folder("fail"));
    assert!(cases.len() > 30, "the ui tests were not found");
    let programs: Vec<Source> = cases.iter().map(|(_, source)| source.clone()).collect();
    let outcomes = check("ui-fail", &programs);
    let exact = is_the_version_written_on();
    for (path, source) in &cases {
        let lines = source.text.lines().count();
        assert!(
            lines <= 25,
            "{}: {lines} lines are more than one fact",
            path.display()
        );
        let outcome = &outcomes[&source.name];
        assert!(!outcome.accepted, "{} compiles", path.display());
        let text = shown(&source.name, outcome);
        assert!(
            !text.contains("originates in the attribute macro"),
            "{text}"
        );
        let stderr = path.with_extension("stderr");
        if exact {
            expect_file![stderr].assert_eq(&text);
        } else {
            let written = fs::read_to_string(&stderr).expect("the text beside the ui test");
            assert_eq!(ours(&written), ours(&text), "{}", path.display());
        }
    }
}

#[test]
fn what_is_right_says_nothing() {
    let cases = sources(&folder("pass"));
    let programs: Vec<Source> = cases.into_iter().map(|(_, source)| source).collect();
    assert!(!programs.is_empty(), "the ui tests were not found");
    for (name, outcome) in check("ui-pass", &programs) {
        let text = shown(&name, &outcome);
        assert!(outcome.accepted && text.is_empty(), "{name}:\n{text}");
    }
}

#[test]
fn what_sendoff_says_is_told_from_what_rustc_says() {
    let text = "error: a fact [a-slug]\n       help: do this\n --> example.rs:3:1\n  |\n\n\
                error[E0308]: mismatched types\n --> example.rs:4:1\n\n";
    let ours: String = ours(text).join("; ");
    Expect::assert_eq(
        &expect_test::expect![[r"
            error: a fact [a-slug]
            help: do this
            --> example.rs:3:1"]],
        &ours,
    );
}
