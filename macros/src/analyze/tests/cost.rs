//! Is the cost linear in the length and in the depth of the body?

use std::time::{Duration, Instant};

use super::report;

/// Runs on a stack that syn's parser does not overflow; the walk needs a tenth of it.
fn deep(run: impl FnOnce() + Send + 'static) {
    let thread = std::thread::Builder::new().stack_size(64 << 20).spawn(run);
    let done = thread.expect("a thread").join();
    if let Err(panic) = done {
        std::panic::resume_unwind(panic);
    }
}

/// How long the walk takes over what `body` makes of a size, without parsing.
fn time(body: impl Fn(usize) -> String, size: usize) -> Duration {
    let source = body(size);
    let block: syn::Block = syn::parse_str(&format!("{{{source}}}")).expect("a body");
    (0..3)
        .map(|_| {
            let start = Instant::now();
            crate::analyze::analyze(&block);
            start.elapsed()
        })
        .min()
        .unwrap_or_default()
}

/// Eight times the size must not take much more than eight times as long: quadratic would be 64
/// times. The machine may be busy, so one good measurement of several is enough.
fn linear(name: &str, size: usize, body: impl Fn(usize) -> String) {
    let mut worst = (Duration::ZERO, Duration::ZERO);
    for _ in 0..8 {
        let small = time(&body, size).max(Duration::from_micros(200));
        let large = time(&body, size * 8);
        if large < small * 24 {
            return;
        }
        worst = (small, large);
    }
    panic!("{name}: {:?}, then {:?}", worst.0, worst.1);
}

fn nested(depth: usize, open: &str, inner: &str, close: &str) -> String {
    format!("{}{inner}{}", open.repeat(depth), close.repeat(depth))
}

#[test]
fn long_bodies() {
    let end = "send!(201);";
    linear("statements", 2_500, |n| {
        format!("{}{end}", "let x = f(a, b.c());\n".repeat(n))
    });
    linear("branches", 2_500, |n| {
        format!("{}{end}", "if a { send!(400, \"x\"); }\n".repeat(n))
    });
    linear("macros", 2_500, |n| {
        format!("{}{end}", "info!(\"x {}\", a);\n".repeat(n))
    });
    linear("dead code", 2_500, |n| {
        format!("{end}{}", "x();\n".repeat(n))
    });
    linear("findings", 2_500, |n| "if a { return; }\n".repeat(n));
    linear("closures", 2_500, |n| {
        format!("{}{end}", "a.map(|x| x + 1);\n".repeat(n))
    });
    linear("arms", 2_500, |n| {
        format!("match a {{ {} }}", "A => {}\n".repeat(n))
    });
    linear("chain", 25, |n| format!("a{};", ".b(c)".repeat(n)));
    linear("ands", 25, |n| format!("if a{} {{}}", " && b".repeat(n)));
}

#[test]
fn deep_bodies() {
    deep(measure_deep_bodies);
}

fn measure_deep_bodies() {
    linear("blocks", 25, |n| nested(n, "{", "x = 1;", "}"));
    linear("ifs", 25, |n| nested(n, "if a {", "x = 1;", "}"));
    linear("else ifs", 25, |n| {
        nested(n, "if a { x = 1; } else {", "x = 1;", "}")
    });
    linear("matches", 25, |n| {
        nested(n, "match a { A => {}, B => ", "{}", "}")
    });
    linear("calls", 25, |n| {
        format!("{};", nested(n, "f({", "x = 1;", "})"))
    });
    linear("closures", 25, |n| {
        format!("{};", nested(n, "f(|| {", "send!(201);", "})"))
    });
    linear("loops", 25, |n| {
        nested(n, "loop { if a { break; }", "x = 1;", "}")
    });
    linear("labels", 25, |n| {
        nested(n, "'a: { if a { break 'a; }", "x = 1;", "}")
    });
    linear("returns", 25, |n| {
        nested(n, "return match a { A => 5, B => ", "6", "}")
    });
    linear("sends", 25, |n| {
        nested(n, "if a {", "send!(201); x();", "}")
    });
}

#[test]
fn deep_bodies_are_walked_to_the_bottom() {
    deep(|| {
        let found = report(&nested(200, "if a {", "x = 1;", "}"));
        assert_eq!(found.findings.len(), 201);
        let found = report(&nested(200, "f(|| {", "send!(201)", "})"));
        assert_eq!(found.findings.len(), 1);
    });
}
