//! The clocks of a deadline: one a ticket, one a cycle after each reopening, or one a message; and how each stood at
//! every instant where rows, facts or cycles come and go.
//!
//! At each instant the limit is that of the row which holds then. A change of the row gives a running clock its new
//! limit (`carry`), starts it again (`restart`), or changes nothing (`pin`). A clock that has been met or breached keeps
//! the row it was settled by: what is done is not undone.
//!
//! What happens at one instant happens in this order: a clock is met, starts again, stands still, starts. The opening
//! comes before everything.

use super::Movement;
use super::case::Case;
use super::clock::{Clock, Run};
use super::intervals::{FOREVER, Intervals};
use crate::calendar::{Instant, Pauses, Stretch};
use crate::graph::{RowNode, UnitNode};
use crate::handbook::{ClockSpan, Deadline, EventId, OPENED, REOPENED};
use crate::syntax::tree::{ClockState, OnChange, OnReopen, Speaker};
use rustc_hash::FxHashMap;
use std::sync::{Arc, LazyLock};

/// No pause, without taking memory for it each time.
static NEVER: LazyLock<Arc<Pauses>> = LazyLock::new(Arc::default);

/// How one clock stood, and will stand if nothing more happens.
#[derive(Clone, Debug)]
struct Course {
    /// When it started first, whether or not it started again.
    began: i64,
    /// Its way as of now.
    run: Run,
    /// The position of the row that gives its limit as of now, where one did by now.
    row: Option<usize>,
    /// When it was met, and when its time was up before that.
    met: Option<i64>,
    breached: Option<i64>,
    /// When it was met before a reopening, and until then.
    met_before: Vec<Stretch>,
    /// When it is at risk, where it does not stand still.
    at_risk: Vec<Stretch>,
}

/// The clocks of a deadline that are not plain, in the order of their starts.
#[derive(Debug)]
pub struct Courses {
    all: Vec<Course>,
    /// When the deadline applies.
    applies: Intervals,
    /// When its clocks stand still.
    paused: Intervals,
}

/// A stretch in which a row is taken: from, until, and the row's position.
type Taken = (i64, i64, usize);

/// When a clock that starts at an instant under a row is due, and first warns. Many clocks may ask the same.
type Limits = FxHashMap<(i64, usize), (Option<i64>, Option<i64>)>;

impl Case<'_, '_> {
    /// Whether the clock of a deadline is one that starts once and keeps its row.
    pub fn is_plain(&self, index: usize) -> bool {
        let deadline = &self.engine.handbook.deadlines[index];
        let is_reopened = || deadline.on_reopen != OnReopen::StayClosed && self.happened(REOPENED).next().is_some();
        self.movement(index) != Movement::Limit && matches!(deadline.span, ClockSpan::Events(..)) && !is_reopened()
    }

    /// The clock of a deadline that starts once and keeps its row, the one taken now.
    pub fn plain_clock(&mut self, index: usize, unit: &UnitNode, row: &RowNode) -> Clock {
        let row: usize = row.outcome as usize;
        let run = self.run(index, unit);
        Clock::new(self.engine.terms(index, row), row, run, self.as_of.0)
    }

    /// The clocks of a deadline whose row `row` is taken now: the one that speaks for all of them, and the others.
    pub fn clocks(&mut self, index: usize, unit: &UnitNode, row: &RowNode) -> (Clock, Vec<Clock>) {
        let now: i64 = self.as_of.0;
        let row: usize = row.outcome as usize;
        let courses: Arc<Courses> = self.courses(index, unit);
        let clock = |course: &Course| {
            let row: usize = course.row.unwrap_or(row);
            Clock::new(self.engine.terms(index, row), row, Some(course.run.clone()), now)
        };
        let mut clocks: Vec<Clock> = courses.all.iter().map(clock).collect();
        if clocks.is_empty() {
            return (Clock::new(self.engine.terms(index, row), row, None, now), Vec::new());
        }
        match self.engine.handbook.deadlines[index].span {
            // The last cycle speaks for a ticket.
            ClockSpan::Events(..) => clocks.reverse(),
            // The oldest message without an answer does; where all have one, the last that was answered too late, or
            // else the last.
            ClockSpan::Messages(..) => {
                let rank = |(place, clock): (i64, Clock)| {
                    let start: i64 = clock.start.unwrap_or(0);
                    let rank = match (clock.end, clock.breach()) {
                        (None, _) => (0, start, place),
                        (Some(_), Some(_)) => (1, -start, -place),
                        (Some(_), None) => (2, -start, -place),
                    };
                    (rank, clock)
                };
                let mut ranked: Vec<((i64, i64, i64), Clock)> = (0..).zip(clocks).map(rank).collect();
                ranked.sort_by_key(|(rank, _)| *rank);
                clocks = ranked.into_iter().map(|(_, clock)| clock).collect();
            }
        }
        let first = clocks.remove(0);
        (first, clocks)
    }

