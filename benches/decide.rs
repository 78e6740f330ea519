//! How long a decision takes, how that grows with the number of rules, and how long compiling takes.
//!
//! `cargo bench --bench decide` prints every figure; `docs/performance.md` has them in a table.

#![allow(missing_docs, clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use rulebook::Edition;
use rulebook::calendar::Instant;
use rulebook::source::{SourceFile, Sources};
use std::fmt::Write;
use std::hint::black_box;

/// Facts, a classification, two clocks with a pause and an exception, a route, a ladder, a record.
const SMALL: &str = include_str!("small.handbook.md");
/// What the shipped handbook rests on.
const CALENDARS: [(&str, &str); 2] = [
    ("cn-office.yaml", include_str!("../policies/calendars/cn-office.yaml")),
    ("cn-statutory.yaml", include_str!("../policies/calendars/cn-statutory.yaml")),
];
const TICKET: &str = r#"{"id":"T-1","opened_at":"2025-03-03T10:00:00+08:00","category":"支付","issue":"支付失败","customer":{"name":"李雷","contact":"13800000000","level":"普通"},"body":"付款失败","events":[{"event":"status","to":"waiting_customer","at":"2025-03-03T10:05:00+08:00"},{"event":"status","to":"open","at":"2025-03-03T10:15:00+08:00"}]}"#;

/// The sizes of quality: rules, counted as rows.
const SIZES: [usize; 4] = [10, 100, 1_000, 10_000];

fn compile(text: &str) -> Edition {
    let mut sources = Sources::default();
    let file = sources.add(SourceFile::new("bench.handbook.md", text));
    let calendars = CALENDARS.map(|(name, text)| sources.add(SourceFile::new(name, text)));
    let compilation = rulebook::compile(&sources, file, None, &calendars);
    assert!(compilation.edition.is_some(), "{:?}", compilation.diagnostics.first());
    compilation.edition.unwrap()
}

/// A handbook of about `rules` rules in the mixture a large company has: half of them rows of one route by category
/// and amount, a quarter rows of one deadline by category and level, a quarter deadlines of their own, each for one
/// category.
fn large(rules: usize) -> String {
    let categories = (rules / 10).max(4);
    let names: Vec<String> = (0..categories).map(|index| format!("c{index}")).collect();
    let mut text = String::from(
        "---\nhandbook: large\ntitle: Large\nedition: \"1\"\nin_force: 2020-01-01\ntime_zone: Asia/Shanghai\n---\n\n## 1 Rules\n\n```rules\n",
    );
    let _ = writeln!(text, "fact category one of {}", names.join(", "));
    text.push_str(
        "fact level one of regular, vip, enterprise\nfact amount number 0 to 1000000\nevent first_reply, resolved\n\n",
    );
    text.push_str("route desk\n  | category | amount | to |\n  |---|---|---|\n");
    for index in 0..rules / 2 {
        let (category, step) = (index % categories, index / categories);
        let _ = writeln!(text, "  | c{category} | {}..{} | q{} |", step * 100, step * 100 + 99, index % 97);
    }
    text.push_str("  | - | - | front_line |\n\ndeadline first_response\n  from opened until first_reply\n  | category | level | within |\n  |---|---|---|\n");
    for index in 0..rules / 4 {
        let level = ["regular", "vip", "enterprise"][index / categories % 3];
        let _ = writeln!(text, "  | c{} | {level} | {}m |", index % categories, 10 + index % 50);
    }
    text.push_str("  | - | - | 24h |\n  warn at 75%\n\n");
    for index in 0..rules / 4 {
        let _ = writeln!(
            text,
            "deadline d{index}\n  from opened until resolved\n  within {}h when level is vip and amount > {}\n  within {}h otherwise\n  when category is c{}\n",
            1 + index % 7,
            index * 10,
            8 + index % 7,
            index * 4 % categories,
        );
    }
    text.push_str("escalation handling\n  step 1 agent at once\n  step 2 supervisor when first_response at risk\n  step 3 management when first_response breached for 1h\n```\n");
    text
}

fn large_ticket(rules: usize) -> String {
    let category = (rules / 10).max(4) - 1;
    format!(
        r#"{{"id":"T-1","opened_at":"2025-03-03T10:00:00+08:00","category":"c{category}","level":"vip","amount":150}}"#
    )
}

fn decisions(criterion: &mut Criterion) {
    let edition = compile(SMALL);
    let ticket = edition.read_ticket(TICKET.as_bytes()).unwrap();
    let at = Instant(ticket.opened_at().0 + 1200);
    let mut group = criterion.benchmark_group("one decision");
    group.bench_function("plain", |bencher| bencher.iter(|| black_box(edition.decide(black_box(&ticket), at, false))));
    group.bench_function("with trace", |bencher| {
        bencher.iter(|| black_box(edition.decide(black_box(&ticket), at, true)))
    });
    group.throughput(Throughput::Bytes(TICKET.len() as u64));
    group.bench_function("ticket from JSON", |bencher| {
        bencher.iter(|| black_box(edition.read_ticket(black_box(TICKET.as_bytes())).unwrap()))
    });
    group.bench_function("from JSON to decision", |bencher| {
        bencher.iter(|| {
            let ticket = edition.read_ticket(black_box(TICKET.as_bytes())).unwrap();
            black_box(edition.decide(&ticket, at, false));
        });
    });
    group.bench_function("from JSON to JSON", |bencher| {
        bencher.iter(|| {
            let ticket = edition.read_ticket(black_box(TICKET.as_bytes())).unwrap();
            black_box(serde_json::to_vec(&edition.decide(&ticket, at, false)).unwrap());
        });
    });
    group.finish();
}

fn scale(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("one decision at so many rules");
    for rules in SIZES {
        let edition = compile(&large(rules));
        let json = large_ticket(rules);
        let ticket = edition.read_ticket(json.as_bytes()).unwrap();
        let at = Instant(ticket.opened_at().0 + 60);
        group.bench_with_input(BenchmarkId::from_parameter(rules), &rules, |bencher, _| {
            bencher.iter(|| black_box(edition.decide(black_box(&ticket), at, false)));
        });
    }
    group.finish();
    let mut group = criterion.benchmark_group("the same without the fact most rules ask for");
    for rules in SIZES {
        let edition = compile(&large(rules));
        let ticket = edition
            .read_ticket(br#"{"id":"T-1","opened_at":"2025-03-03T10:00:00+08:00","level":"vip","amount":150}"#)
            .unwrap();
        let at = Instant(ticket.opened_at().0 + 60);
        group.bench_with_input(BenchmarkId::from_parameter(rules), &rules, |bencher, _| {
            bencher.iter(|| black_box(edition.decide(black_box(&ticket), at, false)));
        });
    }
    group.finish();
}

fn compiling(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("compile and check so many rules");
    group.sample_size(10);
    for rules in SIZES {
        let text = large(rules);
        group.throughput(Throughput::Elements(rules as u64));
        group.bench_with_input(BenchmarkId::from_parameter(rules), &rules, |bencher, _| {
            bencher.iter(|| black_box(compile(black_box(&text))))
        });
    }
    group.finish();
    let shipped = include_str!("../policies/ecommerce-2025.handbook.md");
    criterion.bench_function("compile and check the e-commerce handbook", |bencher| {
        bencher.iter(|| black_box(compile(black_box(shipped))))
    });
}

criterion_group!(benches, decisions, scale, compiling);
criterion_main!(benches);
