//! What does rustc say about programs that depend on sendoff?
//!
//! [`check`] writes a package of its own, with one binary for each source, runs `cargo check` on
//! it once, and reads the diagnostics from its JSON. Each source is a crate of its own because an
//! error in one must not hide a later one in another. All packages share a target directory below
//! this crate's, so that the dependencies are checked once and no lock is shared with the caller.

use std::collections::{BTreeMap, HashSet};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::{env, fs};

use serde::Deserialize;

/// What a source may use besides sendoff itself.
const DEPENDENCIES: &str = r#"
anyhow = "1"
async-recursion = "1"
async-trait = "0.1"
axum = { version = "0.8.9", default-features = false }
tower = { version = "0.5", default-features = false, features = ["util"] }
serde = { version = "1", features = ["derive"] }
serde_json = "1"
tracing = "0.1"
tokio = { version = "1.54", features = ["full", "test-util"] }
"#;

/// A program: its name must fit a file, its text has a `main`.
#[derive(Clone, Debug)]
pub(crate) struct Source {
    pub(crate) name: String,
    pub(crate) text: String,
}

/// What rustc said about one source.
#[derive(Debug, Default)]
pub(crate) struct Outcome {
    /// Whether the program compiles.
    pub(crate) accepted: bool,
    /// Errors and warnings in rustc's order, without its closing summary.
    pub(crate) diagnostics: Vec<Diagnostic>,
}

/// One error or warning.
#[derive(Debug)]
pub(crate) struct Diagnostic {
    pub(crate) level: String,
    /// `E0308`, or the name of a lint.
    pub(crate) code: Option<String>,
    pub(crate) message: String,
    /// Where each primary span is: in the innermost macro first, then at its call, and so on out.
    pub(crate) places: Vec<Vec<Place>>,
    /// The text as rustc shows it.
    pub(crate) rendered: String,
}

/// Where a span starts.
#[derive(Debug, PartialEq)]
pub(crate) struct Place {
    pub(crate) file: PathBuf,
    pub(crate) line: usize,
    pub(crate) column: usize,
}

impl Outcome {
    pub(crate) fn errors(&self) -> impl Iterator<Item = &Diagnostic> {
        self.diagnostics.iter().filter(|found| found.is_error())
    }
}

impl Diagnostic {
    pub(crate) fn is_error(&self) -> bool {
        self.level.starts_with("error")
    }

    /// The lines of `file` that a primary span starts on, or a macro call that led to it.
    pub(crate) fn lines_in(&self, file: &Path) -> impl Iterator<Item = usize> {
        let places = self.places.iter().flatten();
        places
            .filter(move |place| place.file == file)
            .map(|place| place.line)
    }

    /// `missing-send` of `[missing-send]` in the message.
    pub(crate) fn slug(&self) -> Option<&str> {
        let brackets = self.message.split('[').skip(1);
        brackets
            .filter_map(|rest| Some(rest.split_once(']')?.0))
            .find(|slug| {
                let of_slug = |byte: u8| byte.is_ascii_lowercase() || byte == b'-';
                slug.contains('-') && slug.bytes().all(of_slug)
            })
    }
}

/// Checks all sources in one run of cargo; `package` names the scratch package.
///
/// Panics if anything but the sources is at fault: the run must not pass for their rejection.
pub(crate) fn check(package: &str, sources: &[Source]) -> BTreeMap<String, Outcome> {
    let folder = root().join(package);
    write_package(&folder, package, sources);
    let (stdout, stderr) = cargo(&folder, &["check", "--bins", "--keep-going"]);
    read_messages(&folder, sources, &stdout)
        .unwrap_or_else(|fault| panic!("{package}: {fault}\n{stderr}"))
}

/// A library, and how it is looked at.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Program<'a> {
    /// A name for the package.
    pub(crate) name: &'a str,
    pub(crate) edition: &'a str,
    pub(crate) text: &'a str,
    /// `check` or `clippy`, of cargo's.
    pub(crate) command: &'a str,
    /// For rustc, or clippy.
    pub(crate) flags: &'a [String],
}

/// What is said of a library.
///
/// Panics if cargo fails without a word about it.
pub(crate) fn diagnostics(program: &Program<'_>) -> Vec<Diagnostic> {
    let folder = root().join(program.name);
    let manifest = manifest(program.name, program.edition);
    // Cargo would not run again for other flags.
    let _ = fs::remove_dir_all(&folder);
    fs::create_dir_all(folder.join("src")).expect("a folder for the library");
    write_if_changed(&folder.join("src/lib.rs"), program.text);
    write_if_changed(&folder.join("Cargo.toml"), &manifest);
    lock(&folder);
    let mut arguments = vec![program.command, "--lib", "--"];
    arguments.extend(program.flags.iter().map(String::as_str));
    let (stdout, stderr) = cargo(&folder, &arguments);
    let mut found = Vec::new();
    let mut finished = false;
    for line in stdout.lines() {
        let message: CargoMessage = serde_json::from_str(line).expect("JSON");
        let is_ours = message
            .target
            .is_some_and(|it| it.name == program.name.replace('-', "_"));
        if let Some(said) = message.message.filter(|_| is_ours) {
            found.extend(said.read(&folder));
        }
        finished |= is_ours && message.reason == "compiler-artifact";
    }
    let is_told = finished || found.iter().any(Diagnostic::is_error);
    assert!(is_told, "{}: {stderr}", program.name);
    found
}

