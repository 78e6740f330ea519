//! The business calendar against a second one that lays its minutes out and reads the answers off.
//!
//! Random calendars in several zones, random questions near their edges, always from the same seeds.
//! `ALMANAC=50 cargo test almanac` asks fifty times as many.

mod cases;
mod draw;
mod layout;
mod walk;

use crate::generate::Random;
use crate::support::nothing_wrong;
use chrono::NaiveDate;
use draw::{Drawn, Window};
use rulebook::calendar::{Amount, Calendar, DayEnd, Instant, Pace, Paused, Pauses, Stretch, Unit};
use std::fmt::Debug;
use std::ops::Range;
use walk::{Clock, Seconds, Walk};

/// So many random calendars with so many questions each, handed to a check that says what is wrong.
fn try_all(seeds: Range<u64>, questions: usize, check: impl Fn(&mut Random, &Drawn) -> Option<String>) {
    let times: u64 = std::env::var("ALMANAC").ok().and_then(|times| times.parse().ok()).unwrap_or(1);
    let mut problems: Vec<String> = Vec::new();
    let mut cases: usize = 0;
    for seed in (0..times).flat_map(|time| seeds.clone().map(move |seed| seed + time * 1_000_000)) {
        let mut random = Random::of(seed);
        // Years of minutes take longer to lay out, so those are few.
        let Some(drawn) = Drawn::new(&mut random, seed % 16 == 0) else { continue };
        for _ in 0..questions {
            cases += 1;
            if let Some(problem) = check(&mut random, &drawn) {
                problems.push(format!("seed {seed}: {problem}\n{}", drawn.shown_plan()));
                // One fault shows in many questions.
                break;
            }
        }
        if problems.len() > 2 {
            break;
        }
    }
    nothing_wrong(&problems);
    assert!(cases > questions * (seeds.end - seeds.start) as usize / 2, "too many calendars never open");
}

/// What differs between the answer of the calendar and that of the almanac.
fn difference<T: PartialEq + Debug + Copy>(
    found: Option<T>,
    expected: Walk<T>,
    is_past: impl Fn(T) -> bool,
    shown: impl Fn(T) -> String,
) -> Option<String> {
    let agrees = match (found, expected) {
        (Some(found), Walk::At(expected)) => found == expected,
        (None, Walk::Never) => true,
        (Some(found), Walk::Past) => is_past(found),
        _ => false,
    };
    let expected = match expected {
        Walk::At(expected) => shown(expected),
        Walk::Never => "never".to_owned(),
        Walk::Past => "past the window".to_owned(),
    };
    (!agrees).then(|| format!("calendar {}, almanac {expected}", found.map_or("never".to_owned(), shown)))
}

/// A question as a person reads it.
fn asked(drawn: &Drawn, what: &str, from: i64, amount: Amount, paused: &[Stretch]) -> String {
    format!("{what} {} {amount}, {}", drawn.shown(from), drawn.shown_pauses(paused))
}

fn ends_otherwise(random: &mut Random, drawn: &Drawn) -> Option<String> {
    let from = drawn.instant(random);
    let paused = drawn.pauses(random);
    let amount = drawn.amount(random, from, &paused, false);
    let day_end = drawn.day_end(random);
    let clock = Clock { almanac: &drawn.almanac, paused: &paused };
    let found = drawn.calendar.end_of(Instant(from), amount, Pauses::new(paused.to_vec()).whole(), day_end);
    let expected = clock.end_of(from, amount, day_end);
    let late: i64 = drawn.almanac.dates[drawn.almanac.dates.len() - 3].start;
    let problem = difference(found, expected, |end| end.0 >= late, |end| drawn.shown(end.0));
    let problem = problem.or_else(|| {
        let last = |(counted, last): (usize, usize)| {
            let dates = &drawn.almanac.dates;
            Walk::At((dates[counted].date, dates[last].date))
        };
        let expected = amount.is_in_days().then(|| clock.last_day(from, amount).then(last))?;
        let found = drawn.calendar.last_day(Instant(from), amount, Pauses::new(paused.to_vec()).whole(), day_end);
        difference(found.map(|last| (last.counted, last.date)), expected, |_| true, |dates| format!("{dates:?}"))
    })?;
    Some(format!("{} ({day_end:?})\n{problem}", asked(drawn, "the end from", from, amount, &paused)))
}

