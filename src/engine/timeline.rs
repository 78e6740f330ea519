//! Conditions over time: when each holds from the opening on, if nothing more happens after now.
//!
//! A ladder asks when a condition first came true, a pause while it holds, a scheduler when it next changes.
//! Facts are what they were then, where the ticket's events tell (`past.rs`).

use super::Movement;
use super::case::Case;
use super::intervals::{FOREVER, Intervals};
use super::test::{Test, TestId};
use crate::calendar::{Amount, Instant, Paused, Unit};
use crate::graph::UnitNode;
use crate::handbook::{ClassifyId, DeadlineId, StatusId};
use crate::syntax::tree::{ClockState, Comparison, Speaker};

impl Case<'_, '_> {
    /// When a condition holds, from the opening on.
    pub fn intervals(&mut self, id: TestId) -> Intervals {
        let opened = self.ticket.opened_at.0;
        let engine = self.engine;
        if !self.moves(id) {
            return if self.verdict(id).holds() { Intervals::since(opened) } else { Intervals::none() };
        }
        // Conditions share their parts, so that walking them as a tree could take for ever: each is worked out once.
        let is_made_of_others = matches!(
            engine.tests[id as usize],
            Test::And(_) | Test::Or(_) | Test::Not(_) | Test::Same(_) | Test::Tier(..)
        );
        if !is_made_of_others {
            return self.intervals_of(id);
        }
        if let Some(known) = self.scratch.intervals.get(&id) {
            return known.clone();
        }
        let found = self.intervals_of(id);
        self.scratch.intervals.insert(id, found.clone());
        found
    }

    fn intervals_of(&mut self, id: TestId) -> Intervals {
        let opened = self.ticket.opened_at.0;
        let engine = self.engine;
        match &engine.tests[id as usize] {
            Test::And(parts) => {
                let mut all = Intervals::since(opened);
                for part in parts {
                    all = all.intersection(&self.intervals(*part));
                    if all.stretches().is_empty() {
                        break;
                    }
                }
                all
            }
            Test::Or(parts) => {
                let mut any = Intervals::none();
                for part in parts {
                    any = any.union(&self.intervals(*part));
                }
                any
            }
            Test::Not(inner) => self.intervals(*inner).complement(opened),
            Test::Same(inner) => self.intervals(*inner),
            Test::Status(statuses, lasting) => {
                let when = self.in_status(statuses);
                self.lasting(when, *lasting)
            }
            Test::Awaiting(statuses) => self.awaiting(statuses),
            Test::Happened(event, times) => {
                let at = self.happened(*event).nth((*times as usize).saturating_sub(1));
                at.map_or_else(Intervals::none, |at| Intervals::since(at.0.max(opened)))
            }
            Test::Clock(deadline, state, lasting) => {
                let when = self.in_clock_state(*deadline, *state);
                self.lasting(when, *lasting)
            }
            Test::Age(comparison, limit) => self.age(*comparison, *limit),
            Test::Tier(classify, set) => self.in_tier(*classify, |tier| set.contains(tier)),
            // What rests on facts alone holds while the facts are so.
            _ => self.by_facts(id),
        }
    }

    /// The first instant from the opening on at which a condition holds, if nothing more happens.
    pub fn first_time(&mut self, id: TestId) -> Option<i64> {
        let engine = self.engine;
        // The common shapes of a ladder, a single test or any of a few, need no sets of instants.
        match &engine.tests[id as usize] {
            Test::Or(parts) => {
                let mut first: Option<i64> = None;
                for part in parts {
                    let at = self.first_of_one(*part);
                    first = first.into_iter().chain(at).min();
                }
                first
            }
            _ => self.first_of_one(id),
        }
    }

    fn first_of_one(&mut self, id: TestId) -> Option<i64> {
        let opened = self.ticket.opened_at.0;
        let engine = self.engine;
        match &engine.tests[id as usize] {
            Test::Happened(event, times) => {
                let at = self.happened(*event).nth((*times as usize).saturating_sub(1));
                at.map(|at| at.0.max(opened))
            }
            Test::Clock(deadline, ClockState::Breached, lasting)
                if self.movement(deadline.0) == Movement::Nothing && self.is_plain(deadline.0) =>
            {
                let breach = self.clock(*deadline)?.breach()?;
                self.later(breach, *lasting).map(|at| at.max(opened))
            }
            _ => self.intervals(id).first_from(opened),
        }
    }

    /// The instant so much later, on the handbook's calendar.
    pub fn later(&self, from: i64, amount: Amount) -> Option<i64> {
        let handbook = &self.engine.handbook;
        match (amount.unit, handbook.calendar.as_deref()) {
            _ if amount.count == 0 => Some(from),
            (Unit::Elapsed, _) | (_, None) => Some(from.saturating_add(amount.count)),
            (_, Some(calendar)) => {
                calendar.end_of(Instant(from), amount, Paused::none(), handbook.meta.day_end).map(|at| at.0)
            }
        }
    }

