//! Conditions with every name resolved.

use super::{ClassifyId, DeadlineId, Decimal, DefineId, EventId, FactId, StatusId};
use crate::calendar::{Amount, Instant};
use crate::source::Span;
use crate::syntax::tree::{ClockState, Comparison};

/// A condition.
#[derive(Clone, Debug, PartialEq)]
pub struct Condition {
    /// Where it stands.
    pub span: Span,
    /// What it says.
    pub kind: ConditionKind,
}

impl Condition {
    /// A condition that always holds, standing at `span`.
    pub fn always(span: Span) -> Self {
        Condition { span, kind: ConditionKind::Always }
    }

    /// Whether it was written to hold always.
    pub fn is_always(&self) -> bool {
        self.kind == ConditionKind::Always
    }

    /// Calls `visit` for every atom and every defined name in it, without going into the definitions.
    pub fn leaves<'c>(&'c self, visit: &mut impl FnMut(&'c Condition)) {
        match &self.kind {
            ConditionKind::And(parts) | ConditionKind::Or(parts) => parts.iter().for_each(|part| part.leaves(visit)),
            ConditionKind::Not(inner) => inner.leaves(visit),
            ConditionKind::Atom(_) | ConditionKind::Define(_) => visit(self),
            ConditionKind::Always | ConditionKind::Unknown => {}
        }
    }
}

/// The kinds of conditions.
#[derive(Clone, Debug, PartialEq)]
pub enum ConditionKind {
    /// Holds for every ticket.
    Always,
    /// All of them.
    And(Vec<Condition>),
    /// Any of them.
    Or(Vec<Condition>),
    /// Not so.
    Not(Box<Condition>),
    /// A named condition.
    Define(DefineId),
    /// A single test.
    Atom(Atom),
    /// What has been reported as wrong; what touches it stays quiet.
    Unknown,
}

/// A single test. Two tests that ask the same are equal.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Atom {
    /// The field is there, or is not.
    Present(FactId, bool),
    /// The field's value is one of these positions, in order.
    Value(FactId, Vec<u32>),
    /// The figure lies between both, ends in as said.
    Number(FactId, NumberTest),
    /// The text is equal, once folded, to one of these; or to none.
    Text {
        /// The field.
        fact: FactId,
        /// Folded texts, in order.
        texts: Vec<String>,
        /// `is not`, `not in`.
        negated: bool,
    },
    /// The folded text contains this folded one.
    Contains(FactId, String),
    /// The folded text matches this pattern, as written.
    Matches(FactId, String),
    /// The instant lies before (or after) another.
    Time {
        /// The field.
        fact: FactId,
        /// Before, else after.
        before: bool,
        /// What it is compared with.
        other: TimeOperand,
    },
    /// The list holds one of these positions.
    Has(FactId, Vec<u32>),
    /// The list holds one of these texts, folded.
    HasText(FactId, Vec<String>),
    /// The classification's tier is one of these positions.
    Tier(ClassifyId, Vec<u32>),
    /// The status is one of these, for at least so long.
    Status(Vec<StatusId>, Amount),
    /// The status is one of these, and the customer has not written since it came.
    Awaiting(Vec<StatusId>),
    /// The event happened at least so many times.
    Happened(EventId, u32),
    /// The clock is in this state, for at least so long.
    Clock(DeadlineId, ClockState, Amount),
    /// The ticket was opened between these seconds of the day; over midnight when the first is the later.
    OpenedBetween(u32, u32),
    /// The ticket was opened on a date that the calendar has as a holiday.
    OpenedOnHoliday,
    /// The time since the opening compares with an amount.
    Age(Comparison, Amount),
    /// The script function says so.
    Script(String, Vec<Argument>),
}

/// Which figures a test accepts, in parts of a billion, or seconds where it is about time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum NumberTest {
    /// From the first to the second, both in; an open end is `None`.
    Within(Option<Decimal>, Option<Decimal>),
    /// All but this one.
    Not(Decimal),
}

impl NumberTest {
    /// Whether a figure is accepted.
    pub fn accepts(self, figure: Decimal) -> bool {
        match self {
            NumberTest::Within(low, high) => {
                low.is_none_or(|low| figure >= low) && high.is_none_or(|high| figure <= high)
            }
            NumberTest::Not(other) => figure != other,
        }
    }
}

/// What an instant is compared with.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum TimeOperand {
    /// A fixed one.
    At(Instant),
    /// Another field.
    Fact(FactId),
}

/// What a script function is called with.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Argument {
    /// A field's value.
    Fact(FactId),
    /// A figure.
    Number(Decimal),
    /// Text.
    Text(String),
    /// Yes or no.
    YesNo(bool),
}
