//! Pauses, and counting around them.
//!
//! What lies inside the pauses is summed up once, so that counting past thousands of them is a search and not a walk.

use super::business::Calendar;
use std::sync::{LazyLock, OnceLock};

/// A stretch of instants, half open.
pub type Stretch = (i64, i64);

/// Later than any instant there is; what never ends is summed up to here.
const FAR: i64 = 300_000_000_000;

/// So few pauses are added up as they are.
const FEW: usize = 8;

static NONE: LazyLock<Pauses> = LazyLock::new(Pauses::default);

/// Stretches in which a clock stands still. One set of them belongs to one calendar.
#[derive(Clone, Debug, Default)]
pub struct Pauses {
    stretches: Vec<Stretch>,
    /// By what is counted: how much of it lies in the stretches before each.
    sums: [OnceLock<Vec<i64>>; 4],
}

/// Pauses as far as a clock sees them: those of what is over end with it.
#[derive(Clone, Copy, Debug)]
pub struct Paused<'p> {
    pauses: &'p Pauses,
    until: i64,
}

/// What is counted: how much of it lies before an instant only ever grows.
#[derive(Clone, Copy, Debug)]
pub enum Count<'c> {
    /// Seconds.
    Elapsed,
    /// Open seconds.
    Open(&'c Calendar),
    /// Open dates that have closed.
    OpenDates(&'c Calendar),
    /// Dates that have closed.
    Dates(&'c Calendar),
}

impl Pauses {
    /// Stretches that ascend and lie apart; the last may end with `i64::MAX`.
    pub fn new(stretches: Vec<Stretch>) -> Pauses {
        Pauses { stretches, sums: Default::default() }
    }

    /// The stretches, ascending.
    pub fn stretches(&self) -> &[Stretch] {
        &self.stretches
    }

    /// All of them.
    pub fn whole(&self) -> Paused<'_> {
        self.up_to(i64::MAX)
    }

    /// Those up to an instant.
    pub fn up_to(&self, until: i64) -> Paused<'_> {
        Paused { pauses: self, until }
    }
}

impl<'p> Paused<'p> {
    /// No pause.
    pub fn none() -> Paused<'static> {
        NONE.whole()
    }

    /// Whether there is none.
    pub fn is_empty(self) -> bool {
        self.pauses.stretches.is_empty()
    }

    /// How many there are.
    fn len(self) -> usize {
        self.pauses.stretches.partition_point(|(start, _)| *start < self.until)
    }

    /// One of them.
    fn stretch(self, position: usize) -> Stretch {
        let (start, end) = self.pauses.stretches[position];
        (start, end.min(self.until))
    }

    /// All of them, ascending.
    pub fn stretches(self) -> impl DoubleEndedIterator<Item = Stretch> + 'p {
        (0..self.len()).map(move |position| self.stretch(position))
    }

    /// The position of the first that ends after an instant.
    fn ending_after(self, at: i64) -> usize {
        let ends = self.pauses.stretches.partition_point(|(_, end)| *end <= at);
        if self.until <= at { self.len() } else { ends.min(self.len()) }
    }

    /// The pause that holds in the last second before an instant.
    pub fn just_before(self, at: i64) -> Option<Stretch> {
        let position: usize = self.ending_after(at - 1);
        (position < self.len()).then(|| self.stretch(position)).filter(|(start, _)| *start < at)
    }

    /// Whether an instant lies in one of them.
    pub fn contains(self, at: i64) -> bool {
        let position: usize = self.ending_after(at);
        position < self.len() && self.stretch(position).0 <= at
    }
}

