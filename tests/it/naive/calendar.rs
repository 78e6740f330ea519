//! A calendar read off its plan, date by date.
//!
//! Nothing is laid out and nothing is indexed: whoever asks how much was open walks over the dates in between.

use chrono::{Datelike, Days, Months, NaiveDate, TimeDelta};
use rulebook::calendar::{Amount, DayEnd, Hours, Instant, Plan, Unit, Zone};
use std::cell::RefCell;
use std::collections::BTreeMap;
use std::rc::Rc;

/// A date that has not come after so many others never comes.
const MOST_DATES: usize = 1500;

/// Stretches of instants, half open.
type Stretches = Rc<[(i64, i64)]>;

/// What a handbook counts working time and dates on.
pub struct Calendar {
    plan: Plan,
    day_end: DayEnd,
    /// Dates asked about before.
    known: RefCell<BTreeMap<NaiveDate, Stretches>>,
}

impl Calendar {
    /// The calendar of a plan; one that is open round the clock where there is none.
    pub fn new(plan: Option<&Plan>, zone: Zone, day_end: DayEnd) -> Calendar {
        let all_day = || vec![Hours { from: 0, until: 86_400 }];
        let always = || Plan { week: std::array::from_fn(|_| all_day()), ..Plan::always(zone) };
        Calendar { plan: plan.cloned().unwrap_or_else(always), day_end, known: RefCell::default() }
    }

    pub fn date(&self, at: i64) -> NaiveDate {
        self.plan.zone.date(Instant(at))
    }

    pub fn start_of(&self, date: NaiveDate) -> i64 {
        self.instant(date, 0)
    }

    fn instant(&self, date: NaiveDate, second: u32) -> i64 {
        let civil = date.and_hms_opt(0, 0, 0).unwrap() + TimeDelta::seconds(i64::from(second));
        self.plan.zone.at_civil(civil).0
    }

    /// The hours of a date, from when until when: its own where it has some, else those of a make-up working day, else
    /// none on a holiday, else the weekday's; always without its breaks.
    pub fn hours(&self, date: NaiveDate) -> Stretches {
        if let Some(known) = self.known.borrow().get(&date) {
            return known.clone();
        }
        let plan = &self.plan;
        let monday = &plan.week[0];
        let weekday = &plan.week[date.weekday().num_days_from_monday() as usize];
        let mut open: Vec<Hours> = match (plan.special_hours.get(&date), plan.workdays.get(&date)) {
            (Some(special), _) => special.clone(),
            (None, Some(workday)) => workday.hours.as_ref().unwrap_or(monday).clone(),
            (None, None) if plan.holidays.contains_key(&date) => Vec::new(),
            (None, None) => weekday.clone(),
        };
        let whole: Vec<Hours> = open.clone();
        let meets = |cut: &Hours| whole.iter().any(|one| one.from < cut.until && cut.from < one.until);
        for cut in plan.breaks.get(&date).into_iter().flatten() {
            // A break at one o'clock of hours that run over midnight is one of that night.
            let after_midnight = Hours { from: cut.from + 86_400, until: cut.until + 86_400 };
            let cut = if meets(cut) || !meets(&after_midnight) { *cut } else { after_midnight };
            let parts = |one: &Hours| {
                let before = Hours { until: one.until.min(cut.from), ..*one };
                let after = Hours { from: one.from.max(cut.until), ..*one };
                [before, after]
            };
            open = open.iter().flat_map(parts).filter(|one| one.from < one.until).collect();
        }
        let stretch = |one: &Hours| (self.instant(date, one.from), self.instant(date, one.until));
        let hours: Stretches = open.iter().map(stretch).filter(|(from, until)| from < until).collect();
        self.known.borrow_mut().insert(date, hours.clone());
        hours
    }

    fn is_open_on(&self, date: NaiveDate) -> bool {
        !self.hours(date).is_empty()
    }

    /// When a date is over: at its close, or at 24:00 where it is closed.
    pub fn close(&self, date: NaiveDate) -> i64 {
        self.hours(date).iter().map(|(_, until)| *until).max().unwrap_or(self.start_of(next(date)))
    }

