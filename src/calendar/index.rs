//! The index of a calendar: where each date begins, when it is open, and how much was open before.
//!
//! Every question is a look-up: the date of an instant by division, the instant of an amount by a guess that the
//! regular week makes nearly exact. Outside the dates that are laid out, the first and the last week go on for ever,
//! with the offset they had.

use super::plan::{DAY, Plan};
use super::{Instant, Zone};
use chrono::{Datelike, Days, NaiveDate, NaiveTime, TimeDelta};
use std::collections::HashMap;

const WEEK: i64 = 7;

/// The dates laid out where a calendar asks for no more.
pub const FIRST_YEAR: i32 = 1970;
/// The first year that is not laid out.
pub const LAST_YEAR: i32 = 2100;

/// A calendar, laid out.
#[derive(Clone, Debug)]
pub struct Index {
    first: NaiveDate,
    /// By date: its first instant; one more than there are dates.
    starts: Vec<i64>,
    /// By date: open seconds of all dates before it; one more.
    worked: Vec<i64>,
    /// By date: open dates before it; one more.
    opened: Vec<i64>,
    /// By date: its shape.
    shapes: Vec<u32>,
    /// The shapes there are.
    known: Vec<Shape>,
}

/// What a date is like, in seconds from its first instant.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct Shape {
    /// When it is open on this date, be it by hours that began on the date before; ascending and apart.
    stretches: Box<[(i64, i64)]>,
    /// The close of a date with hours of its own; they may run on into the next date.
    close: Option<i64>,
}

impl Shape {
    fn total(&self) -> i64 {
        self.stretches.iter().map(|(from, until)| until - from).sum()
    }
}

impl Index {
    /// Lays a plan out from the first day of one year to the first of another, and further where it lists dates.
    pub fn new(plan: &Plan, from_year: i32, until_year: i32) -> Index {
        let year = |year: i32| NaiveDate::from_ymd_opt(year, 1, 1).unwrap_or_default();
        let (mut first, mut end) = (year(from_year), year(until_year));
        if let Some((from, until)) = plan.listed() {
            // A regular week stands before and after every date that is listed; no clocks change near a new year.
            first = first.min(year((from - Days::new(14)).year()));
            end = end.max(year((until + Days::new(14)).year() + 1));
        }
        let days = usize::try_from((end - first).num_days()).unwrap_or(0).max(14);
        let turns = plan.zone.transitions(plan.zone.start_of(first).0 - DAY, plan.zone.start_of(end).0 + 2 * DAY);
        let mut index = Index {
            first,
            starts: Vec::with_capacity(days + 1),
            worked: Vec::with_capacity(days + 1),
            opened: Vec::with_capacity(days + 1),
            shapes: Vec::with_capacity(days),
            known: Vec::new(),
        };
        let mut layout = Layout {
            plan,
            turns: &turns,
            next: 0,
            shapes: HashMap::new(),
            regular: HashMap::new(),
            is_after_listed: false,
        };
        let (mut worked, mut opened): (i64, i64) = (0, 0);
        let mut start: i64 = plan.zone.start_of(first).0;
        for (number, date) in first.iter_days().take(days).enumerate() {
            index.starts.push(start);
            index.worked.push(worked);
            index.opened.push(opened);
            let next: i64 = layout.start_of_next(date, start);
            let shape = layout.shape(&mut index.known, number, date, (start, next));
            index.shapes.push(shape);
            let shape = &index.known[shape as usize];
            worked += shape.total();
            opened += i64::from(shape.close.is_some());
            start = next;
        }
        index.starts.push(start);
        index.worked.push(worked);
        index.opened.push(opened);
        index
    }

    fn days(&self) -> i64 {
        self.shapes.len() as i64
    }

    /// Open seconds in a regular week.
    fn week(&self) -> i64 {
        let last = self.shapes.len();
        self.worked[last] - self.worked[last - WEEK as usize]
    }

    /// Open dates in a regular week.
    fn open_week(&self) -> i64 {
        let last = self.shapes.len();
        self.opened[last] - self.opened[last - WEEK as usize]
    }

    /// Whether it is ever open.
    pub fn ever_opens(&self) -> bool {
        self.worked[self.shapes.len()] > 0
    }

    /// A number laid out by date, continued by so much a week outside. `day` may be the one after the last.
    fn at(&self, numbers: &[i64], day: i64, weekly: i64) -> i64 {
        if let Some(number) = usize::try_from(day).ok().and_then(|day| numbers.get(day)) {
            return *number;
        }
        let weeks: i64 = if day < 0 { day.div_euclid(WEEK) } else { (day - self.days()).div_euclid(WEEK) + 1 };
        numbers[(day - weeks * WEEK) as usize].saturating_add(weeks.saturating_mul(weekly))
    }

