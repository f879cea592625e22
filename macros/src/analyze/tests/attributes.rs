//! Is a `#[cfg]` seen wherever one can stand?

use syn::{Attribute, Expr, Item, parse_quote, parse_str};

use crate::analyze::attribute::{has_cfg, of_expr, of_item};

fn has(expr: &str) -> bool {
    let expr: Expr = parse_str(&format!("#[cfg(a)] {expr}")).expect(expr);
    has_cfg(of_expr(&expr))
}

#[test]
fn on_expressions() {
    for expr in [
        "[1]", "async {}", "a.await", "{}", "break", "f()", "|x| x", "const {}", "continue", "a.b",
        "for x in y {}", "if a {}", "a[0]", "_", "let A = b", "5", "loop {}", "m!()", "match a {}",
        "a.f()", "(a)", "a", "&raw const a", "&a", "[0; 3]", "return", "S {}", "a?", "try {}",
        "(1, 2)", "!a", "unsafe {}", "while a {}", "yield 5",
    ] {
        assert!(has(expr), "{expr}");
    }
    assert!(!has_cfg(of_expr(&parse_quote!(#[inline] || 5))));
    assert!(!has_cfg(of_expr(&parse_quote!(#[allow(cfg)] 5))));
}

/// Those that the parser hangs on the left operand.
#[test]
fn on_expressions_that_are_made() {
    let cfg: Vec<Attribute> = vec![parse_quote!(#[cfg(a)])];
    for source in ["a = b", "a + b", "a as u8", "a..b"] {
        let mut expr: Expr = parse_str(source).expect(source);
        match &mut expr {
            Expr::Assign(expr) => expr.attrs.clone_from(&cfg),
            Expr::Binary(expr) => expr.attrs.clone_from(&cfg),
            Expr::Cast(expr) => expr.attrs.clone_from(&cfg),
            Expr::Range(expr) => expr.attrs.clone_from(&cfg),
            _ => {}
        }
        assert!(has_cfg(of_expr(&expr)), "{source}");
    }
    let group = Expr::Group(syn::ExprGroup {
        attrs: cfg,
        group_token: syn::token::Group::default(),
        expr: parse_quote!(a),
    });
    assert!(has_cfg(of_expr(&group)));
}

#[test]
fn on_items() {
    for item in [
        "const X: u8 = 5;", "enum E {}", "extern crate a;", "fn f() {}", "extern \"C\" {}",
        "impl S {}", "macro_rules! m { () => {} }", "mod m {}", "static X: u8 = 5;", "struct S;",
        "trait T {}", "trait T = U;", "type T = U;", "union U { a: u8 }", "use a::b;",
    ] {
        let parsed: Item = parse_str(&format!("#[cfg(a)] {item}")).expect(item);
        assert!(has_cfg(of_item(&parsed)), "{item}");
    }
}
