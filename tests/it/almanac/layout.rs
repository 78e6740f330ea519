//! A calendar laid out minute by minute over some years, straight from the words of the language.
//!
//! A plan goes in, with a window of dates; out come the minutes that are open and, for each date, when it begins, when
//! it closes and whether it is open at all. The wall clock is chrono's; nothing is taken from the calendar under test
//! but the plan itself. Edges are whole minutes, as a calendar file writes them.

use chrono::{Datelike, Days, NaiveDate, Offset, TimeZone};
use chrono_tz::Tz;
use rulebook::calendar::{Hours, Plan, Zone};

/// Minutes of a day.
const DAY: i64 = 1440;

/// A plan, laid out.
pub struct Almanac {
    zone: Tz,
    /// The first minute laid out, counted from 1970.
    first: i64,
    /// By minute: the open minutes before it; one more.
    open_before: Vec<u32>,
    /// The instants at which it opens or closes.
    pub edges: Vec<i64>,
    /// The dates laid out.
    pub dates: Vec<Line>,
    /// Whether the week has hours, so that it opens again outside the window too.
    pub opens_every_week: bool,
}

/// One date.
#[derive(Clone, Copy, Debug)]
pub struct Line {
    pub date: NaiveDate,
    /// The instant at which the wall clock first shows its midnight.
    pub start: i64,
    /// The instant at which it closes; where it is closed, its 24:00.
    pub close: i64,
    /// Whether it has hours of its own that come.
    pub is_open: bool,
}

impl Almanac {
    /// Lays out so many dates. A week that is closed must list nothing outside them.
    pub fn new(plan: &Plan, first_date: NaiveDate, days: u64) -> Almanac {
        let zone: Tz = plan.zone.name().parse().unwrap();
        // The night before the first date may run into it.
        let from: NaiveDate = first_date - Days::new(2);
        let first: i64 = minute_shown(zone, from, 0);
        let mut open: Vec<bool> = vec![false; ((days as i64 + 5) * DAY) as usize];
        let mut dates: Vec<Line> = Vec::new();
        let mut last_close: i64 = i64::MIN;
        let weekdays: [Vec<(i64, i64)>; 7] = std::array::from_fn(|day| stretches(&minutes_of(&plan.week[day], &[])));
        for date in from.iter_days().take(days as usize + 2) {
            let start: i64 = minute_shown(zone, date, 0);
            let end: i64 = minute_shown(zone, date, DAY);
            let mut own_close: Option<i64> = None;
            let stretches: Vec<(i64, i64)> = if is_listed(plan, date) {
                let breaks = plan.breaks.get(&date).map_or(&[][..], Vec::as_slice);
                stretches(&minutes_of(&hours_of(plan, date), breaks))
            } else {
                weekdays[weekday(date)].clone()
            };
            for (opening, closing) in stretches {
                let opening: i64 = minute_shown(zone, date, opening);
                let closing: i64 = minute_shown(zone, date, closing);
                // What the clock skips never comes.
                if opening < closing {
                    open[(opening - first) as usize..(closing - first) as usize].fill(true);
                    own_close = Some(closing);
                }
            }
            // Where the night before is the last to close, the date closes with it.
            let close: i64 = own_close.map_or(end, |close| close.max(last_close));
            if own_close.is_some() {
                last_close = close;
            }
            dates.push(Line { date, start: start * 60, close: close * 60, is_open: own_close.is_some() });
        }
        let mut open_before: Vec<u32> = Vec::with_capacity(open.len() + 1);
        let mut edges: Vec<i64> = Vec::new();
        let mut sum: u32 = 0;
        let mut was_open: bool = open[0];
        for is_open in open {
            if is_open != was_open {
                edges.push((first + open_before.len() as i64) * 60);
            }
            was_open = is_open;
            open_before.push(sum);
            sum += u32::from(is_open);
        }
        open_before.push(sum);
        dates.drain(..2);
        let opens_every_week: bool = plan.week.iter().any(|hours| !hours.is_empty());
        Almanac { zone, first, open_before, edges, dates, opens_every_week }
    }

    /// The first instant of the window.
    pub fn begin(&self) -> i64 {
        self.dates[0].start
    }

    /// The instant at which the last date of the window begins.
    pub fn end(&self) -> i64 {
        self.dates[self.dates.len() - 1].start
    }

    /// Whether the second that begins at an instant is open.
    pub fn is_open(&self, at: i64) -> bool {
        let minute: usize = (at.div_euclid(60) - self.first) as usize;
        self.open_before[minute + 1] > self.open_before[minute]
    }

    /// Open seconds of the window before an instant in it.
    pub fn open_seconds_before(&self, at: i64) -> i64 {
        let minute: usize = (at.div_euclid(60) - self.first) as usize;
        let begun: i64 = if self.is_open(at) { at.rem_euclid(60) } else { 0 };
        i64::from(self.open_before[minute]) * 60 + begun
    }

    /// Where the date of an instant stands among the dates.
    pub fn place_of(&self, at: i64) -> usize {
        self.dates.partition_point(|line| line.start <= at) - 1
    }

    /// Where a date stands among the dates.
    pub fn place(&self, date: NaiveDate) -> Option<usize> {
        let place: usize = usize::try_from((date - self.dates[0].date).num_days()).ok()?;
        (place < self.dates.len()).then_some(place)
    }

