//! What holds for every handbook, every ticket and every instant, tried on random ones.

use crate::generate::{Draft, Random, Size, damage, spelled, ticket};
use crate::naive;
use crate::support::{Compiled, nothing_wrong};
use rulebook::Edition;
use rulebook::calendar::Instant;
use serde_json::{Map, Value, json};
use std::collections::BTreeSet;

/// Figures that run while nothing changes.
const RUNNING: &[&str] = &["as_of", "elapsed_s", "remaining_s", "late_by", "late_by_s"];

/// The edition of a random handbook, which compiles.
fn edition(text: &str) -> Edition {
    let compiled = Compiled::of(text, None);
    let shown = compiled.shown();
    compiled.compilation.edition.unwrap_or_else(|| panic!("a random handbook does not compile\n{shown}\n{text}"))
}

/// The size of the handbook of a seed: mostly small ones, since they find as much for less.
fn size(seed: u64) -> Size {
    match seed % 20 {
        0..8 => Size::Tiny,
        8..17 => Size::Middling,
        17..19 => Size::Large,
        _ => Size::Table,
    }
}

/// What a ticket's text comes to at an instant.
fn decided(edition: &Edition, ticket: &Value, as_of: Instant, explain: bool) -> Value {
    let text = ticket.to_string();
    let ticket = edition.read_ticket(text.as_bytes()).unwrap_or_else(|refusal| panic!("{refusal:?}\n{text}"));
    serde_json::to_value(edition.decide(&ticket, as_of, explain)).unwrap()
}

fn opened(edition: &Edition, ticket: &Value) -> Instant {
    edition.zone().read(ticket["opened_at"].as_str().unwrap()).unwrap()
}

/// Instants worth deciding at: by chance, and around everything that happens, is due, or warns.
fn instants(random: &mut Random, edition: &Edition, ticket: &Value, count: usize) -> Vec<Instant> {
    let opened = opened(edition, ticket);
    let mut all: Vec<Instant> =
        vec![opened, opened.plus(random.below(150) as i64), opened.plus(random.below(60) as i64)];
    let decision = decided(edition, ticket, opened.plus(random.below(60) as i64), false);
    let deadlines = decision["deadlines"]
        .as_array()
        .into_iter()
        .flatten()
        .flat_map(|answer| [&answer["due_at"], &answer["warn_at"]]);
    let events = ticket["events"].as_array().into_iter().flatten().map(|event| &event["at"]);
    for at in deadlines.chain(events).chain([&decision["next_change_at"]]).filter_map(Value::as_str) {
        let at = edition.zone().read(at).unwrap();
        all.extend([-1, 0, 1].map(|second| at.plus(second)));
    }
    all.retain(|at| *at >= opened && *at <= opened.plus(200));
    random.shuffle(&mut all);
    all.truncate(count);
    all
}

/// A random handbook with tickets and instants, handed to a check that says what is wrong.
fn try_all(
    seeds: std::ops::Range<u64>,
    tickets: usize,
    count: usize,
    check: impl Fn(&mut Random, &Draft, &Edition, &Value, Instant) -> Option<String>,
) {
    let mut problems: Vec<String> = Vec::new();
    let mut cases: usize = 0;
    for seed in seeds {
        let mut random = Random::of(seed);
        let draft = Draft::new(&mut random, size(seed));
        let edition = edition(&draft.text());
        for _ in 0..tickets {
            let ticket = ticket(&mut random, edition.handbook());
            for as_of in instants(&mut random, &edition, &ticket, count) {
                cases += 1;
                if let Some(problem) = check(&mut random, &draft, &edition, &ticket, as_of) {
                    let at = edition.zone().format(as_of);
                    problems.push(format!("seed {seed} at {at}: {problem}\n{ticket}\n{}", draft.text()));
                }
                // One is enough to go on with; the smallest handbooks come first.
                if problems.len() > 2 {
                    nothing_wrong(&problems);
                }
            }
        }
    }
    assert!(cases > 0);
    nothing_wrong(&problems);
}

/// A decision's answers without their running figures. What no script could answer is no answer, and what a ticket
/// says of later is not known yet.
fn standing(decision: &Value) -> Value {
    let mut standing = without(&without(decision, RUNNING), &["next_change_at", "ignored_fields", "findings"]);
    if let Some(deadlines) = standing["deadlines"].as_array().cloned() {
        standing["deadlines"] = deadlines.iter().map(|answer| without(answer, RUNNING)).collect();
    }
    standing
}

fn without(object: &Value, keys: &[&str]) -> Value {
    let fields = object.as_object().unwrap().iter().filter(|(key, _)| !keys.contains(&key.as_str()));
    Value::Object(fields.map(|(key, value)| (key.clone(), value.clone())).collect::<Map<String, Value>>())
}