/// Where a program of [`check`] is written.
pub(crate) fn program(package: &str, name: &str) -> PathBuf {
    root()
        .join(package)
        .join("src/bin")
        .join(format!("{name}.rs"))
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_TARGET_TMPDIR")).join("scratch")
}

/// What cargo says of the package in `folder`, in JSON, and what it says besides.
fn cargo(folder: &Path, arguments: &[&str]) -> (String, String) {
    let (command, more) = arguments.split_first().expect("a command");
    let output = Command::new(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()))
        .args([command, "--offline", "--message-format=json"])
        .args(more)
        .current_dir(folder)
        .env("CARGO_TARGET_DIR", root().join("target"))
        .env("CARGO_INCREMENTAL", "0")
        // The caller's flags could turn warnings into errors.
        .env_remove("RUSTFLAGS")
        .env_remove("CARGO_ENCODED_RUSTFLAGS")
        .env_remove("CARGO_BUILD_RUSTFLAGS")
        // A compiler that is taken for nightly words its messages otherwise.
        .env_remove("RUSTC_BOOTSTRAP")
        .output()
        .expect("cargo runs");
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    (text(&output.stdout), text(&output.stderr))
}

/// Of a package that no workspace contains.
fn manifest(package: &str, edition: &str) -> String {
    let runtime = Path::new(env!("CARGO_MANIFEST_DIR")).join("../runtime");
    let runtime = runtime
        .canonicalize()
        .expect("the runtime is beside the tests");
    format!(
        "[package]\nname = {package:?}\nedition = {edition:?}\npublish = false\n\n\
         [workspace]\n\n[profile.dev]\ndebug = false\n\n\
         [dependencies]\nsendoff = {{ path = {runtime:?} }}{DEPENDENCIES}"
    )
}

/// To the versions of this workspace.
fn lock(folder: &Path) {
    let locked = Path::new(env!("CARGO_MANIFEST_DIR")).join("../Cargo.lock");
    fs::copy(locked, folder.join("Cargo.lock")).expect("a lock file");
}

fn write_package(folder: &Path, package: &str, sources: &[Source]) {
    let programs = folder.join("src/bin");
    fs::create_dir_all(&programs).expect("a folder for the programs");
    let wanted: HashSet<PathBuf> = sources
        .iter()
        .map(|source| programs.join(format!("{}.rs", source.name)))
        .collect();
    for found in fs::read_dir(&programs).expect("the folder of the programs") {
        let found = found.expect("a program").path();
        if !wanted.contains(&found) {
            fs::remove_file(&found).expect("an old program can be removed");
        }
    }
    for source in sources {
        let program = programs.join(format!("{}.rs", source.name));
        write_if_changed(&program, &source.text);
    }
    write_if_changed(&folder.join("Cargo.toml"), &manifest(package, "2024"));
    lock(folder);
}

/// Cargo goes by the time of a file.
fn write_if_changed(path: &Path, text: &str) {
    if fs::read_to_string(path).is_ok_and(|old| old == text) {
        return;
    }
    fs::write(path, text).unwrap_or_else(|fault| panic!("{}: {fault}", path.display()));
}

/// Sorts cargo's messages by source. An error elsewhere, or a source that is not spoken of, is a
/// fault of the run.
fn read_messages(
    folder: &Path,
    sources: &[Source],
    messages: &str,
) -> Result<BTreeMap<String, Outcome>, String> {
    let names = sources.iter().map(|source| source.name.clone());
    let mut outcomes: BTreeMap<String, Outcome> =
        names.map(|name| (name, Outcome::default())).collect();
    for line in messages.lines() {
        let message: CargoMessage =
            serde_json::from_str(line).map_err(|fault| format!("`{line}`: {fault}"))?;
        let Some(target) = message.target else {
            continue;
        };
        // Only the scratch package has binaries that are checked.
        let ours = target.kind == ["bin"];
        let outcome = outcomes.get_mut(&target.name).filter(|_| ours);
        match (outcome, message.message) {
            (Some(outcome), Some(found)) => outcome.diagnostics.extend(found.read(folder)),
            (Some(outcome), None) => outcome.accepted |= message.reason == "compiler-artifact",
            (None, Some(found)) if found.level.starts_with("error") => {
                return Err(format!("a dependency fails: {}", found.rendered()));
            }
            (None, _) => {}
        }
    }
    for (name, outcome) in &outcomes {
        if outcome.accepted == outcome.errors().next().is_some() {
            return Err(format!("cargo does not say whether `{name}` compiles"));
        }
    }
    Ok(outcomes)
}

// What is read of cargo's and rustc's JSON.

#[derive(Deserialize)]
struct CargoMessage {
    reason: String,
    target: Option<Target>,
    message: Option<Message>,
}

#[derive(Deserialize)]
struct Target {
    kind: Vec<String>,
    name: String,
}

