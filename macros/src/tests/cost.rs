//! What does it cost to expand a long handler, and a deep one?
//!
//! No test here looks at a clock: `.ci/cost` counts the instructions of each of them.

use std::hint::black_box;

use proc_macro2::TokenStream;

use crate::pipeline;

/// Six lines as they are in handlers.
const LINES: &str = r#"let user = store.find(id, &name).await?;
if user.is_banned || user.age < 18 {
    send!(403, format!("no entry for {}", user.name));
}
tracing::info!(user = user.id, "step {}", 1 + 2);
let total: u64 = user.items.iter().map(|item| item.price * 2).sum();
"#;

/// What opens, and what closes, one level.
const LEVELS: &[(&str, &str)] = &[
    ("{", "}"),
    ("(", ")"),
    ("f(", ")"),
    ("f(|| {", "})"),
    ("async move {", "}"),
    ("loop {", "}"),
    ("if a {", "} else { send!(404) }"),
    ("if a { send!(404) } else {", "}"),
    ("match a { 0 => send!(404), _ => ", "}"),
    ("send!(200, ", ")"),
    ("vec![", "]"),
    ("unknown!{ a => ", "}"),
];

/// Expands a handler with this body.
fn expanded(body: &str) -> String {
    let item = format!("async fn show(id: u64, name: String) {{ {body} }}");
    let item = item.parse().expect("tokens");
    black_box(pipeline::handler(TokenStream::new(), &item)).to_string()
}

fn long(lines: usize) {
    let body = LINES.repeat(lines / 6) + "send!(200, total);";
    let labels = expanded(&body).matches("@ 'send").count();
    assert_eq!(labels, lines / 6 + 1);
}

/// On the stack that threads have, and rust-analyzer gives to macros; rustc has four times that.
fn deep(levels: usize) {
    let thread = std::thread::Builder::new()
        .stack_size(2 << 20)
        .spawn(move || {
            for (open, close) in LEVELS {
                let body = format!("{}send!(200){}", open.repeat(levels), close.repeat(levels));
                let expanded = expanded(&body);
                assert!(
                    expanded.contains("@ 'send") || expanded.contains("@ 'fail"),
                    "{open}"
                );
            }
        });
    let done = thread.expect("a thread").join();
    assert!(done.is_ok(), "see above");
}

#[test]
fn lines_10000() {
    long(10_000);
}

#[test]
fn lines_20000() {
    long(20_000);
}

#[test]
fn levels_100() {
    deep(100);
}

#[test]
fn levels_200() {
    deep(200);
}

#[test]
fn levels_400() {
    deep(400);
}

/// The deepest that is still parsed and judged.
#[test]
fn levels_24() {
    deep(24);
}
