//! What keeps the run of the tests short?
//!
//! No test is bound to a time, which another machine would not keep; what made the run short is
//! looked for instead.

use std::path::Path;
use std::{env, fs};

#[test]
fn tests_that_wait_do_so_side_by_side() {
    let threads = env::var("RUST_TEST_THREADS");
    assert!(
        threads.is_ok(),
        "cargo sets `RUST_TEST_THREADS` from .cargo/config.toml"
    );
}

/// Read at run time of a debug build, many thousand bodies take most of a minute.
#[test]
fn the_macros_and_what_they_parse_with_are_optimised() {
    let manifest = Path::new(env!("CARGO_MANIFEST_DIR")).join("../Cargo.toml");
    let manifest = fs::read_to_string(manifest).expect("the workspace's manifest");
    for name in ["proc-macro2", "proptest", "sendoff-macros", "syn"] {
        let line = format!("\n{name}.opt-level = 1\n");
        assert!(
            manifest.contains(&line),
            "the profile `dev` lacks `{}`",
            line.trim()
        );
    }
}
