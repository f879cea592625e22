//! What does a client get whose request is refused?
//!
//! A problem (RFC 9457), as sendoff's own answers are: one format for all that can go wrong. What
//! the client cannot mend is a bare 500, from `or_500`; the log has the rest.

use sendoff::Problem;

pub(crate) fn no_note(id: i64) -> Problem {
    Problem::new(404).detail(format!("no note has the id {id}"))
}

pub(crate) fn title_taken() -> Problem {
    Problem::new(409).detail("another note has this title")
}

/// The 422 for input that parses, but is not valid; `fault` adds where and why.
pub(crate) fn invalid() -> Problem {
    Problem::new(422).detail("the input is not valid")
}
