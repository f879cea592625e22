//! The macros of [`sendoff`](https://docs.rs/sendoff). Use them through that crate, which
//! documents them; this one only exists because procedural macros need a crate of their own.
//!
//! Where to look:
//!
//! | question | file |
//! |---|---|
//! | which stages does a handler or a guard go through? | `pipeline.rs` (read this first) |
//! | how is the language parsed? | `parse/` |
//! | what does a message say? | `diagnose/` |
//! | what code comes out? | `expand/` |
//! | where do generated tokens point? | `span.rs` |
//! | does all of it keep its promises? | `tests/` |

// A macro that panics tells the user nothing.
#![cfg_attr(
    not(test),
    deny(
        clippy::expect_used,
        clippy::indexing_slicing,
        clippy::panic,
        clippy::string_slice,
        clippy::unreachable,
        clippy::unwrap_used
    )
)]

mod analyze;
mod diagnose;
mod expand;
mod parse;
mod pipeline;
mod span;
#[cfg(test)]
mod tests;

use proc_macro::TokenStream;

#[allow(missing_docs)] // Documented in `sendoff`, where its examples can run.
#[proc_macro_attribute]
pub fn handler(attribute: TokenStream, item: TokenStream) -> TokenStream {
    pipeline::handler(attribute.into(), &item.into()).into()
}

/// The routes of `routes!`.
#[doc(hidden)]
#[proc_macro]
pub fn routes(tokens: TokenStream) -> TokenStream {
    expand::routes(tokens.into()).into()
}

#[allow(missing_docs)] // Documented in `sendoff`, where its examples can run.
#[proc_macro_attribute]
pub fn guard(attribute: TokenStream, item: TokenStream) -> TokenStream {
    pipeline::guard(attribute.into(), &item.into()).into()
}
