//! What can never run, because a send came first?

use super::{accepts, always_sends, check, report};

#[test]
fn statements() {
    check("send!(201); log(\"x\");", "dead: log(\"x\");");
    check("send!(201); send!(202);", "second send: send!(202);");
    check("send!(201); sendoff::send!(202);", "second send: sendoff::send!(202);");
    check("send!(201); return send!(202);", "second send: return send!(202);");
    check("send!(201); return;", "dead return: return;");
    check("send!(201); return todo!();", "dead return: return todo!();");
    check("send!(201); return Err(x);", "dead return: return Err(x);");
    check("send!(201); unreachable!()", "dead panic: unreachable!()");
    check("send!(201); panic!();", "dead panic: panic!();");
    check("send!(201); let x = 5;", "dead: let x = 5;");
    check("send!(201); ()", "dead: ()");
    check("send!(201); if a { b() }", "dead: if a { b() }");
    check("send!{201} log(\"x\");", "dead: log(\"x\");");
    check("return send!(201); log(\"x\");", "dead: log(\"x\");");
    check("let _ = send!(201); log(\"x\");", "dead: log(\"x\");");
    check("let x: u8 = send!(201); log(x);", "dead: log(x);");
    check("send!(201); a(); b(); c();", "dead: a();");
    check("unsafe { send!(201); } a();", "dead: a();");
    check("unsafe { send!(201); a(); } b();", "dead: a();");
    check("'a: { send!(201); break 'a; } send!(202);", "dead: break 'a;");
    check("{ send!(201) } a()", "dead: a()");
    check("if a { send!(201); b(); } send!(202);", "dead: b();");
    check("send!(201); ; a();", "dead: a();");
    check("my_macro!(); send!(201); a();", "dead: a();");
    always_sends("send!(201); fn f() {}");
    always_sends("send!(201); use a::b; struct S; const X: u8 = 5;");
    always_sends("send!(201); macro_rules! m { () => { send!(202) } }");
    always_sends("send!(201);;;");
}

#[test]
fn joins() {
    check("if a { send!(201) } else { send!(202) } b();", "dead: b();");
    check("if a { send!(201) } else { panic!() } b();", "dead: b();");
    check("if a { send!(201) } else { return Err(x) } b();", "dead: b();");
    check("match a { A => send!(201), B => send!(202) }; b();", "dead: b();");
    check("let x: U = match a { A => send!(201), B => send!(202) }; b(x);", "dead: b(x);");
    check("match a { A => { send!(201); b(); } B => send!(202) }", "dead: b();");
    check("match a { A => { send!(201); b(); } B => send!(202) } c();", "dead: b(); | dead: c();");
    check("for x in y { match x { A => send!(201), B => continue } z(); } send!(202)", "dead: z();");
    check("a || send!(201); send!(202); b();", "dead: b();");
    // To rustc the right side may be skipped, whatever the left side says.
    check("(a || send!(201)) && send!(202); b();", "suspect;: b()");
    check("let Some(x) = y else { send!(201); send!(202) }; send!(203);", "second send: send!(202)");
    check("let Some(x) = y else { send!(201); return; }; send!(203);", "dead return: return;");
    check("match send!(201) { A => b() }", "operand: send!(201)");
    check("match a { A if send!(201) => b(), _ => send!(202) }", "dead: b()");
}

#[test]
fn loops() {
    check("for x in y { send!(x); z(); } send!(201);", "dead: z();");
    check("loop { send!(201); work().await; }", "dead: work().await;");
    check("loop { send!(201); work().await; } x();", "dead: work().await;");
    check("loop { send!(201) } x();", "dead: x();");
    check("loop { if a { send!(201) } } x();", "dead: x();");
    check("loop { if a { break } send!(201) } x(); send!(202)", "");
    check("while send!(201) { x() }", "dead: { x() }");
    check("while a { send!(201); x(); } send!(202)", "dead: x();");
    check("for x in send!(201) { y() }", "operand: send!(201)");
    check("loop { send!(201); break; }", "dead: break;");
    check("loop { break send!(201) }", "operand: send!(201)");
    check("while a || send!(201) { b() } c();", "suspect;: c()");
    check("while a && send!(201) { b() } send!(202);", "dead: { b() }");
}

