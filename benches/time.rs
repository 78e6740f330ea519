//! How long a deadline on a working calendar takes, near and far, and how long it takes to lay a calendar out.
//!
//! `cargo bench --bench time` prints every figure; `docs/performance.md` has them in a table.

#![allow(missing_docs, clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use rulebook::Edition;
use rulebook::calendar::{Amount, Calendar, DayEnd, Instant, Paused, Plan, Unit, Zone};
use rulebook::source::{SourceFile, Sources};
use std::fmt::Write;
use std::hint::black_box;

const CALENDARS: [(&str, &str); 2] = [
    ("cn-office.yaml", include_str!("../policies/calendars/cn-office.yaml")),
    ("cn-statutory.yaml", include_str!("../policies/calendars/cn-statutory.yaml")),
];

/// Open hours of a regular year of the office: about 250 days of 7.5 hours.
const YEAR: i64 = 250 * 27_000;

fn compile(rules: &str) -> Edition {
    let head = "---\nhandbook: bench\ntitle: Bench\nedition: \"1\"\nin_force: 2020-01-01\ntime_zone: Asia/Shanghai\ncalendar: cn-office\n---\n\n## 1 Rules\n\n```rules\n";
    let mut sources = Sources::default();
    let file = sources.add(SourceFile::new("bench.handbook.md", format!("{head}{rules}```\n")));
    let calendars = CALENDARS.map(|(name, text)| sources.add(SourceFile::new(name, text)));
    let compilation = rulebook::compile(&sources, file, None, &calendars);
    assert!(compilation.edition.is_some(), "{:?}", compilation.diagnostics.first());
    compilation.edition.unwrap()
}

fn office() -> Plan {
    let edition = compile("event resolved\ndeadline closure\n  from opened until resolved\n  within 1h working\n");
    edition.handbook().calendar.as_ref().unwrap().plan().clone()
}

/// Instants over three years, a prime number of seconds apart, so that none is like the one before.
fn instants() -> Vec<Instant> {
    (0..997).map(|step| Instant(1_735_700_000 + step * 94_907)).collect()
}

fn look_ups(criterion: &mut Criterion) {
    let calendar = Calendar::new(office()).unwrap();
    let starts = instants();
    let distances = [("1 day", 27_000), ("1 year", YEAR), ("10 years", 10 * YEAR)];
    let mut group = criterion.benchmark_group("a deadline in working time, so far off");
    for (name, seconds) in distances {
        let amount = Amount { count: seconds, unit: Unit::WorkingTime };
        let mut next = starts.iter().cycle();
        group.bench_with_input(BenchmarkId::from_parameter(name), &amount, |bencher, amount| {
            bencher.iter(|| black_box(calendar.end_of(*next.next().unwrap(), *amount, Paused::none(), DayEnd::Close)));
        });
    }
    group.finish();
    let mut group = criterion.benchmark_group("a deadline in working days, so far off");
    for (name, days) in [("1 day", 1), ("1 year", 250), ("10 years", 2_500)] {
        let amount = Amount { count: days, unit: Unit::WorkingDays };
        let mut next = starts.iter().cycle();
        group.bench_with_input(BenchmarkId::from_parameter(name), &amount, |bencher, amount| {
            bencher.iter(|| black_box(calendar.end_of(*next.next().unwrap(), *amount, Paused::none(), DayEnd::Close)));
        });
    }
    group.finish();
    let mut group = criterion.benchmark_group("open time between two instants, so far apart");
    for (name, days) in [("1 day", 1), ("1 year", 365), ("10 years", 3_650)] {
        let mut next = starts.iter().cycle();
        group.bench_with_input(BenchmarkId::from_parameter(name), &days, |bencher, days| {
            bencher.iter(|| {
                let from = *next.next().unwrap();
                black_box(calendar.open_between(from, from.plus(days * 86_400)))
            });
        });
    }
    group.finish();
}

fn clocks(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("one decision with so many clocks");
    for clocks in [1, 10, 100, 1_000] {
        let mut rules = String::from("event resolved\n");
        for clock in 0..clocks {
            let _ = writeln!(rules, "deadline d{clock}\n  from opened until resolved\n  within {}h working", 1 + clock);
        }
        let edition = compile(&rules);
        let ticket = edition.read_ticket(br#"{"id":"T-1","opened_at":"2025-09-30T17:20:00+08:00"}"#).unwrap();
        let at = Instant(ticket.opened_at().0 + 600);
        group.throughput(Throughput::Elements(clocks));
        group.bench_with_input(BenchmarkId::from_parameter(clocks), &clocks, |bencher, _| {
            bencher.iter(|| black_box(edition.decide(black_box(&ticket), at, false)));
        });
    }
    group.finish();
}

fn layouts(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("a calendar laid out");
    group.sample_size(20);
    let plan = office();
    group.bench_function("30 years", |bencher| {
        bencher.iter(|| black_box(Calendar::spanning(black_box(plan.clone()), 2010, 2040)))
    });
    group.bench_function("1970 to 2100", |bencher| bencher.iter(|| black_box(Calendar::new(black_box(plan.clone())))));
    let mut summer = plan.clone();
    summer.zone = Zone::parse("America/Los_Angeles").unwrap();
    group.bench_function("1970 to 2100, in a zone with summer time", |bencher| {
        bencher.iter(|| black_box(Calendar::new(black_box(summer.clone()))))
    });
    group.finish();
}

/// As much as a ticket may have: messages nobody answers, pauses a second long, changes of a fact.
fn crowded(criterion: &mut Criterion) {
    let edition = compile(
        "fact level one of low, high\nstatus held\ndeadline answer\n  from each customer message until agent message\n  within 4h working when level is high\n  within 5h working otherwise\n  warn at 50%, 75%\n  pause while status is held\n  on change restart\n",
    );
    let at = |second: i64| Zone::UTC.format(Instant(1_740_963_600 + second));
    let messages: Vec<String> =
        (0..10_000).map(|number| format!(r#"{{"from":"customer","text":"x","at":"{}"}}"#, at(number * 3))).collect();
    let status = |number: i64| {
        let to = if number % 2 == 0 { "held" } else { "open" };
        format!(r#"{{"event":"status","to":"{to}","at":"{}"}}"#, at(number * 2 + 1))
    };
    let fact = |number: i64| {
        let to = if number % 2 == 0 { "high" } else { "low" };
        format!(r#"{{"event":"fact","name":"level","to":"{to}","at":"{}"}}"#, at(number * 11))
    };
    let events: Vec<String> = (0..9_000).map(status).chain((0..1_000).map(fact)).collect();
    let json = format!(
        r#"{{"id":"T-1","opened_at":"{}","level":"low","events":[{}],"messages":[{}]}}"#,
        at(0),
        events.join(","),
        messages.join(",")
    );
    let ticket = edition.read_ticket(json.as_bytes()).unwrap();
    let now = Instant(ticket.opened_at().0 + 40_000);
    let mut group = criterion.benchmark_group("a ticket as crowded as can be");
    group.sample_size(10);
    group.bench_function("decided", |bencher| bencher.iter(|| black_box(edition.decide(&ticket, now, false))));
    group.finish();
}

criterion_group!(benches, look_ups, clocks, layouts, crowded);
criterion_main!(benches);
