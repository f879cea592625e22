//! What does the walk say of the corpus in `tests/corpus`?

use crate::analyze::Outside;
use std::path::PathBuf;

use super::{Mistake, Report};
use crate::analyze::analyze;

/// Files in which only rustc can see the mistake.
const RUSTCS: &[&str] = &[
    // The macro is the user's own.
    "083_r2_local_macro_then_send.rs",
    // The type of the call decides.
    "130_r4_return_unit_call.rs",
];

struct Case {
    name: String,
    /// The lines that end in a marker.
    marked: Vec<usize>,
    /// One per handler, with the line of its signature.
    reports: Vec<(usize, Report)>,
}

fn corpus(folder: &str) -> Vec<Case> {
    let root = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../tests/corpus");
    let folder = std::fs::read_dir(root.join(folder)).expect("the corpus");
    let mut cases: Vec<Case> = folder
        .map(|entry| {
            let path = entry.expect("a file").path();
            let name = path
                .file_name()
                .map(|name| name.to_string_lossy().into_owned());
            let source = std::fs::read_to_string(&path).expect("a text file");
            case(name.unwrap_or_default(), &source)
        })
        .collect();
    cases.sort_by(|a, b| a.name.cmp(&b.name));
    assert!(cases.len() > 20, "the corpus is missing");
    cases
}

fn case(name: String, source: &str) -> Case {
    let lines = source.lines().enumerate();
    let marked = lines.filter(|(_, line)| line.contains("//~ ERROR"));
    let marked = marked.map(|(index, _)| index + 1).collect();
    let file: syn::File = syn::parse_str(source).expect("a Rust file");
    let handlers = file.items.iter().filter_map(|item| match item {
        syn::Item::Fn(item) if item.attrs.iter().any(|a| a.path().is_ident("handler")) => {
            Some(item)
        }
        _ => None,
    });
    let reports = handlers.map(|item| {
        (
            item.sig.ident.span().start().line,
            analyze(&item.block, Outside::default()),
        )
    });
    Case {
        name,
        marked,
        reports: reports.collect(),
    }
}

fn rule(mistake: &Mistake) -> &'static str {
    match mistake {
        Mistake::MissingSend(_) | Mistake::ShadowedSend | Mistake::UnsentReply => "_r1_",
        Mistake::CodeAfterSend(_) => "_r2_",
        Mistake::SendInScope(_) => "_r3_",
        Mistake::ReturnWithoutSend { .. } => "_r4_",
        _ => "other",
    }
}

#[test]
fn nothing_is_found_in_what_is_accepted() {
    for case in corpus("accept") {
        for (_, report) in &case.reports {
            assert!(
                report.findings.is_empty(),
                "{}: {:?}",
                case.name,
                report.findings
            );
            for suspect in &report.suspects {
                let line = suspect.place.start.start().line;
                // These two call a function that returns `!`.
                assert!(
                    case.name.contains("diverging_helper"),
                    "{}:{line}",
                    case.name
                );
            }
        }
    }
}

#[test]
fn what_is_rejected_is_found_on_the_marked_lines() {
    for case in corpus("reject") {
        let mut lines = Vec::new();
        for (signature, report) in &case.reports {
            for finding in &report.findings {
                assert!(
                    case.name.contains(rule(&finding.mistake)),
                    "{}: {finding:?}",
                    case.name
                );
                let line = match finding.mistake {
                    Mistake::MissingSend(super::PathEnd::EmptyBody) => *signature,
                    _ => finding.place.start.start().line,
                };
                lines.push(line);
            }
            lines.extend(
                report
                    .suspects
                    .iter()
                    .map(|suspect| suspect.place.start.start().line),
            );
        }
        if RUSTCS.contains(&case.name.as_str()) {
            assert!(lines.is_empty(), "{}: {lines:?}", case.name);
        } else {
            // 024 has a suspect more: the call that does return `!`.
            lines.retain(|line| !case.name.starts_with("024") || case.marked.contains(line));
            assert_eq!(lines, case.marked, "{}", case.name);
        }
    }
}