    /// The first instant of a date, by its number.
    pub fn start(&self, day: i64) -> i64 {
        self.at(&self.starts, day, WEEK * DAY)
    }

    fn worked_before(&self, day: i64) -> i64 {
        self.at(&self.worked, day, self.week())
    }

    /// Open dates before a date.
    pub fn opened_before(&self, day: i64) -> i64 {
        self.at(&self.opened, day, self.open_week())
    }

    fn shape(&self, day: i64) -> &Shape {
        let day: i64 = if (0..self.days()).contains(&day) {
            day
        } else if day < 0 {
            day.rem_euclid(WEEK)
        } else {
            self.days() - WEEK + (day - self.days()).rem_euclid(WEEK)
        };
        &self.known[self.shapes[day as usize] as usize]
    }

    /// The number of the date that an instant lies in.
    pub fn day_of(&self, at: i64) -> i64 {
        // Days are longer or shorter where clocks change, which shifts the guess by one at most.
        let mut day: i64 = at.saturating_sub(self.starts[0]).div_euclid(DAY);
        while self.start(day) > at {
            day -= 1;
        }
        while self.start(day + 1) <= at {
            day += 1;
        }
        day
    }

    /// The number of a date.
    pub fn number(&self, date: NaiveDate) -> i64 {
        (date - self.first).num_days()
    }

    /// The date of a number.
    pub fn date(&self, day: i64) -> NaiveDate {
        self.first.checked_add_signed(TimeDelta::days(day)).unwrap_or(if day < 0 {
            NaiveDate::MIN
        } else {
            NaiveDate::MAX
        })
    }

    /// Whether a date has hours of its own.
    pub fn is_open(&self, day: i64) -> bool {
        self.shape(day).close.is_some()
    }

    /// When a date's hours end; a closed date ends with its last second.
    pub fn close(&self, day: i64) -> i64 {
        match self.shape(day).close {
            Some(close) => self.start(day).saturating_add(close),
            None => self.start(day + 1),
        }
    }

    /// The open stretches of a date's own hours.
    pub fn stretches(&self, day: i64) -> impl Iterator<Item = (i64, i64)> {
        let start: i64 = self.start(day);
        self.shape(day).stretches.iter().map(move |(from, until)| (start + from, start + until))
    }

    /// Open seconds before an instant, from an origin that does not matter.
    pub fn worked(&self, at: i64) -> i64 {
        let day: i64 = self.day_of(at);
        let passed: i64 = at - self.start(day);
        let stretches = self.shape(day).stretches.iter();
        self.worked_before(day) + stretches.map(|(from, until)| (passed.min(*until) - from).max(0)).sum::<i64>()
    }

    /// The earliest instant with so many open seconds before it, counted as [`Index::worked`] does: the end of a stretch
    /// rather than the start of the next. `guess` is an instant near it.
    pub fn earliest(&self, worked: i64, guess: i64) -> Option<i64> {
        let day: i64 = self.search(&self.worked, self.week(), worked, guess)?;
        let mut left: i64 = worked - self.worked_before(day);
        let start: i64 = self.start(day);
        for (from, until) in &self.shape(day).stretches {
            if left <= until - from {
                return Some(start + from + left);
            }
            left -= until - from;
        }
        None
    }

    /// The latest instant with so many open seconds before it: the start of a stretch rather than the end of the one before.
    pub fn latest(&self, worked: i64, guess: i64) -> Option<i64> {
        // One second later it is more; so it is the instant before the earliest of that.
        self.earliest(worked.checked_add(1)?, guess).map(|at| at - 1)
    }

    /// The number of the date that is the `nth` open one, counted as [`Index::opened_before`] does, from 1.
    pub fn nth_open(&self, nth: i64, guess: i64) -> Option<i64> {
        self.search(&self.opened, self.open_week(), nth, guess)
    }

    /// How many dates, open ones or all, have closed at or before an instant.
    pub fn closed_by(&self, at: i64, only_open: bool) -> i64 {
        let day: i64 = self.day_of(at);
        let counts = |day: i64| i64::from((!only_open || self.is_open(day)) && self.close(day) <= at);
        let before: i64 = if only_open { self.opened_before(day - 1) } else { day - 1 };
        before + counts(day - 1) + counts(day)
    }

