//! Damaged text: whatever happens to a handbook, it is read, every byte kept, reported in its places, and shown.

use crate::support::{Compiled, at, handbook_of, read};
use proptest::prelude::Rng;
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};
use rulebook::diagnostic::render::Format;
use rulebook::source::{FileId, Span};
use rulebook::syntax;

/// How many damaged texts are tried.
const CASES: usize = 2000;

/// Every statement and clause there is, each at least once.
const EVERYTHING: &str = r#"---
handbook: everything
title: 样本 "一"
edition: "2025.1"
in_force: 2025-01-01
until: 2026-01-01
time_zone: Asia/Shanghai
calendar: cn-office
locale: zh-CN
---

# 第一章 总则

## 1.1 字段

```rules
fact category "类别" one of payment "支付", order "订单"   # 注释
fact amount "金额" number 0 to 100000 "元"
fact vip "贵宾" yes/no
fact due "到期" time
fact tags "标签" list of one of a “甲”, b 「乙」
fact words list of text
fact customer.name, body text
event first_reply "首次答复",
  resolved "解决", acknowledged "确认"
status waiting "等待客户"
define urgent "紧急情况" when category is payment and (amount >= 5000 or not vip is yes)
lexicon greeting "问候语": "您好", "不归…管" except ("垃圾文件", "垃圾桶")
classify urgency "紧急程度"
  tiers high "高", low "低"
  | category | amount  | tier |
  |----------|:-------:|------|
  | payment  | < 5     | high |
  | order, payment | 5..10 | low |
  | -        | -       | low  |
  cites "004-1", "004-2"
deadline first_response "首次响应"
  when category is present
  from opened until first_reply
  within 1h30m when urgency at least high
    and body contains "退款"
  within 3 working days when opened between 18:00 and 09:00
  within 4h otherwise
  pause while status is waiting, until customer message
  pause while category is missing regardless of customer messages
  warn at 75%, 30m before due
  on change carry
  on reopen new cycle
  effective from 2025-01-01 until 2025-12-31
  trial
deadline each
  from each customer message until agent message
  within 5m
exception to first_response
  within 30m when tags has any of (a, b) or words has "x"
escalation handling "升级"
  step 1 agent "专员" at once
  step 2 lead "组长" when first_response at risk
  step 3 head after 2h until acknowledged repeat every 1h, at most 3 times within working hours
route desk "受理组"
  to late "超时组" when status is waiting for 2h
  to payments "支付组" when body matches /退(款|货)/ or script large(amount, "x", 5)
  to front "一线" otherwise
record intake "登记"
  must have customer.name, body when due before 2025-06-01 or age > 8h or opened on a holiday
etiquette manners "礼仪" out of 100, pass from 85
  rule greet "问候" 30 points
    agent must say any of greeting in first turn
    unless agent says any of greeting within 2 turns
    example met "agent: 您好"
  grade good "良好" from 85
target punctual "及时率"
  share of first_response met at least 98%
  per month
  by category
retain log "记录"
  for 6 months from resolved
example "例"
  ticket {opened_at: 2025-03-03T10:00, category: 支付, customer: {name: "张 #1"}} at 2025-03-03T11:00
  expect urgency is low, first_response due 2025-03-03T14:00, route desk is front, handling step 1
```

```rhai
fn large(amount, word, least) { amount > least }
```

### 第十二条 其他

文字、列表与表格：

| 甲 | 乙 |
|----|----|
"#;

const TESTS: &str = "tests:\n  - name: 例\n    ticket: {opened_at: 2025-03-03T10:00, category: 支付}\n    at: 2025-03-03T10:30\n    expect:\n      - urgency is low\n      - \"first_response due 2025-03-03T14:00\"\n    decision:\n      tiers: {urgency: {tier: low}}\n";

/// What is thrown in: marks that mean something, widths of one to four bytes, and signs nobody expects.
const SCRAPS: &[&str] = &[
    "\"",
    "“",
    "”",
    "「",
    "」",
    "'",
    "`",
    "```",
    "```rules\n",
    "````",
    "---\n",
    "#",
    "## 3.1 ",
    "第",
    "章",
    "|",
    "| a |",
    "(",
    ")",
    "（",
    "{",
    "}",
    "[",
    "/",
    "\\",
    ":",
    "：",
    ",",
    "，",
    "、",
    "-",
    "..",
    "%",
    "％",
    "5",
    "９",
    "1h",
    "3 days",
    "0",
    "-1",
    "99999999999999999999",
    " ",
    "  ",
    "\t",
    "\u{3000}",
    "\n",
    "\r\n",
    "\r",
    "\u{feff}",
    "\0",
    "\u{200b}",
    "é",
    "e\u{301}",
    "错",
    "𠮷",
    "🙂",
    "&a ",
    "*a",
    "!x ",
    "when ",
    "otherwise",
    "fact ",
    "not ",
    "and ",
    "or ",
    "is ",
    "in (",
    "tier ",
    "within ",
    "at least ",
    "2025-02-30",
    "T10:00",
    "25:00",
    "category",
    "urgency",
    "opened",
    "status",
];

/// A fixed stream of numbers.
struct Dice(TestRunner);

impl Dice {
    fn new() -> Self {
        Dice(TestRunner::new_with_rng(Config::default(), TestRng::from_seed(RngAlgorithm::ChaCha, &[7; 32])))
    }

    fn below(&mut self, limit: usize) -> usize {
        (self.0.rng().next_u64() % limit.max(1) as u64) as usize
    }
}

