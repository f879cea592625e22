//! What is known of a point in the body, and of the body as a whole?
//!
//! After rustc's `diverges.rs`: a sequence takes the greater of two [`Reach`]es, a join of
//! branches the smaller. rustc knows two values, since it knows every type. Without types there
//! are two more for what types alone can tell, and one for each reason why a point cannot be reached.

use super::report::Verdict;

/// How a point in the body is reached.
///
/// The order is the lattice: the further down, the less can get there.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Reach {
    /// Some path surely gets here.
    Live,
    /// The same, if every call that stands alone above returns. One that does not would make
    /// unreachable code of this point, which is to be written by nobody, but no error.
    Taken,
    /// Some path gets here if the calls that end it return, which only their types can tell.
    Assumed,
    /// A macro that cannot be read, or a `#[cfg]`, decides.
    Unknown,
    /// No path gets here: every one has left in another way than by a send (`panic!`, an endless
    /// loop, `return Err(..)`, `break`).
    Left,
    /// No path gets here, because of a send, and an error has said so already.
    Told,
    /// Nothing gets here: every path left, and at least one by a send.
    Sent,
}

impl Reach {
    /// Whether no path gets here.
    pub(super) fn is_dead(self) -> bool {
        self >= Reach::Left
    }

    /// Something gets here, if only because code follows.
    pub(super) fn is_sure(self) -> bool {
        self <= Reach::Taken
    }

    /// Something gets here, as far as can be told without types.
    pub(super) fn is_live(self) -> bool {
        self <= Reach::Assumed
    }

    /// The point behind something that by itself ends in `next`. What is dead stays dead for its
    /// first reason.
    #[must_use]
    pub(super) fn then(self, next: Reach) -> Reach {
        if self.is_dead() { self } else { self.max(next) }
    }

    /// The point where two branches meet. Live wins; among dead ones the send does.
    #[must_use]
    pub(super) fn join(self, other: Reach) -> Reach {
        if self.is_dead() && other.is_dead() {
            self.max(other)
        } else {
            self.min(other)
        }
    }

    /// The same point, seen from code that follows: calls since `before` are taken to return, or
    /// nobody would have written the code.
    #[must_use]
    pub(super) fn settled(self, before: Reach) -> Reach {
        match self {
            Reach::Assumed if before == Reach::Taken => Reach::Taken,
            Reach::Assumed => Reach::Live,
            other => other,
        }
    }

    /// The point behind code that a `#[cfg]` may take away; `self` without it, `with` with it.
    #[must_use]
    pub(super) fn perhaps(self, with: Reach) -> Reach {
        if self.is_live() && with.is_live() {
            self.max(with)
        } else if self.is_dead() || self == with {
            self
        } else {
            Reach::Unknown
        }
    }
}

impl Verdict {
    /// The verdict on a body whose end is reached in this way.
    pub(super) fn of(end: Reach) -> Self {
        match end {
            Reach::Live => Verdict::FallsThrough,
            Reach::Taken | Reach::Assumed | Reach::Unknown => Verdict::CannotTell,
            Reach::Left | Reach::Told | Reach::Sent => Verdict::AlwaysSends,
        }
    }
}

#[cfg(test)]
#[rustfmt::skip]
mod tests {
    use super::Reach::{self, Assumed, Left, Live, Sent, Taken, Told, Unknown};
    use crate::analyze::Verdict;

    const ALL: [Reach; 7] = [Live, Taken, Assumed, Unknown, Left, Told, Sent];

    /// One row per left side, one column per right side, both in the order of [`ALL`].
    fn check(of: fn(Reach, Reach) -> Reach, table: [[Reach; 7]; 7]) {
        for (left, row) in ALL.into_iter().zip(table) {
            for (right, expected) in ALL.into_iter().zip(row) {
                assert_eq!(of(left, right), expected, "{left:?}, {right:?}");
            }
        }
    }

    #[test]
    fn a_sequence_is_as_dead_as_its_first_dead_part() {
        check(Reach::then, [
            [Live, Taken, Assumed, Unknown, Left, Told, Sent],
            [Taken, Taken, Assumed, Unknown, Left, Told, Sent],
            [Assumed, Assumed, Assumed, Unknown, Left, Told, Sent],
            [Unknown, Unknown, Unknown, Unknown, Left, Told, Sent],
            [Left, Left, Left, Left, Left, Left, Left],
            [Told, Told, Told, Told, Told, Told, Told],
            [Sent, Sent, Sent, Sent, Sent, Sent, Sent],
        ]);
    }

    #[test]
    fn branches_join_in_the_most_alive_one() {
        check(Reach::join, [
            [Live, Live, Live, Live, Live, Live, Live],
            [Live, Taken, Taken, Taken, Taken, Taken, Taken],
            [Live, Taken, Assumed, Assumed, Assumed, Assumed, Assumed],
            [Live, Taken, Assumed, Unknown, Unknown, Unknown, Unknown],
            [Live, Taken, Assumed, Unknown, Left, Told, Sent],
            [Live, Taken, Assumed, Unknown, Told, Told, Sent],
            [Live, Taken, Assumed, Unknown, Sent, Sent, Sent],
        ]);
    }

    #[test]
    fn what_a_cfg_may_take_away_is_known_only_if_it_changes_nothing() {
        check(Reach::perhaps, [
            [Live, Taken, Assumed, Unknown, Unknown, Unknown, Unknown],
            [Taken, Taken, Assumed, Unknown, Unknown, Unknown, Unknown],
            [Assumed, Assumed, Assumed, Unknown, Unknown, Unknown, Unknown],
            [Unknown, Unknown, Unknown, Unknown, Unknown, Unknown, Unknown],
            [Left, Left, Left, Left, Left, Left, Left],
            [Told, Told, Told, Told, Told, Told, Told],
            [Sent, Sent, Sent, Sent, Sent, Sent, Sent],
        ]);
    }

    #[test]
    fn code_that_follows_takes_calls_to_return() {
        check(|before, point| point.settled(before), [
            [Live, Taken, Live, Unknown, Left, Told, Sent],
            [Live, Taken, Taken, Unknown, Left, Told, Sent],
            [Live, Taken, Live, Unknown, Left, Told, Sent],
            [Live, Taken, Live, Unknown, Left, Told, Sent],
            [Live, Taken, Live, Unknown, Left, Told, Sent],
            [Live, Taken, Live, Unknown, Left, Told, Sent],
            [Live, Taken, Live, Unknown, Left, Told, Sent],
        ]);
    }

    #[test]
    fn then_and_join_are_a_lattice() {
        for a in ALL {
            assert_eq!(a.join(a), a);
            assert_eq!(a.then(Live), a);
            for b in ALL {
                assert_eq!(a.join(b), b.join(a));
                for c in ALL {
                    assert_eq!(a.join(b).join(c), a.join(b.join(c)));
                    assert_eq!(a.then(b).then(c), a.then(b.then(c)));
                    assert_eq!(a.then(b.join(c)).is_dead(), a.then(b).join(a.then(c)).is_dead());
                }
            }
        }
    }

    #[test]
    fn three_verdicts() {
        use Verdict::{AlwaysSends, CannotTell, FallsThrough};
        let verdicts = ALL.map(Verdict::of);
        assert_eq!(verdicts[..4], [FallsThrough, CannotTell, CannotTell, CannotTell]);
        assert_eq!(verdicts[4..], [AlwaysSends; 3]);
    }
}
