//! A second way to every answer, written to be obvious and not to be fast.
//!
//! Conditions are read off the handbook as they stand, rows are tried from the top, time is counted second by
//! second. What holds at an instant is what the handbook says with the events up to that instant; what will hold
//! later is what it says if nothing more happens. Nothing of the engine, its graph or its index is used.

mod answer;
mod clock;
mod ticket;

pub use answer::decide;

use chrono::NaiveDate;
use clock::Standing;
use rulebook::handbook::condition::NumberTest;
use rulebook::handbook::{
    Atom, AuthorityId, ClassifyId, Condition, ConditionKind, DeadlineId, Decimal, EventId, FactId, Handbook, Row,
    StatusId,
};
use std::cell::OnceCell;
use std::collections::BTreeSet;
use ticket::Given;

/// How many seconds after now are looked at: longer than any handbook of these tests can wait.
const AHEAD: i64 = 160;

/// One ticket at one instant, with every second from its opening to the end of looking ahead.
pub struct Naive<'h> {
    handbook: &'h Handbook,
    opened: i64,
    /// The civil date and the second of the day of the opening.
    opened_on: (NaiveDate, u32),
    as_of: i64,
    facts: Vec<Option<Given>>,
    /// What is known now to have happened, the opening included, by instant.
    events: Vec<(i64, EventId)>,
    statuses: Vec<(i64, StatusId)>,
    first_status: StatusId,
    /// By classification, then by second: the row taken.
    tiers: Vec<OnceCell<Vec<Option<usize>>>>,
    /// By deadline, then by second: how it stands.
    clocks: Vec<OnceCell<Vec<Option<Standing>>>>,
}

