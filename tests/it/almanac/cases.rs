//! Single cases that were wrong once, or that are easy to get wrong, with dates a person can follow.

use super::layout::Almanac;
use super::walk::Clock;
use chrono::NaiveDate;
use rulebook::calendar::{
    Amount, Calendar, DayEnd, Hours, Instant, Paused, Pauses, Plan, Stretch, Unit, Zone, parse_date,
};

/// Hours as they are written; one that ends before it begins runs over midnight.
fn hours(text: &str) -> Vec<Hours> {
    let second = |text: &str| {
        let (hour, minute) = text.split_once(':').unwrap();
        hour.parse::<u32>().unwrap() * 3600 + minute.parse::<u32>().unwrap() * 60
    };
    let one = |text: &str| {
        let (from, until) = text.split_once('-').unwrap();
        let (from, until) = (second(from), second(until));
        Hours { from, until: if until <= from { until + 86_400 } else { until } }
    };
    text.split_whitespace().map(one).collect()
}

/// A calendar with the hours of its weekdays, Monday first.
fn weekly(zone: &str, week: [&str; 7]) -> Plan {
    let mut plan = Plan::always(Zone::parse(zone).unwrap());
    plan.week = week.map(hours);
    plan
}

fn date(text: &str) -> NaiveDate {
    parse_date(text).unwrap()
}

fn at(plan: &Plan, text: &str) -> Instant {
    plan.zone.read(text).unwrap()
}

fn amount(count: i64, unit: Unit) -> Amount {
    Amount { count, unit }
}

/// The end of an amount at the close of its last day, which the almanac must give as well.
fn end(plan: &Plan, from: &str, amount: Amount, pause: &[(&str, &str)]) -> String {
    let from = at(plan, from);
    let paused: Vec<Stretch> = pause.iter().map(|(start, end)| (at(plan, start).0, at(plan, end).0)).collect();
    let calendar = Calendar::new(plan.clone()).unwrap();
    let end = calendar.end_of(from, amount, Pauses::new(paused.to_vec()).whole(), DayEnd::Close).unwrap();
    let almanac = Almanac::new(plan, calendar.date(from) - chrono::Days::new(20), 100);
    let clock = Clock { almanac: &almanac, paused: &paused };
    assert_eq!(clock.end_of(from.0, amount, DayEnd::Close), super::Walk::At(end));
    plan.zone.format(end)
}

fn start(plan: &Plan, until: &str, amount: Amount) -> String {
    let calendar = Calendar::new(plan.clone()).unwrap();
    let start = calendar.start_of(at(plan, until), amount, Paused::none()).unwrap();
    plan.zone.format(start)
}

#[test]
fn a_last_day_moved_by_a_pause_may_be_a_night_that_outlasts_it() {
    let night = "22:00-06:00";
    let plan = weekly("UTC", [night, night, night, night, night, "", ""]);
    // Saturday is closed; Monday's night closes in the pause, Tuesday's at six on Wednesday after it.
    let pause = [("2025-03-03T12:00", "2025-03-05T01:00")];
    assert_eq!(end(&plan, "2025-02-28T12:00", amount(1, Unit::CalendarDays), &pause), "2025-03-05T06:00:00+00:00");
    assert_eq!(end(&plan, "2025-03-03T10:00", amount(0, Unit::WorkingDays), &pause), "2025-03-05T06:00:00+00:00");
}

#[test]
fn a_date_whose_hours_the_clock_skips_is_closed() {
    let plan = weekly("America/Los_Angeles", ["02:00-03:00"; 7]);
    let calendar = Calendar::new(plan.clone()).unwrap();
    assert!(!calendar.is_open_on(date("2025-03-09")));
    assert_eq!(end(&plan, "2025-03-08T00:00", amount(1, Unit::WorkingDays), &[]), "2025-03-10T03:00:00-07:00");
    // In Samoa the whole of 2011-12-30 was left out.
    let plan = weekly("Pacific/Apia", ["09:00-18:00"; 7]);
    assert_eq!(end(&plan, "2011-12-29T10:00", amount(1, Unit::WorkingDays), &[]), "2011-12-31T18:00:00+14:00");
}

#[test]
fn a_date_closes_with_the_last_of_its_hours_that_comes() {
    let plan = weekly("America/Los_Angeles", ["00:00-01:30 02:15-02:45"; 7]);
    assert_eq!(end(&plan, "2025-03-08T00:00", amount(1, Unit::WorkingDays), &[]), "2025-03-09T01:30:00-08:00");
}

