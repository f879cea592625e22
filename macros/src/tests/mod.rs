//! Does the macro as a whole keep its promises, whatever it is given?
//!
//! | question | file |
//! |---|---|
//! | which handlers are there to try things on? | `sources.rs` |
//! | what must hold of every expansion? | `promise.rs` |
//! | does it hold while a handler is typed? | `half_typed.rs` |
//! | does it hold for tokens that nobody would write? | `arbitrary.rs` |
//! | what do long and deep handlers cost? | `cost.rs` |
//! | which mistakes of an attribute and a signature are found? | `mistakes.rs` |

// Lists of words, many to a line.
#[rustfmt::skip]
mod arbitrary;
mod cost;
mod half_typed;
// One case, one line.
#[rustfmt::skip]
mod mistakes;
mod promise;
mod sources;