    /// The instant at which the wall clock first shows so many seconds of a date, or the end of the gap they fall into.
    pub fn shown(&self, date: NaiveDate, second: i64) -> i64 {
        let minute: i64 = minute_shown(self.zone, date, second / 60);
        let shows: i64 = minute * 60 + offset(self.zone, minute * 60) - midnight(date) * 60;
        if shows / 60 == second / 60 { minute * 60 + second % 60 } else { minute * 60 }
    }

    /// The seconds since midnight that the wall clock shows.
    pub fn second_of_day(&self, at: i64) -> i64 {
        (at + offset(self.zone, at)).rem_euclid(DAY * 60)
    }

    /// The instants of the window at which clocks are changed.
    pub fn clock_changes(&self) -> Vec<i64> {
        let changed = |line: &&[Line]| offset(self.zone, line[0].start) != offset(self.zone, line[1].start);
        let pairs = self.dates.windows(2).filter(changed);
        pairs
            .filter_map(|pair| {
                let before: i64 = offset(self.zone, pair[0].start);
                (pair[0].start..=pair[1].start).step_by(60).find(|at| offset(self.zone, *at) != before)
            })
            .collect()
    }
}

/// The dates of a time on which a zone's clocks are changed.
pub fn dates_of_changes(zone: Zone, first: NaiveDate, days: i64) -> Vec<NaiveDate> {
    let zone: Tz = zone.name().parse().unwrap();
    let at = |date: NaiveDate| midnight(date) * 60 - offset(zone, midnight(date) * 60);
    let is_changed = |date: &NaiveDate| offset(zone, at(*date)) != offset(zone, at(*date + Days::new(1)));
    first.iter_days().take(days as usize).filter(is_changed).collect()
}

/// The hours of a date before its breaks: special hours beat make-up days, these beat holidays, and these beat the week.
fn hours_of(plan: &Plan, date: NaiveDate) -> Vec<Hours> {
    if plan.special_hours.contains_key(&date) {
        plan.special_hours[&date].clone()
    } else if plan.workdays.contains_key(&date) {
        plan.workdays[&date].hours.clone().unwrap_or(plan.week[0].clone())
    } else if plan.holidays.contains_key(&date) {
        Vec::new()
    } else {
        plan.week[weekday(date)].clone()
    }
}

fn is_listed(plan: &Plan, date: NaiveDate) -> bool {
    plan.holidays.contains_key(&date)
        || plan.workdays.contains_key(&date)
        || plan.special_hours.contains_key(&date)
        || plan.breaks.contains_key(&date)
}

fn weekday(date: NaiveDate) -> usize {
    date.weekday().num_days_from_monday() as usize
}

/// The open minutes of a date by its own wall clock, over two days, for hours that run past midnight. Breaks beat them.
fn minutes_of(hours: &[Hours], breaks: &[Hours]) -> Vec<bool> {
    let mut whole: Vec<bool> = vec![false; 2 * DAY as usize];
    for one in hours {
        whole[one.from as usize / 60..one.until as usize / 60].fill(true);
    }
    let mut open: Vec<bool> = whole.clone();
    for cut in breaks {
        let (from, until) = (cut.from as usize / 60, cut.until as usize / 60);
        // A break after midnight is written by the clock, as the hours that it cuts are.
        let (later, end) = (from + DAY as usize, (until + DAY as usize).min(whole.len()));
        let meets = |from: usize, until: usize| whole[from..until].contains(&true);
        let cut = if !meets(from, until) && meets(later, end) { later..end } else { from..until };
        open[cut].fill(false);
    }
    open
}

/// The runs of open minutes: the first, and the one after the last.
fn stretches(open: &[bool]) -> Vec<(i64, i64)> {
    let mut found: Vec<(i64, i64)> = Vec::new();
    for (minute, _) in open.iter().enumerate().filter(|(_, is_open)| **is_open) {
        let minute = minute as i64;
        match found.last_mut() {
            Some((_, until)) if *until == minute => *until = minute + 1,
            _ => found.push((minute, minute + 1)),
        }
    }
    found
}

/// Minutes from 1970 to a date's midnight, on a clock that is never changed.
fn midnight(date: NaiveDate) -> i64 {
    i64::from(date.num_days_from_ce() - NaiveDate::default().num_days_from_ce()) * DAY
}

/// Seconds that the wall clock is ahead.
fn offset(zone: Tz, at: i64) -> i64 {
    let utc = chrono::DateTime::from_timestamp(at, 0).unwrap().naive_utc();
    i64::from(zone.offset_from_utc_datetime(&utc).fix().local_minus_utc())
}

/// The first minute, counted from 1970, at which the wall clock shows a minute of a date or a later one: in a gap that
/// is the gap's end, in a fold the earlier of the two.
fn minute_shown(zone: Tz, date: NaiveDate, minute: i64) -> i64 {
    let wanted: i64 = midnight(date) + minute;
    let before: i64 = offset(zone, (wanted - 2 * DAY) * 60) / 60;
    let after: i64 = offset(zone, (wanted + 2 * DAY) * 60) / 60;
    let mut at: i64 = wanted - before.max(after);
    while at + offset(zone, at * 60) / 60 < wanted {
        at += 1;
    }
    at
}
