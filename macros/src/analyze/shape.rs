//! What does the mere shape of a piece of syntax tell?

use proc_macro2::{Span, TokenTree};
use syn::{BinOp, Block, Expr, ExprMethodCall, Lit, Macro, Path, Stmt, UnOp};

use super::attribute::has_cfg;
use super::macros;
use super::report::{Dead, PathEnd};
use crate::span::Place;

/// A statement that runs: neither an item nor a stray `;`.
pub(super) fn is_code(stmt: &Stmt) -> bool {
    match stmt {
        Stmt::Item(_) => false,
        Stmt::Expr(Expr::Verbatim(tokens), _) => !tokens.is_empty(),
        Stmt::Local(_) | Stmt::Expr(_, _) | Stmt::Macro(_) => true,
    }
}

/// Nothing runs in this block.
pub(super) fn is_empty(block: &Block) -> bool {
    !block.stmts.iter().any(is_code)
}

/// This block, if something runs in it.
pub(super) fn code(block: &Block) -> Option<&Block> {
    (!is_empty(block)).then_some(block)
}

/// `{}` or `()`.
pub(super) fn is_empty_body(expr: &Expr) -> bool {
    match expr {
        Expr::Block(block) => block.label.is_none() && is_empty(&block.block),
        Expr::Tuple(tuple) => tuple.elems.is_empty(),
        Expr::Group(group) => is_empty_body(&group.expr),
        _ => false,
    }
}

/// `send!(..)`, however wrapped.
pub(super) fn is_send(expr: &Expr) -> bool {
    match expr {
        Expr::Macro(expr) => macros::is_send(&expr.mac),
        Expr::Paren(paren) => is_send(&paren.expr),
        Expr::Group(group) => is_send(&group.expr),
        _ => false,
    }
}

/// A reply that is made here: `(401, "no").into_response()`, `Problem::new(401).detail("x")`,
/// `Redirect::to("/")`.
pub(super) fn is_reply(expr: &Expr) -> bool {
    match expr {
        Expr::MethodCall(call) => {
            call.method == "into_response" && call.args.is_empty() || is_reply(&call.receiver)
        }
        Expr::Call(call) => match &*call.func {
            Expr::Path(callee) => {
                let mut names = callee.path.segments.iter().rev();
                let (Some(function), Some(owner)) = (names.next(), names.next()) else {
                    return false;
                };
                let makes = |known: &[&str]| known.iter().any(|known| function.ident == known);
                owner.ident == "Problem" && makes(&["new"])
                    || owner.ident == "Redirect" && makes(&["to", "temporary", "permanent"])
            }
            _ => false,
        },
        Expr::Paren(paren) => is_reply(&paren.expr),
        Expr::Group(group) => is_reply(&group.expr),
        _ => false,
    }
}

/// `loop { .. }`, however wrapped.
pub(super) fn is_loop(expr: &Expr) -> bool {
    match expr {
        Expr::Loop(_) => true,
        Expr::Paren(paren) => is_loop(&paren.expr),
        Expr::Group(group) => is_loop(&group.expr),
        Expr::Block(block) => match block.block.stmts.last() {
            Some(Stmt::Expr(last, None)) => is_loop(last),
            _ => false,
        },
        _ => false,
    }
}

/// A name like that of a variant or a tuple struct, which is a value and no function that could
/// diverge.
pub(super) fn is_constructor(path: &Path) -> bool {
    let Some(name) = path.segments.last() else {
        return false;
    };
    let name = name.ident.to_string();
    name.starts_with(|first: char| first.is_uppercase())
        && name.contains(|c: char| c.is_lowercase())
}

/// `std::process::exit` and its like.
pub(super) fn ends_process(callee: &Expr) -> bool {
    let Expr::Path(callee) = callee else {
        return false;
    };
    let mut names = callee.path.segments.iter().rev();
    let (Some(function), Some(module)) = (names.next(), names.next()) else {
        return false;
    };
    let known = [
        ("process", "exit"),
        ("process", "abort"),
        ("panic", "panic_any"),
        ("panic", "resume_unwind"),
        ("hint", "unreachable_unchecked"),
    ];
    known
        .iter()
        .any(|(a, b)| module.ident == a && function.ident == b)
}

