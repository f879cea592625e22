//! Does every handler that should compile do so without a warning, and answer what its file says?
//!
//! `build.rs` makes a module and a test of each file in `corpus/accept`; the file's
//! `// response:` lines are checked here.

use crate::support::responses::Case;

/// How many files there are, and response lines in them: a file that is lost is no success.
const FILES: usize = 59;
const RESPONSES: usize = 157;

include!(concat!(env!("OUT_DIR"), "/corpus_accept.rs"));

fn check(case: &Case) {
    if let Err(faults) = case.check() {
        panic!("{}:\n{}", case.name, faults.join("\n"));
    }
}

#[test]
fn no_file_and_no_response_is_missing() {
    let responses: usize = CASES
        .iter()
        .map(|case| case.expectations().expect("readable response lines").len())
        .sum();
    assert_eq!((CASES.len(), responses), (FILES, RESPONSES));
}
