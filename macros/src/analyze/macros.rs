//! What does a macro do with the tokens it is given?
//!
//! By its name alone: what a path resolves to cannot be seen. A name that is more than a guess is
//! read and believed, one that is likely is believed only where code follows, and any other is
//! not.

use std::collections::HashSet;

use proc_macro2::{TokenStream, TokenTree};
use syn::parse::ParseStream;
use syn::punctuated::Punctuated;
use syn::{Expr, Ident, Macro, Pat, Token};

use super::select::Select;

/// What a macro does.
pub(super) enum Reading {
    /// It is `send!`.
    Send,
    /// It evaluates expressions.
    Eval(Eval),
    /// It runs one of several branches.
    Select(Select),
    /// It is known as one that runs nothing which could leave the handler, but it may not be the
    /// one that goes by its name.
    Quiet,
    /// It is unknown what it does.
    Unread,
}

/// A macro that evaluates what it is given.
pub(super) struct Eval {
    /// These are evaluated first, in order.
    pub(super) always: Vec<Expr>,
    /// These are evaluated after them, or are not.
    pub(super) sometimes: Vec<Expr>,
    pub(super) then: Then,
    /// An operand that never ends is as wrong as elsewhere. Not so in `println!(..)` and its like,
    /// where rustc has nothing against it: there only a `send!` itself is.
    pub(super) is_strict: bool,
}

/// What a macro does when its expressions are evaluated.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Then {
    /// It yields a value that is no response.
    Value,
    /// It yields `()`.
    Unit,
    /// What it yields is only known to the type checker.
    Anything,
    /// It panics.
    Never,
}

/// Reads a macro call.
pub(super) fn read(mac: &Macro) -> Reading {
    let Some(name) = mac.path.segments.last() else {
        return Reading::Unread;
    };
    if is_send(mac) {
        return Reading::Send;
    }
    let name = name.ident.to_string();
    match known(&name) {
        Some((Form::Text, then)) => Reading::Eval(Eval {
            always: Vec::new(),
            sometimes: Vec::new(),
            then,
            is_strict: false,
        }),
        Some((Form::Select, _)) => match mac.parse_body() {
            Ok(select) => Reading::Select(select),
            Err(_) => Reading::Unread,
        },
        Some((form, then)) => match parse(mac, form) {
            Ok((always, sometimes)) => Reading::Eval(Eval {
                always,
                sometimes,
                then,
                is_strict: !matches!(form, Form::Format),
            }),
            Err(_) if then == Then::Anything => quiet(mac),
            Err(_) => Reading::Unread,
        },
        None if is_quiet(&name) => quiet(mac),
        None => Reading::Unread,
    }
}

/// Is it `send!`, by its own name or as `sendoff::send!`? Another crate, or a module, may have one,
/// too: `chan::send!`.
pub(crate) fn is_send(mac: &Macro) -> bool {
    let mut names = mac.path.segments.iter().rev().map(|segment| &segment.ident);
    names.next().is_some_and(|name| name == "send") && names.next().is_none_or(|it| it == "sendoff")
}

/// Does it leave with an error of anyhow's, or of eyre's? `is_imported` where a plain `bail!` is one.
pub(crate) fn is_bail(mac: &Macro, is_imported: bool) -> bool {
    let mut segments = mac.path.segments.iter().map(|segment| &segment.ident);
    let (Some(first), second) = (segments.next(), segments.next()) else {
        return false;
    };
    let bails = |name: &Ident| name == "bail" || name == "ensure";
    match second {
        None => is_imported && bails(first),
        Some(name) => {
            ["anyhow", "eyre", "color_eyre"]
                .iter()
                .any(|it| first == it)
                && bails(name)
        }
    }
}

/// Is it called `reply!`, under any path? Whether it is the one, its type tells.
pub(super) fn is_reply(mac: &Macro) -> bool {
    let name = mac.path.segments.last();
    name.is_some_and(|name| name.ident == "reply")
}

/// Does it yield a value that is certainly no response?
pub(crate) fn is_value(mac: &Macro) -> bool {
    let name = mac.path.segments.last();
    let known = name.and_then(|name| known(&name.ident.to_string()));
    matches!(known, Some((_, Then::Value | Then::Unit)))
}

/// Does it panic, whatever it is given?
pub(super) fn panics(mac: &Macro) -> bool {
    let name = mac.path.segments.last();
    let known = name.and_then(|name| known(&name.ident.to_string()));
    matches!(known, Some((_, Then::Never)))
}

/// Every `'label` among these tokens.
pub(super) fn labels(tokens: &TokenStream) -> HashSet<String> {
    let mut labels = HashSet::new();
    collect_labels(tokens, &mut labels);
    labels
}

fn collect_labels(tokens: &TokenStream, labels: &mut HashSet<String>) {
    let mut after_quote = false;
    for token in tokens.clone() {
        if let TokenTree::Group(group) = &token {
            collect_labels(&group.stream(), labels);
        }
        if let (true, TokenTree::Ident(label)) = (after_quote, &token) {
            labels.insert(label.to_string());
        }
        after_quote = matches!(&token, TokenTree::Punct(quote) if quote.as_char() == '\'');
    }
}

/// How the tokens of a known macro are to be read.
#[derive(Clone, Copy)]
enum Form {
    /// The tokens are text and no code.
    Text,
    /// The tokens are a format and its arguments.
    Format,
    /// Expressions, of which the first few are always evaluated.
    List { always: usize },
    /// `vec!`: a list, or `element; length`.
    Vec,
    /// `matches!`: an expression, a pattern, perhaps a guard.
    Matches,
    /// `join!`: a list, perhaps after `biased;`.
    Join,
    /// `select!`.
    Select,
}