/// What this is as the value of a handler, if it certainly is no response.
pub(super) fn tail(expr: &Expr) -> Option<PathEnd> {
    match expr {
        Expr::Array(_)
        | Expr::Async(_)
        | Expr::Cast(_)
        | Expr::Closure(_)
        | Expr::Lit(_)
        | Expr::Range(_)
        | Expr::RawAddr(_)
        | Expr::Reference(_)
        | Expr::Repeat(_)
        | Expr::Struct(_) => Some(PathEnd::TailValue),
        Expr::Assign(_) => Some(PathEnd::LastStatement),
        Expr::Binary(binary) if is_assignment(&binary.op) => Some(PathEnd::LastStatement),
        Expr::Binary(_) => Some(PathEnd::TailValue),
        Expr::Tuple(tuple) if tuple.elems.is_empty() => Some(PathEnd::LastStatement),
        Expr::Tuple(_) => Some(PathEnd::TailValue),
        Expr::Unary(unary) => match unary.op {
            UnOp::Not(_) | UnOp::Neg(_) => Some(PathEnd::TailValue),
            _ => None,
        },
        Expr::Call(call) => match &*call.func {
            Expr::Path(callee) if is_constructor(&callee.path) => Some(PathEnd::TailValue),
            _ => None,
        },
        Expr::Path(path) if path.qself.is_none() => {
            let name = path.path.segments.last()?.ident.to_string();
            let certain = name.starts_with(|first: char| first.is_uppercase());
            certain.then_some(PathEnd::TailValue)
        }
        Expr::Paren(paren) => tail(&paren.expr),
        Expr::Group(group) => tail(&group.expr),
        // A variable may hold the `Sent` that another handler returned.
        _ => None,
    }
}

/// The last token of an expression. Its place would tell as well, but at a cost for each level of
/// nesting.
pub(super) fn end(expr: &Expr) -> Option<Span> {
    match expr {
        Expr::Block(block) => Some(block.block.brace_token.span.close()),
        Expr::Call(call) => Some(call.paren_token.span.close()),
        Expr::If(branch) => match &branch.else_branch {
            Some((_, otherwise)) => end(otherwise),
            None => Some(branch.then_branch.brace_token.span.close()),
        },
        Expr::Match(branches) => Some(branches.brace_token.span.close()),
        Expr::Paren(paren) => Some(paren.paren_token.span.close()),
        Expr::Tuple(tuple) => Some(tuple.paren_token.span.close()),
        Expr::Unsafe(block) => Some(block.block.brace_token.span.close()),
        other => Place::of(other).map(|place| place.end),
    }
}

/// Do the closures of this call make an error, as those of `.ok_or_else(..)`?
pub(crate) fn is_of_an_error(call: &ExprMethodCall) -> bool {
    ["map_err", "ok_or_else"]
        .iter()
        .any(|name| call.method == name)
}

/// `Ok(())`: a `Result`, but no answer.
pub(super) fn is_ok_of_nothing(expr: &Expr) -> bool {
    let Expr::Call(call) = expr else {
        return false;
    };
    let is_ok = matches!(&*call.func, Expr::Path(callee) if callee.path.is_ident("Ok"));
    let is_nothing = |it: &Expr| match it {
        Expr::Tuple(tuple) => tuple.elems.is_empty(),
        Expr::Lit(_) | Expr::Struct(_) | Expr::Array(_) => true,
        _ => false,
    };
    is_ok && call.args.first().is_some_and(is_nothing)
}

/// Is this certainly neither a `Result` nor `!`? One branch that is, is enough.
pub(super) fn is_no_answer(expr: &Expr) -> bool {
    match expr {
        Expr::Paren(paren) => is_no_answer(&paren.expr),
        Expr::Group(group) => is_no_answer(&group.expr),
        Expr::ForLoop(_) | Expr::While(_) => true,
        Expr::Call(call) => match &*call.func {
            Expr::Path(callee) => is_constructor(&callee.path) && !is_result(&callee.path),
            _ => false,
        },
        // A constant may be one.
        Expr::Path(path) => is_constructor(&path.path) && !is_result(&path.path),
        Expr::If(branch) => {
            let otherwise = branch.else_branch.as_ref();
            is_no_answer_block(&branch.then_branch)
                || otherwise.is_none_or(|(_, block)| is_no_answer(block))
        }
        Expr::Match(branches) => branches
            .arms
            .iter()
            .any(|arm| !has_cfg(&arm.attrs) && is_no_answer(&arm.body)),
        Expr::Block(block) => block.label.is_none() && is_no_answer_block(&block.block),
        Expr::Unsafe(block) => is_no_answer_block(&block.block),
        other => tail(other).is_some(),
    }
}

