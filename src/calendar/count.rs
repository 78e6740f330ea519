//! Counting a clock's time: forward, backward and between, in seconds or in dates, with stretches left out.
//!
//! The conventions are those of articles 200 to 204 of the PRC Civil Code: the first day is not counted, a month ends
//! on the corresponding date or the month's last day, a last day that is closed moves to the next open one, and a
//! day ends at its close.

use super::business::Calendar;
use super::pauses::{Count, Paused};
use super::{Amount, Instant, Unit};
use chrono::{Months, NaiveDate, NaiveTime, TimeDelta};

/// Which seconds pass.
#[derive(Clone, Copy, Debug)]
pub enum Pace<'c> {
    /// All of them.
    Elapsed,
    /// Those in which the calendar is open.
    Open(&'c Calendar),
}

impl<'c> Pace<'c> {
    fn count(self) -> Count<'c> {
        match self {
            Pace::Elapsed => Count::Elapsed,
            Pace::Open(calendar) => Count::Open(calendar),
        }
    }

    /// Seconds from one instant to another without those in the pauses; none when the second is the earlier.
    pub fn between(self, from: i64, until: i64, paused: Paused) -> i64 {
        self.count().between(from, until, paused)
    }

    /// The earliest instant at which so many seconds have passed since `from`; `None` when that never comes.
    pub fn after(self, from: i64, seconds: i64, paused: Paused) -> Option<i64> {
        if seconds <= 0 {
            return Some(from);
        }
        let (at, left) = match paused.is_empty() {
            true => (from, seconds),
            false => self.count().after(from, self.count().upto(from), seconds, paused)?,
        };
        match self {
            Pace::Elapsed => Some(at.saturating_add(left)),
            Pace::Open(calendar) => calendar.add(Instant(at), left).map(|at| at.0),
        }
    }

    /// The latest instant from which so many seconds pass until `until`.
    pub fn before(self, until: i64, seconds: i64, paused: Paused) -> Option<i64> {
        if seconds <= 0 {
            return Some(until);
        }
        let (at, left) = self.count().before(until, seconds, paused);
        match self {
            Pace::Elapsed => Some(at.saturating_sub(left)),
            Pace::Open(calendar) => calendar.subtract(Instant(at), left).map(|at| at.0),
        }
    }
}

/// When in its last day a limit in days ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum DayEnd {
    /// At the close of business, or at 24:00 where there are no business hours.
    #[default]
    Close,
    /// At the time of day at which it began.
    SameTimeOfDay,
}

/// The last day of a limit in days: when it is over, and how the days were counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LastDay {
    /// The date counted up to, before it was moved.
    pub counted: NaiveDate,
    /// The date on which the limit ends.
    pub date: NaiveDate,
    /// When it ends.
    pub due: i64,
}

impl Calendar {
    /// The instant at which an amount is over that begins at `from` and stands still while `paused`.
    ///
    /// In days, a date counts where the clock ran up to its close. `None` when the end never comes.
    pub fn end_of(&self, from: Instant, amount: Amount, paused: Paused, day_end: DayEnd) -> Option<Instant> {
        match amount.unit {
            Unit::Elapsed => Pace::Elapsed.after(from.0, amount.count, paused).map(Instant),
            Unit::WorkingTime => Pace::Open(self).after(from.0, amount.count, paused).map(Instant),
            _ => self.last_day(from, amount, paused, day_end).map(|last| Instant(last.due)),
        }
    }

    /// The last day of an amount in days or months.
    pub fn last_day(&self, from: Instant, amount: Amount, paused: Paused, day_end: DayEnd) -> Option<LastDay> {
        let first: i64 = self.index.day_of(from.0);
        let (count, only_open) = match amount.unit {
            Unit::WorkingDays => (amount.count, true),
            Unit::CalendarDays => (amount.count, false),
            _ => {
                let date = self.index.date(first);
                let months = Months::new(u32::try_from(amount.count).unwrap_or(u32::MAX));
                // chrono gives the corresponding date, or the last of a month that lacks it.
                ((date.checked_add_months(months)? - date).num_days(), false)
            }
        };
        let counted: i64 = if count <= 0 { first } else { self.nth_day(from.0, first, count, only_open, paused)? };
        let last: i64 = self.open_and_running(counted, paused)?;
        let due: i64 = match day_end {
            DayEnd::Close => self.index.close(last),
            DayEnd::SameTimeOfDay => self.same_time_of_day(from, last),
        };
        // A limit of no days from after the close would end before it begins.
        Some(LastDay { counted: self.index.date(counted), date: self.index.date(last), due: due.max(from.0) })
    }

