//! Is every handler that can end without exactly one response refused, and how well is it said?
//!
//! All files of `corpus/reject` are checked in one run of cargo. That each is rejected is the
//! guarantee; that the error is on the marked line, names the rule's slug, and is one error for
//! one mistake, is how good the messages are, and counted.

use std::fmt;
use std::path::{Path, PathBuf};
use std::{fs, iter};

use crate::support::scratch::{Outcome, Source, check};

/// How many files there are: one that is lost is no success.
const FILES: usize = 70;

/// How good the messages must be, at least. Raise a number when it grows; never lower one.
const AT_LEAST: Totals = Totals {
    rejected: FILES,
    marked_line: 70,
    slug: 68,
    one_error_each: 70,
};

/// A program that should not compile, and what its comments say about it.
struct Case {
    name: String,
    path: PathBuf,
    /// `R1` to `R4`.
    rule: String,
    /// The lines that end in `//~ ERROR`.
    marked: Vec<usize>,
}

/// What came of one file.
struct Verdict {
    name: String,
    rule: String,
    /// There are errors, and all are about this file: one in the prelude proves nothing.
    rejected: bool,
    /// Every marked line carries an error.
    marked_line: bool,
    /// A slug of the rule is given, and no other.
    slug: bool,
    errors: usize,
    marks: usize,
    /// For the table: what was said, by slug or else by rustc's code, and where.
    said: String,
}

struct Report(Vec<Verdict>);

/// In how many files each demand is met.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
struct Totals {
    rejected: usize,
    marked_line: usize,
    slug: usize,
    one_error_each: usize,
}

impl Case {
    fn read(path: &Path) -> Result<Self, String> {
        let text = fs::read_to_string(path).map_err(|fault| fault.to_string())?;
        let rule = text
            .lines()
            .find_map(|line| line.strip_prefix("// expect: reject "))
            .filter(|rule| matches!(*rule, "R1" | "R2" | "R3" | "R4"))
            .ok_or("no `// expect: reject R1` (or R2, R3, R4)")?;
        let marked: Vec<usize> = iter::zip(1.., text.lines())
            .filter(|(_, line)| line.ends_with("//~ ERROR"))
            .map(|(number, _)| number)
            .collect();
        if marked.is_empty() {
            return Err("no line ends in `//~ ERROR`".to_owned());
        }
        let name = path.file_stem().and_then(|stem| stem.to_str());
        Ok(Case {
            name: name.ok_or("no name")?.to_owned(),
            path: path.to_owned(),
            rule: rule.to_owned(),
            marked,
        })
    }

    /// The prelude and the file in a module, as a program.
    fn source(&self, prelude: &Path) -> Source {
        let text = format!(
            "mod case {{\n    include!({prelude:?});\n    include!({:?});\n}}\nfn main() {{}}\n",
            self.path
        );
        Source {
            name: self.name.clone(),
            text,
        }
    }

    /// What the message about this file may be called.
    fn slugs(&self) -> &'static [&'static str] {
        match self.rule.as_str() {
            "R1" if self.name.contains("shadows_send") => &["missing-send", "shadowed-send"],
            "R1" => &["missing-send"],
            "R2" => &["code-after-send"],
            "R3" => &[
                "send-in-closure",
                "send-in-async-block",
                "send-in-nested-item",
                "send-in-const",
            ],
            _ => &["return-without-send"],
        }
    }

    fn judge(&self, outcome: &Outcome) -> Verdict {
        let errors: Vec<_> = outcome.errors().collect();
        let lines: Vec<Vec<usize>> = errors
            .iter()
            .map(|error| error.lines_in(&self.path).collect())
            .collect();
        let slugs: Vec<&str> = errors.iter().filter_map(|error| error.slug()).collect();
        let said = iter::zip(&errors, &lines).map(|(error, lines)| {
            let what = error.slug().or(error.code.as_deref()).unwrap_or("error");
            format!("{what}@{lines:?}")
        });
        Verdict {
            name: self.name.clone(),
            rule: self.rule.clone(),
            rejected: !lines.is_empty() && lines.iter().all(|lines| !lines.is_empty()),
            marked_line: self
                .marked
                .iter()
                .all(|marked| lines.iter().flatten().any(|line| line == marked)),
            slug: !slugs.is_empty() && slugs.iter().all(|slug| self.slugs().contains(slug)),
            errors: errors.len(),
            marks: self.marked.len(),
            said: said.collect::<Vec<_>>().join(" "),
        }
    }
}

