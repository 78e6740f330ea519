//! One clock: when it started, how long it has run, when it is due, how it stands.

use super::decision::State;
use super::intervals::{FOREVER, Intervals};
use crate::calendar::Instant;
use crate::handbook::{Deadline, Warn};
use crate::syntax::tree::ClockState;

/// A clock of one ticket, as of an instant, and as it will go on if nothing more happens.
#[derive(Clone, Debug)]
pub struct Clock {
    /// How it stands.
    pub state: State,
    /// When it started.
    pub start: Option<i64>,
    /// When its event came.
    pub end: Option<i64>,
    /// When its time is up; never while it stands still for good.
    pub due: Option<i64>,
    /// When it first warns.
    pub warn: Option<i64>,
    /// Seconds of its own time that have passed.
    pub elapsed: i64,
    /// The limit.
    pub limit: i64,
    /// When it stood still.
    paused: Intervals,
}

/// A clock's own time: from its start to its event, without the stretches in which it stands still.
#[derive(Clone, Debug)]
pub struct Run {
    /// When it started.
    pub start: i64,
    /// When its event came.
    pub end: Option<i64>,
    paused: Intervals,
    /// The rest, for a clock that stands still at all: without a pause the sums are two additions.
    running: Intervals,
}

impl Run {
    /// The time of a clock started and ended at these instants, standing still while `paused`.
    pub fn new(start: Instant, end: Option<Instant>, paused: Intervals) -> Run {
        let running = if paused.stretches().is_empty() { Intervals::none() } else { paused.complement(start.0) };
        Run { start: start.0, end: end.map(|end| end.0), paused, running }
    }

    fn stands_still(&self) -> bool {
        !self.paused.stretches().is_empty()
    }

    /// When it runs, its event aside.
    pub fn running(&self) -> Intervals {
        if self.stands_still() { self.running.clone() } else { Intervals::since(self.start) }
    }

    /// The instant at which so many seconds have passed.
    pub fn after(&self, seconds: i64) -> Option<i64> {
        if self.stands_still() {
            self.running.after(self.start, seconds)
        } else {
            Some(self.start.saturating_add(seconds))
        }
    }

    /// The first warning under a limit.
    pub fn warning(&self, deadline: &Deadline, limit: i64) -> Option<i64> {
        let seconds = deadline.warnings.iter().map(|warning| match warning {
            Warn::Share(share) => share.of(limit),
            Warn::Before(before) => limit.saturating_sub(*before).max(0),
        });
        seconds.filter_map(|seconds| self.after(seconds)).min()
    }

    fn elapsed(&self, now: i64) -> i64 {
        let until = self.end.map_or(now, |end| end.min(now)).max(self.start);
        if self.stands_still() { self.running.measure(self.start, until) } else { until.saturating_sub(self.start) }
    }
}

impl Clock {
    /// The clock of a deadline with the limit that applies; `run` began and ended no later than `as_of`.
    pub fn new(deadline: &Deadline, limit: i64, run: Option<Run>, as_of: Instant) -> Clock {
        let Some(run) = run else {
            return Clock {
                state: State::Pending,
                start: None,
                end: None,
                due: None,
                warn: None,
                elapsed: 0,
                limit,
                paused: Intervals::none(),
            };
        };
        let now = as_of.0;
        let due = run.after(limit);
        let warn = run.warning(deadline, limit);
        let is_due = due.is_some_and(|due| due <= now);
        let state = match run.end {
            Some(end) if due.is_none_or(|due| end <= due) => State::Met,
            Some(_) => State::Breached,
            None if is_due => State::Breached,
            None if run.paused.contains(now) => State::Paused,
            None if warn.is_some_and(|warn| warn <= now) => State::AtRisk,
            None => State::Running,
        };
        let elapsed = run.elapsed(now);
        Clock { state, start: Some(run.start), end: run.end, due, warn, elapsed, limit, paused: run.paused }
    }

    /// When its time is up before its event comes, if nothing more happens.
    pub fn breach(&self) -> Option<i64> {
        self.due.filter(|due| self.end.is_none_or(|end| end > *due))
    }

    /// When the clock is in a state that conditions ask for, if nothing more happens.
    pub fn in_state(&self, state: ClockState) -> Intervals {
        let breach = self.breach();
        match state {
            ClockState::Met => match self.end {
                Some(end) if breach.is_none() => Intervals::since(end),
                _ => Intervals::none(),
            },
            ClockState::Breached => breach.map_or_else(Intervals::none, Intervals::since),
            ClockState::AtRisk => {
                let Some(warn) = self.warn else { return Intervals::none() };
                let until = breach.or(self.end).unwrap_or(FOREVER);
                let at_risk = Intervals::stretch(warn, until);
                if self.paused.stretches().is_empty() {
                    at_risk
                } else {
                    at_risk.intersection(&self.paused.complement(warn))
                }
            }
        }
    }

    /// Seconds of its own time past the limit, where it is breached.
    pub fn late_by(&self) -> Option<i64> {
        (self.state == State::Breached).then_some((self.elapsed - self.limit).max(0))
    }
}
