//! Random calendars, and questions about them that lie near edges: openings, closings, midnights, month ends, and the
//! minutes at which clocks are changed.

use super::layout::{Almanac, dates_of_changes};
use super::walk::{Clock, Seconds};
use crate::generate::Random;
use chrono::{Datelike, Days, NaiveDate};
use rulebook::calendar::{Amount, Calendar, DayEnd, Hours, Instant, Plan, Stretch, Unit, Workday, Zone};
use std::fmt::Write;

/// Zones, each with years in which something happens to its clocks, or nothing does.
const PLACES: &[(&str, &[i32])] = &[
    // Summer time from 1986 to 1991; before 1970 and after 2100 the calendar only goes on.
    ("Asia/Shanghai", &[2024, 2025, 1986, 1990, 1955, 1969, 2099, 2150, 2400]),
    ("UTC", &[2024, 1900, 1969, 2099, 2200]),
    ("America/Los_Angeles", &[2024, 2025, 2007, 2037, 2060]),
    // Half an hour.
    ("Australia/Lord_Howe", &[2024, 2019]),
    // The gap begins at midnight, and the fold ends there.
    ("America/Sao_Paulo", &[2008, 2014, 2017]),
    ("Europe/London", &[2024, 1971, 1995]),
    // A quarter of an hour, on 1986-01-01.
    ("Asia/Kathmandu", &[1985, 2024]),
    // The fold begins at 00:01 and leads back into the date before.
    ("America/St_Johns", &[2006, 2009]),
    // 2011-12-30 never came.
    ("Pacific/Apia", &[2011]),
];

/// A calendar, laid out twice.
pub struct Drawn {
    pub plan: Plan,
    pub calendar: Calendar,
    pub almanac: Almanac,
    /// The instants near which questions are asked.
    edges: Vec<i64>,
    changes: Vec<i64>,
    /// Where it is laid out.
    pub window: Window,
}

/// Where a plan lists dates, and where questions begin.
pub struct Window {
    zone: Zone,
    first: NaiveDate,
    /// Dates before the heart, and after it.
    margin: u64,
    heart: u64,
    /// The dates of the heart on which clocks are changed.
    changes: Vec<NaiveDate>,
}

impl Window {
    /// A zone and a time, by chance.
    pub fn new(random: &mut Random, is_long: bool) -> Window {
        let (zone, years) = random.pick(PLACES);
        let year = NaiveDate::from_ymd_opt(*random.pick(years), 1, 1).unwrap();
        let (margin, heart) = if is_long { (800, 300) } else { (75, 50) };
        // Where clocks are changed, mostly a date of that is in its heart.
        let into_year = random.below(365) as u64;
        let zone = Zone::parse(zone).unwrap();
        let changes = dates_of_changes(zone, year, 365);
        let heart_begins = match changes.len() {
            0 => year + Days::new(into_year),
            _ if random.chance(30) => year + Days::new(into_year),
            _ => *random.pick(&changes) - Days::new(random.below(heart as usize) as u64),
        };
        Window::around(zone, heart_begins, margin, heart)
    }

    /// The window of some years of a zone.
    pub fn of(zone: &str, year: i32) -> Window {
        let first = NaiveDate::from_ymd_opt(year, 1, 1).unwrap();
        Window::around(Zone::parse(zone).unwrap(), first + Days::new(75), 75, 50)
    }

    fn around(zone: Zone, heart_begins: NaiveDate, margin: u64, heart: u64) -> Window {
        let changes = dates_of_changes(zone, heart_begins, heart as i64);
        Window { zone, first: heart_begins - Days::new(margin), margin, heart, changes }
    }

    /// A calendar of a plan. Laying a century and more out takes its time: all of it is for one in eight, and for the
    /// years that only go on.
    pub fn calendar(&self, plan: Plan) -> Option<Calendar> {
        let from_year: i32 = self.first.year() - 1;
        let is_short: bool = (1970..2090).contains(&from_year) && self.first.num_days_from_ce() % 8 > 0;
        if is_short { Calendar::spanning(plan, from_year, from_year + 8) } else { Calendar::new(plan) }
    }

