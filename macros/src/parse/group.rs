//! What did a `macro_rules!` hold together?
//!
//! A fragment (`$e:expr`, `$t:ty`, `$p:pat`) arrives in an invisible group. In what a procedural
//! macro returns rustc ignores such a group (rust-lang/rust#67062), so that `!$check` with
//! `a && b` would become `!a && b`, and a denial could be walked past. Where the neighbours of a
//! fragment could bind to a part of it, parentheses take the place of the group.

use proc_macro2::{Delimiter, Group, Spacing, TokenStream, TokenTree};
use syn::parse::Parser;
use syn::{Expr, Pat, Type, UnOp};

use super::function::{DEEPEST, nests_deeper};
use crate::span::at;

/// The same tokens, in which every fragment keeps its meaning.
pub(crate) fn held_together(tokens: TokenStream) -> TokenStream {
    if has_fragment(&tokens) {
        hold(&tokens)
    } else {
        tokens
    }
}

fn has_fragment(tokens: &TokenStream) -> bool {
    tokens.clone().into_iter().any(|token| match token {
        TokenTree::Group(group) => {
            group.delimiter() == Delimiter::None || has_fragment(&group.stream())
        }
        _ => false,
    })
}

fn hold(tokens: &TokenStream) -> TokenStream {
    let tokens: Vec<TokenTree> = tokens.clone().into_iter().collect();
    let mut output = TokenStream::new();
    let mut before: &[TokenTree] = &[];
    for (index, token) in tokens.iter().enumerate() {
        let after = tokens.get(index + 1..).unwrap_or_default();
        match token {
            TokenTree::Group(group) if group.delimiter() == Delimiter::None => {
                output.extend(fragment(group, before, after));
            }
            TokenTree::Group(group) if has_fragment(&group.stream()) => {
                output.extend([enclosed(group, group.delimiter())]);
            }
            other => output.extend([other.clone()]),
        }
        before = tokens.get(..=index).unwrap_or_default();
    }
    output
}

/// The tokens of a group, held together, between these delimiters.
fn enclosed(group: &Group, delimiter: Delimiter) -> TokenTree {
    let mut enclosed = Group::new(delimiter, hold(&group.stream()));
    enclosed.set_span(group.span());
    enclosed.into()
}

/// A fragment between its neighbours.
fn fragment(group: &Group, before: &[TokenTree], after: &[TokenTree]) -> TokenStream {
    // One that was passed on from macro to macro comes in as many groups.
    if let Some(TokenTree::Group(inner)) = only(&group.stream())
        && inner.delimiter() == Delimiter::None
    {
        return fragment(&inner, before, after);
    }
    let span = at(group.span());
    match needs(&group.stream(), &Left::of(before), &Right::of(after)) {
        Needs::Nothing => enclosed(group, Delimiter::None).into(),
        Needs::Parentheses => {
            let mut parentheses = Group::new(Delimiter::Parenthesis, hold(&group.stream()));
            parentheses.set_span(span);
            TokenTree::Group(parentheses).into()
        }
    }
}

fn only(tokens: &TokenStream) -> Option<TokenTree> {
    let mut tokens = tokens.clone().into_iter();
    tokens.next().filter(|_| tokens.next().is_none())
}

/// What has to stand around a fragment for it to stay one.
enum Needs {
    Nothing,
    Parentheses,
}

impl Needs {
    fn parentheses_if(needed: bool) -> Self {
        if needed {
            Needs::Parentheses
        } else {
            Needs::Nothing
        }
    }
}

/// What stands before a fragment.
struct Left {
    /// Nothing that could bind to its beginning.
    is_loose: bool,
    /// A statement begins with it.
    is_start: bool,
    /// An operator that takes a value.
    is_operator: bool,
    /// `x as`, behind which a type comes.
    is_cast: bool,
}