fn starts_otherwise(random: &mut Random, drawn: &Drawn) -> Option<String> {
    let until = drawn.instant(random);
    let paused = drawn.pauses(random);
    let amount = drawn.amount(random, until, &paused, true);
    let clock = Clock { almanac: &drawn.almanac, paused: &paused };
    let found = drawn.calendar.start_of(Instant(until), amount, Pauses::new(paused.to_vec()).whole());
    let early: i64 = drawn.almanac.dates[2].start;
    let expected = clock.start_of(until, amount);
    let problem = difference(found, expected, |start| start.0 <= early, |start| drawn.shown(start.0))?;
    Some(format!("{}\n{problem}", asked(drawn, "the start before", until, amount, &paused)))
}

fn measures_otherwise(random: &mut Random, drawn: &Drawn) -> Option<String> {
    let (from, until) = (drawn.instant(random), drawn.instant(random));
    let paused = drawn.pauses(random);
    let clock = Clock { almanac: &drawn.almanac, paused: &paused };
    let plain = Clock { almanac: &drawn.almanac, paused: &[] };
    let (calendar, almanac) = (&drawn.calendar, &drawn.almanac);
    let open = if from <= until {
        plain.passed(Seconds::Open, from, until)
    } else {
        -plain.passed(Seconds::Open, until, from)
    };
    let date: NaiveDate = almanac.dates[almanac.place_of(from)].date;
    // Known is what lies before the end of the last date that is.
    let last: NaiveDate = almanac.dates[almanac.place_of(from - 1)].date;
    let knows: bool = drawn.plan.known_until.is_none_or(|known| last <= known);
    let next = match clock.next_opening(from) {
        Walk::At(at) => Some(at.0),
        // In a closed week nothing is left; else the window is too short to tell.
        Walk::Never => None,
        Walk::Past => calendar.next_opening(Instant(from)).map(|at| at.0),
    };
    let line = almanac.dates[almanac.place_of(from)];
    let pairs = [
        (
            "elapsed",
            Pace::Elapsed.between(from, until, Pauses::new(paused.to_vec()).whole()),
            clock.passed(Seconds::All, from, until),
        ),
        (
            "working",
            Pace::Open(calendar).between(from, until, Pauses::new(paused.to_vec()).whole()),
            clock.passed(Seconds::Open, from, until),
        ),
        ("open between", calendar.open_between(Instant(from), Instant(until)), open),
        (
            "working days",
            calendar.days_between(Instant(from), Instant(until), Unit::WorkingDays),
            plain.days_between(from, until, Unit::WorkingDays),
        ),
        (
            "calendar days",
            calendar.days_between(Instant(from), Instant(until), Unit::CalendarDays),
            plain.days_between(from, until, Unit::CalendarDays),
        ),
        ("open", i64::from(calendar.is_open(Instant(from))), i64::from(almanac.is_open(from))),
        ("known", i64::from(calendar.knows(Instant(from))), i64::from(knows)),
        ("next opening", calendar.next_opening(Instant(from)).map_or(i64::MAX, |at| at.0), next.unwrap_or(i64::MAX)),
        ("open on its date", i64::from(calendar.is_open_on(date)), i64::from(line.is_open)),
        ("close of its date", calendar.close_of(date).0, line.close),
        ("date", i64::from(calendar.date(Instant(from)) == date), 1),
    ];
    let (what, found, expected) = pairs.into_iter().find(|(_, found, expected)| found != expected)?;
    let (from, until) = (drawn.shown(from), drawn.shown(until));
    let paused = drawn.shown_pauses(&paused);
    Some(format!("{what} from {from} until {until}, {paused}\ncalendar {found}, almanac {expected}"))
}

#[test]
fn every_end_is_where_the_minutes_put_it() {
    try_all(0..130, 1200, ends_otherwise);
}

