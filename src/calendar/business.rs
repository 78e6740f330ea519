//! A business calendar that answers: is it open, when is it open next, which instant is so many open seconds away.

use super::Instant;
use super::index::{FIRST_YEAR, Index, LAST_YEAR};
use super::plan::Plan;
use chrono::NaiveDate;

/// A calendar with its index. Immutable, and shared between threads.
#[derive(Clone, Debug)]
pub struct Calendar {
    plan: Plan,
    pub(super) index: Index,
    /// The end of the last date whose holidays are known.
    horizon: Option<i64>,
}

impl Calendar {
    /// Lays a plan out from 1970 to 2100; outside, its week goes on. `None` for a calendar that never opens.
    pub fn new(plan: Plan) -> Option<Calendar> {
        Calendar::spanning(plan, FIRST_YEAR, LAST_YEAR)
    }

    /// Lays a plan out from one year up to another, and further where it lists dates. `None` for one that never opens.
    pub fn spanning(plan: Plan, from_year: i32, until_year: i32) -> Option<Calendar> {
        let index = Index::new(&plan, from_year, until_year);
        let horizon = plan.known_until.map(|until| index.start(index.number(until) + 1));
        index.ever_opens().then_some(Calendar { plan, index, horizon })
    }

    /// What it says of each date.
    pub fn plan(&self) -> &Plan {
        &self.plan
    }

    /// The date of an instant, in the calendar's zone.
    pub fn date(&self, at: Instant) -> NaiveDate {
        self.index.date(self.index.day_of(at.0))
    }

    /// Whether it is open at an instant; closed at the closing itself.
    pub fn is_open(&self, at: Instant) -> bool {
        self.index.worked(at.0.saturating_add(1)) > self.index.worked(at.0)
    }

    /// The first instant at or after another at which it is open; `None` when it never opens again.
    pub fn next_opening(&self, at: Instant) -> Option<Instant> {
        self.index.latest(self.index.worked(at.0), at.0).map(Instant)
    }

    /// Open seconds from one instant to another; negative when the second is the earlier.
    pub fn open_between(&self, from: Instant, until: Instant) -> i64 {
        self.index.worked(until.0) - self.index.worked(from.0)
    }

    /// The instant so many open seconds after another: a closing rather than the next opening. For none at all, the
    /// instant itself.
    pub fn add(&self, from: Instant, seconds: i64) -> Option<Instant> {
        if seconds <= 0 {
            return Some(from);
        }
        self.index.earliest(self.index.worked(from.0).checked_add(seconds)?, from.0).map(Instant)
    }

    /// The instant so many open seconds before another: an opening rather than the closing before. For none at all, the
    /// instant itself.
    pub fn subtract(&self, from: Instant, seconds: i64) -> Option<Instant> {
        if seconds <= 0 {
            return Some(from);
        }
        self.index.latest(self.index.worked(from.0).checked_sub(seconds)?, from.0).map(Instant)
    }

    /// Whether a date has hours of its own.
    pub fn is_open_on(&self, date: NaiveDate) -> bool {
        self.index.is_open(self.index.number(date))
    }

    /// The close of a date; the end of its last second where it is closed.
    pub fn close_of(&self, date: NaiveDate) -> Instant {
        Instant(self.index.close(self.index.number(date)))
    }

    /// Whether holidays and make-up days are known up to an instant; 24:00 of the last date that is known is.
    pub fn knows(&self, at: Instant) -> bool {
        self.horizon.is_none_or(|horizon| at.0 <= horizon)
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Amount, DayEnd, Hours, Pace, Paused, Pauses, Unit, Workday, Zone};
    use super::*;
    use std::collections::BTreeMap;

    fn date(text: &str) -> NaiveDate {
        super::super::parse_date(text).unwrap()
    }

    /// An office: Monday to Friday, 9 to 12 and 13:30 to 18, with National Day 2025 and its make-up days.
    fn office() -> Calendar {
        let hours = vec![Hours { from: 9 * 3600, until: 12 * 3600 }, Hours { from: 48_600, until: 18 * 3600 }];
        let mut plan = Plan::always(Zone::parse("Asia/Shanghai").unwrap());
        plan.week = std::array::from_fn(|day| if day < 5 { hours.clone() } else { Vec::new() });
        plan.holidays = (1..=8).map(|day| (date(&format!("2025-10-0{day}")), "国庆节".to_owned())).collect();
        let workday = |day| (date(day), Workday { name: "调休".to_owned(), hours: None });
        plan.workdays = BTreeMap::from([workday("2025-09-28"), workday("2025-10-11")]);
        Calendar::new(plan).unwrap()
    }