    /// The courses of a deadline's clocks, worked out once.
    pub fn courses(&mut self, index: usize, unit: &UnitNode) -> Arc<Courses> {
        if let Some(known) = self.known_courses(index) {
            return known.clone();
        }
        let runs: Vec<Run> = self.runs(index, unit);
        let mut taken: Vec<Taken> = Vec::new();
        let paused: Intervals = match runs.first() {
            Some(run) => Intervals::of(run.paused.stretches().to_vec()),
            None => Intervals::none(),
        };
        if !runs.is_empty() {
            self.taken_rows(unit, |row, when| {
                taken.extend(when.stretches().iter().map(|(from, until)| (*from, *until, row)));
            });
            taken.sort_unstable();
        }
        let mut limits = Limits::default();
        let all = runs.into_iter().map(|run| self.unfold(index, unit, run, &taken, &mut limits)).collect();
        let applies = Intervals::of(taken.iter().map(|(from, until, _)| (*from, *until)).collect());
        let courses = Arc::new(Courses { all, applies, paused });
        self.set_courses(index, courses.clone());
        courses
    }

    /// When a deadline's clocks, taken together, are in a state that conditions ask for.
    pub fn courses_in_state(&mut self, index: usize, unit: &UnitNode, state: ClockState) -> Intervals {
        let courses: Arc<Courses> = self.courses(index, unit);
        let applies: &Intervals = &courses.applies;
        match (state, self.engine.handbook.deadlines[index].span) {
            // A breach is never unmade: the first stands for all.
            (ClockState::Breached, _) => {
                let first = courses.all.iter().filter_map(|course| course.breached).min();
                first.map_or_else(Intervals::none, Intervals::since).intersection(applies)
            }
            (ClockState::AtRisk, _) => {
                let all = courses.all.iter().flat_map(|course| course.at_risk.iter().copied()).collect();
                let first: i64 = self.ticket.opened_at.0;
                Intervals::of(all).intersection(&courses.paused.complement(first)).intersection(applies)
            }
            // A ticket's clock is met while its last cycle is.
            (ClockState::Met, ClockSpan::Events(..)) => {
                let ends = courses.all.iter().skip(1).map(|next| next.began).chain([FOREVER]);
                let met = courses.all.iter().zip(ends).flat_map(|(course, end)| {
                    let met = course.met.map(|met| (met, end));
                    course.met_before.iter().copied().chain(met)
                });
                Intervals::of(met.collect()).intersection(applies)
            }
            // Those of messages are met while every message so far was answered in time.
            (ClockState::Met, ClockSpan::Messages(..)) => {
                let Some(first) = courses.all.iter().map(|course| course.began).min() else {
                    return Intervals::none();
                };
                let unmet = courses.all.iter().map(|course| (course.began, course.met.unwrap_or(FOREVER)));
                Intervals::of(unmet.collect()).complement(first).intersection(applies)
            }
        }
    }

    /// A deadline's way from its start to its event, once it has started.
    pub fn run(&mut self, index: usize, unit: &UnitNode) -> Option<Run> {
        let ClockSpan::Events(from, until) = self.engine.handbook.deadlines[index].span else { return None };
        let start = self.first(from, Instant(i64::MIN))?;
        let end = self.first_end(until, start.0, from == OPENED);
        Some(Run::new(start.0, end, self.paused(unit)))
    }

    /// When the clocks of a deadline stand still.
    fn paused(&mut self, unit: &UnitNode) -> Arc<Pauses> {
        let Some(pause) = unit.pause else { return NEVER.clone() };
        let paused = self.intervals(pause.0);
        // A pause that begins or ends by time alone changes how the clock stands.
        self.flips.extend(paused.next_change(self.as_of.0));
        Arc::new(Pauses::new(paused.into_stretches()))
    }

    /// When an event first happened after an instant, or at it where it is the opening's.
    fn first_end(&self, event: EventId, from: i64, is_included: bool) -> Option<i64> {
        let from: i64 = if is_included { from } else { from.saturating_add(1) };
        self.first(event, Instant(from)).map(|at| at.0)
    }

    fn runs(&mut self, index: usize, unit: &UnitNode) -> Vec<Run> {
        let deadline: &Deadline = &self.engine.handbook.deadlines[index];
        match deadline.span {
            ClockSpan::Messages(from, until) => self.message_runs(from, until, unit),
            ClockSpan::Events(_, until) => {
                let Some(first) = self.run(index, unit) else { return Vec::new() };
                match deadline.on_reopen {
                    OnReopen::StayClosed => vec![first],
                    OnReopen::NewCycle => self.cycles(first, until),
                    OnReopen::Continue => vec![self.continued(first, until)],
                }
            }
        }
    }

    /// The reopening that comes first at or after an instant: what is met at that instant is met before.
    fn reopened_from(&self, at: i64) -> Option<i64> {
        self.happened(REOPENED).map(|reopened| reopened.0).find(|reopened| *reopened >= at)
    }

