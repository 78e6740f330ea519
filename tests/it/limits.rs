//! Text made to exhaust the stack, the memory or the patience of whoever reads it.
//!
//! Each of these once did, or would without its limit. A regression shows as a crash or a test that does not end.

use crate::support::{Compiled, handbook_of};
use rulebook::calendar::Instant;

fn codes(rules: &str) -> Vec<&'static str> {
    Compiled::of(&handbook_of(rules), None).codes()
}

#[test]
fn nesting_is_bounded_however_it_is_spread() {
    let facts = "fact x yes/no\nevent go\n";
    for deep in [
        format!("define d when {}x is yes", "not ".repeat(100_000)),
        format!("define d when {}x is yes{}", "(".repeat(10_000), ")".repeat(10_000)),
        format!("define d when\n{}", "  (\n".repeat(10_000)),
        format!("example \"e\"\n  ticket {{a:\n{}", "    {a:\n".repeat(10_000)),
        format!("example \"e\"\n  ticket {{a: {}1", "[".repeat(10_000)),
    ] {
        let found = codes(&format!("{facts}{deep}\n"));
        assert!(found.contains(&"E0203"), "{found:?}");
    }
}

#[test]
fn a_chain_of_definitions_is_bounded() {
    let mut rules = String::from("fact x yes/no\ndefine d0 when x is yes\n");
    for index in 1..2_000 {
        rules.push_str(&format!("define d{index} when not (d{} and x is yes)\n", index - 1));
    }
    rules.push_str("record r\n  must have x when d1999\n");
    assert_eq!(codes(&rules), ["E0602"]);
}

#[test]
fn parts_that_conditions_share_are_worked_out_once() {
    let mut rules = String::from("fact n, m number\nevent go\ndefine d0 when go happened\ndefine e0 when m < 0\n");
    for index in 1..60 {
        let before = index - 1;
        rules.push_str(&format!("define d{index} when (d{before} and n < {index}) or (d{before} and n > {index})\n"));
        rules.push_str(&format!("define e{index} when (e{before} and n < {index}) or (e{before} and n > {index})\n"));
    }
    rules.push_str("route r\n  to p when d59\n  to q when e59\n  to o otherwise\n");
    rules.push_str("escalation l\n  step 1 a at once\n  step 2 b when not d59\n  step 3 c when d59 or e59\n");
    let compiled = Compiled::of(&handbook_of(&rules), None);
    assert_eq!(compiled.codes(), Vec::<&str>::new());
    let edition = compiled.compilation.edition.as_ref().unwrap();
    let ticket = edition
        .read_ticket(
            br#"{"id":"T-1","opened_at":"2025-03-03T10:00:00Z","events":[{"event":"go","at":"2025-03-03T10:00:10Z"}]}"#,
        )
        .unwrap();
    let decision = edition.decide(&ticket, Instant(ticket.opened_at().0 + 60), true);
    assert_eq!(decision.missing_facts, ["n", "m"]);
}

