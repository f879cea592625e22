//! Do the catalogue of messages, `docs/diagnostics.md` and the ui tests agree?
//!
//! Each slug in `macros/src/diagnose/` has a section in the docs, whose bad example has exactly
//! that error and whose good example has none, and a ui test that shows its text.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use crate::support::scratch::{Outcome, Source, check};

const PRELUDE: &str = "#![allow(unused, dead_code)]
use sendoff::{Answer, HeaderMap, IntoResponse, Json, Query, Reply, State, StatusCode, guard, handler, reply, send};
fn main() {}
";

fn workspace(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..").join(path)
}

/// The files below a folder, at any depth, that end in `.rs`.
fn sources_below(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).expect("a folder");
    let mut found = Vec::new();
    for entry in entries {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            found.extend(sources_below(&path));
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            found.push(path);
        }
    }
    found
}

/// `missing-send`: words joined by hyphens.
fn is_slug(text: &str) -> bool {
    text.contains('-')
        && text
            .split('-')
            .all(|word| !word.is_empty() && word.bytes().all(|byte| byte.is_ascii_lowercase()))
}

/// The slugs of messages that only a type can cause: `on_unimplemented` has their text.
fn slugs_of_the_runtime() -> BTreeSet<String> {
    sources_below(&workspace("runtime/src"))
        .iter()
        .map(|path| fs::read_to_string(path).expect("a source"))
        .flat_map(|text| {
            let messages = text.lines().filter(|line| line.contains("message = "));
            let slugs = messages.filter_map(|line| line.trim_end_matches("]\",").rsplit_once('['));
            let slugs = slugs.map(|(_, slug)| slug.to_owned());
            slugs.filter(|slug| is_slug(slug)).collect::<Vec<_>>()
        })
        .collect()
}

/// Every string literal of the catalogue that is a slug and nothing else.
fn slugs_of_the_catalogue() -> BTreeSet<String> {
    sources_below(&workspace("macros/src/diagnose"))
        .iter()
        .map(|path| fs::read_to_string(path).expect("a source"))
        .flat_map(|text| {
            text.split('"')
                .filter(|literal| is_slug(literal))
                .map(str::to_owned)
                .collect::<Vec<_>>()
        })
        .collect()
}

/// The bad and the good example of each section of the docs.
fn examples() -> BTreeMap<String, BTreeMap<String, String>> {
    let text = fs::read_to_string(workspace("docs/diagnostics.md")).expect("the docs");
    text.split("\n## ")
        .skip(1)
        .map(|section| {
            let (slug, rest) = section.split_once('\n').expect("a title");
            let examples = rest
                .split("```rust,")
                .skip(1)
                .map(|block| {
                    let (kind, code) = block.split_once('\n').expect("a block of code");
                    let code = code.split("```").next().expect("the end of the block");
                    (kind.to_owned(), code.to_owned())
                })
                .collect();
            (slug.trim().to_owned(), examples)
        })
        .collect()
}

#[test]
fn each_section_of_the_docs_is_in_the_list_at_their_top() {
    let docs = fs::read_to_string(workspace("docs/diagnostics.md")).expect("the docs");
    let (list, _) = docs.split_once("\n## ").expect("sections");
    let sections = docs.lines().filter_map(|line| line.strip_prefix("## "));
    let missing: Vec<&str> = sections
        .filter(|slug| !list.contains(&format!("[{slug}](#{slug})")))
        .collect();
    assert!(missing.is_empty(), "{missing:?}");
}

#[test]
fn catalogue_docs_and_ui_tests_have_the_same_slugs() {
    let mut catalogue = slugs_of_the_catalogue();
    assert!(
        catalogue.len() > 20,
        "the catalogue was not found: {catalogue:?}"
    );
    catalogue.extend(slugs_of_the_runtime());
    // It takes a manifest of its own; `macros/src/parse/renamed.rs` has the tests.
    assert!(catalogue.remove("renamed-crate"));

    let documented: BTreeSet<String> = examples().into_keys().collect();
    assert_eq!(
        catalogue, documented,
        "the catalogue and docs/diagnostics.md differ"
    );

    let shown: BTreeSet<String> = sources_below(&workspace("tests/ui/fail"))
        .iter()
        .map(|path| path.with_extension("stderr"))
        .filter_map(|path| fs::read_to_string(path).ok())
        .flat_map(|text| {
            catalogue
                .iter()
                .filter(|slug| text.contains(&format!("[{slug}]")))
                .cloned()
                .collect::<Vec<_>>()
        })
        .collect();
    assert_eq!(catalogue, shown, "the catalogue and tests/ui/fail differ");
}

#[test]
fn the_examples_of_the_docs_are_as_good_and_as_bad_as_they_say() {
    let examples = examples();
    let sources: Vec<Source> = examples
        .iter()
        .flat_map(|(slug, examples)| {
            examples.iter().map(move |(kind, code)| Source {
                name: format!("{slug}-{kind}"),
                text: format!("{PRELUDE}{code}"),
            })
        })
        .collect();
    assert_eq!(
        sources.len(),
        2 * examples.len(),
        "a section has a bad and a good example"
    );

    let outcomes = check("docs-diagnostics", &sources);
    let faults: Vec<String> = outcomes
        .iter()
        .filter_map(|(name, outcome)| fault(name, outcome))
        .collect();
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

fn fault(name: &str, outcome: &Outcome) -> Option<String> {
    let said: Vec<&str> = outcome
        .errors()
        .map(|error| error.rendered.as_str())
        .collect();
    if let Some(slug) = name.strip_suffix("-bad") {
        let slugs: Vec<Option<&str>> = outcome.errors().map(|error| error.slug()).collect();
        let right = slugs == [Some(slug)];
        return (!right).then(|| format!("{name}: not one [{slug}], but\n{}", said.concat()));
    }
    (!outcome.accepted).then(|| format!("{name} is refused:\n{}", said.concat()))
}