    /// Instants at which something has held for so long without a break.
    fn lasting(&self, when: Intervals, amount: Amount) -> Intervals {
        if amount.count == 0 {
            return when;
        }
        let late = |(from, until): &(i64, i64)| Some((self.later(*from, amount)?, *until));
        Intervals::of(when.stretches().iter().filter_map(late).collect())
    }

    /// When the age of the ticket compares so with an amount.
    fn age(&self, comparison: Comparison, limit: Amount) -> Intervals {
        let opened = self.ticket.opened_at.0;
        // From the first instant it is reached until the one at which more has passed.
        let reached = self.later(opened, limit).unwrap_or(FOREVER);
        let passed = match limit.unit {
            Unit::Elapsed | Unit::WorkingTime => {
                self.later(opened, Amount { count: limit.count.saturating_add(1), ..limit }).unwrap_or(FOREVER)
            }
            _ => reached.saturating_add(1),
        };
        match comparison {
            Comparison::Less => Intervals::stretch(opened, reached),
            Comparison::AtMost => Intervals::stretch(opened, passed),
            Comparison::Equal => Intervals::stretch(reached, passed),
            Comparison::NotEqual => Intervals::stretch(reached, passed).complement(opened),
            Comparison::AtLeast => Intervals::since(reached),
            Comparison::More => Intervals::since(passed),
        }
    }

    /// When the status is one of these and the customer has not written since it came.
    fn awaiting(&self, statuses: &[StatusId]) -> Intervals {
        let (opened, now) = (self.ticket.opened_at.0, self.as_of);
        let mut stretches: Vec<(i64, i64)> = Vec::new();
        let by_customer = self.ticket.messages.iter().filter(|message| message.from == Speaker::Customer);
        let mut written = by_customer.map(|message| message.at.0).take_while(|at| *at <= now.0).peekable();
        let mut add = |since: i64, status: StatusId, until: i64| {
            if statuses.contains(&status) {
                // A message of the same instant was there before the status came.
                while written.next_if(|at| *at <= since).is_some() {}
                stretches.push((since, written.peek().map_or(until, |at| until.min(*at))));
            }
        };
        let (mut since, mut status): (i64, StatusId) = (opened, self.ticket.status);
        for (at, next) in self.ticket.statuses.iter().filter(|(at, _)| *at <= now) {
            let at: i64 = at.0.max(opened);
            add(since, status, at);
            (since, status) = (at, *next);
        }
        add(since, status, FOREVER);
        Intervals::of(stretches)
    }

    fn in_status(&self, statuses: &[StatusId]) -> Intervals {
        let opened = self.ticket.opened_at.0;
        let mut stretches: Vec<(i64, i64)> = Vec::new();
        let (mut since, mut status): (i64, StatusId) = (opened, self.ticket.status);
        for (at, next) in self.ticket.statuses.iter().filter(|(at, _)| *at <= self.as_of) {
            let at = at.0.max(opened);
            if statuses.contains(&status) {
                stretches.push((since, at));
            }
            (since, status) = (at, *next);
        }
        if statuses.contains(&status) {
            stretches.push((since, FOREVER));
        }
        Intervals::of(stretches)
    }

    /// When a deadline's clock is in a state. A clock on trial is in none.
    fn in_clock_state(&mut self, deadline: DeadlineId, state: ClockState) -> Intervals {
        let engine = self.engine;
        if self.movement(deadline.0) == Movement::Nothing && self.is_plain(deadline.0) {
            return self.clock(deadline).map_or_else(Intervals::none, |clock| clock.in_state(state));
        }
        let Some(unit) = engine.unit_of_deadline(deadline) else { return Intervals::none() };
        if engine.handbook.authorities[unit.authority.0].trial {
            return Intervals::none();
        }
        self.courses_in_state(deadline.0, unit, state)
    }

    /// When a classification is in certain tiers.
    fn in_tier(&mut self, classify: ClassifyId, wanted: impl Fn(u32) -> bool) -> Intervals {
        let engine = self.engine;
        let Some(unit) = engine.unit_of_classify(classify) else { return Intervals::none() };
        let node: &UnitNode = &engine.graph.units[unit];
        if engine.handbook.authorities[node.authority.0].trial {
            return Intervals::none();
        }
        let mut found = Intervals::none();
        self.taken_rows(node, |row, taken| {
            if wanted(node.rows[row].outcome as u32) {
                found = found.union(taken);
            }
        });
        found
    }

    /// When each row of a unit is taken: while it holds and no row before it does.
    pub fn taken_rows(&mut self, unit: &UnitNode, mut visit: impl FnMut(usize, &Intervals)) {
        let engine = self.engine;
        let opened = self.ticket.opened_at;
        if !engine.is_effective(unit.authority, opened) {
            return;
        }
        let mut left = self.intervals(unit.when.0);
        for (position, row) in unit.rows.iter().enumerate() {
            if left.stretches().is_empty() {
                return;
            }
            if row.authority != unit.authority && !engine.counts(row.authority, opened) {
                continue;
            }
            let taken = left.intersection(&self.intervals(row.guard.0));
            left = left.intersection(&taken.complement(opened.0));
            visit(position, &taken);
        }
    }
}
