//! A second way to every answer, written to be obvious and not to be fast.
//!
//! Conditions are read off the handbook as they stand, rows are tried from the top, time is counted stretch by stretch.
//! What holds at an instant is what the handbook says with the events up to that instant; what will hold later is
//! what it says if nothing more happens. Nothing of the engine, its graph or its index is used.
//!
//! Everything is looked at again at each instant of a grid: what happens, what opens and closes, and whatever follows
//! from those after a while. Which instants follow is not known before: whoever works one out wants it on the grid, and
//! all begins again until nobody wants another. Between two neighbours of the grid nothing changes.

mod answer;
mod calendar;
mod clock;
mod figures;
mod ladder;
mod run;
mod ticket;

pub use answer::decide;

use calendar::Calendar;
use chrono::NaiveDate;
use clock::Standing;
use ladder::Reached;
use rulebook::calendar::{Amount, Instant, Unit};
use rulebook::handbook::condition::NumberTest;
use rulebook::handbook::{
    Atom, AuthorityId, ClassifyId, Condition, ConditionKind, Decimal, FactId, Handbook, Row, StatusId,
};
use rulebook::source::Sources;
use rulebook::syntax::tree::{Comparison, Speaker};
use run::Run;
use std::cell::{OnceCell, RefCell};
use std::collections::BTreeSet;
use ticket::Ticket;

/// One ticket at one instant, with every instant of the grid.
pub struct Naive<'h> {
    handbook: &'h Handbook,
    sources: &'h Sources,
    calendar: &'h Calendar,
    ticket: &'h Ticket,
    /// The civil date and the second of the day of the opening.
    opened_on: (NaiveDate, u32),
    as_of: i64,
    /// Where everything is looked at, from the opening on.
    grid: Vec<i64>,
    /// Where it ought to be looked at.
    wanted: RefCell<BTreeSet<i64>>,
    /// By classification, then by instant: the row taken.
    tiers: Vec<OnceCell<Vec<Option<usize>>>>,
    /// By deadline, then by instant: the row taken.
    limits: Vec<OnceCell<Vec<Option<usize>>>>,
    /// By deadline: its clocks.
    runs: Vec<OnceCell<Vec<Run>>>,
    /// By deadline, then by clock, then by instant: how it stands.
    clocks: Vec<OnceCell<Vec<Vec<Option<Standing>>>>>,
    /// By ladder, then by step: when it is reached.
    climbs: Vec<OnceCell<Vec<Option<Reached>>>>,
}