    pub fn is_open(&self, at: i64) -> bool {
        let date = self.date(at);
        // Hours may run over midnight.
        [date - Days::new(1), date]
            .iter()
            .any(|date| self.hours(*date).iter().any(|(from, to)| (*from..*to).contains(&at)))
    }

    /// Stretches in which it is open, from an instant on.
    fn open_from(&self, from: i64) -> impl Iterator<Item = (i64, i64)> {
        let dates = (self.date(from) - Days::new(1)).iter_days().take(MOST_DATES);
        dates
            .flat_map(|date| self.hours(date).to_vec())
            .map(move |(open, close)| (open.max(from), close))
            .filter(|(open, close)| open < close)
    }

    pub fn next_opening(&self, at: i64) -> Option<i64> {
        self.open_from(at).next().map(|(from, _)| from)
    }

    /// The first instant at which it has been open for so long since another.
    pub fn open_seconds_after(&self, from: i64, seconds: i64) -> Option<i64> {
        let mut left: i64 = seconds;
        for (open, close) in self.open_from(from) {
            if left <= close - open {
                return Some(open + left);
            }
            left -= close - open;
        }
        None
    }

    /// The end of so many days or months from an instant on. A date counts where something runs in the last second
    /// before its close; `runs` says `None` where it never runs again.
    pub fn end_of_days(&self, from: i64, limit: Amount, runs: impl Fn(i64) -> Option<bool>) -> Option<i64> {
        let first: NaiveDate = self.date(from);
        let counts = |date: NaiveDate| runs(self.close(date) - 1);
        let mut left: i64 = match limit.unit {
            Unit::Months => (first + Months::new(limit.count as u32) - first).num_days(),
            _ => limit.count,
        };
        let mut date: NaiveDate = first;
        while left > 0 {
            date = next(date);
            let is_counted = counts(date)? && (limit.unit != Unit::WorkingDays || self.is_open_on(date));
            left -= i64::from(is_counted);
        }
        while !(self.is_open_on(date) && counts(date)?) {
            date = next(date);
        }
        Some(match self.day_end {
            DayEnd::Close => self.close(date),
            DayEnd::SameTimeOfDay => self.same_time_of_day(from, date),
        })
    }

    fn same_time_of_day(&self, of: i64, date: NaiveDate) -> i64 {
        self.instant(date, self.plan.zone.second_of_day(Instant(of)))
    }

    /// So many days or months before an instant that ends a date or lies in it: at the same time of day, at the
    /// latest at that date's close.
    pub fn days_before(&self, until: i64, before: Amount) -> i64 {
        let last: NaiveDate = self.date(until - 1);
        let mut date: NaiveDate = last;
        match before.unit {
            Unit::Months => date = last - Months::new(before.count as u32),
            Unit::CalendarDays => date = last - Days::new(before.count as u64),
            _ => {
                for _ in 0..before.count {
                    date = date - Days::new(1);
                    while !self.is_open_on(date) {
                        date = date - Days::new(1);
                    }
                }
            }
        }
        let is_at_its_end = until == self.start_of(next(last));
        let at = if is_at_its_end { self.start_of(next(date)) } else { self.same_time_of_day(until, date) };
        at.min(self.close(date))
    }

    /// Whether the date of an instant is a holiday that nobody makes up for.
    pub fn is_holiday(&self, at: i64) -> bool {
        let date = self.date(at);
        self.plan.holidays.contains_key(&date) && !self.plan.workdays.contains_key(&date)
    }

    /// Whether an instant lies past the last date that is known.
    pub fn is_unknown(&self, at: i64) -> bool {
        self.plan.known_until.is_some_and(|until| self.date(at) > until)
    }

    /// Midnights, openings and closings of the dates from that of one instant to that of another.
    pub fn edges(&self, from: i64, until: i64) -> Vec<i64> {
        let mut found: Vec<i64> = Vec::new();
        let (mut date, last) = (self.date(from) - Days::new(1), self.date(until));
        while date <= last {
            found.push(self.start_of(date));
            found.extend(self.hours(date).iter().flat_map(|(open, close)| [*open, *close]));
            date = next(date);
        }
        found
    }
}

fn next(date: NaiveDate) -> NaiveDate {
    date + Days::new(1)
}