    /// A plan laid out over it.
    pub fn almanac(&self, plan: &Plan) -> Almanac {
        Almanac::new(plan, self.first, 2 * self.margin + self.heart)
    }

    /// Whether there is room for years.
    fn is_long(&self) -> bool {
        self.margin > 100
    }

    fn heart(&self) -> (NaiveDate, NaiveDate) {
        let first = self.first + Days::new(self.margin);
        (first, first + Days::new(self.heart))
    }

    /// A date of its heart.
    pub fn date(&self, random: &mut Random) -> NaiveDate {
        let any = self.heart().0 + Days::new(random.below(self.heart as usize) as u64);
        match self.changes.len() {
            0 => any,
            _ if random.chance(70) => any,
            _ => *random.pick(&self.changes) + Days::new(random.below(3) as u64) - Days::new(1),
        }
    }
}

/// A plan, by chance.
pub fn plan(random: &mut Random, window: &Window) -> Plan {
    let mut plan = Plan::always(window.zone);
    let is_closed: bool = random.chance(8);
    plan.week = if is_closed { Default::default() } else { week(random) };
    for _ in 0..random.below(4) {
        let first = window.date(random);
        for date in first.iter_days().take(random.between(1, 8)) {
            plan.holidays.insert(date, "holiday".to_owned());
        }
    }
    for _ in 0..random.below(4) + usize::from(is_closed) {
        let hours = random.chance(50).then(|| hours(random));
        plan.workdays.insert(window.date(random), Workday { name: "made up".to_owned(), hours });
    }
    for _ in 0..random.below(5) {
        let hours = if random.chance(15) { Vec::new() } else { hours(random) };
        plan.special_hours.insert(window.date(random), hours);
    }
    for _ in 0..random.below(6) {
        let whole = hours(random);
        plan.breaks.insert(window.date(random), whole);
    }
    // Breaks long and short inside hours that are there, on the clock as a person writes them.
    for _ in 0..random.below(4) {
        let date = window.date(random);
        let day = plan.day(date);
        if let Some(one) = day.whole.first() {
            let minutes = ((one.until - one.from) / 60) as usize;
            let from = one.from + 60 * random.below(minutes) as u32;
            let until = (from + 60 * random.between(1, minutes) as u32).min(from / 86_400 * 86_400 + 86_400);
            let back = from / 86_400 * 86_400;
            plan.breaks.insert(date, vec![Hours { from: from - back, until: until - back }]);
        }
    }
    plan.known_until = random.chance(50).then(|| window.date(random));
    plan
}

fn week(random: &mut Random) -> [Vec<Hours>; 7] {
    let every = |from: u32, until: u32| vec![Hours { from: from * 3600, until: until * 3600 }];
    let office = || vec![Hours { from: 32_400, until: 43_200 }, Hours { from: 48_600, until: 64_800 }];
    let days = |open: usize, hours: &dyn Fn() -> Vec<Hours>| {
        std::array::from_fn(|day| if day < open { hours() } else { Vec::new() })
    };
    let open: usize = random.between(1, 7);
    match random.below(10) {
        0 | 1 => days(5, &office),
        2 => days(7, &|| every(0, 24)),
        3 => days(open, &|| every(22, 30)),
        4 => days(open, &|| every(18, 42)),
        5 => {
            let hour = *random.pick(&[0, 1, 2, 3, 12, 23]);
            days(open, &|| every(hour, hour + 1))
        }
        6 => days(open, &|| [every(0, 2), every(20, 27)].concat()),
        _ => std::array::from_fn(|_| if random.chance(30) { Vec::new() } else { hours(random) }),
    }
}

/// Hours of one date, ascending; they may follow each other at once, and the last may run past midnight.
fn hours(random: &mut Random) -> Vec<Hours> {
    let mut ticks: Vec<u32> = (0..2 * random.between(1, 3)).map(|_| tick(random)).collect();
    ticks.sort_unstable();
    let mut found: Vec<Hours> = Vec::new();
    for pair in ticks.chunks(2) {
        let from = pair[0].max(found.last().map_or(0, |last| last.until));
        if from < pair[1] {
            found.push(Hours { from, until: pair[1] });
        }
    }
    if found.is_empty() {
        found.push(Hours { from: 3600, until: 10_800 });
    }
    if random.chance(25) {
        let last = found.len() - 1;
        found[last].until = (86_400 + tick(random) / 120 * 60).min(found[last].from + 86_400);
    }
    found
}

