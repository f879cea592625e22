//! Where do paths end with nothing sent?

use super::{accepts, always_sends, cannot_tell, check, report};

#[test]
fn straight_lines() {
    always_sends("send!(200)");
    always_sends("send!(200);");
    always_sends("log(\"x\"); send!(200);");
    always_sends("send!(200);;");
    always_sends("sendoff::send!{200}");
    always_sends("send!{200};");
    always_sends("send![200]");
    always_sends("return send!(200);");
    always_sends("return sendoff::send!(200)");
    always_sends("{ { send!(200) } }");
    always_sends("(send!(200))");
    always_sends("send!(200) as ()");
    always_sends("#[allow(unused)] send!(200);");
    always_sends("let _ = send!(200);");
    always_sends("unsafe { send!(200) }");
    always_sends("send!(match x { Some(x) => x, None => y() })");
    check("", "empty body: {}");
    check(";", "empty body: {;}");
    check("use a::b;", "empty body: {use a::b;}");
    check("let x = 5;", "last: let x = 5;");
    check("let x;", "last: let x;");
    check("println!(\"x\");", "suspect;: println!(\"x\");");
    check("log(\"x\"); x = 5;", "last: x = 5");
    check("send(200, \"hello\");", "suspect;: send(200, \"hello\")");
    check("Json(user);", "last: Json(user)");
    check("{ println!() }", "suspect: println!()");
    check("{}", "empty: {}");
    check("{{}}", "empty: {}");
    check("unsafe { x += 1; }", "last: x += 1");
    check("x = 5; fn f() {}", "last: x = 5");
    check("_ = x;", "last: _ = x");
}

#[test]
fn values_in_tail_position() {
    check("\"hello\"", "value: \"hello\"");
    check("Json(user)", "value: Json(user)");
    check("Json(load().await)", "value: Json(load().await)");
    check("Ok(())", "value: Ok(())");
    check("None", "value: None");
    check("StatusCode::OK", "value: StatusCode::OK");
    check("(200, \"x\")", "value: (200, \"x\")");
    check("User { id }", "value: User { id }");
    check("format!(\"x\")", "suspect: format!(\"x\")");
    check("vec![1, 2]", "suspect: vec![1, 2]");
    check("&x", "value: &x");
    check("!x", "value: !x");
    check("a + b", "value: a + b");
    check("x as u64", "value: x as u64");
    check("|| 5", "value: || 5");
    check("async { 5 }", "value: async { 5 }");
    check("[1, 2]", "value: [1, 2]");
    check("0..5", "value: 0..5");
    check("()", "last: ()");
    check("x = 5", "last: x = 5");
    check("x += 5", "last: x += 5");
    check("println!()", "suspect: println!()");
    check("if a { 5 } else { send!(200) }", "value: 5");
    // It may be `!`, or the `Sent` of another handler.
    check("show(7).await", "suspect: show(7).await");
    check("show(7).await?", "suspect: show(7).await?");
    check("fatal(\"x\")", "suspect: fatal(\"x\")");
    check("sent", "suspect: sent");
    check("self.sent", "suspect: self.sent");
    check("(user, ).into_response()", "suspect: (user, ).into_response()");
    check("f(g())", "suspect: f(g())");
    check("a::b()", "suspect: a::b()");
    check("<A as B>::C", "suspect: <A as B>::C");
    check("X(1)", "suspect: X(1)");
}

