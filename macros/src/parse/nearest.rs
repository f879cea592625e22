//! Which name was meant? The one that differs least, if it differs little.

/// The known name that differs least from `name`, if it differs little.
pub(super) fn nearest<'a>(name: &str, known: &[&'a str]) -> Option<&'a str> {
    known
        .iter()
        .map(|candidate| {
            (
                distance(&name.to_lowercase(), &candidate.to_lowercase()),
                *candidate,
            )
        })
        .filter(|(distance, candidate)| *distance <= few(candidate))
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, candidate)| candidate)
}

/// How many slips a name of this length may have. In a short one, two make another word: `state` is
/// not `crate`.
pub(super) fn few(name: &str) -> usize {
    (name.chars().count() / 3).max(1)
}

/// Levenshtein's edit distance, in which two letters that changed places are one slip.
pub(super) fn distance(a: &str, b: &str) -> usize {
    if is_swap(a, b) {
        return 1;
    }
    let mut row: Vec<usize> = (0..=b.chars().count()).collect();
    for (i, x) in a.chars().enumerate() {
        let mut diagonal = i;
        let mut left = i + 1;
        for (cell, y) in row.iter_mut().skip(1).zip(b.chars()) {
            let cost = diagonal + usize::from(x != y);
            diagonal = *cell;
            *cell = cost.min(left + 1).min(diagonal + 1);
            left = *cell;
        }
        if let Some(first) = row.first_mut() {
            *first = i + 1;
        }
    }
    row.last().copied().unwrap_or_default()
}

/// Do the two differ in one pair of neighbours that changed places?
fn is_swap(a: &str, b: &str) -> bool {
    let mut different = a.chars().zip(b.chars()).filter(|(x, y)| x != y);
    let first = different.next();
    let is_pair = first.is_some() && different.next() == first.map(|(x, y)| (y, x));
    a.len() == b.len() && is_pair && different.next().is_none()
}

#[cfg(test)]
mod tests {
    use super::{distance, nearest};
    use crate::parse::attribute::OPTIONS;
    use crate::parse::route::METHODS;

    #[test]
    fn distances() {
        assert_eq!(distance("", "abc"), 3);
        assert_eq!(distance("abc", ""), 3);
        assert_eq!(distance("kitten", "sitting"), 3);
        assert_eq!(distance("get", "get"), 0);
        assert_eq!(distance("gte", "get"), 1);
        assert_eq!(distance("etg", "get"), 2);
    }

    #[test]
    fn near_misses_are_named_and_strangers_are_not() {
        assert_eq!(nearest("Get", &METHODS), Some("GET"));
        assert_eq!(nearest("DELTE", &METHODS), Some("DELETE"));
        assert_eq!(nearest("GTE", &METHODS), Some("GET"));
        assert_eq!(nearest("BANANA", &METHODS), None);
        assert_eq!(nearest("FETCH", &METHODS), None);
        assert_eq!(nearest("erorr", &OPTIONS), Some("error"));
        assert_eq!(nearest("bodylimit", &OPTIONS), Some("body_limit"));
        assert_eq!(nearest("disconnect", &OPTIONS), Some("on_disconnect"));
        assert_eq!(nearest("state", &OPTIONS), None);
    }
}