impl Left {
    fn of(before: &[TokenTree]) -> Self {
        let is_start = match before {
            [] => true,
            [.., TokenTree::Punct(end)] => end.as_char() == ';',
            [.., TokenTree::Group(block)] => block.delimiter() == Delimiter::Brace,
            _ => false,
        };
        let is_loose = match before {
            [] => true,
            // `==`, `<=`, `+=` and `..=` end in the same token as `=` does; behind an assignment
            // nothing binds tighter than parentheses do.
            [.., TokenTree::Punct(first), TokenTree::Punct(last)] if is_joint(first) => {
                matches!((first.as_char(), last.as_char()), ('=' | '-', '>'))
            }
            [.., TokenTree::Punct(last)] => matches!(last.as_char(), ',' | ';' | '=' | ':'),
            [.., TokenTree::Ident(word)] => {
                const WORDS: [&str; 6] = ["break", "if", "in", "match", "return", "while"];
                WORDS.iter().any(|known| word == known)
            }
            _ => false,
        };
        let is_cast = matches!(before, [.., TokenTree::Ident(word)] if word == "as");
        let is_operator = matches!(before, [.., TokenTree::Punct(last)]
            if !is_loose && !matches!(last.as_char(), '|' | '>' | '$' | '#'));
        Left {
            is_loose,
            is_operator,
            is_start,
            is_cast,
        }
    }
}

/// What stands behind a fragment.
struct Right {
    /// Nothing that could bind to its end.
    is_loose: bool,
    /// `.`, `?`, `(..)` or `[..]`, which bind tighter than any operator.
    is_postfix: bool,
    /// `(..)`
    is_call: bool,
    /// `<` or `<<`
    is_less: bool,
    /// `{..}`
    is_block: bool,
    /// An operator.
    is_operator: bool,
}

impl Right {
    fn of(after: &[TokenTree]) -> Self {
        let (first, second) = match after {
            [TokenTree::Punct(first), TokenTree::Punct(second), ..] if is_joint(first) => {
                (Some(first.as_char()), Some(second.as_char()))
            }
            [TokenTree::Punct(first), ..] => (Some(first.as_char()), None),
            _ => (None, None),
        };
        let is_range = (first, second) == (Some('.'), Some('.'));
        let group = match after {
            [TokenTree::Group(group), ..] => Some(group.delimiter()),
            _ => None,
        };
        let is_loose = match (after, first, second) {
            ([], ..) => true,
            (_, Some('='), Some('>') | None) | (_, Some(',' | ';'), _) | (_, Some(':'), None) => {
                true
            }
            ([TokenTree::Ident(word), ..], ..) => word == "if" || word == "in" || word == "else",
            _ => false,
        };
        let is_operator = match (after, first) {
            (_, Some(first)) => !is_loose && first != '#' && first != '\'',
            ([TokenTree::Ident(word), ..], _) => word == "as",
            _ => false,
        };
        let is_call = group == Some(Delimiter::Parenthesis);
        let dot = first == Some('.') && !is_range;
        Right {
            is_loose,
            is_postfix: dot || first == Some('?') || is_call || group == Some(Delimiter::Bracket),
            is_call,
            is_block: group == Some(Delimiter::Brace),
            is_less: first == Some('<') && second != Some('='),
            is_operator,
        }
    }
}

fn is_joint(punct: &proc_macro2::Punct) -> bool {
    punct.spacing() == Spacing::Joint
}