/// A time of day: any minute, a quarter of an hour, or one at which clocks are changed somewhere.
fn tick(random: &mut Random) -> u32 {
    match random.below(10) {
        0 => random.below(1441) as u32 * 60,
        1..5 => random.below(97) as u32 * 900,
        5 => *random.pick(&[0, 86_400]),
        6 => random.below(9) as u32 * 1800,
        _ => random.below(25) as u32 * 3600,
    }
}

impl Drawn {
    /// A calendar in a window; none when it never opens.
    pub fn new(random: &mut Random, is_long: bool) -> Option<Drawn> {
        let window = Window::new(random, is_long);
        Drawn::of(plan(random, &window), window)
    }

    /// A plan laid out in a window; none when it never opens.
    pub fn of(plan: Plan, window: Window) -> Option<Drawn> {
        let calendar = window.calendar(plan.clone())?;
        let almanac = window.almanac(&plan);
        let heart = window.heart();
        let (begin, end) = (plan.zone.start_of(heart.0).0, plan.zone.start_of(heart.1).0);
        let mut changes = almanac.clock_changes();
        let mut edges = almanac.edges.clone();
        edges.extend(almanac.dates.iter().map(|line| line.start));
        for instants in [&mut changes, &mut edges] {
            instants.retain(|at| (begin..end).contains(at));
        }
        Some(Drawn { plan, calendar, almanac, edges, changes, window })
    }

    /// An instant of the heart.
    pub fn instant(&self, random: &mut Random) -> i64 {
        let near = *random.pick(&[-1, 0, 0, 1, 60, -60, 1800]);
        let at = match random.below(20) {
            0..3 if !self.changes.is_empty() => *random.pick(&self.changes) + near,
            // Anywhere within a day of a change, for times of day that come twice or never.
            3..6 if !self.changes.is_empty() => *random.pick(&self.changes) - 86_400 + random.below(2 * 86_400) as i64,
            6 | 7 => self.month_end(random) + near,
            8..11 => random.pick(&self.edges) + random.below(86_400) as i64,
            _ => random.pick(&self.edges) + near,
        };
        at.clamp(self.almanac.begin() + 86_400, self.almanac.end() - 86_400)
    }

    fn month_end(&self, random: &mut Random) -> i64 {
        let lines = &self.almanac.dates;
        let place = self.almanac.place_of(*random.pick(&self.edges));
        let of_next = |place: &usize| lines[*place].date.month() != lines[*place + 1].date.month();
        let found = (place..lines.len() - 1).find(of_next).unwrap_or(place);
        *random.pick(&[lines[found].start, lines[found].close, lines[found + 1].start])
    }

    /// Stretches that ascend and lie apart; they may follow each other at once, and the last may have no end.
    pub fn pauses(&self, random: &mut Random) -> Vec<Stretch> {
        let mut found: Vec<Stretch> = Vec::new();
        let count = *random.pick(&[0, 0, 1, 1, 2, 3, 6]);
        let mut at = self.instant(random);
        for _ in 0..count {
            let start = match random.below(4) {
                0 => at,
                1 => at + random.below(86_400) as i64,
                _ => self.edges[self.edges.partition_point(|edge| *edge < at).min(self.edges.len() - 1)].max(at),
            };
            let length = match random.below(8) {
                0 => random.between(1, 90) as i64,
                1..4 => random.below(86_400) as i64 + 1,
                4 => random.below(15 * 86_400) as i64 + 1,
                _ => {
                    let edge = self.edges.partition_point(|edge| *edge <= start) + random.below(5);
                    let end = self.edges[edge.min(self.edges.len() - 1)] + *random.pick(&[-1, 0, 0, 1]);
                    (end - start).max(1)
                }
            };
            if start + length >= self.almanac.end() - 86_400 {
                break;
            }
            found.push((start, start + length));
            at = start + length + *random.pick(&[0, 1, 3600, 86_400]);
        }
        if let Some((_, end)) = found.last_mut().filter(|_| random.chance(12)) {
            *end = i64::MAX;
        }
        found
    }

