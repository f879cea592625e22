//! Does every example say what it takes, and refuse what it does not know?
//!
//! Being here also makes cargo build the examples before the tests run, which start them.

use std::process::{Command, Output};

const EXAMPLES: [(&str, &str); 7] = [
    ("files", env!("CARGO_BIN_EXE_files")),
    ("live", env!("CARGO_BIN_EXE_live")),
    ("members", env!("CARGO_BIN_EXE_members")),
    ("metrics", env!("CARGO_BIN_EXE_metrics")),
    ("notes", env!("CARGO_BIN_EXE_notes")),
    ("streams", env!("CARGO_BIN_EXE_streams")),
    ("traces", env!("CARGO_BIN_EXE_traces")),
];

fn run(program: &str, flag: &str) -> Output {
    let output = Command::new(program).arg(flag).output();
    output.expect("the example can be started")
}

#[test]
fn the_help_names_the_example_and_its_flags() {
    for (name, program) in EXAMPLES {
        let output = run(program, "--help");
        let text = String::from_utf8_lossy(&output.stdout);
        assert!(output.status.success(), "{name}: {output:?}");
        assert!(text.contains(name) && text.contains("--addr"), "{text}");
    }
}

#[test]
fn an_unknown_flag_is_an_error_that_names_the_known_ones() {
    for (name, program) in EXAMPLES {
        let output = run(program, "--adr");
        let text = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(2), "{name}: {output:?}");
        assert!(
            text.contains("'--adr'") && text.contains("`--addr HOST:PORT`"),
            "{text}"
        );
    }
}