#[test]
fn calls_that_may_diverge() {
    check("log(\"x\");", "suspect;: log(\"x\")");
    check("log(\"x\"); log(\"y\");", "suspect;: log(\"y\")");
    check("let x = fatal();", "suspect;: let x = fatal();");
    check("let _ = save(u).await?;", "suspect;: let _ = save(u).await?;");
    check("x = fatal();", "suspect;: x = fatal()");
    check("process::id();", "suspect;: process::id()");
    check("my::exit();", "suspect;: my::exit()");
    check("x = &raw const a;", "last: x = &raw const a");
    check("x += a();", "suspect;: x += a()");
    check("Json(load());", "suspect;: Json(load())");
    check("fatal(); let x = 5;", "last: let x = 5;");
    check("if a { fatal() } else { send!(200) }", "suspect: fatal()");
    check("if a { fatal() } else { send!(200) };", "suspect;: fatal()");
    check("if a { fatal() } else { send!(200) } fn f() {}", "suspect;: fatal()");
    check("if a { fatal(); } else { log(\"x\") }", "suspect;: fatal() | suspect: log(\"x\")");
    check("match a { A => send!(201), B => fatal(\"x\") }", "suspect: fatal(\"x\")");
    check("info!(\"x\");", "suspect;: info!(\"x\");");
    check("json!({})", "suspect: json!({})");
    check("json!{}", "suspect: json!{}");
    always_sends("if a { fatal() } send!(200);");
    always_sends("let x = match a { Some(x) => x, None => fatal() }; send!(200)");
    always_sends("std::process::exit(3)");
    always_sends("std::process::exit(code());");
    always_sends("process::abort()");
    always_sends("match a { A => std::process::abort(), B => send!(200) }");
    check("exit(3);", "suspect;: exit(3)");
}

#[test]
fn ifs() {
    check("if a { send!(200); }", "no else: if a { send!(200); }");
    check("if a {}", "no else: if a {}");
    check("if a { send!(201) } else if b { send!(202) }", "no else: if b { send!(202) }");
    check("if a { send!(201) } else if b { send!(202) } else {}", "empty: else {}");
    check("if a {} else { send!(201) }", "empty: if a {}");
    check("if a { x = 1; } else { send!(201) }", "last: x = 1");
    check("if a { x = 1; }", "no else: if a { x = 1; } | last: x = 1");
    check("if a { send!(201) } else { { x = 1; } }", "last: x = 1");
    check("if ready() { send!(201) }", "no else: if ready() { send!(201) }");
    check("if let Some(x) = y { send!(x) }", "no else: if let Some(x) = y { send!(x) }");
    check("if let Some(x) = y && x > 5 { send!(x) } else { z = 2 }", "last: z = 2");
    always_sends("if a { send!(201) } else { send!(202) }");
    always_sends("if a { send!(201) } else { send!(202) };");
    always_sends("if a { send!(201) } send!(202);");
    always_sends("if a { send!(201) } else if b { send!(202) } send!(203)");
    always_sends("if a { x = 1; } else { y = 2; } send!(203)");
    always_sends("if a && b || !c { panic!() } send!(201)");
    always_sends("if a && { send!(201) } {} send!(202)");
    always_sends("if a || send!(201) { x = 5; } send!(202)");
    always_sends("if !(a || send!(201)) {} send!(202)");
    always_sends("if (if a { b } else { send!(201) }) { x = 5; } send!(202)");
}

#[test]
fn matches() {
    check("match a { A => send!(201), _ => {} }", "empty: => {}");
    check("match a { A => send!(201), B | C => () }", "empty: => ()");
    check("match a { A => send!(201), B => x = 1, }", "last: x = 1");
    check("match a { A => send!(201), B => { x = 1; } }", "last: x = 1");
    check("match a { A => send!(201), B => 5 }", "value: 5");
    check("match a { A => send!(201), B => 5 };", "last: 5");
    check("match a { A if b => send!(201), A => 5, B => send!(202) };", "last: 5");
    check("match a { A => match b { C => send!(201), D => {} }, B => send!(202) }", "empty: => {}");
    check("match a { A => {} B => {} }", "empty: => {} | empty: => {}");
    check("match a { A => { fn f() {} } B => send!(201) }", "empty: => { fn f() {} }");
    always_sends("match a { A => send!(201), B => { send!(202); } }");
    always_sends("match a { A => send!(201), B => panic!() };");
    always_sends("match a { A => {} B => send!(201) } send!(202);");
    always_sends("match a {}");
    always_sends("match a { A if { send!(201) } => {} _ => send!(202) }");
    accepts("match a { A if b && send!(201) => {} _ => send!(202) }");
    always_sends("let x = match a { A => 5, B => send!(201) }; send!(x);");
}

