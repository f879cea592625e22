//! What handler bodies can be made up, and what is true of them?
//!
//! Bodies come from a grammar ([`generate`]), with what the grammar knows of them: which function
//! never returns, which `#[cfg]` holds. They are printed for the walk and for rustc ([`print`]),
//! and judged by an oracle ([`oracle`]) that shares nothing with the walk: it draws the graph of
//! what can run after what, and looks what can be reached.
//!
//! It names nothing of this crate: `tests/it/generated.rs` includes it, and asks rustc.

mod express;
pub(crate) mod generate;
pub(crate) mod grammar;
// The walk and rustc are not asked quite the same.
#[allow(dead_code)]
pub(crate) mod graph;
pub(crate) mod oracle;
pub(crate) mod print;
