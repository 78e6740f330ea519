//! How the clocks of a deadline stand, instant by instant.
//!
//! The limit is that of the row taken at the instant asked about, as far as `on change` does not say otherwise. What is
//! settled stays settled: a clock that was met, or breached, keeps the row it was settled by.

use super::Naive;
use super::run::Run;
use rulebook::calendar::{Amount, Unit};
use rulebook::handbook::{ClockSpan, Deadline, DeadlineId, Warn};
use rulebook::syntax::tree::{ClockState, OnChange};
use std::collections::BTreeMap;

/// How a clock stands at an instant.
#[derive(Clone, PartialEq, Debug)]
pub struct Standing {
    pub state: State,
    /// The row that gives its limit.
    pub row: usize,
    /// When it started, the last time.
    pub start: i64,
    pub due: Option<i64>,
    /// Ascending.
    pub warnings: Vec<i64>,
}

#[derive(Clone, Copy, PartialEq, Debug)]
pub enum State {
    Running,
    AtRisk,
    Paused,
    Met,
    Breached,
}

impl Naive<'_> {
    /// How each clock of a deadline stands at an instant: nothing while it has not started, or no row gives a limit.
    pub fn standings(&self, deadline: DeadlineId, at: i64) -> Vec<Option<&Standing>> {
        let all = self.clocks[deadline.0]
            .get_or_init(|| self.runs(deadline).iter().map(|run| self.follow(deadline, run)).collect());
        all.iter().map(|clock| clock[self.place(at)].as_ref()).collect()
    }

    /// Whether a deadline's clocks, taken together, are in a state. One on trial is in none.
    pub fn is_in(&self, deadline: DeadlineId, state: ClockState, at: i64) -> bool {
        let rule = &self.handbook.deadlines[deadline.0];
        if self.is_trial(rule.authority) {
            return false;
        }
        let standings = self.standings(deadline, at);
        let started: Vec<Option<State>> = standings
            .iter()
            .zip(self.runs(deadline))
            .filter(|(_, run)| run.start <= at)
            .map(|(standing, _)| standing.map(|standing| standing.state))
            .collect();
        match (state, rule.span) {
            (ClockState::Breached, _) => started.contains(&Some(State::Breached)),
            (ClockState::AtRisk, _) => started.contains(&Some(State::AtRisk)),
            (ClockState::Met, ClockSpan::Events(..)) => started.last() == Some(&Some(State::Met)),
            (ClockState::Met, ClockSpan::Messages(..)) => {
                !started.is_empty() && started.iter().all(|state| *state == Some(State::Met))
            }
        }
    }

    /// The row that gives a deadline its limit at an instant, before `on change` has its say.
    pub fn limit_row(&self, deadline: DeadlineId, at: i64) -> Option<usize> {
        let rule = &self.handbook.deadlines[deadline.0];
        let all = self.limits[deadline.0]
            .get_or_init(|| self.grid.iter().map(|at| self.rule_row(rule.authority, &rule.rows, *at)).collect());
        all[self.place(at)]
    }

    /// Follows a clock over the whole grid.
    fn follow(&self, deadline: DeadlineId, run: &Run) -> Vec<Option<Standing>> {
        let rule = &self.handbook.deadlines[deadline.0];
        let mut limits: BTreeMap<(usize, i64), (Option<i64>, Vec<i64>)> = BTreeMap::new();
        let mut settled: Option<Standing> = None;
        let mut start: i64 = run.start;
        let mut last: Option<usize> = None;
        let mut all: Vec<Option<Standing>> = Vec::new();
        for (place, at) in self.grid.iter().copied().enumerate() {
            let ended = run.ended(at);
            // What was met can be reopened; what was breached stays so.
            settled = settled.filter(|settled| settled.state == State::Breached || ended.is_some());
            let Some(taken) = self.limit_row(deadline, at).filter(|_| run.start <= at) else {
                all.push(None);
                continue;
            };
            if let Some(settled) = &settled {
                all.push(Some(settled.clone()));
                continue;
            }
            let row = match (rule.on_change, last) {
                (OnChange::Pin, Some(first)) => first,
                // What ends comes before what starts again.
                (OnChange::Restart, Some(last)) if ended.is_some() => last,
                (OnChange::Restart, Some(last)) if last != taken => {
                    start = at;
                    taken
                }
                _ => taken,
            };
            last = Some(row);
            let (due, warnings) = limits.entry((row, start)).or_insert_with(|| {
                let limit = rule.rows[row].outcome;
                let due = self.due(run, start, limit);
                (due, self.warnings(rule, run, start, limit, due))
            });
            let state = match ended {
                Some(ended) if due.is_none_or(|due| ended <= due) => State::Met,
                Some(_) => State::Breached,
                None if due.is_some_and(|due| due <= at) => State::Breached,
                None if run.still[place] => State::Paused,
                None if warnings.first().is_some_and(|first| *first <= at) => State::AtRisk,
                None => State::Running,
            };
            let standing = Standing { state, row, start, due: *due, warnings: warnings.clone() };
            if matches!(state, State::Met | State::Breached) {
                settled = Some(standing.clone());
            }
            all.push(Some(standing));
        }
        all
    }

    /// When a clock warns that counts from an instant, ascending.
    fn warnings(&self, rule: &Deadline, run: &Run, from: i64, limit: Amount, due: Option<i64>) -> Vec<i64> {
        let warning = |warn: &Warn| self.warning(warn, run, from, limit, due).map(|at| at.max(from));
        let mut found: Vec<i64> = rule.warnings.iter().filter_map(warning).collect();
        found.sort_unstable();
        found.iter().for_each(|at| self.want(*at));
        found
    }

    fn warning(&self, warn: &Warn, run: &Run, from: i64, limit: Amount, due: Option<i64>) -> Option<i64> {
        let is_in_seconds = matches!(limit.unit, Unit::Elapsed | Unit::WorkingTime);
        // The last instant at which no more has passed.
        let after = |seconds: i64| self.reaches(run, from, seconds + 1, limit.unit).map(|at| at - 1);
        match warn {
            Warn::Share(share) if is_in_seconds => after(share.of(limit.count)),
            Warn::Share(share) => {
                let whole = self.passed(run, from, due?, limit.unit);
                self.reaches_back(run, due?, whole - share.of(whole), limit.unit)
            }
            Warn::Before(before) if before.unit == limit.unit && is_in_seconds => {
                after((limit.count - before.count).max(0))
            }
            Warn::Before(before) => match before.unit {
                Unit::Elapsed | Unit::WorkingTime => self.reaches_back(run, due?, before.count, before.unit),
                _ => due.map(|due| self.calendar.days_before(due, *before)),
            },
        }
    }
}
