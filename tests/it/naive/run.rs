//! The way of one clock: when it runs, when it stands still, how much of its time has passed.

use super::Naive;
use rulebook::calendar::{Amount, Unit};
use rulebook::handbook::{ClockSpan, DeadlineId, EventId, OPENED, REOPENED};
use rulebook::syntax::tree::OnReopen;

/// One clock, from its start on.
#[derive(Clone)]
pub struct Run {
    pub start: i64,
    /// Its last end.
    pub end: Option<i64>,
    /// The message it runs for.
    pub message: Option<usize>,
    /// When it was over until it was reopened.
    pub gaps: Vec<(i64, i64)>,
    /// By instant of the grid: whether it stands still from there on.
    pub still: Vec<bool>,
}

impl Run {
    /// The end it has come to at an instant, unless it has been reopened.
    pub fn ended(&self, at: i64) -> Option<i64> {
        let gap = self.gaps.iter().find(|(from, until)| *from <= at && at < *until);
        gap.map(|(from, _)| *from).or(self.end.filter(|end| *end <= at))
    }
}

impl Naive<'_> {
    /// The clocks of a deadline that have started by now, in order.
    pub fn runs(&self, deadline: DeadlineId) -> &[Run] {
        self.runs[deadline.0].get_or_init(|| match self.handbook.deadlines[deadline.0].span {
            ClockSpan::Events(from, until) => self.event_runs(deadline, from, until),
            ClockSpan::Messages(from, until) => {
                let said = &self.ticket.messages;
                let asked = said.iter().enumerate().filter(|(_, message)| message.from == from);
                asked
                    .map(|(place, message)| {
                        let answer = said[place + 1..].iter().find(|answer| answer.from == until);
                        self.run(
                            deadline,
                            message.at,
                            answer.map(|answer| answer.at),
                            Some(message.position),
                            Vec::new(),
                        )
                    })
                    .collect()
            }
        })
    }

    fn event_runs(&self, deadline: DeadlineId, from: EventId, until: EventId) -> Vec<Run> {
        let Some(start) = self.first(from, i64::MIN) else { return Vec::new() };
        // The opening comes before everything; what starts at another event starts after what ends.
        let mut end = self.first(until, if from == OPENED { start } else { start + 1 });
        let mut cycles: Vec<(i64, Option<i64>)> = vec![(start, end)];
        while let Some(over) = end
            && let Some(reopened) = self.first(REOPENED, over)
        {
            end = self.first(until, reopened + 1);
            cycles.push((reopened, end));
        }
        let run = |(start, end): &(i64, Option<i64>)| self.run(deadline, *start, *end, None, Vec::new());
        match self.handbook.deadlines[deadline.0].on_reopen {
            OnReopen::StayClosed => vec![run(&cycles[0])],
            OnReopen::NewCycle => cycles.iter().map(run).collect(),
            OnReopen::Continue => {
                let gaps = cycles.windows(2).map(|pair| (pair[0].1.unwrap(), pair[1].0)).collect();
                vec![self.run(deadline, start, end, None, gaps)]
            }
        }
    }

    /// When an event first happened at or after an instant.
    pub fn first(&self, event: EventId, from: i64) -> Option<i64> {
        self.ticket.events.iter().filter(|(when, what)| *what == event && *when >= from).map(|(when, _)| *when).min()
    }

    fn run(
        &self,
        deadline: DeadlineId,
        start: i64,
        end: Option<i64>,
        message: Option<usize>,
        gaps: Vec<(i64, i64)>,
    ) -> Run {
        let pause = &self.handbook.deadlines[deadline.0].pause;
        let is_still = |at: &i64| {
            let is_over = end.is_some_and(|end| end <= *at);
            let is_paused = !is_over && pause.as_ref().is_some_and(|pause| self.holds(pause, *at));
            is_paused || gaps.iter().any(|(from, until)| from <= at && at < until)
        };
        Run { start, end, message, still: self.grid.iter().map(is_still).collect(), gaps }
    }

    /// The stretches from an instant on in which a clock's own time passes: those in which it does not stand still and,
    /// for a limit that is not elapsed time, the calendar is open. The last may go on for ever.
    pub fn own_time(&self, run: &Run, from: i64, unit: Unit) -> Vec<(i64, i64)> {
        let ends = self.grid[1..].iter().copied().chain([i64::MAX]);
        let cells = self.grid.iter().zip(ends).enumerate();
        cells
            .filter(|(place, (at, _))| !run.still[*place] && (unit == Unit::Elapsed || self.calendar.is_open(**at)))
            .map(|(_, (at, until))| ((*at).max(from), until))
            .filter(|(at, until)| at < until)
            .collect()
    }

    /// Seconds of its own time between two instants.
    pub fn passed(&self, run: &Run, from: i64, until: i64, unit: Unit) -> i64 {
        self.own_time(run, from, unit).iter().map(|(at, to)| ((*to).min(until) - at).max(0)).sum()
    }

    /// The first instant at which so many seconds of its own time have passed since another.
    pub fn reaches(&self, run: &Run, from: i64, seconds: i64, unit: Unit) -> Option<i64> {
        if seconds == 0 {
            return Some(from);
        }
        let mut left: i64 = seconds;
        for (at, until) in self.own_time(run, from, unit) {
            if left <= until - at {
                return Some(at + left);
            }
            left -= until - at;
        }
        if !run.still[self.grid.len() - 1] {
            // It goes on in hours that are not on the grid.
            self.want(self.grid[self.grid.len() - 1] + 7 * 86_400);
        }
        None
    }

    /// The last instant from which so many seconds of its own time pass until another.
    pub fn reaches_back(&self, run: &Run, until: i64, seconds: i64, unit: Unit) -> Option<i64> {
        if seconds == 0 {
            return Some(until);
        }
        let mut left: i64 = seconds;
        for (at, to) in self.own_time(run, i64::MIN, unit).into_iter().rev() {
            let to = to.min(until);
            if at < to && left <= to - at {
                return Some(to - left);
            }
            left -= (to - at).max(0);
        }
        // Before the opening.
        Some(i64::MIN)
    }

    /// When a clock's time is up that counts from an instant.
    pub fn due(&self, run: &Run, from: i64, limit: Amount) -> Option<i64> {
        let due = match limit.unit {
            Unit::Elapsed | Unit::WorkingTime => self.reaches(run, from, limit.count, limit.unit),
            _ => self.calendar.end_of_days(from, limit, |at| {
                let place = self.place(at);
                let runs = !run.still[place];
                (runs || place + 1 < self.grid.len()).then_some(runs)
            }),
        };
        // What was used up when it ended is due when it is reopened.
        let due =
            due.map(|due| run.gaps.iter().find(|(ended, _)| *ended == due).map_or(due, |(_, reopened)| *reopened));
        due.into_iter().for_each(|due| self.want(due));
        due
    }
}