/// A place between two characters.
fn somewhere(dice: &mut Dice, text: &str) -> usize {
    text.floor_char_boundary(dice.below(text.len() + 1))
}

/// One small accident.
fn damage(dice: &mut Dice, text: &str) -> String {
    let lines: Vec<&str> = text.split_inclusive('\n').collect();
    let line = dice.below(lines.len());
    let (from, to) = (somewhere(dice, text), somewhere(dice, text));
    let (from, to) = (from.min(to), from.max(to));
    let to = text.floor_char_boundary(to.min(from + 1 + dice.below(40)));
    let scrap = SCRAPS[dice.below(SCRAPS.len())];
    match dice.below(8) {
        0 => format!("{}{}", &text[..from], &text[to..]),
        1 => format!("{}{scrap}{}", &text[..from], &text[from..]),
        2 => format!("{}{scrap}{}", &text[..from], &text[to..]),
        3 => format!("{}{}{}", &text[..to], &text[from..to], &text[to..]),
        4 => lines.iter().enumerate().filter(|(index, _)| *index != line).map(|(_, line)| *line).collect(),
        5 => {
            let other = dice.below(lines.len());
            lines
                .iter()
                .enumerate()
                .map(
                    |(index, whole)| {
                        if index == line { format!("{whole}{}", lines[other]) } else { (*whole).to_owned() }
                    },
                )
                .collect()
        }
        6 => lines
            .iter()
            .enumerate()
            .map(|(index, whole)| if index == line { whole.trim_start().to_owned() } else { (*whole).to_owned() })
            .collect(),
        _ => text[..from].to_owned(),
    }
}

/// Some statements of the sample that stand together, with or without the fence's end.
fn few_statements(dice: &mut Dice) -> String {
    let rules: &str = EVERYTHING.split("```rules\n").nth(1).and_then(|rest| rest.split("```").next()).unwrap_or("");
    let mut starts: Vec<usize> = vec![0];
    starts.extend(
        rules
            .match_indices('\n')
            .map(|(at, _)| at + 1)
            .filter(|at| rules[*at..].starts_with(|letter: char| letter != ' ')),
    );
    let first = dice.below(starts.len());
    let end = starts.get(first + 1 + dice.below(3)).copied().unwrap_or(rules.len());
    handbook_of(&rules[starts[first]..end])
}

/// A clause of a long handbook, so that it is damaged in every part and read quickly.
fn excerpt(dice: &mut Dice, text: &str) -> String {
    let head_end = text.find("\n---\n").map_or(0, |at| at + 5);
    let sections: Vec<usize> = text.match_indices("\n### ").map(|(at, _)| at + 1).collect();
    let first = dice.below(sections.len());
    let end = sections.get(first + 1).copied().unwrap_or(text.len());
    format!("{}{}", &text[..head_end], &text[sections[first]..end])
}

fn check_span(text: &str, span: Span, what: &str) {
    let range = span.range();
    assert!(range.start <= range.end && range.end <= text.len(), "{what} {range:?} lies outside {} bytes", text.len());
    assert!(
        text.is_char_boundary(range.start) && text.is_char_boundary(range.end),
        "{what} {range:?} splits a character"
    );
}

/// What holds for any text at all.
fn check(handbook: &str, tests: &str) {
    let tree = syntax::parse(FileId(0), handbook, &mut Vec::new());
    let mut end: u32 = 0;
    for block in &tree.blocks {
        assert_eq!(block.span.start, end, "blocks follow each other");
        check_span(handbook, block.span, "a block");
        end = block.span.end;
    }
    assert_eq!(end as usize, handbook.len(), "the blocks hold every byte");

    let compiled = Compiled::of(handbook, Some(tests));
    for diagnostic in compiled.diagnostics() {
        for span in std::iter::once(diagnostic.span).chain(diagnostic.labels.iter().map(|label| label.span)) {
            check_span(&compiled.sources.file(span.file).text, span, diagnostic.code.id);
        }
        assert!(!diagnostic.message.is_empty());
    }
    for format in [Format::Human, Format::Json, Format::Sarif, Format::Github] {
        compiled.rendered(format);
    }
}

#[test]
fn the_samples_are_whole() {
    let compiled = Compiled::of(EVERYTHING, Some(TESTS));
    let unexpected: Vec<&str> = compiled.codes().into_iter().filter(|code| !code.starts_with("E07")).collect();
    assert!(unexpected.is_empty(), "{}", compiled.shown());
}

#[test]
fn damaged_text_never_panics() {
    let shipped = read(&at("policies/ecommerce-2025.handbook.md"));
    let shipped_tests = read(&at("policies/ecommerce-2025.tests.yaml"));
    let shipped_tests: String = shipped_tests.lines().take(60).map(|line| format!("{line}\n")).collect();
    let mut dice = Dice::new();
    check(&shipped, &shipped_tests);
    for case in 0..CASES {
        // Mostly a few statements, which are read quickly; the whole sample and long stretches now and then.
        let (mut handbook, mut tests) = match case % 40 {
            0 => (EVERYTHING.to_owned(), TESTS.to_owned()),
            1..=3 => (excerpt(&mut dice, &shipped), String::new()),
            _ => (few_statements(&mut dice), TESTS.to_owned()),
        };
        for _ in 0..1 + dice.below(4) {
            if dice.below(6) == 0 {
                tests = damage(&mut dice, &tests);
            } else {
                handbook = damage(&mut dice, &handbook);
            }
        }
        check(&handbook, &tests);
    }
}