    /// The number of the `count`-th date after the first up to whose close the clock ran.
    fn nth_day(&self, from: i64, first: i64, count: i64, only_open: bool, paused: Paused) -> Option<i64> {
        let dates = if only_open { Count::OpenDates(self) } else { Count::Dates(self) };
        // The date of the start is not counted.
        let counted: i64 = if only_open { self.index.opened_before(first + 1) } else { first + 1 };
        let (at, left) = dates.after(from, counted, count, paused)?;
        let nth: i64 = dates.upto(at).max(counted) + left;
        if only_open { self.index.nth_open(nth, at) } else { Some(nth - 1) }
    }

    /// The number of the first date from one on that is open and up to whose close the clock runs.
    fn open_and_running(&self, day: i64, paused: Paused) -> Option<i64> {
        let mut day: i64 = self.open_from(day)?;
        while let Some((_, end)) = paused.just_before(self.index.close(day)) {
            if end == i64::MAX {
                return None;
            }
            // A night that began in the pause may outlast it.
            day = self.index.nth_open(self.index.closed_by(end, true) + 1, end)?;
        }
        Some(day)
    }

    /// The number of the first open date from one on.
    fn open_from(&self, day: i64) -> Option<i64> {
        if self.index.is_open(day) {
            return Some(day);
        }
        self.index.nth_open(self.index.opened_before(day) + 1, self.index.start(day))
    }

    /// The instant an amount before another, for a warning: counted back on the calendar, without `paused`.
    ///
    /// Back by days or months it is the same time of day, at the latest that date's close.
    pub fn start_of(&self, until: Instant, amount: Amount, paused: Paused) -> Option<Instant> {
        let day: i64 = match amount.unit {
            Unit::Elapsed => return Pace::Elapsed.before(until.0, amount.count, paused).map(Instant),
            Unit::WorkingTime => return Pace::Open(self).before(until.0, amount.count, paused).map(Instant),
            _ if amount.count == 0 => return Some(until),
            Unit::WorkingDays => {
                let last: i64 = self.ending_day(until.0);
                self.index.nth_open(self.index.opened_before(last) - amount.count + 1, until.0)?
            }
            Unit::CalendarDays => self.ending_day(until.0) - amount.count,
            Unit::Months => {
                let date = self.index.date(self.ending_day(until.0));
                let months = Months::new(u32::try_from(amount.count).unwrap_or(u32::MAX));
                self.index.number(date.checked_sub_months(months)?)
            }
        };
        let is_at_its_end: bool = until.0 == self.index.start(self.ending_day(until.0) + 1);
        let same_time: i64 = if is_at_its_end { self.index.start(day + 1) } else { self.same_time_of_day(until, day) };
        Some(Instant(same_time.min(self.index.close(day))))
    }

    /// The instant of a date at the time of day of another instant.
    fn same_time_of_day(&self, of: Instant, day: i64) -> i64 {
        let zone = self.plan().zone;
        let time = NaiveTime::MIN + TimeDelta::seconds(i64::from(zone.second_of_day(of)));
        zone.at_civil(self.index.date(day).and_time(time)).0
    }

    /// The number of the date that an instant ends, or lies in: 24:00 belongs to the date before.
    fn ending_day(&self, at: i64) -> i64 {
        self.index.day_of(at.saturating_sub(1))
    }

    /// How many dates of an amount in days lie between two instants: those up to whose close the clock ran.
    pub fn days_between(&self, from: Instant, until: Instant, unit: Unit) -> i64 {
        let only_open: bool = unit == Unit::WorkingDays;
        let first: i64 = self.index.day_of(from.0);
        let counted: i64 = if only_open { self.index.opened_before(first + 1) } else { first + 1 };
        (self.index.closed_by(until.0, only_open) - counted).max(0)
    }
}
