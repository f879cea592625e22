//! What is read in the tokens of other people's macros, and what is not?

use super::{accepts, always_sends, cannot_tell, check, report};

#[test]
fn select() {
    always_sends("tokio::select! { _ = a() => send!(201), _ = b() => { log(x); send!(202) } }");
    always_sends("select! { biased; x = a(), if c => send!(x), else => send!(202), }");
    always_sends("futures::select! { x = a => send!(x), complete => send!(201), default => send!(202) }");
    always_sends("tokio::select! { Some(x) = a() => { send!(x) } else => { send!(202) } }");
    always_sends("loop { tokio::select! { x = a() => send!(x), _ = b() => continue, } }");
    always_sends("let x = tokio::select! { x = a() => x, _ = b() => send!(201) }; send!(x)");
    always_sends("loop { select! { _ = a() => break, _ = b() => {} } } send!(201)");
    check("select! { _ = a() => send!(201), _ = b() => send!(202) } c();", "dead: c();");
    check("select! { _ = a() => send!(201), _ = b() => {} }", "empty: => {}");
    check("select! { _ = a() => send!(201), _ = b() => { x = 1; } }", "last: x = 1");
    check("select! { _ = a() => { send!(201); c() } _ = b() => send!(202) }", "dead: c()");
    check("select! { _ = a() => { return; } _ = b() => send!(202) }", "return: return");
    check("select! { _ = async { send!(201) } => send!(202), _ = b() => send!(203) }", "async block: send!(201)");
    check("select! { _ = a(send!(201)) => send!(202) }", "operand: send!(201)");
    check("select! { _ = a(), if send!(201) => send!(202) }", "operand: send!(201)");
    check("loop { select! { _ = a() => break, _ = b() => send!(201) } }", "break: break");
    check("select! { _ = a() => {} _ = b() => {} } log();", "suspect;: log()");
    // No suspect can name an expression inside a macro.
    check("select! { _ = a() => send!(201), _ = b() => log(x) }", "");
    check("crossbeam::select! { recv(r) -> x => send!(x) }", "");
}

#[test]
fn expressions() {
    always_sends("let x = vec![match a { A => 1, B => send!(201) }]; send!(x)");
    always_sends("println!(\"{}\", match a { A => 1, B => send!(201) }); send!(202)");
    always_sends("assert!(a, \"{}\", match b { A => c, B => send!(201) }); send!(202)");
    always_sends("assert!(a, \"{}\", send!(201)); send!(202)");
    always_sends("debug_assert!(send!(201)); send!(202)");
    always_sends("if matches!(a, A | B if c) { send!(201) } send!(202)");
    always_sends("let (a, b) = tokio::join!(x(), async { y() }); send!(a)");
    always_sends("let x = vec![0; n]; send!(x)");
    always_sends("write!(f, \"{x}\")?; send!(x)");
    always_sends("let x = format!(\"{a} {b}\", a = 1, b = c()); send!(x)");
    always_sends("tokio::pin!(x); send!(201)");
    always_sends("tokio::pin! { let x = a(); } send!(201)");
    always_sends("let x = format!(\"{}\", panic!()); y();");
    always_sends("println!(\"{}\", { send!(201) });");
    check("println!(\"{}\", send!(201));", "operand: send!(201)");
    check("println!(\"{}\", (send!(201)));", "operand: (send!(201))");
    check("panic!(\"{}\", send!(201));", "operand: send!(201)");
    check("let x = format!(\"{}\", send!(201));", "operand: send!(201)");
    check("reply!(404, \"x\")", "suspect: reply!(404, \"x\")");
    check("if a { reply!(404) } else { send!(201) }", "suspect: reply!(404)");
    check("reply!(404);", "suspect;: reply!(404);");
    check("return reply!(404);", "return value: return reply!(404)");
    check("let x = reply!(404, send!(201));", "operand: send!(201)");
    always_sends("let x = reply!(404, match a { A => 1, B => send!(201) }); send!(x)");
    check("assert!(let Some(x) = send!(201));", "operand: send!(201)");
    check("assert!(a, \"{}\", return); send!(201)", "return: return");
    check("debug_assert!(a);", "suspect;: debug_assert!(a);");
    assert!(report("println!(\"{}\", todo!());").foreign_dead);
    assert!(report("tokio::join!(todo!());").foreign_dead);
    check("vec![send!(201)]", "operand: send!(201)");
    check("let x = vec![1, send!(201), 2];", "operand: send!(201)");
    check("assert_eq!(a, send!(201));", "operand: send!(201)");
    check("dbg!(send!(201))", "operand: send!(201)");
    check("println!(\"{}\", { send!(201) }); a();", "dead: a();");
    check("println!(\"{}\", send!(201)); a();", "operand: send!(201)");
    check("log(&format!(\"{}\", send!(201)));", "operand: send!(201)");
    check("tokio::join!(send!(201), b());", "operand: send!(201)");
    check("matches!(a, A if b);", "suspect;: matches!(a, A if b);");
    check("matches!(send!(201), A if send!(42));", "operand: send!(201)");
    check("assert!(a);", "suspect;: assert!(a);");
    check("dbg!(x)", "suspect: dbg!(x)");
    check("let x = vec![return]; send!(x)", "return: return");
    check("tokio::join!(a(), b());", "suspect;: tokio::join!(a(), b());");
}