    fn at(calendar: &Calendar, text: &str) -> Instant {
        calendar.plan().zone.read(text).unwrap()
    }

    fn end(from: &str, count: i64, unit: Unit) -> String {
        let calendar = office();
        let end = calendar.end_of(at(&calendar, from), Amount { count, unit }, Paused::none(), DayEnd::Close).unwrap();
        calendar.plan().zone.format(end).replace("+08:00", "")
    }

    #[test]
    fn amounts_end_where_a_person_counts_them_to() {
        assert_eq!(end("2025-09-30T17:20", 8 * 3600, Unit::WorkingTime), "2025-10-09T17:50:00");
        assert_eq!(end("2025-09-26T17:00", 3600, Unit::WorkingTime), "2025-09-26T18:00:00");
        assert_eq!(end("2025-09-26T19:00", 60, Unit::WorkingTime), "2025-09-28T09:01:00");
        assert_eq!(end("2025-09-30T17:20", 2, Unit::WorkingDays), "2025-10-10T18:00:00");
        assert_eq!(end("2025-09-27T10:00", 1, Unit::WorkingDays), "2025-09-28T18:00:00");
        assert_eq!(end("2025-09-30T17:20", 3, Unit::CalendarDays), "2025-10-09T18:00:00");
        assert_eq!(end("2025-01-31T10:00", 1, Unit::Months), "2025-02-28T18:00:00");
        assert_eq!(end("2150-01-02T10:00", 1, Unit::WorkingDays), "2150-01-05T18:00:00");
        assert_eq!(end("1950-01-02T10:00", 3600, Unit::WorkingTime), "1950-01-02T11:00:00");
    }

    #[test]
    fn a_pause_moves_the_end_and_one_in_closed_hours_does_not() {
        let calendar = office();
        let start = at(&calendar, "2025-03-03T09:00");
        let pause = |from: &str, until: &str| [(at(&calendar, from).0, at(&calendar, until).0)];
        let due = |pause: &[(i64, i64)]| {
            let due = Pace::Open(&calendar).after(start.0, 8 * 3600, Pauses::new(pause.to_vec()).whole()).unwrap();
            calendar.plan().zone.format(Instant(due))
        };
        assert_eq!(due(&[]), "2025-03-04T09:30:00+08:00");
        assert_eq!(due(&pause("2025-03-03T12:00", "2025-03-03T13:30")), "2025-03-04T09:30:00+08:00");
        assert_eq!(due(&pause("2025-03-03T11:00", "2025-03-03T14:00")), "2025-03-04T11:00:00+08:00");
    }

    #[test]
    fn a_warning_is_counted_back() {
        let calendar = office();
        let back = |from: &str, count, unit| {
            let found = calendar.start_of(at(&calendar, from), Amount { count, unit }, Paused::none()).unwrap();
            calendar.plan().zone.format(found).replace(":00+08:00", "")
        };
        assert_eq!(back("2025-10-09T10:00", 2 * 3600, Unit::WorkingTime), "2025-09-30T17:00");
        assert_eq!(back("2025-10-09T10:00", 3600, Unit::WorkingTime), "2025-10-09T09:00");
        assert_eq!(back("2025-10-09T18:00", 1, Unit::WorkingDays), "2025-09-30T18:00");
        assert_eq!(back("2025-10-09T10:00", 1, Unit::CalendarDays), "2025-10-08T10:00");
    }

    #[test]
    fn no_zone_changes_its_offset_twice_between_two_looks() {
        // The zones whose offset changed twice within a week.
        for zone in ["Asia/Gaza", "America/Noronha", "Africa/El_Aaiun", "America/Los_Angeles"] {
            let zone = Zone::parse(zone).unwrap();
            let turns = zone.transitions(0, 4_102_444_800);
            assert!(turns.len() > 10 && turns.windows(2).all(|pair| pair[1] - pair[0] > 4 * 86_400), "{}", zone.name());
        }
    }
}
