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
