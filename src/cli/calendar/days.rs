//! The days of a month or a year: what each is, and what they come to.

use chrono::{Days, NaiveDate};
use serde_json::{Value, json};

use crate::calendar::{Calendar, Day, DayKind, Hours, Plan};

/// Dates from one up to, and not in, another.
#[derive(Clone, Copy)]
pub(super) struct Period {
    pub(super) first: NaiveDate,
    pub(super) end: NaiveDate,
}

impl Period {
    /// Its dates, in order.
    pub(super) fn dates(self) -> impl Iterator<Item = NaiveDate> {
        self.first.iter_days().take_while(move |date| *date < self.end)
    }

    /// Its last date.
    pub(super) fn last(self) -> NaiveDate {
        self.end - Days::new(1)
    }
}

/// What a reader tells days apart by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Look {
    /// Open by its weekday.
    Open,
    /// Closed by its weekday.
    Closed,
    /// A holiday.
    Holiday,
    /// A make-up working day.
    Workday,
    /// With hours of its own.
    Special,
    /// Open by its weekday, with a break.
    Break,
}

/// The dates of a plan as the clocks bring them: hours that the clocks skip open no date.
#[derive(Clone, Copy)]
pub(super) struct Dates<'c> {
    pub(super) plan: &'c Plan,
    /// Laid out at least over the dates that are asked for; nothing for a plan that is never open.
    pub(super) calendar: Option<&'c Calendar>,
}

impl<'c> Dates<'c> {
    pub(super) fn look(self, date: NaiveDate) -> Look {
        match self.plan.day(date).kind {
            DayKind::Holiday(_) => Look::Holiday,
            DayKind::Workday(_) => Look::Workday,
            DayKind::Special => Look::Special,
            DayKind::Weekday if !self.is_open(date) => Look::Closed,
            DayKind::Weekend => Look::Closed,
            DayKind::Weekday if self.plan.breaks.contains_key(&date) => Look::Break,
            DayKind::Weekday => Look::Open,
        }
    }

    fn is_open(self, date: NaiveDate) -> bool {
        self.calendar.is_some_and(|calendar| calendar.is_open_on(date))
    }

    /// What the plan says of a date, without hours that never come.
    fn day(self, date: NaiveDate) -> Day<'c> {
        let mut day: Day = self.plan.day(date);
        if !self.is_open(date) {
            day.hours = Vec::new();
        }
        day
    }
}

impl Look {
    /// What it is called in JSON.
    fn word(self) -> &'static str {
        match self {
            Look::Open => "open",
            Look::Closed => "closed",
            Look::Holiday => "holiday",
            Look::Workday => "workday",
            Look::Special => "special_hours",
            Look::Break => "break",
        }
    }
}

/// Dates in a row that are something by themselves, and alike.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Listed {
    pub(super) first: NaiveDate,
    pub(super) last: NaiveDate,
    pub(super) look: Look,
    pub(super) name: String,
    pub(super) hours: Vec<Hours>,
    pub(super) has_break: bool,
}

/// The holidays, make-up days, special hours and breaks of a period.
pub(super) fn listed(dates: Dates<'_>, period: Period) -> Vec<Listed> {
    let plan: &Plan = dates.plan;
    let mut found: Vec<Listed> = Vec::new();
    for date in period.dates().filter(|date| plan.lists(*date)) {
        let Day { kind, hours, .. } = dates.day(date);
        let name: &str = match kind {
            DayKind::Holiday(name) | DayKind::Workday(name) => name,
            _ => "",
        };
        let has_break: bool = plan.breaks.contains_key(&date);
        let look: Look = dates.look(date);
        match found.last_mut() {
            Some(last)
                if last.last + Days::new(1) == date
                    && (last.look, last.has_break, last.name.as_str()) == (look, has_break, name)
                    && last.hours == hours =>
            {
                last.last = date;
            }
            _ => found.push(Listed { first: date, last: date, look, name: name.to_owned(), hours, has_break }),
        }
    }
    found
}

/// What a period comes to.
pub(super) struct Sum {
    /// Open dates.
    pub(super) open: usize,
    /// Closed ones.
    pub(super) closed: usize,
    /// Seconds in which it is open.
    pub(super) seconds: i64,
}

pub(super) fn sum(dates: Dates<'_>, period: Period) -> Sum {
    let open: usize = period.dates().filter(|date| dates.is_open(*date)).count();
    let start_of = |date: NaiveDate| dates.plan.zone.start_of(date);
    let seconds: i64 =
        dates.calendar.map_or(0, |calendar| calendar.open_between(start_of(period.first), start_of(period.end)));
    Sum { open, closed: period.dates().count() - open, seconds }
}

/// A period as data.
pub(super) fn to_json(dates: Dates<'_>, period: Period) -> Value {
    let plan: &Plan = dates.plan;
    let Sum { open, closed, seconds } = sum(dates, period);
    let day = |date: NaiveDate| {
        let Day { kind, hours, .. } = dates.day(date);
        let name: Option<&str> = match kind {
            DayKind::Holiday(name) | DayKind::Workday(name) => Some(name),
            _ => None,
        };
        let hours: Vec<String> = hours.iter().map(Hours::to_string).collect();
        json!({"date": date.to_string(), "is": dates.look(date).word(), "name": name, "hours": hours})
    };
    json!({
        "calendar": plan.id,
        "title": plan.title,
        "time_zone": plan.zone.name(),
        "known_until": plan.known_until.map(|date| date.to_string()),
        "from": period.first.to_string(),
        "to": period.last().to_string(),
        "open_dates": open,
        "closed_dates": closed,
        "open_s": seconds,
        "days": period.dates().map(day).collect::<Vec<Value>>(),
    })
}
