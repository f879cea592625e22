//! What do a `return` and the arguments of a `send!` say?

use super::{accepts, always_sends, check, report};

#[test]
fn replies_that_nobody_sends() {
    check("(401, \"no\").into_response(); send!(201)", "unsent reply: (401, \"no\").into_response()");
    check("Problem::new(401).detail(\"no\"); send!(201)", "unsent reply: Problem::new(401).detail(\"no\")");
    check("if a { axum::Redirect::to(\"/\"); } send!(201)", "unsent reply: axum::Redirect::to(\"/\")");
    check("Problem::new(401);", "suspect;: Problem::new(401)");
    always_sends("let a = Problem::new(401); send!(a)");
    always_sends("reply(x); a.response(); send!(201)");
}

#[test]
fn returns_without_a_send() {
    check("return;", "return: return");
    check("return", "return: return");
    check("if a { return; } send!(201)", "return: return");
    check("match a { A => send!(201), B => { b(); return; } }", "return: return");
    check("let Some(x) = y else { return; }; send!(x)", "return: return");
    check("a || return; send!(201)", "return: return");
    check("let x = match y { A => 1, B => return }; send!(x)", "return: return");
    check("for x in y { if x { return; } } send!(201)", "return: return");
    check("f(return); send!(201)", "return: return");
    check("return ();", "return value: return ()");
    check("return \"zero\";", "return value: return \"zero\"");
    check("return (200, \"x\")", "return value: return (200, \"x\")");
    check("return Json(x);", "return value: return Json(x)");
    check("return None;", "return value: return None");
    check("return AppError::Denied;", "return value: return AppError::Denied");
    check("return User { id };", "return value: return User { id }");
    check("return format!(\"x\");", "return value: return format!(\"x\")");
    check("return a == b;", "return value: return a == b");
    check("return !a;", "return value: return !a");
    check("return match a { A => send!(201), B => () };", "return value: return match a { A => send!(201), B => () }");
    check("return if a { send!(201) } else { \"x\" };", "return value: return if a { send!(201) } else { \"x\" }");
    check("return { 5 };", "return value: return { 5 }");
    assert!(report("return;").findings[0].expr.is_some());
    assert!(report("vec![return]").findings[0].expr.is_none());
    check("my_macro!(); return;", "return: return");
    check("return; return;", "return: return");
}

#[test]
fn returns_that_answer() {
    always_sends("return Err(x);");
    always_sends("return Result::Err(x);");
    always_sends("return Ok(sent);");
    always_sends("return show(7).await;");
    always_sends("return x;");
    always_sends("return self.x;");
    always_sends("return DENIED;");
    always_sends("return send!(201);");
    always_sends("return panic!();");
    always_sends("return todo!();");
    always_sends("return match a { A => send!(201), B => Err(x) };");
    always_sends("return match a { A => Err(x), B => return Err(y) };");
    always_sends("return if a { Err(x) } else { y() };");
    always_sends("return my_macro!(x);");
    always_sends("return x.into_response();");
    always_sends("return match a { #[cfg(b)] A => 5, B => Err(x) };");
    accepts("macro_rules! format { () => { Err(x) } } return format!();");
    accepts("#[cfg(a)] return; send!(201)");
}

#[test]
fn statuses() {
    check("send!()", "empty send: send!()");
    check("send!{}", "empty send: send!{}");
    check("send!(42)", "invalid 42: 42");
    check("send!(199, \"x\")", "invalid 199: 199");
    check("send!(600, \"x\");", "invalid 600: 600");
    check("send!(100u16)", "invalid 100u16: 100u16");
    check("send!(99999999999999999999)", "invalid 99999999999999999999: 99999999999999999999");
    check("if a { send!(0) } else { send!(1000) }", "invalid 0: 0 | invalid 1000: 1000");
    check("send!(204, \"x\")", "body with 204: \"x\"");
    check("send!(205, b\"x\")", "body with 205: b\"x\"");
    check("send!(304, header, \"x\")", "body with 304: \"x\"");
    check("send!(204, (\"x\"))", "body with 204: (\"x\")");
    always_sends("send!(204, Other(\"x\"))");
    always_sends("send!(204, \" \".trim())");
    check("send!(204, Json(x))", "body with 204: Json(x)");
    check("send!(204, Html(\"x\"))", "body with 204: Html(\"x\")");
    check("send!(204, format!(\"{x} is\"))", "body with 204: format!(\"{x} is\")");
    check("send!(204, \"x\".to_string())", "body with 204: \"x\".to_string()");
    for status in [200, 204, 205, 304, 404, 599] {
        always_sends(&format!("send!({status})"));
        always_sends(&format!("send!({status}, \"\")"));
        always_sends(&format!("send!({status}, ())"));
        always_sends(&format!("send!({status}, body)"));
        always_sends(&format!("send!({status}, format!(\"{{body}}\"))"));
        always_sends(&format!("send!({status}, Html(\"\"))"));
    }
    always_sends("send!(0x194, \"x\")");
    always_sends("send!(2_00, \"x\")");
    always_sends("send!(StatusCode::NO_CONTENT, \"x\")");
    always_sends("send!(status, 5)");
    always_sends("send!(\"204\")");
    always_sends("send!(1.5)");
    always_sends("send!(200, \"x\",)");
    // Not expressions: rustc will say so, but it is a send.
    always_sends("send!(200 \"x\")");
    always_sends("send!(@'send 200)");
}
