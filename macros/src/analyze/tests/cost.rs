//! Are long and deep bodies walked to their end?
//!
//! What they cost is measured in instructions, by `.ci/cost`, and gates nothing here.

use super::report;

/// Runs on a stack that syn's parser does not overflow; the walk needs a tenth of it.
fn deep(run: impl FnOnce() + Send + 'static) {
    let thread = std::thread::Builder::new().stack_size(64 << 20).spawn(run);
    let done = thread.expect("a thread").join();
    if let Err(panic) = done {
        std::panic::resume_unwind(panic);
    }
}

fn nested(depth: usize, open: &str, inner: &str, close: &str) -> String {
    format!("{}{inner}{}", open.repeat(depth), close.repeat(depth))
}

/// So many mistakes are found in this body, which is as long or as deep as it gets.
#[track_caller]
fn check(body: &str, mistakes: usize) {
    let found = report(body).findings.len();
    let start: String = body.chars().take(60).collect();
    assert_eq!(found, mistakes, "{start}");
}

#[test]
fn long_bodies() {
    const LINES: usize = 20_000;
    let end = "send!(201);";
    check(
        &format!("{}{end}", "let x = f(a, b.c());\n".repeat(LINES)),
        0,
    );
    check(
        &format!("{}{end}", "if a { send!(400, \"x\"); }\n".repeat(LINES)),
        0,
    );
    check(
        &format!("{}{end}", "info!(\"x {}\", a);\n".repeat(LINES)),
        0,
    );
    check(&format!("{}{end}", "a.map(|x| x + 1);\n".repeat(LINES)), 0);
    check(&format!("{end}{}", "x();\n".repeat(LINES)), 1);
    check(&"if a { return; }\n".repeat(LINES), LINES + 1);
    check(
        &format!("match a {{ {} }}", "A => {}\n".repeat(LINES)),
        LINES,
    );
}

#[test]
fn deep_bodies() {
    const DEEP: usize = 200;
    deep(|| {
        check(&nested(DEEP, "{", "x = 1;", "}"), 1);
        check(&nested(DEEP, "if a {", "x = 1;", "}"), DEEP + 1);
        check(
            &nested(DEEP, "if a { x = 1; } else {", "x = 1;", "}"),
            DEEP + 1,
        );
        check(
            &nested(DEEP, "match a { A => {}, B => ", "{}", "}"),
            DEEP + 1,
        );
        check(&format!("{};", nested(DEEP, "f({", "x = 1;", "})")), 0);
        check(
            &format!("{};", nested(DEEP, "f(|| {", "send!(201);", "})")),
            1,
        );
        check(&nested(DEEP, "loop { if a { break; }", "x = 1;", "}"), 1);
        check(
            &nested(DEEP, "'a: { if a { break 'a; }", "x = 1;", "}"),
            DEEP + 1,
        );
        check(
            &nested(DEEP, "return match a { A => 5, B => ", "6", "}"),
            DEEP,
        );
        check(&nested(DEEP, "if a {", "send!(201); x();", "}"), DEEP + 1);
    });
}