impl Count<'_> {
    /// How much lies before an instant.
    pub fn upto(self, at: i64) -> i64 {
        match self {
            Count::Elapsed => at.min(FAR),
            Count::Open(calendar) => calendar.index.worked(at.min(FAR)),
            Count::OpenDates(calendar) => calendar.index.closed_by(at.min(FAR), true),
            Count::Dates(calendar) => calendar.index.closed_by(at.min(FAR), false),
        }
    }

    /// How much lies in the pauses before each.
    fn sums(self, pauses: &Pauses) -> &[i64] {
        let slot: usize = match self {
            Count::Elapsed => 0,
            Count::Open(_) => 1,
            Count::OpenDates(_) => 2,
            Count::Dates(_) => 3,
        };
        pauses.sums[slot].get_or_init(|| {
            let mut sum: i64 = 0;
            let mut sums: Vec<i64> = Vec::with_capacity(pauses.stretches.len() + 1);
            sums.push(0);
            for (start, end) in &pauses.stretches {
                sum += self.upto(*end) - self.upto(*start);
                sums.push(sum);
            }
            sums
        })
    }

    /// How much lies in the pauses between two positions; those wholly before the end of what is seen.
    fn in_pauses(self, paused: Paused, from: usize, until: usize) -> i64 {
        if from >= until {
            return 0;
        }
        let whole: i64 = if until - from <= FEW {
            let stretches = &paused.pauses.stretches[from..until];
            stretches.iter().map(|(start, end)| self.upto(*end) - self.upto(*start)).sum()
        } else {
            let sums: &[i64] = self.sums(paused.pauses);
            sums[until] - sums[from]
        };
        // The last one that is seen may be seen in part.
        let (_, end) = paused.pauses.stretches[until - 1];
        whole - (self.upto(end) - self.upto(end.min(paused.until)))
    }

    /// How much lies between two instants without the pauses.
    pub fn between(self, from: i64, until: i64, paused: Paused) -> i64 {
        if until <= from {
            return 0;
        }
        let all: i64 = self.upto(until) - self.upto(from);
        let first: usize = paused.ending_after(from);
        let last: usize = paused.pauses.stretches.partition_point(|(start, _)| *start < until.min(paused.until));
        if first >= last {
            return all;
        }
        let before: i64 = self.upto(from.max(paused.stretch(first).0)) - self.upto(paused.stretch(first).0);
        let end: i64 = paused.stretch(last - 1).1;
        let after: i64 = self.upto(end) - self.upto(end.min(until));
        all - (self.in_pauses(paused, first, last) - before - after)
    }

    /// Where so much has passed since `from`, at which `value` had: an instant at which no pause is under way, and what
    /// is left to pass from there without one. `None` when that never comes.
    pub fn after(self, from: i64, value: i64, wanted: i64, paused: Paused) -> Option<(i64, i64)> {
        let (first, len) = (paused.ending_after(from), paused.len());
        if first >= len {
            return Some((from, wanted));
        }
        let value_at = |at: i64| self.upto(at).max(value);
        // Where `value` is more than what lies before `from`, what closes before it is reached counts nowhere, and so not
        // in the pauses either: those before this one hold nothing.
        let reached: usize = {
            let (mut low, mut high) = (first, len);
            while low < high {
                let middle: usize = low.midpoint(high);
                if self.upto(paused.stretch(middle).1) < value {
                    low = middle + 1;
                } else {
                    high = middle;
                }
            }
            low
        };
        let one = |position: usize| {
            let (start, end) = paused.stretch(position);
            value_at(end) - value_at(start.max(from))
        };
        let inside =
            |until: usize| if until <= reached { 0 } else { one(reached) + self.in_pauses(paused, reached + 1, until) };
        let passed_at = |position: usize| value_at(paused.stretch(position).0.max(from)) - value - inside(position);
        // The first pause by whose beginning enough has passed.
        let (mut low, mut high) = (first, len);
        while low < high {
            let middle: usize = low.midpoint(high);
            if passed_at(middle) >= wanted {
                high = middle;
            } else {
                low = middle + 1;
            }
        }
        if low == first {
            return Some((from, wanted));
        }
        let (_, end) = paused.stretch(low - 1);
        (end < i64::MAX).then(|| (end.max(from), wanted - passed_at(low - 1)))
    }

    /// Where so much passes until `until`: an instant at which no pause ends, and what is left to pass before it.
    pub fn before(self, until: i64, wanted: i64, paused: Paused) -> (i64, i64) {
        let len: usize = paused.pauses.stretches.partition_point(|(start, _)| *start < until.min(paused.until));
        // The last pause after whose end enough passes.
        let enough = |position: usize| self.between(paused.stretch(position).1.min(until), until, paused) >= wanted;
        let (mut low, mut high) = (0, len);
        while low < high {
            let middle: usize = low.midpoint(high);
            if enough(middle) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        if low == len {
            return (until, wanted);
        }
        let start: i64 = paused.stretch(low).0;
        (start, wanted - self.between(start, until, paused))
    }
}
