//! Do lints speak only of what the user has written?
//!
//! The ordinary handlers of `lints/ordinary.rs` are a crate that forbids every lint of rustc's, so
//! that an `allow` in the expansion is an error too, and warns of clippy's groups; in each edition.

use std::env;
use std::process::Command;

use crate::support::scratch::{Diagnostic, Program, diagnostics};

const ORDINARY: &str = include_str!("../lints/ordinary.rs");

const ALLOWED: &str = include_str!("../lints/allowed.rs");

/// What clippy is asked for besides: its groups, and what people turn on of `restriction`.
const CLIPPY: &str = "-Wclippy::all -Wclippy::pedantic -Wclippy::nursery -Wclippy::cargo \
     -Wclippy::exhaustive_structs -Wclippy::implicit_return -Wclippy::missing_trait_methods \
     -Aclippy::needless_return \
     -Aclippy::cargo_common_metadata -Aclippy::multiple_crate_versions";

/// All lints of this rustc, but for those of the whole program's dependencies and of itself.
fn every_lint() -> Vec<String> {
    let rustc = env::var_os("RUSTC").unwrap_or_else(|| "rustc".into());
    let output = Command::new(rustc).args(["-W", "help"]).output();
    let output = output.expect("rustc runs");
    let text = String::from_utf8(output.stdout).expect("text");
    let (lints, _groups) = text.split_once("Lint groups").expect("lints and groups");
    let is_level = |word: &str| ["allow", "warn", "deny"].contains(&word);
    let lints = lints.lines().filter_map(|line| {
        let mut words = line.split_whitespace();
        let name = words.next()?;
        words.next().is_some_and(is_level).then(|| name.to_owned())
    });
    // Other crates are none of ours, and what only nightly knows is unknown.
    let not = [
        "missing-copy-implementations",
        "unused-crate-dependencies",
        "unknown-lints",
        "unstable-features",
        "warnings",
    ];
    let lints: Vec<String> = lints.filter(|name| !not.contains(&&**name)).collect();
    assert!(lints.len() > 100, "the lints were not found: {lints:?}");
    lints
}

fn shown(found: &[Diagnostic]) -> String {
    found.iter().map(|found| &*found.rendered).collect()
}

/// What is said of a library with all lints, rustc's at the level `-F` or `-W`.
fn said_of(name: &str, edition: &str, level: &str, text: &str) -> Vec<Diagnostic> {
    let mut flags: Vec<String> = CLIPPY.split_whitespace().map(str::to_owned).collect();
    flags.push("-Aunknown-lints".to_owned());
    // The type of a guard must not be what its value happens to be: a copy would be a promise.
    flags.push("-Wmissing-copy-implementations".to_owned());
    flags.push(format!("{level}clippy::diverging_sub_expression"));
    flags.extend(
        every_lint()
            .into_iter()
            .map(|lint| format!("{level}{lint}")),
    );
    diagnostics(&Program {
        name,
        edition,
        text,
        command: "clippy",
        flags: &flags,
    })
}

#[test]
fn of_ordinary_handlers_there_is_nothing_to_say() {
    for edition in ["2018", "2021", "2024"] {
        let found = said_of(&format!("lints-{edition}"), edition, "-F", ORDINARY);
        assert!(found.is_empty(), "{edition}:\n{}", shown(&found));
    }
}

/// Where the expansion has to allow what the user's code asks for, a crate can only warn of it.
#[test]
fn what_is_allowed_is_allowed_for_all_that_is_generated() {
    let found = said_of("lints-allowed", "2024", "-W", ALLOWED);
    assert!(found.is_empty(), "{}", shown(&found));
}

/// And if something were said, it would be heard.
#[test]
fn what_the_user_has_written_is_spoken_of() {
    let text = "\
        //! One handler is in no list.\n\
        use sendoff::{App, handler, routes, send};\n\
        #[handler(GET \"/a\")]\n\
        fn mounted() { send!(\"a\") }\n\
        #[handler(GET \"/b\")]\n\
        fn forgotten() { only_there(); send!(\"b\") }\n\
        fn only_there() {}\n\
        /// The app.\n\
        #[must_use]\n\
        pub fn app() -> App { return App::new(()).routes(routes![mounted]); }\n";
    let found = said_of("lints-said", "2024", "-F", text);
    let is_of = |name: &str| {
        let message = format!("function `{name}` is never used");
        found.iter().filter(|it| it.message == message).count()
    };
    let counts = ["mounted", "forgotten", "only_there"].map(is_of);
    assert_eq!(counts, [0, 1, 1], "{}", shown(&found));
}