/// What differs between two objects, field by field.
fn difference(a: &Value, b: &Value) -> Option<String> {
    let (a, b) = (a.as_object().unwrap(), b.as_object().unwrap());
    let keys = a.keys().chain(b.keys().filter(|key| !a.contains_key(*key)));
    let lines: Vec<String> = keys
        .filter(|key| a.get(*key) != b.get(*key))
        .map(|key| format!("{key}:\n  {}\n  {}", json!(a.get(key)), json!(b.get(key))))
        .collect();
    (!lines.is_empty()).then(|| lines.join("\n"))
}

/// The bytes a decision is sent as.
fn bytes(edition: &Edition, ticket: &Value, as_of: Instant, explain: bool) -> String {
    let text = ticket.to_string();
    let ticket = edition.read_ticket(text.as_bytes()).unwrap();
    serde_json::to_string(&edition.decide(&ticket, as_of, explain)).unwrap()
}

/// The ticket with what is known of it at an instant.
fn so_far(edition: &Edition, ticket: &Value, as_of: Instant) -> Value {
    let mut known = ticket.clone();
    let is_past = |event: &Value| edition.zone().read(event["at"].as_str().unwrap()).unwrap() <= as_of;
    known.get_mut("events").and_then(Value::as_array_mut).into_iter().for_each(|events| events.retain(is_past));
    known
}

/// The answers of a decision, in no order.
fn unordered(decision: &Value) -> Value {
    let mut answers = without(decision, &["handbook", "findings"]);
    for field in ["deadlines", "escalations", "records", "missing_facts"] {
        answers[field].as_array_mut().unwrap().sort_by_key(|answer| answer.get("id").unwrap_or(answer).to_string());
    }
    answers
}

/// The answers that count.
fn counted(decision: &Value) -> Value {
    let mut answers = without(&unordered(decision), &["next_change_at"]);
    let counts = |answer: &Value| answer["trial"] != true;
    for field in ["tiers", "routes"] {
        let kept = answers[field].as_object().unwrap().iter().filter(|(_, answer)| counts(answer));
        answers[field] = kept.map(|(id, answer)| (id.clone(), without(answer, &["on_trial"]))).collect();
    }
    for field in ["deadlines", "escalations", "records"] {
        let kept = answers[field].as_array().unwrap().iter().filter(|answer| counts(answer));
        answers[field] = kept.map(|answer| without(answer, &["on_trial"])).collect();
    }
    answers
}

/// Every clause that stands anywhere in a decision.
fn cited(value: &Value) -> Vec<&str> {
    match value {
        Value::Array(items) => items.iter().flat_map(cited).collect(),
        Value::Object(fields) => {
            let own = fields.get("clause").and_then(Value::as_str);
            own.into_iter().chain(fields.values().flat_map(cited)).collect()
        }
        _ => Vec::new(),
    }
}

#[test]
fn the_engine_and_the_naive_evaluator_agree() {
    try_all(0..180, 3, 3, |_, _, edition, ticket, as_of| {
        let engine = without(&decided(edition, ticket, as_of, false), &["findings"]);
        difference(&engine, &naive::decide(edition, ticket, as_of)).map(|lines| format!("engine, then naive\n{lines}"))
    });
}

#[test]
fn a_decision_is_the_same_each_time_and_an_explanation_only_adds_to_it() {
    try_all(1000..1080, 2, 3, |_, _, edition, ticket, as_of| {
        let first = bytes(edition, ticket, as_of, false);
        if first != bytes(edition, ticket, as_of, false) {
            return Some("decided twice, it comes out otherwise".to_owned());
        }
        let explained = bytes(edition, ticket, as_of, true);
        let cut = explained.find(",\"trace\":").map_or(explained.as_str(), |at| &explained[..at]);
        (format!("{cut}}}") != first).then(|| format!("explained, it comes out otherwise\n{first}\n{cut}"))
    });
}

#[test]
fn the_order_of_events_and_the_spelling_of_values_do_not_matter() {
    try_all(2000..2100, 2, 3, |random, _, edition, ticket, as_of| {
        let first = bytes(edition, ticket, as_of, false);
        let mut other = spelled(ticket, edition.handbook());
        other.get_mut("events").and_then(Value::as_array_mut).into_iter().for_each(|events| random.shuffle(events));
        let second = bytes(edition, &other, as_of, false);
        (first != second).then(|| format!("{first}\n{second}"))
    });
}

#[test]
fn the_order_of_statements_in_a_clause_does_not_matter() {
    try_all(3000..3080, 1, 1, |random, draft, edition, ticket, as_of| {
        let other = self::edition(&draft.shuffled(random).text());
        difference(
            &unordered(&decided(edition, ticket, as_of, false)),
            &unordered(&decided(&other, ticket, as_of, false)),
        )
    });
}

#[test]
fn more_rules_change_nothing_for_the_others() {
    try_all(9000..9060, 1, 1, |_, draft, edition, ticket, as_of| {
        let other = self::edition(&draft.padded().text());
        let mut padded_ticket = ticket.clone();
        padded_ticket["padding"] = json!("value0");
        let mut padded = unordered(&decided(&other, &padded_ticket, as_of, false));
        padded["tiers"].as_object_mut().unwrap().retain(|id, _| !id.starts_with("padding"));
        difference(&unordered(&decided(edition, ticket, as_of, false)), &padded)
    });
}