#[test]
fn a_pattern_that_needs_much_memory_is_refused_and_a_long_one_runs() {
    let rules = |pattern: &str| format!("fact b text\nroute r\n  to y when b matches /{pattern}/\n  to c otherwise\n");
    assert_eq!(codes(&rules("(a{1000}){1000}")), ["E0403"]);
    assert_eq!(codes(&rules(r"(\w{30}){100}")), ["E0403"]);
    let compiled = Compiled::of(&handbook_of(&rules(r"\w{30}x")), None);
    let edition = compiled.compilation.edition.as_ref().unwrap();
    let json = format!(r#"{{"id":"T-1","opened_at":"2025-03-03T10:00:00Z","b":"{}x"}}"#, "a".repeat(100_000));
    let ticket = edition.read_ticket(json.as_bytes()).unwrap();
    assert_eq!(edition.decide(&ticket, ticket.opened_at(), false).routes[0].value.to, "y");
}

#[test]
fn a_name_has_few_parts_and_a_file_few_findings() {
    assert!(codes(&format!("fact {} text\n", vec!["a"; 10_000].join("."))).contains(&"E0203"));
    let many: String = (0..2_500).map(|index| format!("define d{index} when unknown{index} is yes\n")).collect();
    assert!(codes(&many).len() <= 2_000);
    assert!(codes(&"%\n".repeat(20_000)).len() <= 2_000);
}

/// A handbook with a clock for each message on a working calendar, a pause, tiers that move with facts, and a ladder.
fn of_messages(limit: &str) -> String {
    let head = crate::support::HEAD.replace("\n---\n\n", "\ncalendar: cn-office\n---\n\n");
    let rules = [
        "fact level one of low, high",
        "event reply",
        "status held",
        "classify urgency",
        "  tier high when level is high",
        "  tier low otherwise",
        "deadline each",
        "  from each customer message until agent message",
        &format!("  within {limit} when urgency is high"),
        &format!("  within {limit} otherwise"),
        "  warn at 50%, 75%",
        "  pause while status is held",
        "  on change restart",
        "deadline whole",
        "  from opened until reply",
        &format!("  within {limit}"),
        "  pause while status is held",
        "  on reopen continue",
        "escalation up",
        "  step 1 a at once",
        "  step 2 b when each breached for 1h working or urgency is high",
    ]
    .join("\n");
    format!("{head}```rules\n{rules}\n```\n")
}

/// So many of each that a ticket may have: messages nobody answers, pauses a second long, reopenings, changes of a fact.
fn crowded(messages: i64, events: i64, changes: i64) -> String {
    let at = |second: i64| rulebook::calendar::Zone::UTC.format(Instant(1_740_963_600 + second));
    let messages: Vec<String> =
        (0..messages).map(|number| format!(r#"{{"from":"customer","text":"x","at":"{}"}}"#, at(number * 3))).collect();
    let mut happened: Vec<String> = (0..events)
        .map(|number| {
            let to = if number % 2 == 0 { "held" } else { "open" };
            format!(r#"{{"event":"status","to":"{to}","at":"{}"}}"#, at(number * 2 + 1))
        })
        .collect();
    happened.extend((0..changes).map(|number| {
        let to = if number % 2 == 0 { "high" } else { "low" };
        format!(r#"{{"event":"fact","name":"level","to":"{to}","at":"{}"}}"#, at(number * 11))
    }));
    format!(
        r#"{{"id":"T-1","opened_at":"{}","level":"low","events":[{}],"messages":[{}]}}"#,
        at(0),
        happened.join(","),
        messages.join(",")
    )
}

#[test]
fn a_crowded_ticket_is_decided_all_the_same() {
    for limit in ["5h", "5h working", "2 working days"] {
        let compiled = Compiled::of(&of_messages(limit), None);
        assert_eq!(compiled.codes(), Vec::<&str>::new(), "{}", compiled.shown());
        let edition = compiled.compilation.edition.as_ref().unwrap();
        let json = crowded(10_000, 9_000, 1_000);
        let ticket = edition.read_ticket(json.as_bytes()).unwrap();
        let decision = edition.decide(&ticket, Instant(ticket.opened_at().0 + 40_000), false);
        assert_eq!(decision.deadlines[0].value.clocks.len(), 10_000);
    }
}

#[test]
fn a_ticket_has_so_many_events_and_messages() {
    let compiled = Compiled::of(&of_messages("5h"), None);
    let edition = compiled.compilation.edition.as_ref().unwrap();
    for (json, pointer) in [
        (crowded(10_001, 0, 0), "/messages"),
        (crowded(0, 10_001, 0), "/events"),
        (crowded(0, 0, 1_001), "/events/1000"),
    ] {
        let refusal = edition.read_ticket(json.as_bytes()).unwrap_err();
        let found: Vec<(&str, &str)> =
            refusal.violations.iter().map(|violation| (violation.code.id, violation.pointer.as_str())).collect();
        assert_eq!(found, [("R0110", pointer)]);
    }
}
