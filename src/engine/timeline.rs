//! Conditions over time: when each holds from the opening on, if nothing more happens after now.
//!
//! A ladder asks when a condition first came true, a pause while it holds, a scheduler when it next changes.
//! Facts are what they are now.

use super::Movement;
use super::case::Case;
use super::clock::Run;
use super::intervals::{FOREVER, Intervals};
use super::test::{Test, TestId};
use crate::calendar::Instant;
use crate::graph::UnitNode;
use crate::handbook::condition::NumberTest;
use crate::handbook::{ClassifyId, DeadlineId, StatusId};
use crate::syntax::tree::ClockState;

impl Case<'_, '_> {
    /// When a condition holds, from the opening on.
    pub fn intervals(&mut self, id: TestId) -> Intervals {
        let opened = self.ticket.opened_at.0;
        let engine = self.engine;
        if !engine.is_temporal[id as usize] {
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
            Test::Status(statuses, lasting) => self.in_status(statuses).lasting(*lasting),
            Test::Happened(event, times) => {
                let at = self.happened(*event).nth((*times as usize).saturating_sub(1));
                at.map_or_else(Intervals::none, |at| Intervals::since(at.0.max(opened)))
            }
            Test::Clock(deadline, state, lasting) => self.in_clock_state(*deadline, *state).lasting(*lasting),
            Test::Age(test) => age(*test, opened),
            Test::Tier(classify, set) => self.in_tier(*classify, |tier| set.contains(tier)),
            _ => Intervals::none(),
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
                if engine.moving_clocks[deadline.0] == Movement::Nothing =>
            {
                let clock = self.clock(*deadline)?;
                clock.breach().map(|breach| breach.saturating_add(*lasting).max(opened))
            }
            _ => self.intervals(id).first_from(opened),
        }
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

    /// A deadline's own time, once its clock has started.
    pub fn run(&mut self, deadline: usize, unit: &UnitNode) -> Option<Run> {
        let deadline = &self.engine.handbook.deadlines[deadline];
        let start = self.first(deadline.from, Instant(i64::MIN))?;
        let end = self.first(deadline.until, start);
        let paused = unit.pause.map_or_else(Intervals::none, |pause| self.intervals(pause.0));
        // A pause that begins or ends by time alone changes how the clock stands.
        self.flips.extend(paused.next_change(self.as_of.0));
        Some(Run::new(start, end, paused))
    }

    /// When a deadline's clock is in a state. A clock on trial is in none.
    fn in_clock_state(&mut self, deadline: DeadlineId, state: ClockState) -> Intervals {
        let engine = self.engine;
        if engine.moving_clocks[deadline.0] == Movement::Nothing {
            return self.clock(deadline).map_or_else(Intervals::none, |clock| clock.in_state(state));
        }
        let Some(unit) = engine.unit_of_deadline(deadline) else { return Intervals::none() };
        if engine.handbook.authorities[unit.authority.0].trial {
            return Intervals::none();
        }
        self.history(deadline.0, unit).in_state(state).clone()
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

fn age(test: NumberTest, opened: i64) -> Intervals {
    match test {
        NumberTest::Within(low, high) => {
            let from = low.and_then(|low| low.to_whole()).unwrap_or(0).max(0);
            let until = high
                .and_then(|high| high.to_whole())
                .map_or(FOREVER, |high| opened.saturating_add(high).saturating_add(1));
            Intervals::stretch(opened.saturating_add(from), until)
        }
        NumberTest::Not(other) => {
            let at = opened.saturating_add(other.to_whole().unwrap_or(-1));
            Intervals::stretch(at, at.saturating_add(1)).complement(opened)
        }
    }
}