#[test]
fn every_start_is_where_the_minutes_put_it() {
    try_all(10_000..10_070, 1150, starts_otherwise);
}

#[test]
fn every_measure_is_what_the_minutes_add_up_to() {
    try_all(20_000..20_050, 800, measures_otherwise);
}

/// The seconds or days of an amount that is added.
fn end_of(calendar: &Calendar, from: i64, amount: Amount, paused: &[Stretch]) -> i64 {
    // An end that never comes is later than any.
    calendar
        .end_of(Instant(from), amount, Pauses::new(paused.to_vec()).whole(), DayEnd::Close)
        .map_or(i64::MAX, |end| end.0)
}

#[test]
fn what_is_added_is_measured_and_may_be_added_in_parts() {
    try_all(30_000..30_060, 500, |random, drawn| {
        let from = drawn.instant(random);
        let paused = drawn.pauses(random);
        let amount = drawn.amount(random, from, &paused, false);
        let pace = match amount.unit {
            Unit::Elapsed => Pace::Elapsed,
            Unit::WorkingTime => Pace::Open(&drawn.calendar),
            _ => {
                // At the end so many dates have closed, and not a second before. (Two may close together, where the
                // hours of a night cover those of the next date.)
                let last = drawn.calendar.last_day(Instant(from), amount, Paused::none(), DayEnd::Close)?;
                let is_plain: bool = amount.unit != Unit::Months && last.counted == last.date && last.due > from;
                let days = |until: i64| drawn.calendar.days_between(Instant(from), Instant(until), amount.unit);
                let (before, at) = (days(last.due - 1), days(last.due));
                return (is_plain && amount.count > 0 && (before >= amount.count || at < amount.count)).then(|| {
                    format!("{}\nmeasured {before}, then {at}", asked(drawn, "the end from", from, amount, &[]))
                });
            }
        };
        let whole = pace.after(from, amount.count, Pauses::new(paused.to_vec()).whole())?;
        let measured = pace.between(from, whole, Pauses::new(paused.to_vec()).whole());
        let part = random.below(amount.count as usize + 1) as i64;
        let half = pace.after(from, part, Pauses::new(paused.to_vec()).whole())?;
        let parts = if part == amount.count {
            half
        } else {
            pace.after(half, amount.count - part, Pauses::new(paused.to_vec()).whole())?
        };
        let back = pace.before(whole, amount.count, Pauses::new(paused.to_vec()).whole())?;
        let measured_back = pace.between(back, whole, Pauses::new(paused.to_vec()).whole());
        let wrong = measured != amount.count || parts != whole || measured_back != amount.count || back < from;
        wrong.then(|| {
            format!(
                "{}\nmeasured {measured}; {part}s and the rest end at {}; back again it is {}",
                asked(drawn, "the end from", from, amount, &paused),
                drawn.shown(parts),
                drawn.shown(back)
            )
        })
    });
}

#[test]
fn a_pause_never_makes_an_end_earlier() {
    try_all(40_000..40_040, 500, |random, drawn| {
        let from = drawn.instant(random);
        let paused = drawn.pauses(random);
        let amount = drawn.amount(random, from, &paused, false);
        let fewer: Vec<Stretch> = match paused.len() {
            0 => return None,
            count => {
                let left_out = random.below(count);
                paused.iter().enumerate().filter(|(place, _)| *place != left_out).map(|(_, pause)| *pause).collect()
            }
        };
        let (with, without) =
            (end_of(&drawn.calendar, from, amount, &paused), end_of(&drawn.calendar, from, amount, &fewer));
        (with < without).then(|| {
            format!(
                "{}\n{} with every pause, {} with {}",
                asked(drawn, "the end from", from, amount, &paused),
                drawn.shown(with),
                drawn.shown(without),
                drawn.shown_pauses(&fewer)
            )
        })
    });
}

