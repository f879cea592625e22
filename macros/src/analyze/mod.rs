//! How does every path of a handler end?
//!
//! A walk over the body as the user wrote it, after rustc's `diverges.rs` (what can be reached)
//! and `loops.rs` (what can leave what). It makes no tokens and no wording, and it is only there
//! for good messages: rustc proves the handler. So where types or foreign macros decide, the walk
//! says nothing.
//!
//! | question | file |
//! |---|---|
//! | what can it find? | `report.rs` |
//! | what is known of a point? | `verdict.rs` |
//! | in which order do statements run, and what ends a path? | `walk.rs` |
//! | what does each kind of expression do? | `expr.rs` |
//! | where do paths split and meet? | `branch.rs`, `repeat.rs` |
//! | what do a `send!` and a `return` say? | `exit.rs` |
//! | which sends cannot end the handler? | `scope.rs` |
//! | what does a macro do with its tokens? | `macros.rs`, `select.rs` |
//! | what does the mere shape of syntax tell? | `shape.rs`, `attribute.rs` |

mod attribute;
mod branch;
mod exit;
mod expr;
mod flow;
mod macros;
mod repeat;
mod report;
mod scope;
mod select;
mod shape;
#[cfg(test)]
mod tests;
mod verdict;
mod walk;

pub(crate) use flow::*;
pub(crate) use macros::{is_bail, is_send, is_value as is_value_macro};
pub(crate) use report::*;
pub(crate) use shape::is_of_an_error;

use syn::Block;

use self::walk::{Next, Walker};
use crate::span::Place;

/// What is known of the module around the handler.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Outside {
    /// A plain `send!` is a macro of its own.
    pub(crate) has_own_send: bool,
    /// There is a function `send`.
    pub(crate) has_send_function: bool,
    /// A plain `bail!` is anyhow's, or eyre's.
    pub(crate) has_bail: bool,
}

/// Walks the body of a handler. The cost is linear in its length.
pub(crate) fn analyze(body: &Block, outside: Outside) -> Report {
    let mut walker = Walker {
        outside,
        ..Walker::default()
    };
    walker.report.has_send_function = outside.has_send_function;
    if outside.has_own_send {
        walker.locals.define_outside("send");
    }
    if shape::is_empty(body) {
        let braces = Place {
            start: body.brace_token.span.open(),
            end: body.brace_token.span.close(),
        };
        walker.missing(Some(braces), PathEnd::EmptyBody);
    }
    walker.block(body, Next::Tail);
    walker.finish()
}
