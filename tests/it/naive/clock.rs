//! Clocks, counted second by second.
//!
//! The limit is that of the row taken at the instant asked about, so a change of tier gives a running clock its new
//! limit from then on. What is settled stays settled: a clock that was met, or breached, keeps the row it was
//! settled by.

use super::{AHEAD, Naive};
use rulebook::handbook::{DeadlineId, EventId, Warn};
use rulebook::syntax::tree::ClockState;
use std::collections::BTreeMap;

/// How a clock stands at an instant.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Standing {
    pub state: State,
    /// The row that gives its limit.
    pub row: usize,
}

#[derive(Clone, Copy, PartialEq, Debug)]
pub enum State {
    Pending,
    Running,
    AtRisk,
    Paused,
    Met,
    Breached,
}

impl Standing {
    /// Whether it is in a state that conditions ask for.
    pub fn is_in(self, state: ClockState) -> bool {
        matches!(
            (self.state, state),
            (State::AtRisk, ClockState::AtRisk)
                | (State::Met, ClockState::Met)
                | (State::Breached, ClockState::Breached)
        )
    }
}

/// The seconds of one clock: from its start to the end of looking ahead.
pub struct Run {
    pub start: i64,
    pub end: Option<i64>,
    /// By second since the start: whether the clock stands still in it.
    paused: Vec<bool>,
}

impl Run {
    /// Seconds of its own time that have passed by an instant.
    pub fn elapsed(&self, at: i64) -> i64 {
        let until = self.end.map_or(at, |end| end.min(at));
        self.paused.iter().take((until - self.start) as usize).filter(|paused| !**paused).count() as i64
    }

    pub fn is_paused(&self, at: i64) -> bool {
        self.paused[(at - self.start) as usize]
    }

    /// The first instant at which so many seconds of its own time have passed, if nothing stops it.
    pub fn reaches(&self, seconds: i64) -> Option<i64> {
        let mut passed: i64 = 0;
        for (second, paused) in self.paused.iter().enumerate() {
            if passed >= seconds {
                return Some(self.start + second as i64);
            }
            passed += i64::from(!paused);
        }
        None
    }
}

impl Naive<'_> {
    /// How a deadline stands at an instant; nothing while it does not apply.
    pub fn clock(&self, deadline: DeadlineId, at: i64) -> Option<Standing> {
        self.clocks[deadline.0].get_or_init(|| self.count(deadline))[(at - self.opened) as usize]
    }

    fn first(&self, event: EventId, from: i64) -> Option<i64> {
        self.events.iter().filter(|(when, what)| *what == event && *when >= from).map(|(when, _)| *when).min()
    }

    /// When a deadline's clock started, if it has by an instant.
    pub fn start(&self, deadline: DeadlineId, at: i64) -> Option<i64> {
        self.first(self.handbook.deadlines[deadline.0].from, i64::MIN).filter(|start| *start <= at)
    }

    /// The run of a deadline's clock, if it has started by an instant. Its end is known when it has come by then.
    pub fn run(&self, deadline: DeadlineId, at: i64) -> Option<Run> {
        let rule = &self.handbook.deadlines[deadline.0];
        let start = self.start(deadline, at)?;
        let end = self.first(rule.until, start).filter(|end| *end <= at);
        let is_paused =
            |second: i64| second >= self.opened && rule.pause.as_ref().is_some_and(|pause| self.holds(pause, second));
        Some(Run { start, end, paused: (start..=self.as_of + AHEAD).map(is_paused).collect() })
    }

    /// The first of its warnings, under a limit.
    pub fn warning(&self, deadline: DeadlineId, run: &Run, limit: i64) -> Option<i64> {
        let warnings = self.handbook.deadlines[deadline.0].warnings.iter();
        let seconds = warnings.map(|warning| match warning {
            Warn::Share(share) => share.of(limit),
            Warn::Before(before) => (limit - before).max(0),
        });
        seconds.filter_map(|seconds| run.reaches(seconds)).min()
    }

    fn count(&self, deadline: DeadlineId) -> Vec<Option<Standing>> {
        let rule = &self.handbook.deadlines[deadline.0];
        let whole: Option<Run> = self.run(deadline, self.as_of + AHEAD);
        let mut settled: Option<Standing> = None;
        // When each limit is reached and first warned of.
        let mut limits: BTreeMap<i64, (Option<i64>, Option<i64>)> = BTreeMap::new();
        let mut all: Vec<Option<Standing>> = Vec::new();
        for second in self.seconds() {
            if !self.applies(rule.authority, second) {
                all.push(None);
                continue;
            }
            let Some(row) = self.taken(rule.authority, &rule.rows, second, false) else {
                all.push(None);
                continue;
            };
            let standing = match &whole {
                Some(run) if run.start <= second => settled.unwrap_or_else(|| {
                    let limit = rule.rows[row].outcome;
                    let reached = || (run.reaches(limit), self.warning(deadline, run, limit));
                    let (due, warning) = *limits.entry(limit).or_insert_with(reached);
                    Standing { state: stands(run, due, warning, second), row }
                }),
                _ => Standing { state: State::Pending, row },
            };
            if matches!(standing.state, State::Met | State::Breached) {
                settled = Some(standing);
            }
            all.push(Some(standing));
        }
        all
    }
}

/// How a clock that was not settled before stands.
fn stands(run: &Run, due: Option<i64>, warning: Option<i64>, at: i64) -> State {
    let is_over = |instant: Option<i64>| instant.is_some_and(|instant| instant <= at);
    match run.end {
        Some(end) if end <= at && due.is_none_or(|due| end <= due) => State::Met,
        Some(end) if end <= at => State::Breached,
        _ if is_over(due) => State::Breached,
        _ if run.is_paused(at) => State::Paused,
        _ if is_over(warning) => State::AtRisk,
        _ => State::Running,
    }
}