#[test]
fn known_names() {
    for known in [
        "info!(a = %b, ?c, \"x\")",
        "tracing::debug!(target: \"x\", \"y\")",
        "log::warn!(\"x\")",
        "let x = json!({ \"a\": [1, b] })",
        "let x = sqlx::query!(\"select\", a)",
        "let s = info_span!(\"x\", a = 5)",
        "let x = stringify!(return send!(201) ..)",
        "let x = concat!(\"a\", 1)",
        "let x = env!(\"A\")",
        "let x = if cfg!(a) { 1 } else { 2 }",
        "thread_local! { static X: u8 = 5; }",
        "tokio::pin! { let x = a(); }",
    ] {
        always_sends(&format!("{known}; send!(201)"));
        assert!(!report(&format!("{known}; send!(201)")).unread, "{known}");
    }
    assert!(!report("info!(send = 5, !a); send!(201)").unread);
    check("send!(201); info!(\"x\");", "dead: info!(\"x\");");
    check("info!(\"x\"); x = 5;", "last: x = 5");
    check("if a { send!(201) } else { error!(404, \"x\") }", "suspect: error!(404, \"x\")");
}

#[test]
fn unknown_macros() {
    check("my_macro!(x);", "suspect;: my_macro!(x);");
    check("my_macro!(x)", "");
    check("my_macro!{ x }", "");
    cannot_tell("my_macro!(x); y = 5;");
    check("match a { A => send!(201), B => my_macro!() }", "");
    cannot_tell("match a { A => send!(201), B => my_macro!() } y = 5;");
    check("json!({ a: send!(201) });", "suspect;: json!({ a: send!(201) });");
    check("info!(\"{}\", return);", "suspect;: info!(\"{}\", return);");
    cannot_tell("loop { my_macro!(); }");
    cannot_tell("'a: { my_macro!('a); send!(201) }");
    cannot_tell("'a: { macro_rules! m { () => { break 'a } } m!(); send!(201) }");
    cannot_tell("let f = builtin # offset_of(A, b);");
    always_sends("'a: { my_macro!(); send!(201) }");
    always_sends("let x = my_macro!(x); send!(201)");
    always_sends("if a { my_macro!() } send!(201);");
    check("macro_rules! println { () => { send!(201) } } println!();", "suspect;: println!();");
    accepts("macro_rules! panic { () => {} } panic!(); send!(201);");
    check("let x = my_macro!(x); y = 5;", "last: y = 5");
    check("if a { my_macro!(x); } y = 5;", "last: y = 5");
    check("my_macro!(x); return;", "return: return");
    assert!(report("my_macro!(x); send!(201)").unread);
    assert!(report("vec![1 => 2]; send!(201)").unread);
    assert!(!report("vec![1, 2]; send!(201)").unread);
}

#[test]
fn unstable_expressions() {
    cannot_tell("yield 5;");
    cannot_tell("try { a?; send!(201) }");
    always_sends("try { send!(201) }");
    check("try { a? }", "suspect: try { a? }");
}