#[test]
fn a_closed_date_never_makes_an_end_earlier() {
    try_all(50_000..50_050, 1, |random, drawn| {
        let mut plan = drawn.plan.clone();
        let place = drawn.almanac.place_of(drawn.instant(random));
        let date = drawn.almanac.dates[place].date;
        plan.special_hours.insert(date, Vec::new());
        let other = drawn.window.calendar(plan)?;
        (0..600).find_map(|_| {
            let from = drawn.instant(random);
            let paused = drawn.pauses(random);
            let amount = drawn.amount(random, from, &paused, false);
            // A closed date may count in calendar days where an open one did not: it ends at 24:00, and the clock may
            // run again by then.
            let paused: &[Stretch] = match amount.unit {
                Unit::CalendarDays | Unit::Months => &[],
                _ => &paused,
            };
            // A date with which the night before it closed closes by itself once that night is gone, and earlier.
            let next = drawn.almanac.dates[place + 1].date;
            if other.close_of(next) < drawn.calendar.close_of(next) {
                return None;
            }
            let (before, after) = (end_of(&drawn.calendar, from, amount, paused), end_of(&other, from, amount, paused));
            (after < before).then(|| {
                format!(
                    "{}\n{}, but {} with {date} closed",
                    asked(drawn, "the end from", from, amount, paused),
                    drawn.shown(before),
                    drawn.shown(after)
                )
            })
        })
    });
}

#[test]
fn a_calendar_is_refused_exactly_when_it_never_opens() {
    let mut refused: usize = 0;
    for seed in 60_000..60_100 {
        let mut random = Random::of(seed);
        let window = Window::new(&mut random, false);
        let mut plan = draw::plan(&mut random, &window);
        if random.chance(90) {
            plan.week = Default::default();
        }
        if random.chance(50) {
            // Whole days cut out, so that what is listed may have nothing left.
            let all_day = vec![rulebook::calendar::Hours { from: 0, until: 86_400 }];
            let dates = plan.special_hours.keys().chain(plan.workdays.keys()).copied();
            let cut: Vec<NaiveDate> = dates.filter(|_| random.chance(85)).collect();
            plan.breaks.extend(cut.into_iter().map(|date| (date, all_day.clone())));
        }
        let almanac = window.almanac(&plan);
        let opens: bool = almanac.opens_every_week || !almanac.edges.is_empty();
        let calendar = Calendar::spanning(plan.clone(), 2024, 2025);
        assert_eq!(calendar.is_some(), opens, "seed {seed}: {plan:?}");
        refused += usize::from(!opens);
    }
    assert!((10..90).contains(&refused), "{refused} of 100 never open");
}

#[test]
fn how_many_years_are_laid_out_does_not_matter() {
    for seed in 70_000..70_025 {
        let mut random = Random::of(seed);
        let zone = *random.pick(&["Asia/Shanghai", "America/Los_Angeles", "Australia/Lord_Howe", "Europe/London"]);
        let year = random.between(2021, 2028) as i32;
        let window = Window::of(zone, year);
        let plan = draw::plan(&mut random, &window);
        let Some(short) = Calendar::spanning(plan.clone(), 2020, 2030) else { continue };
        let drawn = Drawn::of(plan.clone(), window).unwrap();
        let long = Calendar::new(plan).unwrap();
        for _ in 0..300 {
            let (from, until) = (drawn.instant(&mut random), drawn.instant(&mut random));
            let paused = drawn.pauses(&mut random);
            let amount = drawn.amount(&mut random, from, &paused, false);
            let later = NaiveDate::from_ymd_opt(2030, 1, 1).unwrap();
            let is_within = |at: &Instant| drawn.calendar.date(*at) < later;
            let answers = |calendar: &Calendar| {
                (
                    calendar
                        .end_of(Instant(from), amount, Pauses::new(paused.to_vec()).whole(), DayEnd::Close)
                        .filter(is_within),
                    calendar.start_of(Instant(until), amount, Pauses::new(paused.to_vec()).whole()),
                    calendar.open_between(Instant(from), Instant(until)),
                    calendar.days_between(Instant(from), Instant(until), amount.unit),
                    calendar.next_opening(Instant(from)),
                )
            };
            let question = || format!("seed {seed}: {}", asked(&drawn, "from", from, amount, &paused));
            assert_eq!(answers(&short), answers(&long), "{}\n{}", question(), drawn.shown_plan());
        }
    }
}