    fn cycles(&self, first: Run, until: EventId) -> Vec<Run> {
        let mut runs: Vec<Run> = vec![first];
        while let Some(last) = runs.last()
            && let Some(end) = last.end
            && let Some(reopened) = self.reopened_from(end)
        {
            let end = self.first_end(until, reopened, false);
            let next = Run::new(reopened, end, last.paused.clone());
            runs.push(next);
        }
        runs
    }

    fn continued(&self, mut run: Run, until: EventId) -> Run {
        while let Some(end) = run.end
            && let Some(reopened) = self.reopened_from(end)
        {
            run.gaps.push((end, reopened));
            run.end = self.first_end(until, reopened, false);
        }
        let stretches = run.paused.stretches().iter().chain(&run.gaps).copied();
        run.paused = Arc::new(Pauses::new(Intervals::of(stretches.collect()).into_stretches()));
        run
    }

    fn message_runs(&mut self, from: Speaker, until: Speaker, unit: &UnitNode) -> Vec<Run> {
        let (opened, now) = (self.ticket.opened_at.0, self.as_of.0);
        let paused: Arc<Pauses> = self.paused(unit);
        let mut runs: Vec<Run> = Vec::new();
        let mut answer: Option<i64> = None;
        for message in self.ticket.messages.iter().rev().filter(|message| message.at.0 <= now) {
            let at: i64 = message.at.0.max(opened);
            if message.from == from {
                runs.push(Run { message: Some(message.position), ..Run::new(at, answer, paused.clone()) });
            }
            if message.from == until {
                answer = Some(at);
            }
        }
        runs.reverse();
        runs
    }

    /// Follows one clock through the rows that are taken.
    fn unfold(&self, index: usize, unit: &UnitNode, run: Run, taken: &[Taken], limits: &mut Limits) -> Course {
        let deadline: &Deadline = &self.engine.handbook.deadlines[index];
        let now: i64 = self.as_of.0;
        let mut course = Course {
            began: run.start,
            run: run.clone(),
            row: None,
            met: None,
            breached: None,
            met_before: Vec::new(),
            at_risk: Vec::new(),
        };
        let mut way: Run = run;
        let mut last: Option<usize> = None;
        // The end by which it was met, as long as it is not reopened.
        let mut met_by: Option<i64> = None;
        let first: usize = taken.partition_point(|(_, until, _)| *until <= way.start);
        let mut cuts: Vec<i64> = way.gaps.iter().flat_map(|(ended, again)| [*ended, *again]).chain(way.end).collect();
        cuts.sort_unstable();
        for (from, until, row) in pieces(&taken[first..], way.start, &cuts) {
            let ended: Option<i64> = way.ended(from);
            if ended.is_some() && met_by == ended {
                course.met_before.push((from, until));
                continue;
            }
            let row: usize = unit.rows[row].outcome as usize;
            let row: usize = match (deadline.on_change, last) {
                (OnChange::Pin, Some(first)) => first,
                // What ends comes before what starts again.
                (OnChange::Restart, Some(last)) if ended.is_some() => last,
                (OnChange::Restart, Some(last)) if last != row => {
                    way.start = from;
                    row
                }
                _ => row,
            };
            last = Some(row);
            if from <= now || course.row.is_none() {
                course.row = Some(row);
                course.run.start = way.start;
            }
            let terms = self.engine.terms(index, row);
            let work_out = || {
                let due = way.due(terms);
                (due, way.first_warning(terms, due))
            };
            // What ends by itself stands still no more, so it is due by itself.
            let (due, warning) = match way.end {
                Some(_) => work_out(),
                None => *limits.entry((way.start, row)).or_insert_with(work_out),
            };
            match ended {
                Some(end) if due.is_some_and(|due| due < end) => course.breached = Some(from),
                Some(_) if way.end == ended => course.met = Some(from),
                Some(_) => {
                    met_by = ended;
                    course.met_before.push((from, until));
                }
                None => {
                    let over: i64 = due.map_or(until, |due| due.clamp(from, until));
                    course.at_risk.extend(warning.map(|warning| (warning.max(from), over)));
                    course.breached = Some(over).filter(|over| *over < until);
                }
            }
            // What is settled for good keeps its row.
            if course.breached.is_some() || course.met.is_some() {
                break;
            }
        }
        // Neighbours become one, so that a clock through many changes is not a long list.
        course.at_risk = Intervals::of(course.at_risk).into_stretches();
        course
    }
}

/// The stretches in which rows are taken, from an instant on, cut at others.
fn pieces<'t>(taken: &'t [Taken], from: i64, cuts: &'t [i64]) -> impl Iterator<Item = Taken> + 't {
    taken.iter().flat_map(move |(begin, end, row)| {
        let begin: i64 = (*begin).max(from);
        let inside = cuts.iter().copied().filter(move |cut| begin < *cut && cut < end);
        let begins = std::iter::once(begin).chain(inside.clone());
        begins.zip(inside.chain([*end])).map(|(begin, end)| (begin, end, *row))
    })
}
