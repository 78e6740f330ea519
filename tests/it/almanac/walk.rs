//! Answers read off an almanac: the definitions as they stand, tried instant by instant or date by date.

use super::layout::{Almanac, Line};
use chrono::{Datelike, NaiveDate};
use rulebook::calendar::{Amount, DayEnd, Instant, Stretch, Unit};
use std::fmt::Debug;

/// What a walk over the window comes to.
#[derive(Clone, Copy, PartialEq, Debug)]
pub enum Walk<T> {
    /// It is there.
    At(T),
    /// It never comes.
    Never,
    /// It lies past the window.
    Past,
}

impl<T> Walk<T> {
    pub fn then<U>(self, next: impl FnOnce(T) -> Walk<U>) -> Walk<U> {
        match self {
            Walk::At(found) => next(found),
            Walk::Never => Walk::Never,
            Walk::Past => Walk::Past,
        }
    }
}

/// Which seconds pass.
#[derive(Clone, Copy, PartialEq, Debug)]
pub enum Seconds {
    All,
    Open,
}

/// A clock on an almanac, with the stretches in which it stands still.
#[derive(Clone, Copy)]
pub struct Clock<'a> {
    pub almanac: &'a Almanac,
    pub paused: &'a [Stretch],
}

impl Clock<'_> {
    /// Seconds that pass from one instant to another.
    pub fn passed(self, seconds: Seconds, from: i64, until: i64) -> i64 {
        let all = |from: i64, until: i64| match seconds {
            _ if until <= from => 0,
            Seconds::All => until - from,
            Seconds::Open => self.almanac.open_seconds_before(until) - self.almanac.open_seconds_before(from),
        };
        let mut passed: i64 = all(from, until);
        for (start, end) in self.paused {
            passed -= all(from.max(*start), until.min(*end));
        }
        passed
    }

    /// The first instant by which so many seconds have passed.
    fn after(self, seconds: Seconds, from: i64, count: i64) -> Walk<i64> {
        let end: i64 = self.almanac.end();
        if count <= 0 {
            return Walk::At(from);
        }
        if self.passed(seconds, from, end) < count {
            let stops: bool = seconds == Seconds::Open && !self.almanac.opens_every_week;
            return if stops || self.stands_still_for_ever() { Walk::Never } else { Walk::Past };
        }
        Walk::At(first(from, end, |at| self.passed(seconds, from, at) >= count))
    }

    /// The last instant from which so many seconds pass.
    fn before(self, seconds: Seconds, until: i64, count: i64) -> Walk<i64> {
        let begin: i64 = self.almanac.begin();
        if count <= 0 {
            return Walk::At(until);
        }
        if self.passed(seconds, begin, until) < count {
            let stops: bool = seconds == Seconds::Open && !self.almanac.opens_every_week;
            return if stops { Walk::Never } else { Walk::Past };
        }
        Walk::At(first(begin, until, |at| self.passed(seconds, at, until) < count) - 1)
    }

    /// Whether a pause that began in the window has no end.
    fn stands_still_for_ever(self) -> bool {
        self.paused.iter().any(|(start, end)| *start < self.almanac.end() && *end == i64::MAX)
    }

    /// Whether the clock runs in the last second before a date closes.
    fn runs_up_to_the_close(self, line: &Line) -> bool {
        !self.paused.iter().any(|(start, end)| *start < line.close && line.close <= *end)
    }

    /// The first date from a place on of which something holds; only open dates where `opens` is set.
    fn date_from(self, place: usize, holds: impl Fn(&Line) -> bool) -> Walk<usize> {
        // What a date closes with may lie behind the window's end on its last two dates.
        let lines: &[Line] = &self.almanac.dates[..self.almanac.dates.len() - 2];
        match (place..lines.len()).find(|place| holds(&lines[*place])) {
            Some(found) => Walk::At(found),
            None if self.stands_still_for_ever() || !self.almanac.opens_every_week => Walk::Never,
            None => Walk::Past,
        }
    }

    /// The date that so many dates are counted to, and the date on which the amount ends.
    pub fn last_day(self, from: i64, amount: Amount) -> Walk<(usize, usize)> {
        let first: usize = self.almanac.place_of(from);
        let count: i64 = match amount.unit {
            Unit::Months => {
                let date: NaiveDate = self.almanac.dates[first].date;
                (corresponding_date(date, amount.count) - date).num_days()
            }
            _ => amount.count,
        };
        let counts =
            |line: &Line| (amount.unit != Unit::WorkingDays || line.is_open) && self.runs_up_to_the_close(line);
        let mut counted: Walk<usize> = Walk::At(first);
        for _ in 0..count {
            counted = counted.then(|place| self.date_from(place + 1, counts));
        }
        let ends = |line: &Line| line.is_open && self.runs_up_to_the_close(line);
        counted.then(|counted| self.date_from(counted, ends).then(|last| Walk::At((counted, last))))
    }

    pub fn end_of(self, from: i64, amount: Amount, day_end: DayEnd) -> Walk<Instant> {
        let almanac = self.almanac;
        let end: Walk<i64> = match amount.unit {
            Unit::Elapsed => self.after(Seconds::All, from, amount.count),
            Unit::WorkingTime => self.after(Seconds::Open, from, amount.count),
            _ => self.last_day(from, amount).then(|(_, last)| {
                let line: Line = almanac.dates[last];
                let end: i64 = match day_end {
                    DayEnd::Close => line.close,
                    DayEnd::SameTimeOfDay => almanac.shown(line.date, almanac.second_of_day(from)),
                };
                // Nothing ends before it begins.
                Walk::At(end.max(from))
            }),
        };
        end.then(|end| Walk::At(Instant(end)))
    }

    pub fn start_of(self, until: i64, amount: Amount) -> Walk<Instant> {
        let almanac = self.almanac;
        let start: Walk<i64> = match amount.unit {
            Unit::Elapsed => self.before(Seconds::All, until, amount.count),
            Unit::WorkingTime => self.before(Seconds::Open, until, amount.count),
            _ if amount.count == 0 => Walk::At(until),
            _ => {
                // 24:00 belongs to the date that it ends.
                let last: usize = almanac.place_of(until - 1);
                let back: Walk<usize> = match amount.unit {
                    Unit::WorkingDays => {
                        let mut open = (0..last).rev().filter(|place| almanac.dates[*place].is_open);
                        match open.nth(amount.count as usize - 1) {
                            Some(place) => Walk::At(place),
                            None if almanac.opens_every_week => Walk::Past,
                            None => Walk::Never,
                        }
                    }
                    Unit::CalendarDays => usize::try_from(last as i64 - amount.count).map_or(Walk::Past, Walk::At),
                    _ => almanac
                        .place(corresponding_date(almanac.dates[last].date, -amount.count))
                        .map_or(Walk::Past, Walk::At),
                };
                back.then(|place| {
                    let line: Line = almanac.dates[place];
                    let same_time: i64 = if until == almanac.dates[last + 1].start {
                        almanac.dates[place + 1].start
                    } else {
                        almanac.shown(line.date, almanac.second_of_day(until))
                    };
                    Walk::At(same_time.min(line.close))
                })
            }
        };
        start.then(|start| Walk::At(Instant(start)))
    }

    /// How many dates after the one of an instant have closed by another.
    pub fn days_between(self, from: i64, until: i64, unit: Unit) -> i64 {
        let later = &self.almanac.dates[self.almanac.place_of(from) + 1..];
        let counts = |line: &&Line| unit != Unit::WorkingDays || line.is_open;
        later.iter().take_while(|line| line.start <= until).filter(counts).filter(|line| line.close <= until).count()
            as i64
    }

    /// The first instant at or after another at which it is open.
    pub fn next_opening(self, at: i64) -> Walk<Instant> {
        let end: i64 = self.almanac.end();
        let none = Clock { paused: &[], ..self };
        match none.passed(Seconds::Open, at, end) {
            0 if self.almanac.opens_every_week => Walk::Past,
            0 => Walk::Never,
            _ => Walk::At(Instant(first(at, end, |later| none.passed(Seconds::Open, at, later + 1) > 0))),
        }
    }
}

/// The first instant from one up to another from which on something holds; it holds at the last.
fn first(from: i64, until: i64, holds: impl Fn(i64) -> bool) -> i64 {
    // Everything before `low` fails and `high` holds.
    let (mut low, mut high) = (from, until);
    let mut step: i64 = 3600;
    while low + step < high {
        if holds(low + step) {
            high = low + step;
            break;
        }
        low += step + 1;
        step *= 2;
    }
    while low < high {
        let middle: i64 = (low + high).div_euclid(2);
        if holds(middle) {
            high = middle;
        } else {
            low = middle + 1;
        }
    }
    high
}

/// The same day so many months on, or the last day of a month that lacks it.
fn corresponding_date(date: NaiveDate, months: i64) -> NaiveDate {
    let month: i64 = i64::from(date.year()) * 12 + i64::from(date.month0()) + months;
    let day = |day: u32| NaiveDate::from_ymd_opt(month.div_euclid(12) as i32, month.rem_euclid(12) as u32 + 1, day);
    (1..=date.day()).rev().find_map(day).unwrap()
}