#[test]
fn let_else() {
    always_sends("let Some(x) = y else { send!(404) }; send!(x);");
    always_sends("let Some(x) = y else { return Err(z) }; send!(x);");
    always_sends("let Some(x) = y else { unreachable!() }; send!(x);");
    always_sends("for y in z { let Some(x) = y else { continue }; } send!(x);");
    check("let Some(x) = y else { send!(404) };", "last: let Some(x) = y else { send!(404) };");
    check("let Some(x) = y else { z = 5; }; send!(x);", "last: z = 5");
    check("let Some(x) = y else {}; send!(x);", "empty: else {}");
    check("let Some(x) = y else { fatal() }; send!(x);", "suspect;: fatal()");
    check("let Some(x) = y else { if a { send!(201) } }; send!(x);", "no else: if a { send!(201) }");
}

#[test]
fn loops() {
    check("for x in y { send!(x) }", "dry: for x in y");
    check("for x in y() { if x { send!(x) } }", "dry: for x in y()");
    check("for x in y { if x { break; } }", "dry: for x in y | break: break");
    check("while a { send!(201) }", "dry: while a");
    check("while let Some(x) = y.next().await { send!(x) }", "dry: while let Some(x) = y.next().await");
    check("while true { send!(201) }", "while true: while true");
    check("loop { if a { break; } }", "break: break");
    check("loop { if a { break 5 } }", "break: break");
    check("loop { if a { break (5) } }", "break: break");
    check("loop { if a { break fatal(\"x\") } }", "suspect: fatal(\"x\")");
    check("loop { if a { break show().await } send!(201) }", "suspect: show().await");
    check("loop { if a { break show().await } send!(201) };", "");
    check("loop { if a { break; } send!(201) };", "break: break");
    check("'a: loop { for x in y { break 'a; } }", "break: break 'a");
    check("'a: { if b { break 'a; } send!(201) }", "break: break 'a");
    check("'a: { if b { break 'a; } x = 1; }", "break: break 'a | last: x = 1");
    check("'a: {}", "empty: 'a: {}");
    check("loop { loop { break; } }", "");
    check("loop { break; } x = 5;", "last: x = 5");
    check("let x = loop { break 5; };", "last: let x = loop { break 5; };");
    check("loop { 'a: { break; } }", "break: break");
    check("loop { 'a: { if x { break 'a } send!(201) } break }", "break: break");
    always_sends("loop {}");
    always_sends("loop { work().await; }");
    always_sends("loop { send!(201) }");
    always_sends("loop { if a { send!(201) } b().await; }");
    always_sends("loop { match a { A => send!(201), B => continue } }");
    always_sends("loop { match a { A => break, B => send!(201) } } send!(202)");
    always_sends("'a: loop { loop { continue 'a; } }");
    always_sends("'a: loop { loop { break 'a; } } send!(201)");
    always_sends("for x in y { send!(x) } send!(201)");
    always_sends("while a { break } send!(201)");
    always_sends("while true {} send!(201)");
    always_sends("let x = 'a: { if b { break 'a 1 } 2 }; send!(x)");
    always_sends("while { if a { send!(201) } b } { c = 1 } send!(202)");
    always_sends("loop { let Some(x) = y else { break }; send!(x) } send!(404)");
}

#[test]
fn short_circuits() {
    check("a || send!(403)", "short circuit: a || send!(403)");
    check("a() || send!(403)", "short circuit: a() || send!(403)");
    check("a || send!(403);", "short circuit: a || send!(403)");
    check("a() || send!(403);", "suspect;: a() || send!(403)");
    check("a && send!(403);", "short circuit: a && send!(403)");
    check("let _ = a || send!(403);", "last: let _ = a || send!(403);");
    always_sends("a || send!(403); send!(200);");
    always_sends("a && send!(403); send!(200);");
    always_sends("a || b && c || send!(403); send!(200);");
    check("(a || send!(403)) && send!(200);", "short circuit: (a || send!(403)) && send!(200)");
}

#[test]
fn exits_of_other_kinds() {
    always_sends("panic!(\"x {}\", y)");
    always_sends("todo!();");
    always_sends("unimplemented!()");
    always_sends("std::unreachable!()");
    always_sends("return Err(e.into());");
    always_sends("if a { send!(201) } return Err(e)");
    always_sends("todo!(); send!(200)");
    always_sends("send!(200, todo!())");
    always_sends("let x = a()?; send!(x)");
    always_sends("let x = return Err(e);");
    always_sends("match a { A => return Err(e), B => send!(201) }");
    accepts("loop {} send!(201)");
}

