//! One clock: when it started, how much of its time has passed, when it is due, how it stands.
//!
//! A clock's own time is what its limit counts: elapsed seconds, open seconds, or for a limit in days the open seconds
//! from its start to its last day. The pauses are left out of it.

use super::decision::State;
use super::intervals::{FOREVER, Intervals};
use crate::calendar::{Amount, Calendar, DayEnd, Instant, Pace, Paused, Pauses, Stretch, Unit};
use crate::handbook::{Deadline, Warn};
use crate::syntax::tree::ClockState;
use std::sync::Arc;

/// What a clock counts, and on which calendar.
#[derive(Clone, Copy, Debug)]
pub struct Terms<'e> {
    /// Its deadline.
    pub deadline: &'e Deadline,
    /// The handbook's calendar.
    pub calendar: Option<&'e Calendar>,
    /// When a limit in days ends.
    pub day_end: DayEnd,
    /// The limit.
    pub limit: Amount,
}

impl<'e> Terms<'e> {
    /// Which seconds are the clock's own.
    pub fn pace(self) -> Pace<'e> {
        match (self.limit.unit, self.calendar) {
            (Unit::Elapsed, _) | (_, None) => Pace::Elapsed,
            (_, Some(calendar)) => Pace::Open(calendar),
        }
    }
}

/// A clock's way: from its start to its event, without the stretches in which it stands still.
#[derive(Clone, Debug)]
pub struct Run {
    /// When it started.
    pub start: i64,
    /// When its event came.
    pub end: Option<i64>,
    /// The message it runs for, where it is one of several.
    pub message: Option<usize>,
    /// When it stands still, if it is not over by then.
    pub paused: Arc<Pauses>,
    /// When it was over, before a reopening made it go on; each is a pause, too.
    pub gaps: Vec<Stretch>,
}

impl Run {
    /// The way of a clock started and ended at these instants, standing still while `paused`.
    pub fn new(start: i64, end: Option<i64>, paused: Arc<Pauses>) -> Run {
        Run { start, end, message: None, paused, gaps: Vec::new() }
    }

    /// The end it has come to at an instant, unless it has been reopened by then.
    pub fn ended(&self, at: i64) -> Option<i64> {
        let gap = self.gaps.iter().find(|(ended, reopened)| *ended <= at && at < *reopened);
        gap.map(|(ended, _)| *ended).or(self.end.filter(|end| *end <= at))
    }

    /// When it stands still: what is over does not.
    pub fn stands_still(&self) -> Paused<'_> {
        self.paused.up_to(self.end.unwrap_or(FOREVER))
    }

    /// When its time is up: the earliest such instant. `None` while it stands still for good.
    pub fn due(&self, terms: Terms) -> Option<i64> {
        self.due_with(terms, self.stands_still())
    }

    fn due_with(&self, terms: Terms, paused: Paused) -> Option<i64> {
        let due = match terms.limit.seconds() {
            Some(seconds) => terms.pace().after(self.start, seconds, paused),
            None => {
                let due = terms.calendar?.end_of(Instant(self.start), terms.limit, paused, terms.day_end);
                due.map(|due| due.0)
            }
        };
        // What was used up at the moment it was met is over when it is opened again.
        due.map(|due| self.gaps.iter().find(|(from, _)| *from == due).map_or(due, |(_, until)| *until))
    }

    /// When it warns the way a warning says: the latest instant at which so much is left.
    pub fn warning(&self, terms: Terms, warn: &Warn, due: Option<i64>) -> Option<i64> {
        let pace = terms.pace();
        // After so much has passed; of several such instants the last, as counting back would find it.
        let passed = |seconds: i64| pace.after(self.start, seconds.saturating_add(1), self.stands_still());
        let at = match (warn, terms.limit.seconds()) {
            (Warn::Share(share), Some(limit)) => passed(share.of(limit))? - 1,
            (Warn::Share(share), None) => {
                let whole: i64 = pace.between(self.start, due?, self.stands_still());
                pace.before(due?, whole - share.of(whole), self.stands_still())?
            }
            (Warn::Before(before), Some(limit)) if before.unit == terms.limit.unit => {
                passed(limit.saturating_sub(before.count).max(0))? - 1
            }
            (Warn::Before(before), _) => match (before.seconds(), terms.calendar) {
                (Some(seconds), None) => Pace::Elapsed.before(due?, seconds, self.stands_still())?,
                (_, Some(calendar)) => calendar.start_of(Instant(due?), *before, self.stands_still())?.0,
                (None, None) => return None,
            },
        };
        Some(at.max(self.start))
    }

    /// Its first warning.
    pub fn first_warning(&self, terms: Terms, due: Option<i64>) -> Option<i64> {
        terms.deadline.warnings.iter().filter_map(|warn| self.warning(terms, warn, due)).min()
    }

    /// Seconds of its own time from its start to an instant.
    fn passed(&self, terms: Terms, until: i64) -> i64 {
        terms.pace().between(self.start, until, self.stands_still())
    }

    /// Seconds of its own time that are left at an instant, if it runs on from then.
    fn left(&self, terms: Terms, elapsed: i64, at: i64) -> Option<i64> {
        if let Some(limit) = terms.limit.seconds() {
            return Some(limit - elapsed);
        }
        let stands_still = self.stands_still();
        let resumed = if stands_still.contains(at) { self.paused.up_to(at) } else { stands_still };
        let due = self.due_with(terms, resumed)?;
        let pace = terms.pace();
        Some(pace.between(at, due, resumed) - pace.between(due, at, resumed))
    }
}

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
    /// When it warns, ascending, where it warns several times.
    pub warnings: Vec<i64>,
    /// Seconds of its own time that have passed.
    pub elapsed: i64,
    /// Seconds of its own time that are left; negative past the limit. `None` where only days are known.
    pub left: Option<i64>,
    /// The limit.
    pub limit: Amount,
    /// The position of the row that gives the limit.
    pub row: usize,
    /// Its due instant lies past what the calendar knows.
    pub is_provisional: bool,
    /// Its way, once it has started.
    pub run: Option<Run>,
}