fn is_no_answer_block(block: &Block) -> bool {
    match block.stmts.last() {
        None => true,
        Some(Stmt::Expr(expr, None)) => is_no_answer(expr),
        Some(_) => false,
    }
}

fn is_result(path: &Path) -> bool {
    let name = path.segments.last();
    name.is_some_and(|name| name.ident == "Ok" || name.ident == "Err")
}

/// `+=` and its like.
pub(super) fn is_assignment(op: &BinOp) -> bool {
    use BinOp::{
        AddAssign, BitAndAssign, BitOrAssign, BitXorAssign, DivAssign, MulAssign, RemAssign,
        ShlAssign, ShrAssign, SubAssign,
    };
    matches!(
        op,
        AddAssign(_)
            | SubAssign(_)
            | MulAssign(_)
            | DivAssign(_)
            | RemAssign(_)
            | BitXorAssign(_)
            | BitAndAssign(_)
            | BitOrAssign(_)
            | ShlAssign(_)
            | ShrAssign(_)
    )
}

/// What to call a statement that can never run.
pub(super) fn dead_kind(stmt: &Stmt) -> Dead {
    match stmt {
        Stmt::Macro(stmt) => dead_macro(&stmt.mac),
        Stmt::Expr(Expr::Macro(expr), _) => dead_macro(&expr.mac),
        Stmt::Expr(Expr::Return(expr), _) => match expr.expr.as_deref() {
            Some(Expr::Macro(value)) if macros::is_send(&value.mac) => Dead::SecondSend,
            _ => Dead::Return,
        },
        Stmt::Local(_) | Stmt::Item(_) | Stmt::Expr(_, _) => Dead::Code,
    }
}

fn dead_macro(mac: &Macro) -> Dead {
    if macros::is_send(mac) {
        Dead::SecondSend
    } else if macros::panics(mac) {
        Dead::Unreachable
    } else {
        Dead::Code
    }
}

/// Is there certainly something in this body?
pub(super) fn is_body(expr: &Expr) -> bool {
    match expr {
        Expr::Lit(expr) => match &expr.lit {
            Lit::Str(text) => !text.value().is_empty(),
            Lit::ByteStr(bytes) => !bytes.value().is_empty(),
            _ => false,
        },
        Expr::Call(call) => match (&*call.func, call.args.first()) {
            (Expr::Path(callee), Some(argument)) => match callee.path.segments.last() {
                Some(name) if name.ident == "Json" => true,
                Some(name) if name.ident == "Html" => is_body(argument),
                _ => false,
            },
            _ => false,
        },
        Expr::MethodCall(call) => {
            let copies = ["to_string", "to_owned", "into"];
            copies.iter().any(|name| call.method == name) && is_body(&call.receiver)
        }
        Expr::Macro(expr) => expr.mac.path.is_ident("format") && formats_text(&expr.mac),
        Expr::Paren(paren) => is_body(&paren.expr),
        Expr::Group(group) => is_body(&group.expr),
        _ => false,
    }
}

/// Is there text outside the braces of this `format!`?
fn formats_text(mac: &Macro) -> bool {
    let Some(TokenTree::Literal(literal)) = mac.tokens.clone().into_iter().next() else {
        return false;
    };
    let Lit::Str(text) = Lit::new(literal) else {
        return false;
    };
    let mut inside = false;
    let text = text.value().replace("{{", "x").replace("}}", "x");
    text.chars().any(|c| match c {
        '{' => {
            inside = true;
            false
        }
        '}' => {
            inside = false;
            false
        }
        _ => !inside,
    })
}
