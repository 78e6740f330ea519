//! What a calendar says of each date: its hours, and why they are what they are.
//!
//! Precedence, strongest first: breaks, special hours, make-up working days, holidays, the week. The rules for
//! mainland China come from the yearly notice of the General Office of the State Council.

use super::Zone;
use chrono::{Datelike, NaiveDate};
use std::collections::BTreeMap;
use std::fmt::{self, Display, Formatter};

/// Seconds of a day.
pub const DAY: i64 = 86_400;

/// Hours of a date: from a second of its day up to, and not in, another. One that runs over midnight ends past
/// 86 400, on the next date.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Hours {
    /// The opening, in seconds since midnight.
    pub from: u32,
    /// The closing, in seconds since the same midnight; at most two days.
    pub until: u32,
}

impl Display for Hours {
    /// As a calendar writes them: `09:00-12:00`, `22:00-06:00`; those that lie after midnight as a whole say so.
    fn fmt(&self, formatter: &mut Formatter<'_>) -> fmt::Result {
        let day: u32 = DAY as u32;
        let start: u32 = if self.from >= day { day } else { 0 };
        let (from, until) = (self.from - start, self.until - start);
        let until: u32 = if until > day { until - day } else { until };
        let time = |second: u32| format!("{:02}:{:02}", second / 3600, second / 60 % 60);
        write!(formatter, "{}-{}", time(from), time(until))?;
        if start > 0 { formatter.write_str(" next day") } else { Ok(()) }
    }
}

/// A make-up working day.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Workday {
    /// What it makes up for.
    pub name: String,
    /// Its hours; those of a Monday where nothing is said.
    pub hours: Option<Vec<Hours>>,
}

/// A whole calendar, with what it takes over from others already in it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Plan {
    /// Its id.
    pub id: String,
    /// Its title.
    pub title: Option<String>,
    /// The zone its times of day are in.
    pub zone: Zone,
    /// The hours of each weekday, Monday first; ascending and apart. A closed day has none.
    pub week: [Vec<Hours>; 7],
    /// Names of holidays.
    pub holidays: BTreeMap<NaiveDate, String>,
    /// Make-up working days.
    pub workdays: BTreeMap<NaiveDate, Workday>,
    /// Hours of single dates.
    pub special_hours: BTreeMap<NaiveDate, Vec<Hours>>,
    /// What is cut out of the hours of single dates.
    pub breaks: BTreeMap<NaiveDate, Vec<Hours>>,
    /// The last date whose holidays are known.
    pub known_until: Option<NaiveDate>,
}

/// Why a date has the hours it has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DayKind<'p> {
    /// Its weekday has hours.
    Weekday,
    /// Its weekday has none.
    Weekend,
    /// A holiday, by name.
    Holiday(&'p str),
    /// A make-up working day, by name.
    Workday(&'p str),
    /// Hours of its own.
    Special,
}

/// What a calendar says of one date.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Day<'p> {
    /// Why.
    pub kind: DayKind<'p>,
    /// The hours without its breaks taken out.
    pub whole: &'p [Hours],
    /// The hours; none on a closed date.
    pub hours: Vec<Hours>,
}

impl Plan {
    /// A calendar that is open round the clock, for handbooks that name none: no date is closed, and each ends at 24:00.
    pub fn always(zone: Zone) -> Plan {
        let all_day = || vec![Hours { from: 0, until: DAY as u32 }];
        Plan {
            id: String::new(),
            title: None,
            zone,
            week: std::array::from_fn(|_| all_day()),
            holidays: BTreeMap::new(),
            workdays: BTreeMap::new(),
            special_hours: BTreeMap::new(),
            breaks: BTreeMap::new(),
            known_until: None,
        }
    }

    /// What it says of a date.
    pub fn day(&self, date: NaiveDate) -> Day<'_> {
        let weekday: &[Hours] = &self.week[date.weekday().num_days_from_monday() as usize];
        let (kind, whole) = if let Some(hours) = self.special_hours.get(&date) {
            (DayKind::Special, hours.as_slice())
        } else if let Some(workday) = self.workdays.get(&date) {
            (DayKind::Workday(&workday.name), workday.hours.as_deref().unwrap_or(&self.week[0]))
        } else if let Some(name) = self.holidays.get(&date) {
            (DayKind::Holiday(name), [].as_slice())
        } else if weekday.is_empty() {
            (DayKind::Weekend, weekday)
        } else {
            (DayKind::Weekday, weekday)
        };
        let mut hours: Vec<Hours> = whole.to_vec();
        for cut in self.breaks.get(&date).into_iter().flatten() {
            hours = without(&hours, placed(*cut, whole));
        }
        Day { kind, whole, hours }
    }

    /// The name of the holiday on a date, unless it is worked to make up for another.
    pub fn holiday(&self, date: NaiveDate) -> Option<&str> {
        self.holidays.get(&date).filter(|_| !self.workdays.contains_key(&date)).map(String::as_str)
    }

    /// The dates it says something about by themselves: the first and the last.
    pub fn listed(&self) -> Option<(NaiveDate, NaiveDate)> {
        let firsts = [
            self.holidays.keys().next(),
            self.workdays.keys().next(),
            self.special_hours.keys().next(),
            self.breaks.keys().next(),
        ];
        let lasts = [
            self.holidays.keys().next_back(),
            self.workdays.keys().next_back(),
            self.special_hours.keys().next_back(),
            self.breaks.keys().next_back(),
        ];
        Some((*firsts.into_iter().flatten().min()?, *lasts.into_iter().flatten().max()?))
    }

    /// Whether it says something about a date by itself.
    pub fn lists(&self, date: NaiveDate) -> bool {
        self.holidays.contains_key(&date)
            || self.workdays.contains_key(&date)
            || self.special_hours.contains_key(&date)
            || self.breaks.contains_key(&date)
    }
}

/// Where a break lies: on its date, or after midnight where it meets nothing there and the hours run on.
pub fn placed(cut: Hours, whole: &[Hours]) -> Hours {
    let meets = |cut: Hours| whole.iter().any(|hours| cut.from < hours.until && hours.from < cut.until);
    let later = Hours { from: cut.from + DAY as u32, until: cut.until + DAY as u32 };
    if !meets(cut) && meets(later) { later } else { cut }
}

fn without(hours: &[Hours], cut: Hours) -> Vec<Hours> {
    let mut left: Vec<Hours> = Vec::with_capacity(hours.len() + 1);
    for one in hours {
        left.push(Hours { from: one.from, until: one.until.min(cut.from) });
        left.push(Hours { from: one.from.max(cut.until), until: one.until });
    }
    left.retain(|one| one.from < one.until);
    left
}
