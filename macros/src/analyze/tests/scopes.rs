//! Which sends cannot end the handler?

use crate::analyze::Outside;
use super::{always_sends, check};
use crate::analyze::Flow;

#[test]
fn closures() {
    check("let _ = a.map(|u| send!(201)); send!(202)", "closure: send!(201)");
    check("a.b(|| { send!(201); }); send!(202)", "closure: send!(201)");
    check("a.b(move || c.d(|x| { if x { send!(201) } })); send!(202)", "closure: send!(201)");
    check("let x = async || send!(201); send!(202)", "async closure: send!(201)");
    check("let x = async |y| async { send!(201) }; send!(202)", "async block: send!(201)");
    check("a(|| send!(201)); b(|| sendoff::send!(202)); send!(203)", "closure: send!(201) | closure: sendoff::send!(202)");
    check("send!(a.map(|u| send!(201)))", "closure: send!(201)");
    check("for x in y.map(|u| send!(201)) {} send!(202)", "closure: send!(201)");
    check("let f = || User { id: send!(201) }; send!(202)", "closure: send!(201)");
    check("let f = || return send!(201); send!(202)", "closure: send!(201)");
    check("let f = || vec![send!(201)]; send!(202)", "closure: send!(201)");
    check("let f = || { send!(201); x(); }; send!(202)", "closure: send!(201)");
    check("let f = || { #[cfg(a)] x(); send!(201) }; send!(202)", "closure: send!(201)");
    always_sends("let f = |x| { if x { return 1; } 2 }; send!(f(y))");
    always_sends("a.for_each(|x| { if x { return; } }); send!(201)");
    always_sends("send!(201); fn f() {}");
}

#[test]
fn async_blocks() {
    check("tokio::spawn(async move { send!(201) }); send!(202)", "async block: send!(201)");
    check("let x = async { match a { A => 5, B => send!(201) } }.await; send!(x)", "async block: send!(201)");
    check("async { loop { break send!(201) } }.await; send!(202)", "async block: send!(201)");
    check("let f = async { select! { _ = a() => send!(201), _ = b() => c() } }; send!(202)", "async block: send!(201)");
    check("join!(a(), async { send!(201) }); send!(202)", "async block: send!(201)");
    always_sends("let x = async { return Err(5) }.await; send!(x)");
}

#[test]
fn items() {
    always_sends("trait T { fn f() -> Result<(), Reply> { send!(201) } } send!(202)");
    always_sends("struct A; impl A { fn f() -> Result<(), Reply> { send!(201) } } send!(202)");
    check("fn f() { send!(201) } send!(202)", "item: send!(201)");
    check("async fn f() -> u8 { send!(201) } send!(202)", "item: send!(201)");
    check("fn f() -> Result<(), Reply> { send!(201) } send!(202)", "");
    check("struct S; impl S { fn f(&self) { send!(201) } } send!(202)", "item: send!(201)");
    check("trait T { fn f() { send!(201) } } send!(202)", "item: send!(201)");
    check("mod m { pub fn f() { send!(201) } } send!(202)", "item: send!(201)");
    check("fn f() { g(|| send!(201)) } send!(202)", "closure: send!(201)");
    check("const X: u8 = { send!(201); 5 }; send!(202)", "const: send!(201)");
    check("static X: u8 = send!(201); send!(202)", "const: send!(201)");
    check("impl S { const X: u8 = send!(201); } send!(202)", "const: send!(201)");
    check("trait T { const X: u8 = send!(201); } send!(202)", "const: send!(201)");
    check("let n = const { send!(201); 7 }; send!(202)", "const: send!(201)");
    check("let n = [0; { send!(201) }]; send!(202)", "const: send!(201)");
    check("send!(202); fn f() { send!(201) }", "item: send!(201)");
    check("fn f() { send!(201) }", "empty body: {fn f() { send!(201) }} | item: send!(201)");
    always_sends("#[handler] async fn f() { send!(201) } send!(202)");
    always_sends("#[sendoff::handler(GET \"/\")] async fn f() { send!(201) } send!(202)");
    always_sends("#[guard(X)] fn f() { send!(201) } send!(202)");
    always_sends("impl S { #[handler] fn f() { send!(201) } } send!(202)");
    always_sends("fn f() { return; } send!(202)");
    always_sends("#[cfg(a)] fn f() { send!(201) } send!(202)");
    always_sends("mod m { #[cfg(test)] mod t { fn f() { send!(201) } } } send!(202)");
    always_sends("macro_rules! m { () => { || send!(201) } } send!(202)");
}

#[test]
fn dead_code_is_silent() {
    check("send!(201); a(|| send!(202));", "dead: a(|| send!(202));");
    always_sends("todo!(); a(|| send!(202));");
}

#[test]
fn shadowed_sends() {
    check("macro_rules! send { () => {} } send!(201);", "shadowed: send!(201)");
    check("macro_rules! send { () => {} } send!(201); send!(202);", "shadowed: send!(201)");
    check("macro_rules! send { () => {} } { x(); } send!(201);", "shadowed: send!(201)");
    check("let f = || { macro_rules! send { () => {} } send!(201) }; send!(202)", "shadowed: send!(201)");
    check("{ macro_rules! send { () => {} } send!(201); } send!(202);", "shadowed: send!(201)");
    check("macro_rules! send { () => {} } let f = || send!(201);", "shadowed: send!(201) | last: let f = || send!(201);");
    check("macro_rules! send { () => {} } if a { send!(201) } x = 5;", "shadowed: send!(201) | last: x = 5");
    let is_shadowed = |body: &str| Flow::of(syn::parse_str(body).expect(body), Outside::default()).has_shadowed_send();
    assert!(is_shadowed("{ macro_rules! send { () => {} } send!(201); }"));
    assert!(!is_shadowed("{ send!(201); x(); }"));
    always_sends("macro_rules! send { () => {} } sendoff::send!(201);");
    always_sends("{ macro_rules! send { () => {} } } send!(201);");
    always_sends("if a { send!(201) } macro_rules! other { () => {} } send!(202)");
}