impl Report {
    fn totals(&self) -> Totals {
        let count = |met: fn(&Verdict) -> bool| self.0.iter().filter(|one| met(one)).count();
        Totals {
            rejected: count(|one| one.rejected),
            marked_line: count(|one| one.rejected && one.marked_line),
            slug: count(|one| one.rejected && one.slug),
            one_error_each: count(|one| one.rejected && one.errors == one.marks),
        }
    }

    /// What is missing to `least`, in words.
    fn shortfalls(&self, least: Totals) -> Vec<String> {
        let totals = self.totals();
        let demands = [
            ("rejected", totals.rejected, least.rejected),
            ("marked line", totals.marked_line, least.marked_line),
            ("slug", totals.slug, least.slug),
            (
                "one error each",
                totals.one_error_each,
                least.one_error_each,
            ),
        ];
        demands
            .into_iter()
            .filter(|(_, found, least)| found < least)
            .map(|(demand, found, least)| format!("{demand}: {found}, at least {least}"))
            .collect()
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let yes = |met| if met { "yes" } else { "-" };
        writeln!(f, "{:48} rule rejected line slug errors/marks said", "file")?;
        for one in &self.0 {
            writeln!(
                f,
                "{:48} {:4} {:8} {:4} {:4} {:>6}/{:<5} {}",
                one.name,
                one.rule,
                yes(one.rejected),
                yes(one.marked_line),
                yes(one.slug),
                one.errors,
                one.marks,
                one.said,
            )?;
        }
        let totals = self.totals();
        writeln!(
            f,
            "of {}: {} rejected, {} on the marked line, {} with the slug, {} one error each",
            self.0.len(),
            totals.rejected,
            totals.marked_line,
            totals.slug,
            totals.one_error_each
        )
    }
}

fn corpus() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("corpus")
}

/// Checks all `cases` in one scratch package, and judges them.
fn report(package: &str, cases: &[Case]) -> Report {
    let prelude = corpus().join("prelude.rs");
    let sources: Vec<Source> = cases.iter().map(|case| case.source(&prelude)).collect();
    let outcomes = check(package, &sources);
    let verdicts = cases.iter().map(|case| case.judge(&outcomes[&case.name]));
    Report(verdicts.collect())
}

#[test]
fn every_file_is_rejected() {
    let folder = corpus().join("reject");
    let mut paths: Vec<PathBuf> = fs::read_dir(&folder)
        .expect("the corpus")
        .map(|entry| entry.expect("a file").path())
        .collect();
    paths.sort();
    let cases: Vec<Case> = paths
        .iter()
        .map(|path| Case::read(path).unwrap_or_else(|fault| panic!("{path:?}: {fault}")))
        .collect();
    assert_eq!(cases.len(), FILES);

    let report = report("corpus-reject", &cases);
    println!("{report}");
    let shortfalls = report.shortfalls(AT_LEAST);
    assert!(shortfalls.is_empty(), "{}", shortfalls.join("\n"));
}

mod tests {
    //! Would a file that compiles, or is rejected for another reason, be noticed?

    use super::*;

    fn made_up(name: &str, rule: &str, text: &str) -> Case {
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("made-up");
        fs::create_dir_all(&folder).expect("a folder");
        let path = folder.join(format!("{name}.rs"));
        fs::write(&path, format!("// expect: reject {rule}\n{text}")).expect("a file");
        Case::read(&path).expect("a case")
    }

    #[test]
    fn a_file_that_compiles_is_noticed() {
        let cases = [
            made_up(
                "sends",
                "R1",
                "#[handler] async fn a() { send!(200); } //~ ERROR\n",
            ),
            made_up("silent", "R1", "#[handler] async fn a() { } //~ ERROR\n"),
            made_up("elsewhere", "R1", "#[handler] async fn a() {}\n//~ ERROR\n"),
        ];
        let report = report("corpus-harness", &cases);
        let rejected: Vec<bool> = report.0.iter().map(|one| one.rejected).collect();
        let marked_line: Vec<bool> = report.0.iter().map(|one| one.marked_line).collect();
        assert_eq!(rejected, [false, true, true], "{report}");
        assert_eq!(marked_line, [false, true, false], "{report}");
        let all = Totals {
            rejected: 3,
            ..Totals::default()
        };
        assert_eq!(report.shortfalls(all), ["rejected: 2, at least 3"]);
    }
}
