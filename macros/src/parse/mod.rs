//! What did the user write?
//!
//! Tolerant by design: the signature is parsed, the body is kept as raw tokens, so that a
//! half-typed body still gives a function to the editor.

mod attribute;
mod bind;
mod configured;
mod foreign;
mod function;
mod group;
mod guard;
mod moved;
mod names;
mod nearest;
mod pattern;
mod renamed;
mod route;
mod settings;
mod slips;
mod source;

pub(crate) use self::attribute::{Kind, Options, attribute};
pub(crate) use self::bind::{Argument, Binding, bind, cfgs};
pub(crate) use self::configured::{Choice, choice};
pub(crate) use self::function::{Function, block, check_signature, function, is_ours};
pub(crate) use self::group::held_together;
pub(crate) use self::guard::{Passage, passage};
pub(crate) use self::moved::{moved_by, without_what_moved_it};
pub(crate) use self::names::check_name;
pub(crate) use self::pattern::Pattern;
pub(crate) use self::renamed::renamed;
pub(crate) use self::route::{PathParameter, RouteOption};
pub(crate) use self::settings::{OnDisconnect, Quantity, Settings};
pub(crate) use self::source::{outside, unrouted};

use crate::analyze::Outside;

/// All that is known of a function before its body is looked at.
pub(crate) struct Parsed<'a> {
    pub(crate) function: &'a Function,
    pub(crate) options: &'a Options,
    /// Of a routed handler.
    pub(crate) route: Option<&'a Binding<'a>>,
    /// Of a guard.
    pub(crate) passage: Option<&'a Passage<'a>>,
    pub(crate) outside: Outside,
}
