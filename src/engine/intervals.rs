//! Sets of instants as stretches of time.
//!
//! Stretches are half open, apart from one another, and ascend. The end of time is [`FOREVER`].

/// The end of time.
pub const FOREVER: i64 = i64::MAX;

/// A set of instants, in seconds.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct Intervals(Vec<(i64, i64)>);

impl Intervals {
    /// No instant.
    pub fn none() -> Self {
        Intervals(Vec::new())
    }

    /// Every instant from `from` up to, and not in, `until`.
    pub fn stretch(from: i64, until: i64) -> Self {
        if from < until { Intervals(vec![(from, until)]) } else { Intervals::none() }
    }

    /// Every instant from `from` on.
    pub fn since(from: i64) -> Self {
        Intervals::stretch(from, FOREVER)
    }

    /// The set of stretches given in any order.
    pub fn of(mut stretches: Vec<(i64, i64)>) -> Self {
        stretches.retain(|(from, until)| from < until);
        stretches.sort_unstable();
        // Each that meets the one before goes into it.
        stretches.dedup_by(|next, last| {
            let meets: bool = next.0 <= last.1;
            if meets {
                last.1 = last.1.max(next.1);
            }
            meets
        });
        Intervals(stretches)
    }

    /// The stretches, ascending and apart.
    pub fn into_stretches(self) -> Vec<(i64, i64)> {
        self.0
    }

    /// The stretches, ascending.
    pub fn stretches(&self) -> &[(i64, i64)] {
        &self.0
    }

    /// Whether an instant is in it.
    pub fn contains(&self, at: i64) -> bool {
        let begun = self.0.partition_point(|(from, _)| *from <= at);
        begun > 0 && at < self.0[begun - 1].1
    }

    /// The first instant at or after `at` that is in it.
    pub fn first_from(&self, at: i64) -> Option<i64> {
        self.0.iter().find(|(_, until)| *until > at).map(|(from, _)| (*from).max(at))
    }

    /// The first instant after `at` at which being in it begins or ends.
    pub fn next_change(&self, at: i64) -> Option<i64> {
        self.0.iter().flat_map(|(from, until)| [*from, *until]).find(|edge| *edge > at && *edge != FOREVER)
    }

    /// Instants in either.
    #[must_use]
    pub fn union(&self, other: &Intervals) -> Intervals {
        Intervals::of(self.0.iter().chain(&other.0).copied().collect())
    }

    /// Instants in both.
    #[must_use]
    pub fn intersection(&self, other: &Intervals) -> Intervals {
        let mut both: Vec<(i64, i64)> = Vec::new();
        let (mut a, mut b) = (self.0.iter().peekable(), other.0.iter().peekable());
        while let (Some((a_from, a_until)), Some((b_from, b_until))) = (a.peek().copied(), b.peek().copied()) {
            let (from, until) = ((*a_from).max(*b_from), (*a_until).min(*b_until));
            if from < until {
                both.push((from, until));
            }
            if a_until < b_until {
                a.next();
            } else {
                b.next();
            }
        }
        Intervals(both)
    }

    /// Instants from `from` on that are not in it.
    #[must_use]
    pub fn complement(&self, from: i64) -> Intervals {
        let mut rest: Vec<(i64, i64)> = Vec::new();
        let mut at: i64 = from;
        for (start, end) in &self.0 {
            if *start > at {
                rest.push((at, *start));
            }
            at = at.max(*end);
        }
        if at < FOREVER {
            rest.push((at, FOREVER));
        }
        Intervals(rest)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn set(stretches: &[(i64, i64)]) -> Intervals {
        Intervals::of(stretches.to_vec())
    }

    #[test]
    fn sets_of_instants_behave_like_sets() {
        let a = set(&[(0, 10), (20, 30)]);
        let b = set(&[(5, 25), (40, FOREVER)]);
        assert_eq!(a.intersection(&b), set(&[(5, 10), (20, 25)]));
        assert_eq!(a.union(&b), set(&[(0, 30), (40, FOREVER)]));
        assert_eq!(a.complement(0), set(&[(10, 20), (30, FOREVER)]));
        assert_eq!(b.complement(0).complement(0), b);
        for at in 0..60 {
            assert_eq!(a.intersection(&b).contains(at), a.contains(at) && b.contains(at));
            assert_eq!(a.union(&b).contains(at), a.contains(at) || b.contains(at));
            assert_eq!(a.complement(0).contains(at), !a.contains(at));
        }
    }
}