    /// The date at whose end a sum that grows date by date first reaches `wanted`: the sum at its own beginning is less.
    fn search(&self, sums: &[i64], weekly: i64, wanted: i64, guess: i64) -> Option<i64> {
        let sum = |day: i64| self.at(sums, day, weekly);
        if weekly == 0 {
            // Nothing opens outside the dates laid out.
            let day: usize = sums.partition_point(|sum| *sum < wanted);
            return (day > 0 && day < sums.len()).then(|| day as i64 - 1);
        }
        let near: i64 = self.day_of(guess);
        let mut low: i64 = near.saturating_add((wanted - sum(near)).saturating_mul(WEEK) / weekly);
        let mut step: i64 = 1;
        while sum(low) >= wanted {
            low -= step;
            step *= 2;
        }
        let mut high: i64 = low + 1;
        step = 1;
        while sum(high) < wanted {
            low = high;
            high += step;
            step *= 2;
        }
        while high - low > 1 {
            let middle: i64 = low + (high - low) / 2;
            if sum(middle) < wanted {
                low = middle;
            } else {
                high = middle;
            }
        }
        Some(low)
    }
}

/// What the dates are laid out with.
struct Layout<'p> {
    plan: &'p Plan,
    /// The instants at which the zone's offset changes, ascending.
    turns: &'p [i64],
    /// The first of them that is not long past.
    next: usize,
    shapes: HashMap<Shape, u32>,
    /// The shapes of the weekdays, by the place of a date in its week.
    regular: HashMap<usize, u32>,
    /// Whether the plan lists the date before, whose hours may run over midnight.
    is_after_listed: bool,
}

impl Layout<'_> {
    /// Whether the clocks change between the start of a date and the last second its hours can reach.
    fn turns_after(&mut self, start: i64) -> bool {
        while self.turns.get(self.next).is_some_and(|turn| *turn < start) {
            self.next += 1;
        }
        self.turns.get(self.next).is_some_and(|turn| *turn <= start + 2 * DAY)
    }

    fn start_of_next(&mut self, date: NaiveDate, start: i64) -> i64 {
        if self.turns_after(start) { self.plan.zone.start_of(date + Days::new(1)).0 } else { start + DAY }
    }

    /// The shape of a date between its first instant and that of the next.
    fn shape(&mut self, known: &mut Vec<Shape>, number: usize, date: NaiveDate, (start, next): (i64, i64)) -> u32 {
        let turns: bool = self.turns_after(start);
        let is_listed: bool = self.plan.lists(date);
        let is_regular: bool = !turns && !is_listed && !self.is_after_listed;
        self.is_after_listed = is_listed;
        let weekday: usize = number % WEEK as usize;
        if let Some(shape) = self.regular.get(&weekday).filter(|_| is_regular) {
            return *shape;
        }
        let (night, own) = (self.hours(date - Days::new(1), start), self.hours(date, start));
        let mut open: Vec<(i64, i64)> =
            night.iter().chain(&own).map(|(from, until)| ((*from).max(0), (*until).min(next - start))).collect();
        open.retain(|(from, until)| from < until);
        open.sort_unstable();
        let mut stretches: Vec<(i64, i64)> = Vec::with_capacity(open.len());
        for (from, until) in open {
            match stretches.last_mut() {
                Some(last) if last.1 >= from => last.1 = last.1.max(until),
                _ => stretches.push((from, until)),
            }
        }
        // Where the night before is the last to close, the date closes with it: closes ascend.
        let close = own.last().map(|(_, close)| night.last().map_or(*close, |(_, night)| *close.max(night)));
        let shape = Shape { stretches: stretches.into_boxed_slice(), close };
        let id: u32 = *self.shapes.entry(shape).or_insert_with_key(|shape| {
            known.push(shape.clone());
            known.len() as u32 - 1
        });
        if is_regular {
            self.regular.insert(weekday, id);
        }
        id
    }

    /// The hours of a date as the clocks bring them, in seconds from an instant. Some that the clocks skip never come.
    fn hours(&self, date: NaiveDate, origin: i64) -> Vec<(i64, i64)> {
        let edge = |second: u32| at(self.plan.zone, date, second) - origin;
        let hours = self.plan.day(date).hours.into_iter().map(|one| (edge(one.from), edge(one.until)));
        hours.filter(|(from, until)| from < until).collect()
    }
}

/// The instant of a second of a date, counted from its midnight; past 86 400 it lies on the next date.
pub fn at(zone: Zone, date: NaiveDate, second: u32) -> i64 {
    let civil = date.and_time(NaiveTime::MIN).checked_add_signed(TimeDelta::seconds(i64::from(second)));
    civil.map_or(Instant(i64::MAX), |civil| zone.at_civil(civil)).0
}