impl Clock {
    /// The clock of a deadline under the limit that applies; `run` began and ended no later than `now`.
    pub fn new(terms: Terms, row: usize, run: Option<Run>, now: i64) -> Clock {
        let limit: Amount = terms.limit;
        let Some(run) = run else {
            return Clock {
                state: State::Pending,
                start: None,
                end: None,
                due: None,
                warn: None,
                warnings: Vec::new(),
                elapsed: 0,
                left: limit.seconds(),
                limit,
                row,
                is_provisional: false,
                run: None,
            };
        };
        let due = run.due(terms);
        let mut warnings: Vec<i64> = Vec::new();
        if terms.deadline.warnings.len() > 1 {
            warnings.extend(terms.deadline.warnings.iter().filter_map(|warn| run.warning(terms, warn, due)));
            warnings.sort_unstable();
        }
        let warn = run.first_warning(terms, due);
        let is_due = due.is_some_and(|due| due <= now);
        let state = match run.end {
            Some(end) if due.is_none_or(|due| end <= due) => State::Met,
            Some(_) => State::Breached,
            None if is_due => State::Breached,
            None if run.stands_still().contains(now) => State::Paused,
            None if warn.is_some_and(|warn| warn <= now) => State::AtRisk,
            None => State::Running,
        };
        let until: i64 = run.end.map_or(now, |end| end.min(now)).max(run.start);
        let elapsed = run.passed(terms, until);
        let is_provisional = match (terms.limit.unit, terms.calendar, due) {
            (Unit::Elapsed, ..) | (_, None, _) | (.., None) => false,
            (_, Some(calendar), Some(due)) => !calendar.knows(Instant(due)),
        };
        Clock {
            state,
            start: Some(run.start),
            end: run.end,
            due,
            warn,
            warnings,
            elapsed,
            left: run.left(terms, elapsed, until),
            limit,
            row,
            is_provisional,
            run: Some(run),
        }
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
                match &self.run {
                    Some(run) if !run.paused.stretches().is_empty() => {
                        at_risk.intersection(&Intervals::of(run.paused.stretches().to_vec()).complement(warn))
                    }
                    _ => at_risk,
                }
            }
        }
    }

    /// Seconds of its own time past the limit, where it is breached.
    pub fn late_by(&self) -> Option<i64> {
        (self.state == State::Breached).then(|| self.left.map_or(0, |left| (-left).max(0)))
    }

    /// Seconds of its own time between its event and its due instant: negative where it came late. `None` before.
    pub fn margin(&self) -> Option<i64> {
        let left = self.end.and(self.left)?;
        Some(if self.state == State::Breached { left.min(0) } else { left.max(0) })
    }
}