#[test]
fn rules_on_trial_change_nothing_else() {
    try_all(4000..4120, 1, 1, |_, draft, edition, ticket, as_of| {
        let other = self::edition(&draft.without_trials()?.text());
        difference(&counted(&decided(edition, ticket, as_of, false)), &counted(&decided(&other, ticket, as_of, false)))
    });
}

#[test]
fn every_answer_and_every_node_of_a_trace_stands_in_the_handbook() {
    try_all(5000..5100, 2, 2, |_, draft, edition, ticket, as_of| {
        let decision = decided(edition, ticket, as_of, true);
        let lines = draft.text().lines().count() as u64;
        let mut problems: Vec<String> = Vec::new();
        for clause in cited(&decision) {
            problems.extend(
                (!edition.handbook().clauses.iter().any(|known| known.number == clause))
                    .then(|| format!("there is no clause {clause}")),
            );
        }
        let mut known: BTreeSet<&str> = BTreeSet::new();
        for node in decision["trace"].as_array().unwrap() {
            let is_known = |name: &Value| known.contains(name.as_str().unwrap());
            if !(1..=lines).contains(&node["line"].as_u64().unwrap())
                || !node["rests_on"].as_array().unwrap().iter().all(is_known)
            {
                problems.push(format!("{node}"));
            }
            known.insert(node["node"].as_str().unwrap());
            let outcome = match node["node"].as_str().and_then(|name| name.split_once(':')) {
                Some(("classify", id)) => decision["tiers"].get(id).map(|answer| &answer["tier"]),
                Some(("route", id)) => decision["routes"].get(id).map(|answer| &answer["to"]),
                Some(("deadline", id)) => decision["deadlines"]
                    .as_array()
                    .unwrap()
                    .iter()
                    .find(|answer| answer["id"] == id)
                    .map(|answer| &answer["within"]),
                _ => continue,
            };
            let is_row = node["node"].as_str().unwrap().contains('/');
            if !is_row && node["value"] != *outcome.unwrap_or(&Value::Null) {
                problems.push(format!("the answer is {outcome:?}: {node}"));
            }
        }
        (!problems.is_empty()).then(|| problems.join("\n"))
    });
}

#[test]
fn nothing_changes_before_the_next_change_and_something_does_at_it() {
    try_all(6000..6120, 2, 3, |random, _, edition, ticket, as_of| {
        let known = so_far(edition, ticket, as_of);
        let decision = decided(edition, ticket, as_of, false);
        let now = standing(&decision);
        let later = |at: Instant| difference(&now, &standing(&decided(edition, &known, at, false)));
        let Some(next) = decision["next_change_at"].as_str() else {
            let at = as_of.plus(*random.pick(&[1, 10, 100, 10_000, 100_000_000]));
            return later(at).map(|lines| format!("nothing was to change by {}\n{lines}", edition.zone().format(at)));
        };
        let next = edition.zone().read(next).unwrap();
        let before = later(next.plus(-1))
            .map(|lines| format!("something changes before {}\n{lines}", edition.zone().format(next)));
        before.or_else(|| later(next).is_none().then(|| format!("nothing changes at {}", edition.zone().format(next))))
    });
}

#[test]
fn before_the_opening_there_is_an_answer_too() {
    try_all(7000..7080, 1, 1, |random, _, edition, ticket, _| {
        let before = opened(edition, ticket).plus(-(*random.pick(&[1, 5, 6, 100_000, i64::MAX])));
        let decision = decided(edition, ticket, before, true);
        let has_run = |answer: &Value| answer["elapsed_s"].as_i64().is_none_or(|elapsed| elapsed < 0);
        decision["deadlines"]
            .as_array()
            .unwrap()
            .iter()
            .find(|answer| has_run(answer))
            .map(|answer| format!("time ran backwards: {answer}"))
    });
}

#[test]
fn damaged_tickets_are_refused_with_a_place_or_decided() {
    try_all(8000..8040, 4, 1, |random, _, edition, ticket, as_of| {
        let mut problems: Vec<String> = Vec::new();
        for _ in 0..8 {
            let bytes = damage(random, ticket);
            match edition.read_ticket(&bytes) {
                Ok(ticket) => drop(serde_json::to_string(&edition.decide(&ticket, as_of, true)).unwrap()),
                Err(refusal) => {
                    let is_placed = |pointer: &str| pointer.is_empty() || pointer.starts_with('/');
                    let is_whole = !refusal.violations.is_empty()
                        && refusal.violations.iter().all(|violation| is_placed(&violation.pointer));
                    problems.extend((!is_whole).then(|| format!("{}: {refusal:?}", String::from_utf8_lossy(&bytes))));
                }
            }
        }
        problems.pop()
    });
}