#[test]
fn hours_after_midnight_stand_where_a_break_cuts_the_night_before() {
    // Saturday opens at midnight by itself; the break only cuts what is left of Friday.
    let mut plan = weekly("UTC", ["00:00-02:00 20:00-03:00"; 7]);
    plan.breaks.insert(date("2025-03-07"), hours("20:00-00:45"));
    assert_eq!(end(&plan, "2025-03-07T12:00", amount(3600, Unit::WorkingTime), &[]), "2025-03-08T01:00:00+00:00");
    let calendar = Calendar::new(plan.clone()).unwrap();
    assert!(calendar.is_open(at(&plan, "2025-03-08T00:00")));
    assert_eq!(calendar.next_opening(at(&plan, "2025-03-07T12:00")), Some(at(&plan, "2025-03-08T00:00")));
}

#[test]
fn days_back_keep_the_time_of_day_where_clocks_change() {
    let plan = weekly("America/Los_Angeles", ["09:00-18:00"; 7]);
    let back = |until: &str, count: i64, unit: Unit| start(&plan, until, amount(count, unit));
    assert_eq!(back("2025-03-09T10:00", 1, Unit::WorkingDays), "2025-03-08T10:00:00-08:00");
    assert_eq!(back("2025-03-10T10:00", 1, Unit::CalendarDays), "2025-03-09T10:00:00-07:00");
    assert_eq!(back("2025-11-02T10:00", 1, Unit::Months), "2025-10-02T10:00:00-07:00");
    // 24:00 belongs to the date that it ends.
    let plan = weekly("America/Sao_Paulo", ["00:00-24:00"; 7]);
    assert_eq!(start(&plan, "2017-10-15T01:00", amount(1, Unit::CalendarDays)), "2017-10-14T00:00:00-03:00");
    assert_eq!(start(&plan, "2017-10-17T00:00", amount(1, Unit::CalendarDays)), "2017-10-16T00:00:00-02:00");
}

#[test]
fn the_end_of_the_last_known_date_is_known() {
    let mut plan = weekly("Asia/Shanghai", ["00:00-24:00"; 7]);
    plan.known_until = Some(date("2026-12-31"));
    let calendar = Calendar::new(plan.clone()).unwrap();
    let due =
        calendar.end_of(at(&plan, "2026-12-30T10:00"), amount(1, Unit::WorkingDays), Paused::none(), DayEnd::Close);
    assert_eq!(due, Some(at(&plan, "2027-01-01T00:00")));
    assert!(due.is_some_and(|due| calendar.knows(due)));
    assert!(!calendar.knows(at(&plan, "2027-01-01T00:00:01")));
}

#[test]
fn a_week_in_which_clocks_change_is_not_the_one_that_goes_on() {
    let mut plan = weekly("America/Los_Angeles", ["09:00-10:00"; 7]);
    plan.holidays.insert(date("2031-02-25"), "holiday".to_owned());
    let calendar = Calendar::spanning(plan.clone(), 2020, 2030).unwrap();
    for day in 1..=7 {
        let close = calendar.close_of(date(&format!("2031-12-0{day}")));
        assert_eq!(plan.zone.format(close), format!("2031-12-0{day}T10:00:00-08:00"));
    }
}

#[test]
fn the_week_goes_on_before_1970_and_after_2100() {
    let office = "09:00-12:00 13:30-18:00";
    let plan = weekly("Asia/Shanghai", [office, office, office, office, office, "", ""]);
    assert_eq!(end(&plan, "1960-02-26T17:00", amount(7200, Unit::WorkingTime), &[]), "1960-02-29T10:00:00+08:00");
    // 2400 has a February 29, a Tuesday.
    assert_eq!(end(&plan, "2400-02-28T17:00", amount(2, Unit::WorkingDays), &[]), "2400-03-01T18:00:00+08:00");
    assert_eq!(end(&plan, "9990-01-01T00:00", amount(1, Unit::WorkingDays), &[]), "9990-01-02T18:00:00+08:00");
}

#[test]
fn the_ends_of_time_and_the_longest_amounts_are_only_far_away() {
    let century = [(Unit::Elapsed, 3_162_240_000), (Unit::WorkingTime, 3_162_240_000)];
    let amounts =
        [century.as_slice(), &[(Unit::WorkingDays, 36_600), (Unit::CalendarDays, 36_600), (Unit::Months, 1200)]];
    for zone in ["Asia/Shanghai", "America/Los_Angeles"] {
        let plan = weekly(zone, ["00:00-00:01", "", "", "", "", "", ""]);
        let calendar = Calendar::new(plan.clone()).unwrap();
        for from in ["0001-01-02T00:00:00Z", "1969-12-31T00:00:00Z", "2100-01-01T00:00:00Z", "9999-12-30T23:59:59Z"] {
            let from = at(&plan, from);
            for (unit, count) in amounts.concat() {
                for day_end in [DayEnd::Close, DayEnd::SameTimeOfDay] {
                    assert!(
                        calendar
                            .end_of(from, amount(count, unit), Paused::none(), day_end)
                            .is_some_and(|end| end > from)
                    );
                }
                assert!(calendar.start_of(from, amount(count, unit), Paused::none()).is_some_and(|start| start < from));
            }
        }
    }
}