const ALL: Form = Form::List { always: usize::MAX };

fn known(name: &str) -> Option<(Form, Then)> {
    Some(match name {
        "panic" | "todo" | "unimplemented" | "unreachable" => (Form::Format, Then::Never),
        "format" | "format_args" | "write" | "writeln" => (Form::Format, Then::Value),
        "print" | "println" | "eprint" | "eprintln" => (Form::Format, Then::Unit),
        "addr_of" | "addr_of_mut" | "reply" => (ALL, Then::Value),
        "assert" => (Form::List { always: 1 }, Then::Unit),
        "assert_eq" | "assert_ne" => (Form::List { always: 2 }, Then::Unit),
        "debug_assert" | "debug_assert_eq" | "debug_assert_ne" => {
            (Form::List { always: 0 }, Then::Unit)
        }
        "vec" => (Form::Vec, Then::Value),
        "matches" => (Form::Matches, Then::Value),
        "stringify" | "concat" | "line" | "column" | "file" | "module_path" | "env"
        | "option_env" | "include_str" | "include_bytes" | "cfg" => (Form::Text, Then::Value),
        "dbg" | "pin" | "pin_mut" | "ready" | "anyhow" | "eyre" | "format_err" => {
            (ALL, Then::Anything)
        }
        "join" | "try_join" => (Form::Join, Then::Anything),
        "select" | "select_biased" => (Form::Select, Then::Anything),
        _ => return None,
    })
}

fn parse(mac: &Macro, form: Form) -> syn::Result<(Vec<Expr>, Vec<Expr>)> {
    match form {
        Form::Text | Form::Select => Ok((Vec::new(), Vec::new())),
        Form::Format => Ok((mac.parse_body_with(list)?, Vec::new())),
        Form::List { always } => {
            let mut list = mac.parse_body_with(list)?;
            let sometimes = list.split_off(always.min(list.len()));
            Ok((list, sometimes))
        }
        Form::Vec => Ok((mac.parse_body_with(list_or_repeat)?, Vec::new())),
        Form::Matches => mac.parse_body_with(matches),
        Form::Join => Ok((mac.parse_body_with(join)?, Vec::new())),
    }
}

fn list(input: ParseStream<'_>) -> syn::Result<Vec<Expr>> {
    let list = Punctuated::<Expr, Token![,]>::parse_terminated(input)?;
    Ok(list.into_iter().collect())
}

fn list_or_repeat(input: ParseStream<'_>) -> syn::Result<Vec<Expr>> {
    let ahead = input.fork();
    if ahead.parse::<Expr>().is_ok() && ahead.peek(Token![;]) {
        let element = input.parse()?;
        input.parse::<Token![;]>()?;
        return Ok(vec![element, input.parse()?]);
    }
    list(input)
}

fn join(input: ParseStream<'_>) -> syn::Result<Vec<Expr>> {
    if input.peek(Ident) && input.peek2(Token![;]) {
        input.parse::<Ident>()?;
        input.parse::<Token![;]>()?;
    }
    list(input)
}

fn matches(input: ParseStream<'_>) -> syn::Result<(Vec<Expr>, Vec<Expr>)> {
    let scrutinee = input.parse()?;
    input.parse::<Token![,]>()?;
    Pat::parse_multi_with_leading_vert(input)?;
    let mut guard = Vec::new();
    if input.parse::<Option<Token![if]>>()?.is_some() {
        guard.push(input.parse()?);
    }
    input.parse::<Option<Token![,]>>()?;
    Ok((vec![scrutinee], guard))
}

/// Macros of well-known crates, whose tokens are often no Rust at all.
fn is_quiet(name: &str) -> bool {
    const PREFIXES: &[&str] = &[
        "assert_", "debug_", "error_", "info_", "log_", "trace_", "warn_",
    ];
    matches!(
        name,
        // log, tracing, metrics
        "trace" | "debug" | "info" | "warn" | "error" | "event" | "span" | "log" | "counter"
        | "gauge" | "histogram"
        // data
        | "json" | "doc" | "bson" | "params" | "named_params" | "context" | "html" | "uuid"
        | "date" | "time" | "datetime" | "hashmap" | "hashset" | "btreemap" | "btreeset"
        | "indexmap" | "smallvec" | "arrayvec" | "phf_map" | "indoc" | "formatdoc" | "regex"
        // databases
        | "query" | "query_as" | "query_scalar" | "query_file" | "query_file_as"
        | "query_unchecked" | "query_as_unchecked" | "sql"
        // the rest
        | "ensure" | "lazy_static" | "thread_local" | "include_dir" | "offset_of" | "quote"
        | "quote_spanned" | "parse_quote" | "ptr_from_ref"
    ) || PREFIXES.iter().any(|prefix| name.starts_with(prefix))
}

/// A macro that does nothing surprising, unless its tokens do.
fn quiet(mac: &Macro) -> Reading {
    if may_leave(mac.tokens.clone()) {
        Reading::Unread
    } else {
        Reading::Quiet
    }
}

/// Is there a send or an exit among these tokens?
fn may_leave(tokens: TokenStream) -> bool {
    let mut after_send = false;
    for token in tokens {
        let found = match &token {
            TokenTree::Group(group) => may_leave(group.stream()),
            TokenTree::Ident(ident) => ["return", "break", "continue"]
                .iter()
                .any(|exit| ident == exit),
            TokenTree::Punct(bang) => after_send && bang.as_char() == '!',
            TokenTree::Literal(_) => false,
        };
        if found {
            return true;
        }
        after_send = matches!(&token, TokenTree::Ident(ident) if ident == "send");
    }
    false
}
