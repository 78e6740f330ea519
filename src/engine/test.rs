//! Conditions as the engine runs them: sets as bit masks, text folded, patterns compiled.

use super::text;
use crate::calendar::Amount;
use crate::graph::{Conditions, Node};
use crate::handbook::condition::{Argument, NumberTest, TimeOperand};
use crate::handbook::{Atom, ClassifyId, DeadlineId, EventId, FactId, StatusId};
use crate::syntax::tree::{ClockState, Comparison};

/// A condition, by the position of its node in the graph.
pub type TestId = u32;

/// One condition.
#[derive(Clone, Debug)]
pub enum Test {
    /// Holds for every ticket.
    Always,
    /// Holds for none.
    Never,
    /// All of them, cheap ones first.
    And(Box<[TestId]>),
    /// Any of them, cheap ones first.
    Or(Box<[TestId]>),
    /// Not so.
    Not(TestId),
    /// The same as another.
    Same(TestId),
    /// The field is there, or is not.
    Present(FactId, bool),
    /// The field's value is in a set.
    Value(FactId, Set),
    /// The figure is accepted.
    Number(FactId, NumberTest),
    /// The folded text is one of these, or none of them.
    Text(FactId, Vec<String>, bool),
    /// The folded text contains this.
    Contains(FactId, String),
    /// The folded text matches.
    Matches(FactId, regex::Regex),
    /// The instant is before, or after, another.
    Time(FactId, bool, TimeOperand),
    /// The list holds one of a set.
    Has(FactId, Set),
    /// The list holds one of these folded texts.
    HasText(FactId, Vec<String>),
    /// The tier is in a set.
    Tier(ClassifyId, Set),
    /// The status is one of these, for so long.
    Status(Vec<StatusId>, Amount),
    /// The status is one of these, and the customer has not written since it came.
    Awaiting(Vec<StatusId>),
    /// The event happened so many times.
    Happened(EventId, u32),
    /// The clock is in a state, for so long.
    Clock(DeadlineId, ClockState, Amount),
    /// The ticket was opened between these seconds of the day.
    OpenedBetween(u32, u32),
    /// The calendar has the date of the opening as a holiday.
    OpenedOnHoliday,
    /// The time since the opening compares with an amount.
    Age(Comparison, Amount),
    /// The script says so.
    Script(String, Vec<Argument>),
}

/// A set of positions.
#[derive(Clone, Debug, PartialEq)]
pub enum Set {
    /// Positions below 64, as bits.
    Bits(u64),
    /// Any positions, ascending.
    Listed(Box<[u32]>),
}

impl Set {
    /// The set of these positions.
    pub fn new(positions: &[u32]) -> Set {
        if positions.iter().all(|position| *position < 64) {
            Set::Bits(positions.iter().fold(0, |bits, position| bits | 1 << position))
        } else {
            Set::Listed(positions.into())
        }
    }

    /// Whether a position is in it.
    pub fn contains(&self, position: u32) -> bool {
        match self {
            Set::Bits(bits) => position < 64 && bits >> position & 1 == 1,
            Set::Listed(listed) => listed.binary_search(&position).is_ok(),
        }
    }
}

/// Every condition of a graph, in its order.
pub fn compile(conditions: &Conditions) -> Vec<Test> {
    let mut tests: Vec<Test> = Vec::with_capacity(conditions.len());
    let mut costs: Vec<u32> = Vec::with_capacity(conditions.len());
    for id in conditions.ids() {
        let test = match conditions.node(id) {
            Node::Always => Test::Always,
            Node::Never => Test::Never,
            Node::And(parts) => Test::And(cheapest_first(parts, &costs)),
            Node::Or(parts) => Test::Or(cheapest_first(parts, &costs)),
            Node::Not(inner) => Test::Not(inner.0),
            Node::Define(_, inner) => Test::Same(inner.0),
            Node::Atom(atom) => single(atom),
        };
        costs.push(cost(&test, &costs));
        tests.push(test);
    }
    tests
}

fn cheapest_first(parts: &[crate::graph::ConditionId], costs: &[u32]) -> Box<[TestId]> {
    let mut ids: Vec<TestId> = parts.iter().map(|part| part.0).collect();
    ids.sort_by_key(|id| (costs[*id as usize], *id));
    ids.into_boxed_slice()
}

/// What a test costs next to others; only the order matters.
fn cost(test: &Test, costs: &[u32]) -> u32 {
    let inner = |id: &TestId| costs[*id as usize];
    match test {
        Test::Always
        | Test::Never
        | Test::Present(..)
        | Test::Value(..)
        | Test::Number(..)
        | Test::Tier(..)
        | Test::Age(..) => 1,
        Test::Time(..) | Test::Has(..) | Test::OpenedBetween(..) | Test::OpenedOnHoliday => 2,
        Test::Status(..) | Test::Awaiting(_) | Test::Happened(..) | Test::Clock(..) => 4,
        Test::HasText(..) | Test::Text(..) | Test::Contains(..) => 50,
        Test::Matches(..) => 200,
        Test::Script(..) => 1000,
        Test::Not(id) | Test::Same(id) => inner(id),
        Test::And(parts) | Test::Or(parts) => parts.iter().map(inner).fold(1, u32::saturating_add),
    }
}

fn single(atom: &Atom) -> Test {
    let folded = |texts: &[String]| texts.iter().map(|one| text::fold(one)).collect();
    match atom {
        Atom::Present(fact, present) => Test::Present(*fact, *present),
        Atom::Value(fact, positions) => Test::Value(*fact, Set::new(positions)),
        Atom::Number(fact, test) => Test::Number(*fact, *test),
        Atom::Text { fact, texts, negated } => Test::Text(*fact, folded(texts), *negated),
        Atom::Contains(fact, part) => Test::Contains(*fact, text::fold(part)),
        Atom::Matches(fact, written) => {
            text::pattern(written).map_or(Test::Never, |pattern| Test::Matches(*fact, pattern))
        }
        Atom::Time { fact, before, other } => Test::Time(*fact, *before, *other),
        Atom::Has(fact, positions) => Test::Has(*fact, Set::new(positions)),
        Atom::HasText(fact, texts) => Test::HasText(*fact, folded(texts)),
        Atom::Tier(classify, positions) => Test::Tier(*classify, Set::new(positions)),
        Atom::Status(statuses, lasting) => Test::Status(statuses.clone(), *lasting),
        Atom::Awaiting(statuses) => Test::Awaiting(statuses.clone()),
        Atom::Happened(event, times) => Test::Happened(*event, *times),
        Atom::Clock(deadline, state, lasting) => Test::Clock(*deadline, *state, *lasting),
        Atom::OpenedBetween(from, until) => Test::OpenedBetween(*from, *until),
        Atom::OpenedOnHoliday => Test::OpenedOnHoliday,
        Atom::Age(comparison, amount) => Test::Age(*comparison, *amount),
        Atom::Script(name, arguments) => Test::Script(name.clone(), arguments.clone()),
    }
}