fn needs(inside: &TokenStream, left: &Left, right: &Right) -> Needs {
    // `x as $t < y`
    if left.is_cast && right.is_less {
        return Needs::Parentheses;
    }
    match only(inside) {
        // `for _ in 0..$e { .. }` with a value in braces. A block looks the same, but never stands
        // behind an operator.
        Some(TokenTree::Group(group)) if group.delimiter() == Delimiter::Brace => {
            return Needs::parentheses_if(left.is_operator && right.is_block);
        }
        Some(_) => return Needs::Nothing,
        None => {}
    }
    if nests_deeper(inside.clone(), DEEPEST) {
        return Needs::parentheses_if(!(left.is_loose && right.is_loose));
    }
    if let Ok(expr) = syn::parse2::<Expr>(inside.clone()) {
        return Needs::parentheses_if(splits(&expr, left, right));
    }
    if let Ok(kind) = syn::parse2::<Type>(inside.clone()) {
        return type_needs(&kind, left, right);
    }
    if let Ok(pattern) = Pat::parse_multi.parse2(inside.clone()) {
        let is_whole = match &pattern {
            Pat::Ident(name) => name.subpat.is_none(),
            Pat::Or(_) | Pat::Range(_) | Pat::Reference(_) => false,
            _ => true,
        };
        return Needs::parentheses_if(!(is_whole || left.is_loose && right.is_loose));
    }
    // Statements, items and attributes.
    Needs::Nothing
}

/// Would a neighbour take a part of this expression, or of the pattern that looks like it?
fn splits(expr: &Expr, left: &Left, right: &Right) -> bool {
    match expr {
        Expr::Array(_)
        | Expr::Await(_)
        | Expr::Call(_)
        | Expr::Index(_)
        | Expr::Infer(_)
        | Expr::Lit(_)
        | Expr::Macro(_)
        | Expr::MethodCall(_)
        | Expr::Paren(_)
        | Expr::Path(_)
        | Expr::Repeat(_)
        | Expr::Try(_)
        | Expr::Tuple(_) => starts_with_braces(expr) && !(left.is_loose && right.is_loose),
        // `(self.f)(3)` calls what is in the field.
        Expr::Field(_) => right.is_call || starts_with_braces(expr),
        // A negative literal may be a pattern or an argument of a type, too.
        Expr::Unary(unary) if matches!((&unary.op, &*unary.expr), (UnOp::Neg(_), Expr::Lit(_))) => {
            right.is_postfix
        }
        Expr::Struct(_) => !right.is_loose,
        // A statement, behind which its `;` may stand or not.
        Expr::Let(_) => false,
        // Where a statement begins it is one by itself, in a plain function too.
        block if is_block(block) => !left.is_start && (right.is_operator || !left.is_loose),
        other => starts_with_braces(other) && left.is_start || !(left.is_loose && right.is_loose),
    }
}

/// Does it begin with a block, behind which a statement would end, or with the braces of a struct,
/// which a condition would take for its block?
fn starts_with_braces(expr: &Expr) -> bool {
    match expr {
        Expr::Struct(_) => true,
        Expr::Assign(e) => starts_with_braces(&e.left),
        Expr::Await(e) => starts_with_braces(&e.base),
        Expr::Binary(e) => starts_with_braces(&e.left),
        Expr::Call(e) => starts_with_braces(&e.func),
        Expr::Cast(e) => starts_with_braces(&e.expr),
        Expr::Field(e) => starts_with_braces(&e.base),
        Expr::Index(e) => starts_with_braces(&e.expr),
        Expr::MethodCall(e) => starts_with_braces(&e.receiver),
        Expr::Range(e) => e.start.as_deref().is_some_and(starts_with_braces),
        Expr::Try(e) => starts_with_braces(&e.expr),
        other => is_block(other),
    }
}

/// An expression that is a statement without a `;`.
fn is_block(expr: &Expr) -> bool {
    matches!(
        expr,
        Expr::Async(_)
            | Expr::Block(_)
            | Expr::Const(_)
            | Expr::ForLoop(_)
            | Expr::If(_)
            | Expr::Loop(_)
            | Expr::Match(_)
            | Expr::TryBlock(_)
            | Expr::Unsafe(_)
            | Expr::While(_)
    )
}

fn type_needs(kind: &Type, left: &Left, right: &Right) -> Needs {
    let bounds = match kind {
        Type::TraitObject(object) => object.bounds.len(),
        Type::ImplTrait(object) => object.bounds.len(),
        _ => 0,
    };
    Needs::parentheses_if(bounds > 1 && !(left.is_loose && right.is_loose))
}
