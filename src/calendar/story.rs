//! Why a calendar is open or closed, stretch by stretch: what a deadline shows of how it adds up.

use super::business::Calendar;
use super::index::at;
use super::plan::{Day, DayKind};
use super::{Instant, Stretch};

/// Why a stretch is open or closed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Why<'c> {
    /// Hours of the week.
    Open,
    /// Hours of a make-up working day, by its name.
    Workday(&'c str),
    /// Hours of this one date.
    SpecialHours,
    /// Before the day's first hours.
    BeforeOpening,
    /// Between two hours of the day: lunch.
    BetweenHours,
    /// A break of this one date.
    Break,
    /// After the day's last hours.
    AfterClosing,
    /// A weekday without hours.
    Weekend,
    /// A holiday, by its name.
    Holiday(&'c str),
    /// A date whose own hours are none.
    Closed,
}

impl Why<'_> {
    /// Whether it is open.
    pub fn is_open(self) -> bool {
        matches!(self, Why::Open | Why::Workday(_) | Why::SpecialHours)
    }

    /// Its name in the JSON.
    pub fn id(self) -> &'static str {
        match self {
            Why::Open => "open",
            Why::Workday(_) => "workday",
            Why::SpecialHours => "special_hours",
            Why::BeforeOpening => "before_opening",
            Why::BetweenHours => "between_hours",
            Why::Break => "break",
            Why::AfterClosing => "after_closing",
            Why::Weekend => "weekend",
            Why::Holiday(_) => "holiday",
            Why::Closed => "closed",
        }
    }

    /// What it says to a person.
    pub fn words(self) -> String {
        match self {
            Why::Open => "open".to_owned(),
            Why::Workday(name) => format!("make-up working day: {name}"),
            Why::SpecialHours => "special hours".to_owned(),
            Why::BeforeOpening => "before opening".to_owned(),
            Why::BetweenHours => "between hours".to_owned(),
            Why::Break => "break".to_owned(),
            Why::AfterClosing => "after closing".to_owned(),
            Why::Weekend => "weekend".to_owned(),
            Why::Holiday(name) => format!("holiday: {name}"),
            Why::Closed => "closed on this date".to_owned(),
        }
    }
}

impl Calendar {
    /// The stretches from one instant to another, date by date, each with why it is open or closed. Where more than
    /// `most` would come, the rest is left out.
    pub fn stretches(&self, from: Instant, until: Instant, most: usize) -> Vec<(Stretch, Why<'_>)> {
        let mut found: Vec<(Stretch, Why)> = Vec::new();
        let mut day: i64 = self.index.day_of(from.0);
        let mut told: i64 = from.0;
        while told < until.0 && found.len() < most {
            let end: i64 = self.index.start(day + 1).min(until.0);
            // A night belongs to the date it began on.
            let night: i64 = if self.index.is_open(day - 1) { self.index.close(day - 1) } else { told };
            for (opens, closes) in self.index.stretches(day) {
                let of_night = (opens.max(told), closes.min(end).min(night));
                for ((opens, closes), owner) in [(of_night, day - 1), ((opens.max(night), closes.min(end)), day)] {
                    let opens: i64 = opens.max(told);
                    if opens < closes {
                        self.closed(day, (told, opens), &mut found);
                        found.push(((opens, closes), self.opened_as(owner)));
                        told = closes;
                    }
                }
            }
            self.closed(day, (told, end), &mut found);
            told = end;
            day += 1;
        }
        found.truncate(most);
        found
    }

    /// Why a date, by its number, is open when it is.
    fn opened_as(&self, day: i64) -> Why<'_> {
        match self.plan().day(self.index.date(day)).kind {
            DayKind::Workday(name) => Why::Workday(name),
            DayKind::Special => Why::SpecialHours,
            _ => Why::Open,
        }
    }

    /// Why a date, by its number, is closed as a whole; `None` when it is open.
    fn closed_date(&self, day: i64) -> Option<Why<'_>> {
        if self.index.is_open(day) {
            return None;
        }
        Some(match self.plan().day(self.index.date(day)).kind {
            DayKind::Holiday(name) => Why::Holiday(name),
            DayKind::Weekend => Why::Weekend,
            _ => Why::Closed,
        })
    }

    fn closed<'c>(&'c self, day: i64, (from, until): Stretch, found: &mut Vec<(Stretch, Why<'c>)>) {
        if from >= until {
            return;
        }
        if let Some(why) = self.closed_date(day) {
            found.push(((from, until), why));
            return;
        }
        let date = self.index.date(day);
        let Day { hours, whole, .. } = self.plan().day(date);
        let zone = self.plan().zone;
        let instant = |second: u32| at(zone, date, second);
        let first = hours.iter().map(|one| instant(one.from)).min().unwrap_or(until);
        let last = hours.iter().map(|one| instant(one.until)).max().unwrap_or(from);
        let is_cut = whole.iter().any(|one| instant(one.from) <= from && until <= instant(one.until));
        let why = if is_cut {
            Why::Break
        } else if until <= first {
            Why::BeforeOpening
        } else if from >= last {
            Why::AfterClosing
        } else {
            Why::BetweenHours
        };
        found.push(((from, until), why));
    }
}

/// One date of a limit in days.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DateStretch<'c> {
    /// Its instants, cut to those asked for.
    pub stretch: Stretch,
    /// The end of the date as a day that counts: its close.
    pub close: i64,
    /// Why it is closed, where it is.
    pub closed: Option<Why<'c>>,
    /// Why it is open, where it is.
    pub open: Why<'c>,
}

impl Calendar {
    /// The dates from one instant to another, at most so many.
    pub fn dates(&self, from: Instant, until: Instant, most: usize) -> Vec<DateStretch<'_>> {
        let mut found: Vec<DateStretch> = Vec::new();
        let mut day: i64 = self.index.day_of(from.0);
        while found.len() < most && (found.is_empty() || self.index.start(day) < until.0) {
            let stretch = (self.index.start(day).max(from.0), self.index.start(day + 1).min(until.0.max(from.0)));
            let (open, closed) = (self.opened_as(day), self.closed_date(day));
            found.push(DateStretch { stretch, close: self.index.close(day), closed, open });
            day += 1;
        }
        found
    }
}
