//! Does the walk find what it must, and nothing else?
//!
//! One line per case. A finding is written `kind: the code it points at`, and several are joined
//! with ` | `; suspects come after findings.

use crate::analyze::Outside;
use proc_macro2::{Delimiter, Group, TokenStream, TokenTree};
use syn::Block;

use super::{Dead, Mistake, PathEnd, Report, Scope, Verdict, analyze};
use crate::span::Place;

#[rustfmt::skip]
mod attributes;
mod bodies;
mod corpus;
mod cost;
mod property;

// One case, one line.
#[rustfmt::skip]
mod dead;
#[rustfmt::skip]
mod exits;
#[rustfmt::skip]
mod flow;
#[rustfmt::skip]
mod foreign;
#[rustfmt::skip]
mod paths;
#[rustfmt::skip]
mod scopes;

/// What the walk says of a body. `(@ ..)` stands for what a macro has put together: a group without
/// delimiters.
fn report(body: &str) -> Report {
    let source = format!("{{{body}}}");
    let block = if body.contains("(@ ") {
        let tokens: TokenStream = source.parse().expect(body);
        syn::parse2(grouped(tokens))
    } else {
        syn::parse_str(&source)
    };
    let block: Block = block.expect(body);
    analyze(&block, Outside::default())
}

fn grouped(tokens: TokenStream) -> TokenStream {
    let group = |token| {
        let TokenTree::Group(group) = token else {
            return token;
        };
        let mut inner = grouped(group.stream()).into_iter().peekable();
        let is_mark =
            |token: &TokenTree| matches!(token, TokenTree::Punct(at) if at.as_char() == '@');
        let delimiter = match inner.next_if(is_mark) {
            Some(_) => Delimiter::None,
            None => group.delimiter(),
        };
        let mut regrouped = Group::new(delimiter, inner.collect());
        regrouped.set_span(group.span());
        regrouped.into()
    };
    tokens.into_iter().map(group).collect()
}

/// Everything that the walk found, as text.
fn check(body: &str, expected: &str) {
    let report = report(body);
    let findings = report.findings.iter().map(|finding| {
        let kind = match &finding.mistake {
            Mistake::MissingSend(end) => end_name(*end).to_string(),
            Mistake::CodeAfterSend(dead) => dead_name(*dead).to_string(),
            Mistake::SendInScope(scope) => scope_name(*scope).to_string(),
            Mistake::ReturnWithoutSend { with_value } => if *with_value {
                "return value"
            } else {
                "return"
            }
            .to_string(),
            Mistake::ShadowedSend => "shadowed".to_string(),
            Mistake::UnsentReply => "unsent reply".to_string(),
            Mistake::Bail => "bail".to_string(),
            Mistake::ReturnOk => "return ok".to_string(),
            Mistake::SemicolonInSend => "semicolon".to_string(),
            Mistake::EmptySend => "empty send".to_string(),
            Mistake::InvalidStatus { literal } => format!("invalid {literal}"),
            Mistake::BodyNotAllowed { status } => format!("body with {status}"),
        };
        format!("{kind}: {}", text(finding.place))
    });
    let suspects = report.suspects.iter().map(|suspect| {
        let kind = if suspect.semicolon {
            "suspect;"
        } else {
            "suspect"
        };
        format!("{kind}: {}", text(suspect.place))
    });
    let found: Vec<String> = findings.chain(suspects).collect();
    assert_eq!(found.join(" | "), expected, "{body}");
}

/// A body in which there is nothing to find.
fn accepts(body: &str) {
    check(body, "");
}

/// A body that is surely fine: every path that ends, ends in a send.
fn always_sends(body: &str) {
    accepts(body);
    assert_eq!(report(body).verdict, Verdict::AlwaysSends, "{body}");
}

/// A body of which the walk can say nothing.
fn cannot_tell(body: &str) {
    accepts(body);
    assert_eq!(report(body).verdict, Verdict::CannotTell, "{body}");
}

/// The source between two tokens, as written.
fn text(place: Place) -> String {
    let joined = place.start.join(place.end);
    let source = joined.and_then(|span| span.source_text());
    source.unwrap_or_default()
}

fn end_name(end: PathEnd) -> &'static str {
    match end {
        PathEnd::EmptyBody => "empty body",
        PathEnd::LastStatement => "last",
        PathEnd::TailValue => "value",
        PathEnd::UnderCfg => "under cfg",
        PathEnd::IfWithoutElse => "no else",
        PathEnd::EmptyBranch => "empty",
        PathEnd::LoopRunsDry => "dry",
        PathEnd::WhileTrue => "while true",
        PathEnd::Break => "break",
        PathEnd::ShortCircuit => "short circuit",
    }
}

fn dead_name(dead: Dead) -> &'static str {
    match dead {
        Dead::SecondSend => "second send",
        Dead::Return => "dead return",
        Dead::Unreachable => "dead panic",
        Dead::Operand => "operand",
        Dead::Code => "dead",
    }
}

fn scope_name(scope: Scope) -> &'static str {
    match scope {
        Scope::Closure | Scope::ErrorClosure => "closure",
        Scope::AsyncClosure => "async closure",
        Scope::AsyncBlock => "async block",
        Scope::NestedItem => "item",
        Scope::Const => "const",
    }
}