#[derive(Deserialize)]
struct Message {
    level: String,
    code: Option<Code>,
    message: String,
    spans: Vec<Span>,
    rendered: Option<String>,
}

#[derive(Deserialize)]
struct Code {
    code: String,
}

#[derive(Deserialize)]
struct Span {
    file_name: PathBuf,
    line_start: usize,
    column_start: usize,
    is_primary: bool,
    expansion: Option<Box<Expansion>>,
}

#[derive(Deserialize)]
struct Expansion {
    span: Span,
}

impl Message {
    fn rendered(&self) -> &str {
        self.rendered.as_deref().unwrap_or(&self.message)
    }

    /// `None` where it is no diagnostic of its own, but the closing summary.
    fn read(self, folder: &Path) -> Option<Diagnostic> {
        let summary = self.message.starts_with("aborting due to")
            || matches!(self.level.as_str(), "failure-note" | "note" | "help");
        if summary {
            return None;
        }
        let primary = self.spans.iter().filter(|span| span.is_primary);
        Some(Diagnostic {
            places: primary.map(|span| span.places(folder)).collect(),
            rendered: self.rendered().to_owned(),
            level: self.level,
            code: self.code.map(|code| code.code),
            message: self.message,
        })
    }
}

impl Span {
    /// From the span itself out to the call of the outermost macro.
    fn places(&self, folder: &Path) -> Vec<Place> {
        let outwards = std::iter::successors(Some(self), |span| {
            span.expansion.as_ref().map(|expansion| &expansion.span)
        });
        outwards
            .map(|span| Place {
                file: folder.join(&span.file_name),
                line: span.line_start,
                column: span.column_start,
            })
            .collect()
    }
}

mod tests {
    //! Is what cargo prints understood, and is a run that says too little refused?

    use super::*;

    const ARTIFACT: &str = r#"{"reason":"compiler-artifact","target":{"kind":["bin"],"name":"a"}}"#;
    const FINISHED: &str = r#"{"reason":"build-finished","success":false}"#;

    fn read(messages: &[&str]) -> Result<Outcome, String> {
        let source = Source {
            name: "a".into(),
            text: String::new(),
        };
        let mut outcomes = read_messages(Path::new("/package"), &[source], &messages.join("\n"))?;
        Ok(outcomes.remove("a").expect("the outcome of the source"))
    }

    /// What rustc says of a target of this kind; `spans` is JSON.
    fn said(kind: &str, level: &str, message: &str, spans: &str) -> String {
        format!(
            r#"{{"reason":"compiler-message","target":{{"kind":["{kind}"],"name":"a"}},
            "message":{{"level":"{level}","code":{{"code":"E0308"}},"message":"{message}",
            "spans":{spans},"rendered":"in full"}}}}"#
        )
        .replace('\n', " ")
    }

    #[test]
    fn a_span_is_followed_out_of_its_macros() {
        let spans = r#"[
            {"file_name":"src/send.rs","line_start":3,"column_start":9,"is_primary":true,
             "expansion":{"span":{"file_name":"/corpus/a.rs","line_start":7,"column_start":5,
                                  "is_primary":false,"expansion":null}}},
            {"file_name":"/corpus/a.rs","line_start":1,"column_start":1,"is_primary":false,
             "expansion":null}]"#;
        let outcome = read(&[
            &said("bin", "error", "nothing is sent [missing-send]", spans),
            &said("bin", "error", "aborting due to 1 previous error", "[]"),
            &said("bin", "failure-note", "For more information, ..", "[]"),
            &said("bin", "warning", "unused variable: `a[b-c d]`", "[]"),
            FINISHED,
        ])
        .expect("an outcome");

        assert!(!outcome.accepted);
        assert_eq!(outcome.diagnostics.len(), 2);
        let errors: Vec<_> = outcome.errors().collect();
        let [error] = errors[..] else {
            panic!("one error: {errors:?}");
        };
        assert_eq!(error.slug(), Some("missing-send"));
        assert_eq!(error.code.as_deref(), Some("E0308"));
        assert_eq!(error.rendered, "in full");
        assert_eq!(error.places[0][0].file, Path::new("/package/src/send.rs"));
        let lines: Vec<usize> = error.lines_in(Path::new("/corpus/a.rs")).collect();
        assert_eq!(lines, [7]);
        assert_eq!(outcome.diagnostics[1].slug(), None);
    }

    #[test]
    fn a_program_that_compiles_is_accepted() {
        let outcome = read(&[&said("bin", "warning", "unused", "[]"), ARTIFACT, FINISHED]);
        assert!(outcome.expect("an outcome").accepted);
    }

    #[test]
    fn a_run_that_says_too_little_is_refused() {
        let error_elsewhere = said("lib", "error", "no such crate", "[]");
        for (messages, fault) in [
            (vec![FINISHED], "does not say whether `a` compiles"),
            (vec![&*error_elsewhere, FINISHED], "a dependency fails"),
            (vec!["no JSON"], "no JSON"),
        ] {
            let found = read(&messages).expect_err(fault);
            assert!(found.contains(fault), "{found}");
        }
    }
}
