//! What do the tests share?

pub(crate) mod answer;
pub(crate) mod scratch;
pub(crate) mod wire;
