//! What did the user write?
//!
//! Tolerant by design: the signature is parsed, the body is kept as raw tokens, so that a
//! half-typed body still gives a function to the editor.

mod attribute;
mod bind;
mod function;
mod pattern;

pub(crate) use self::attribute::{Options, RouteOption, attribute};
pub(crate) use self::bind::{Argument, Binding, bind, cfgs};
pub(crate) use self::function::{
    Function, block, check_signature, function, is_handler, is_instrumented, without_statements,
};
pub(crate) use self::pattern::Pattern;