impl Naive<'_> {
    /// Every second that is looked at.
    fn seconds(&self) -> std::ops::RangeInclusive<i64> {
        self.opened..=self.as_of + AHEAD
    }

    /// Whether a condition holds at an instant: what the ticket lacks makes a test false.
    fn holds(&self, condition: &Condition, at: i64) -> bool {
        match &condition.kind {
            ConditionKind::Always => true,
            ConditionKind::And(parts) => parts.iter().all(|part| self.holds(part, at)),
            ConditionKind::Or(parts) => parts.iter().any(|part| self.holds(part, at)),
            ConditionKind::Not(inner) => !self.holds(inner, at),
            ConditionKind::Define(define) => self.holds(&self.handbook.defines[define.0].condition, at),
            ConditionKind::Atom(atom) => self.atom(atom, at) == Some(true),
            ConditionKind::Unknown => false,
        }
    }

    /// What a condition comes to if nothing is assumed of the facts that the ticket lacks: `None` when they matter.
    fn surely(&self, condition: &Condition, at: i64) -> Option<bool> {
        match &condition.kind {
            ConditionKind::Always => Some(true),
            ConditionKind::And(parts) => all(parts.iter().map(|part| self.surely(part, at))),
            ConditionKind::Or(parts) => {
                all(parts.iter().map(|part| self.surely(part, at).map(|holds| !holds))).map(|none| !none)
            }
            ConditionKind::Not(inner) => self.surely(inner, at).map(|holds| !holds),
            ConditionKind::Define(define) => self.surely(&self.handbook.defines[define.0].condition, at),
            ConditionKind::Atom(atom) => self.atom(atom, at),
            ConditionKind::Unknown => Some(false),
        }
    }

    /// Gathers the facts for want of which a condition is open.
    fn wanted(&self, condition: &Condition, at: i64, found: &mut BTreeSet<FactId>) {
        if self.surely(condition, at).is_some() {
            return;
        }
        match &condition.kind {
            ConditionKind::And(parts) | ConditionKind::Or(parts) => {
                parts.iter().for_each(|part| self.wanted(part, at, found))
            }
            ConditionKind::Not(inner) => self.wanted(inner, at, found),
            ConditionKind::Define(define) => self.wanted(&self.handbook.defines[define.0].condition, at, found),
            ConditionKind::Atom(atom) => {
                found.extend(ticket::facts_of(atom).into_iter().filter(|fact| self.facts[fact.0].is_none()))
            }
            ConditionKind::Always | ConditionKind::Unknown => {}
        }
    }

    /// A single test at an instant; `None` when the ticket lacks what it asks for.
    fn atom(&self, atom: &Atom, at: i64) -> Option<bool> {
        match atom {
            Atom::Tier(classify, positions) => {
                Some(self.tier(*classify, at).is_some_and(|tier| positions.contains(&(tier as u32))))
            }
            Atom::Status(statuses, lasting) => {
                Some(self.lasted(at, *lasting, |second| statuses.contains(&self.status(second))))
            }
            Atom::Clock(deadline, state, lasting) => Some(self.lasted(at, *lasting, |second| {
                self.counted_clock(*deadline, second).is_some_and(|standing| standing.is_in(*state))
            })),
            Atom::Happened(event, times) => {
                Some(self.events.iter().filter(|(when, what)| what == event && *when <= at).count() >= *times as usize)
            }
            Atom::OpenedBetween(from, until) => {
                let second = self.opened_on.1;
                Some(if from < until { (*from..*until).contains(&second) } else { second >= *from || second < *until })
            }
            Atom::Age(test) => Some(accepts(*test, Decimal::whole(at - self.opened))),
            _ => ticket::test(&self.facts, atom),
        }
    }

    /// Whether something held at an instant and at each of so many seconds before it, all since the opening.
    fn lasted(&self, at: i64, lasting: i64, holds: impl Fn(i64) -> bool) -> bool {
        (at - lasting..=at).all(|second| second >= self.opened && holds(second))
    }

    /// The status at an instant. Of two changes at one instant that to the status declared later counts.
    fn status(&self, at: i64) -> StatusId {
        self.statuses.iter().filter(|(when, _)| *when <= at).max().map_or(self.first_status, |(_, status)| *status)
    }

    /// Whether the ticket was opened while a rule or an exception is effective.
    fn is_effective(&self, authority: AuthorityId) -> bool {
        let date = self.opened_on.0;
        let dates = self.handbook.authorities[authority.0].effective;
        dates.is_none_or(|(from, until)| from <= date && until.is_none_or(|until| date <= until))
    }

    fn is_trial(&self, authority: AuthorityId) -> bool {
        self.handbook.authorities[authority.0].trial
    }

    /// Whether a rule, or an exception, applies at an instant.
    fn applies(&self, authority: AuthorityId, at: i64) -> bool {
        let when = &self.handbook.authorities[authority.0].when;
        self.is_effective(authority) && when.as_ref().is_none_or(|when| self.holds(when, at))
    }

    /// Whether a row is tried: the rule's own, or one of an exception that is effective and, unless `trials` count,
    /// not on trial.
    fn is_tried<T>(&self, own: AuthorityId, row: &Row<T>, trials: bool) -> bool {
        row.authority == own || self.is_effective(row.authority) && (trials || !self.is_trial(row.authority))
    }

    /// The first row that holds.
    fn taken<T>(&self, own: AuthorityId, rows: &[Row<T>], at: i64, trials: bool) -> Option<usize> {
        rows.iter().position(|row| {
            self.is_tried(own, row, trials)
                && (row.authority == own || self.applies(row.authority, at))
                && self.holds(&row.guard, at)
        })
    }

    /// The row that gives a classification its tier at an instant.
    fn tier_row(&self, classify: ClassifyId, at: i64) -> Option<usize> {
        let rule = &self.handbook.classifies[classify.0];
        let all = self.tiers[classify.0].get_or_init(|| {
            let taken = |at: i64| {
                if self.applies(rule.authority, at) { self.taken(rule.authority, &rule.rows, at, false) } else { None }
            };
            self.seconds().map(taken).collect()
        });
        all[(at - self.opened) as usize]
    }

    /// The tier that conditions see: none for a classification on trial.
    fn tier(&self, classify: ClassifyId, at: i64) -> Option<usize> {
        let rule = &self.handbook.classifies[classify.0];
        if self.is_trial(rule.authority) { None } else { self.tier_row(classify, at).map(|row| rule.rows[row].outcome) }
    }

    /// The clock that conditions see: none for a deadline on trial.
    fn counted_clock(&self, deadline: DeadlineId, at: i64) -> Option<Standing> {
        if self.is_trial(self.handbook.deadlines[deadline.0].authority) { None } else { self.clock(deadline, at) }
    }
}

/// Whether all hold: surely not as soon as one surely does not.
fn all(parts: impl Iterator<Item = Option<bool>>) -> Option<bool> {
    let parts: Vec<Option<bool>> = parts.collect();
    match (parts.contains(&Some(false)), parts.contains(&None)) {
        (true, _) => Some(false),
        (false, true) => None,
        (false, false) => Some(true),
    }
}

fn accepts(test: NumberTest, figure: Decimal) -> bool {
    match test {
        NumberTest::Within(low, high) => low.is_none_or(|low| low <= figure) && high.is_none_or(|high| figure <= high),
        NumberTest::Not(other) => figure != other,
    }
}