impl<'h> Naive<'h> {
    fn new(
        handbook: &'h Handbook,
        sources: &'h Sources,
        calendar: &'h Calendar,
        ticket: &'h Ticket,
        as_of: i64,
        grid: BTreeSet<i64>,
    ) -> Naive<'h> {
        let opened = Instant(ticket.opened);
        Naive {
            handbook,
            sources,
            calendar,
            ticket,
            opened_on: (handbook.meta.zone.date(opened), handbook.meta.zone.second_of_day(opened)),
            as_of,
            grid: grid.into_iter().filter(|at| *at >= ticket.opened).collect(),
            wanted: RefCell::default(),
            tiers: vec![OnceCell::new(); handbook.classifies.len()],
            limits: vec![OnceCell::new(); handbook.deadlines.len()],
            runs: (0..handbook.deadlines.len()).map(|_| OnceCell::new()).collect(),
            clocks: vec![OnceCell::new(); handbook.deadlines.len()],
            climbs: vec![OnceCell::new(); handbook.ladders.len()],
        }
    }

    /// Asks for an instant to be on the grid.
    fn want(&self, at: i64) {
        self.wanted.borrow_mut().insert(at);
    }

    /// The position of the last instant of the grid that is no later.
    fn place(&self, at: i64) -> usize {
        self.grid.partition_point(|known| *known <= at) - 1
    }

    /// The instant so much later on the calendar, which is looked at.
    fn later(&self, from: i64, amount: Amount) -> Option<i64> {
        let at = self.so_much_later(from, amount);
        at.into_iter().for_each(|at| self.want(at));
        at
    }

    fn so_much_later(&self, from: i64, amount: Amount) -> Option<i64> {
        match amount.unit {
            _ if amount.count == 0 => Some(from),
            Unit::Elapsed => Some(from + amount.count),
            Unit::WorkingTime => self.calendar.open_seconds_after(from, amount.count),
            _ => self.calendar.end_of_days(from, amount, |_| Some(true)),
        }
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
                found.extend(ticket::facts_of(atom).into_iter().filter(|fact| self.ticket.fact(*fact, at).is_none()))
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
                Some(self.lasted(at, *lasting, |at| statuses.contains(&self.status(at).1)))
            }
            Atom::Awaiting(statuses) => {
                let (since, status) = self.status(at);
                let has_written = self
                    .ticket
                    .messages
                    .iter()
                    .any(|message| message.from == Speaker::Customer && since < message.at && message.at <= at);
                Some(statuses.contains(&status) && !has_written)
            }
            Atom::Clock(deadline, state, lasting) => {
                Some(self.lasted(at, *lasting, |at| self.is_in(*deadline, *state, at)))
            }
            Atom::Happened(event, times) => {
                let events = self.ticket.events.iter();
                Some(events.filter(|(when, what)| what == event && *when <= at).count() >= *times as usize)
            }
            Atom::OpenedBetween(from, until) => {
                let second = self.opened_on.1;
                Some(if from < until { (*from..*until).contains(&second) } else { second >= *from || second < *until })
            }
            Atom::OpenedOnHoliday => {
                Some(self.handbook.calendar.is_some() && self.calendar.is_holiday(self.ticket.opened))
            }
            Atom::Age(comparison, limit) => Some(self.is_aged(*comparison, *limit, at)),
            _ => ticket::test(self.ticket, at, atom),
        }
    }

    /// Whether something has held since so long before an instant.
    fn lasted(&self, at: i64, lasting: Amount, holds: impl Fn(i64) -> bool) -> bool {
        let mut since: Option<i64> = None;
        for earlier in [&self.grid[..=self.place(at)], &[at]].concat().into_iter().rev() {
            if !holds(earlier) {
                break;
            }
            since = Some(earlier);
        }
        since.and_then(|since| self.later(since, lasting)).is_some_and(|begins| begins <= at)
    }

    /// The status at an instant, and since when. Of two changes at one instant that to the status declared later counts.
    fn status(&self, at: i64) -> (i64, StatusId) {
        let last = self.ticket.statuses.iter().filter(|(when, _)| *when <= at).max();
        last.copied().unwrap_or((self.ticket.opened, self.ticket.first_status))
    }

    /// Whether the ticket is so old. The second in which it is exactly so old is that after so many seconds, or at the
    /// end of so many days.
    fn is_aged(&self, comparison: Comparison, limit: Amount, at: i64) -> bool {
        let reached = self.later(self.ticket.opened, limit);
        let one_more = Amount { count: limit.count + 1, ..limit };
        let passed = match limit.unit {
            Unit::Elapsed | Unit::WorkingTime => self.later(self.ticket.opened, one_more),
            _ => reached.map(|reached| reached + 1),
        };
        passed.into_iter().for_each(|passed| self.want(passed));
        let is_reached = reached.is_some_and(|reached| reached <= at);
        let is_passed = passed.is_some_and(|passed| passed <= at);
        match comparison {
            Comparison::Less => !is_reached,
            Comparison::AtMost => !is_passed,
            Comparison::Equal => is_reached && !is_passed,
            Comparison::NotEqual => !is_reached || is_passed,
            Comparison::AtLeast => is_reached,
            Comparison::More => is_passed,
        }
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
        let all = self.tiers[classify.0]
            .get_or_init(|| self.grid.iter().map(|at| self.rule_row(rule.authority, &rule.rows, *at)).collect());
        all[self.place(at)]
    }

    /// The row that a rule takes at an instant, where the rule applies.
    fn rule_row<T>(&self, authority: AuthorityId, rows: &[Row<T>], at: i64) -> Option<usize> {
        if self.applies(authority, at) { self.taken(authority, rows, at, false) } else { None }
    }

    /// The tier that conditions see: none for a classification on trial.
    fn tier(&self, classify: ClassifyId, at: i64) -> Option<usize> {
        let rule = &self.handbook.classifies[classify.0];
        if self.is_trial(rule.authority) { None } else { self.tier_row(classify, at).map(|row| rule.rows[row].outcome) }
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