#[test]
fn what_a_cfg_decides() {
    cannot_tell("#[cfg(a)] send!(201); #[cfg(not(a))] { send!(202) }");
    cannot_tell("#[cfg(a)] { send!(201) } #[cfg(not(a))] { send!(202) }");
    cannot_tell("#[cfg(a)] return send!(201); #[cfg(not(a))] send!(202);");
    cannot_tell("#[cfg(a)] send!(201); x = 5;");
    cannot_tell("match a { #[cfg(b)] A => x = 5, _ => send!(201) }");
    cannot_tell("match a { #[cfg(b)] A => send!(201), #[cfg(not(b))] _ => x = 5 }");
    check("match a { #[cfg(b)] A => {} _ => {} } x = 5;", "last: x = 5");
    assert!(report("match a { #[cfg(b)] A => send!(202), _ => send!(201) }").foreign_dead);
    cannot_tell("loop { #[cfg(a)] break; }");
    assert!(report("#[cfg(a)] return Err(x); send!(201)").foreign_dead);
    assert!(!report("#[cfg(a)] x(); send!(201)").foreign_dead);
    cannot_tell("#[cfg_attr(b, cfg(a))] send!(201);");
    always_sends("match a { #[cfg(b)] A => send!(202), _ => send!(201) }");
    always_sends("match a { #[cfg(b)] A => send!(202), #[cfg(not(b))] _ => send!(201) }");
    always_sends("match a { #[cfg(b)] A => send!(202), _ => return Err(x) }");
    check("if a { send!(201) } else { match b { #[cfg(c)] A => send!(202), _ => panic!() } } d();", "dead: d();");
    always_sends("#[cfg(a)] log(\"x\"); send!(201);");
    always_sends("#[cfg(a)] x = 1; send!(201);");
    always_sends("#[cfg(a)] let x = || send!(201); send!(202)");
    always_sends("#[cfg(a)] { send!(201); x = 5; } send!(202);");
    always_sends("send!(User { #[cfg(a)] x: send!(201), y })");
    accepts("x = 5; #[cfg(a)] y = 6;");
    accepts("#[cfg(a)] x = 5;");
    check("if a { #[cfg(b)] x = 5; } else { y = 1; }", "last: y = 1");
    check("#[cfg(a)] x = 5; x = 6;", "last: x = 6");
    check("#[cfg(a)] fn f() {} x = 5;", "last: x = 5");
}

#[test]
fn calls_that_were_taken_to_return() {
    let taken = |body: &str, expected: bool| {
        assert_eq!(report(body).takes_calls_to_return, expected, "{body}");
    };
    taken("fatal(); x = 5;", true);
    taken("fatal(); log();", true);
    taken("fatal().await; x = 5;", true);
    taken("if a { fatal() } else { send!(201) } x = 5;", true);
    taken("if a { fatal(); x = 5; } else { send!(201) }", true);
    taken("loop { fatal(); break; }", true);
    taken("#[cfg(a)] fatal(); x = 5;", true);
    taken("loop { fatal(); break; } x = 5;", true);
    taken("let x = 'a: { fatal(); break 'a 5 };", true);
    taken("x = 5; y = 6;", false);
    taken("let x = f(); y = 6;", false);
    taken("if a { fatal() } x = 5;", false);
    taken("if a { fatal(); send!(201) } x = 5;", false);
    taken("log();", false);
}

#[test]
fn what_a_macro_has_put_together() {
    check("(@ 5)", "value: 5");
    check("(@ x = 5);", "last: x = 5");
    check("match a { A => (@ {}), B => send!(201) }", "empty: => (@ {})");
    check("loop { break (@ 5) }", "break: break");
    check("return (@ 5);", "return value: return (@ 5)");
    check("if (@ a && send!(201)) { x(); } send!(202)", "dead: { x(); }");
    check("send!((@ 42))", "invalid 42: 42");
    check("send!(204, (@ \"x\"))", "body with 204: (@ \"x\")");
    check("println!(\"{}\", (@ send!(201)))", "operand: (@ send!(201))");
    always_sends("f((@ loop { send!(201) }));");
    always_sends("(@ send!(201))");
}
