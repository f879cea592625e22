//! What do several test modules need?

pub(crate) mod answer;
pub(crate) mod clock;
pub(crate) mod curl;
pub(crate) mod example;
pub(crate) mod load;
pub(crate) mod log;
pub(crate) mod page;
pub(crate) mod query;
pub(crate) mod responses;
pub(crate) mod scratch;
pub(crate) mod wire;