    /// An amount. Seconds are mostly such that they are over at an edge, or a second beside it.
    pub fn amount(&self, random: &mut Random, from: i64, paused: &[Stretch], is_back: bool) -> Amount {
        let unit = *random.pick(&[
            Unit::Elapsed,
            Unit::WorkingTime,
            Unit::WorkingTime,
            Unit::WorkingTime,
            Unit::WorkingDays,
            Unit::WorkingDays,
            Unit::CalendarDays,
            Unit::Months,
        ]);
        let count: i64 = match unit {
            Unit::Elapsed | Unit::WorkingTime => {
                let seconds = if unit == Unit::Elapsed { Seconds::All } else { Seconds::Open };
                let clock = Clock { almanac: &self.almanac, paused };
                let other = self.instant(random);
                match random.below(8) {
                    0 => random.below(100) as i64,
                    1 => random.below(21 * 86_400) as i64,
                    _ if is_back => clock.passed(seconds, other, from) + *random.pick(&[-1, 0, 0, 1]),
                    _ => clock.passed(seconds, from, other) + *random.pick(&[-1, 0, 0, 1]),
                }
                .max(0)
            }
            Unit::Months => random.below(if self.window.is_long() { 25 } else { 3 }) as i64,
            _ if self.window.is_long() => random.below(730) as i64,
            _ => *random.pick(&[0, 1, 1, 2, 3, 5, 10, 15, 30]),
        };
        Amount { count, unit }
    }

    pub fn day_end(&self, random: &mut Random) -> DayEnd {
        if random.chance(70) { DayEnd::Close } else { DayEnd::SameTimeOfDay }
    }

    /// An instant as a person reads it.
    pub fn shown(&self, at: i64) -> String {
        if at == i64::MAX { "for ever".to_owned() } else { self.plan.zone.format(Instant(at)) }
    }

    pub fn shown_pauses(&self, paused: &[Stretch]) -> String {
        let pauses: Vec<String> =
            paused.iter().map(|(from, until)| format!("{} to {}", self.shown(*from), self.shown(*until))).collect();
        if pauses.is_empty() { "no pause".to_owned() } else { format!("paused {}", pauses.join(", ")) }
    }

    /// The plan as a person reads it.
    pub fn shown_plan(&self) -> String {
        let plan = &self.plan;
        let mut text = format!("{}\n", plan.zone.name());
        for (weekday, hours) in ["mon", "tue", "wed", "thu", "fri", "sat", "sun"].iter().zip(&plan.week) {
            let _ = writeln!(text, "  {weekday} {}", shown_hours(hours));
        }
        let dates: Vec<String> = plan.holidays.keys().map(NaiveDate::to_string).collect();
        let _ = writeln!(text, "  holidays {}", dates.join(" "));
        for (date, workday) in &plan.workdays {
            let hours = workday.hours.as_deref().map_or("as on mon".to_owned(), shown_hours);
            let _ = writeln!(text, "  workday {date} {hours}");
        }
        for (date, hours) in &plan.special_hours {
            let _ = writeln!(text, "  special {date} {}", shown_hours(hours));
        }
        for (date, hours) in &plan.breaks {
            let _ = writeln!(text, "  break {date} {}", shown_hours(hours));
        }
        if let Some(date) = plan.known_until {
            let _ = writeln!(text, "  known until {date}");
        }
        text
    }
}

fn shown_hours(hours: &[Hours]) -> String {
    let time = |second: u32| format!("{:02}:{:02}", second / 3600, second / 60 % 60);
    let all: Vec<String> = hours.iter().map(|one| format!("{}-{}", time(one.from), time(one.until))).collect();
    if all.is_empty() { "closed".to_owned() } else { all.join(" ") }
}