#[test]
fn operands() {
    check("log(send!(201));", "operand: send!(201)");
    check("log(a, send!(201), b)", "operand: send!(201)");
    check("a.b(send!(201)).c();", "operand: send!(201)");
    check("send!(201).await;", "operand: send!(201)");
    check("send!(201)?;", "operand: send!(201)");
    check("send!(201).x", "operand: send!(201)");
    check("send!(201).f()", "operand: send!(201)");
    check("(send!(201), 2)", "operand: send!(201)");
    check("[send!(201); 3]", "operand: send!(201)");
    check("x = send!(201);", "operand: send!(201)");
    check("a[send!(201)] += send!(202);", "operand: send!(202)");
    check("a[send!(201)] + send!(202);", "operand: send!(201)");
    check("x += send!(201);", "operand: send!(201)");
    check("1 + send!(201)", "operand: send!(201)");
    check("-send!(201)", "operand: send!(201)");
    check("&send!(201)", "operand: send!(201)");
    check("a[send!(201)]", "operand: send!(201)");
    check("a..send!(201)", "operand: send!(201)");
    check("User { id: send!(201), name }", "operand: send!(201)");
    check("User { id, ..send!(201) }", "operand: send!(201)");
    check("send!(send!(201))", "operand: send!(201)");
    check("send!(200, send!(201)); x();", "operand: send!(201)");
    check("log({ send!(201) }); x();", "operand: { send!(201) }");
    check("log(if a { send!(201) } else { send!(202) });", "operand: if a { send!(201) } else { send!(202) }");
    check("log({ send!(201); x }); y();", "dead: x");
    check("send!(201) && b", "dead: b");
    check("send!(201) || b; c();", "dead: b");
    check("let x = f(send!(201)); y();", "operand: send!(201)");
    always_sends("log(match a { A => send!(201), B => 5 }); send!(202)");
    always_sends("return match a { A => send!(201), B => send!(202) };");
    always_sends("return (send!(201));");
    always_sends("x = match a { A => send!(201), B => 5 }; send!(202)");
}

#[test]
fn operands_that_loop() {
    always_sends("send!(200, loop { if a() { send!(404) } })");
    always_sends("send!(200, { b = 1; (loop { send!(404) }) })");
    always_sends("let x = f(loop { if a { send!(404) } });");
    always_sends("match loop { send!(404) } { _ => b() }");
    always_sends("let x = vec![loop { send!(404) }];");
    always_sends("f(format!(\"{}\", loop { send!(404) }));");
    check("send!(200, loop { send!(404); b(); })", "dead: b();");
    check("send!(200, { loop { send!(404) } b() })", "dead: b()");
    always_sends("f(g(loop { send!(404) })); b();");
    check("let x = loop { send!(404) }; b();", "dead: b();");
    check("f(loop { break send!(404) });", "operand: send!(404)");
    assert!(report("f(loop { send!(404) });").foreign_dead);
}

#[test]
fn conditions() {
    check("if n == 0 && { send!(201) } { x(); } send!(202)", "dead: { x(); }");
    check("let _ = n == 0 && { send!(201) } && n == 2; send!(202)", "dead: n == 2");
    check("while n == 0 && { send!(201) } { x() } send!(202)", "dead: { x() }");
    // The body runs, and to rustc what follows does, too.
    accepts("while n == 0 || send!(201) { x() } send!(202)");
    check("while n == 0 || send!(201) { x() }", "dry: while n == 0 || send!(201)");
    check("let _ = n == 0 || { send!(201) } && n == 2; send!(202)", "dead: n == 2");
    check("if send!(201) { x(); }", "dead: { x(); }");
    check("if send!(201) { x(); } send!(202);", "dead: { x(); }");
    check("if send!(201) {} else { x(); }", "dead: { x(); }");
    check("if a && send!(201) { x(); } send!(202)", "dead: { x(); }");
    accepts("if a || send!(201) { x = 1; } else { y(); } send!(202)");
    check("if a && send!(201) { x(); } y = 5;", "dead: { x(); } | last: y = 5");
    check("if a && send!(201) { x() } else { send!(202) }", "dead: { x() }");
    check("if a && send!(201) && b { x(); } send!(202)", "dead: b");
    check("if send!(201) && b { x(); } send!(202)", "dead: b");
    check("if let Some(x) = send!(201) { x(); }", "operand: send!(201)");
    check("if a { send!(201) } else if send!(202) { b() }", "dead: { b() }");
    check("if !send!(201) { x() }", "operand: send!(201)");
    check("if a == send!(201) { x() }", "operand: send!(201)");
    always_sends("if a && send!(201) {} send!(202)");
}

#[test]
fn what_another_exit_leaves_is_rustcs() {
    let foreign = |body: &str, expected: bool| {
        accepts(body);
        assert_eq!(report(body).foreign_dead, expected, "{body}");
    };
    foreign("todo!(); send!(201)", true);
    foreign("panic!(); log(x);", true);
    foreign("send!(200, todo!())", true);
    foreign("loop {} send!(201)", true);
    foreign("return Err(x); send!(201)", true);
    foreign("loop { break; x(); } send!(201)", true);
    foreign("loop { continue; x(); }", true);
    foreign("f(todo!()); send!(201)", true);
    foreign("std::process::exit(1); send!(201)", true);
    foreign("if todo!() { a() } send!(201)", true);
    foreign("match todo!() { _ => a() } send!(201)", true);
    foreign("return todo!()", true);
    foreign("send!(201)", false);
    foreign("if a { panic!() } send!(201)", false);
    foreign("let x = todo!();", false);
}
