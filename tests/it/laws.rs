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
fn edition(draft: &Draft) -> Edition {
    let text = draft.text();
    let compiled = Compiled::with(&text, None, &draft.calendars());
    if compiled.compilation.edition.is_none() {
        let shown = compiled.shown();
        panic!("a random handbook does not compile\n{shown}\n{}", draft.shown());
    }
    compiled.compilation.edition.unwrap()
}

/// The size of the handbook of a seed: mostly small ones, since they find as much for less.
fn size(seed: u64) -> Size {
    match seed % 20 {
        0..6 => Size::Tiny,
        6 | 7 => Size::Days,
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
    let days_later = 86_400 * random.between(1, 4) as i64;
    all.extend([opened.plus(days_later), opened.plus(days_later + random.below(200) as i64)]);
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
    all.retain(|at| *at >= opened && *at <= opened.plus(15 * 86_400));
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
        let edition = edition(&draft);
        for _ in 0..tickets {
            let ticket = ticket(&mut random, edition.handbook());
            for as_of in instants(&mut random, &edition, &ticket, count) {
                cases += 1;
                if let Some(problem) = check(&mut random, &draft, &edition, &ticket, as_of) {
                    let at = edition.zone().format(as_of);
                    problems.push(format!("seed {seed} at {at}: {problem}\n{ticket}\n{}", draft.shown()));
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
        standing["deadlines"] = deadlines.iter().map(still).collect();
    }
    standing
}

/// A deadline without its running figures.
fn still(deadline: &Value) -> Value {
    let mut deadline = without(deadline, RUNNING);
    if let Some(clocks) = deadline.get_mut("clocks").and_then(Value::as_array_mut) {
        clocks.iter_mut().for_each(|clock| *clock = without(clock, RUNNING));
    }
    deadline
}

fn without(object: &Value, keys: &[&str]) -> Value {
    let fields = object.as_object().unwrap().iter().filter(|(key, _)| !keys.contains(&key.as_str()));
    Value::Object(fields.map(|(key, value)| (key.clone(), value.clone())).collect::<Map<String, Value>>())
}

/// What differs between two values, each line the place and both.
fn difference(a: &Value, b: &Value) -> Option<String> {
    let mut lines: Vec<String> = Vec::new();
    differences("", a, b, &mut lines);
    (!lines.is_empty()).then(|| lines.join("\n"))
}

fn differences(place: &str, a: &Value, b: &Value, lines: &mut Vec<String>) {
    match (a, b) {
        (Value::Object(one), Value::Object(other)) => {
            let keys = one.keys().chain(other.keys().filter(|key| !one.contains_key(*key)));
            for key in keys {
                let value = |fields: &Map<String, Value>| fields.get(key).cloned().unwrap_or(json!("(nothing)"));
                differences(&format!("{place}/{key}"), &value(one), &value(other), lines);
            }
        }
        (Value::Array(one), Value::Array(other)) if one.len() == other.len() => {
            for (index, (a, b)) in one.iter().zip(other).enumerate() {
                let id = a.get("id").and_then(Value::as_str).map_or(index.to_string(), str::to_owned);
                differences(&format!("{place}/{id}"), a, b, lines);
            }
        }
        _ if a == b => {}
        _ => lines.push(format!("{place}:\n  {a}\n  {b}")),
    }
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
    let instant = |happened: &Value| edition.zone().read(happened["at"].as_str()?).ok();
    let is_past = |happened: &Value| instant(happened).is_some_and(|at| at <= as_of);
    for event in known.get_mut("events").and_then(Value::as_array_mut).into_iter().flatten() {
        // What a field will change from is what it is now: that is known.
        if let Some(at) = instant(event).filter(|at| *at > as_of && event["event"] == "fact") {
            event["at"] = json!(edition.zone().format(at.plus(90 * 365 * 86_400)));
        }
    }
    let is_known = |event: &Value| is_past(event) || event["event"] == "fact";
    known.get_mut("events").and_then(Value::as_array_mut).into_iter().for_each(|events| events.retain(is_known));
    for message in known.get_mut("messages").and_then(Value::as_array_mut).into_iter().flatten() {
        // The place of a message in the ticket is part of the answer, so it keeps it.
        if !is_past(message) {
            message["at"] = Value::Null;
        }
    }
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
        let naive = naive::decide(edition, ticket, as_of);
        let lines = difference(&engine, &naive)?;
        // Where they do not agree on the next change: what the engine says of the instant it did not see.
        let next = naive["next_change_at"].as_str().map(|next| edition.zone().read(next).unwrap());
        let then = next.map(|next| decided(edition, &so_far(edition, ticket, as_of), next, false));
        let changes = then.and_then(|then| difference(&standing(&engine), &standing(&then))).unwrap_or_default();
        Some(format!("engine, then naive\n{lines}\nnow, then at the naive's next change\n{changes}\n"))
    });
}

#[test]
fn a_decision_is_the_same_each_time_and_an_explanation_only_adds_to_it() {
    try_all(1000..1080, 2, 3, |_, _, edition, ticket, as_of| {
        if bytes(edition, ticket, as_of, false) != bytes(edition, ticket, as_of, false) {
            return Some("decided twice, it comes out otherwise".to_owned());
        }
        let mut explained = without(&decided(edition, ticket, as_of, true), &["trace"]);
        for deadline in explained["deadlines"].as_array_mut().unwrap() {
            *deadline = without(deadline, &["ledger"]);
            let clocks = deadline.get_mut("clocks").and_then(Value::as_array_mut);
            clocks.into_iter().flatten().for_each(|clock| *clock = without(clock, &["ledger"]));
        }
        difference(&decided(edition, ticket, as_of, false), &explained)
            .map(|lines| format!("explained, it comes out otherwise\n{lines}"))
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
        let other = self::edition(&draft.shuffled(random));
        difference(
            &unordered(&decided(edition, ticket, as_of, false)),
            &unordered(&decided(&other, ticket, as_of, false)),
        )
    });
}

#[test]
fn more_rules_change_nothing_for_the_others() {
    try_all(9000..9060, 1, 1, |_, draft, edition, ticket, as_of| {
        let other = self::edition(&draft.padded());
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
        let other = self::edition(&draft.without_trials()?);
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

/// What is wrong with how a clock adds up.
fn wrong_in_ledger(edition: &Edition, clock: &Value, as_of: Instant) -> Option<String> {
    let rows: &[Value] = clock["ledger"].as_array()?;
    let Some(first) = rows.first() else {
        // There is nothing to tell before the first second has passed of what is not due.
        let is_begun = clock["due_at"].is_string() || clock["started_at"] != edition.zone().format(as_of).as_str();
        return (clock["state"] != "pending" && is_begun).then(|| format!("there is no ledger: {clock}"));
    };
    let in_days: bool = clock["within_s"].is_null();
    let (amount, sum) = if in_days { ("days", "sum_days") } else { ("seconds", "sum_s") };
    let at = |row: &Value, key: &str| edition.zone().read(row[key].as_str().unwrap()).unwrap();
    let mut problems: Vec<String> = Vec::new();
    let mut told = at(first, "from");
    let mut counted: i64 = 0;
    if first["from"] != clock["started_at"] {
        problems.push("it does not begin with the clock".to_owned());
    }
    for row in rows {
        counted += if row["counted"] == true { row[amount].as_i64().unwrap() } else { 0 };
        let is_whole = in_days || row[amount] == json!(at(row, "to").since(at(row, "from")));
        // Of a date that is due as it begins no second has passed.
        let is_forward = at(row, "to") > told || in_days && at(row, "to") == told;
        if at(row, "from") != told || !is_forward || row[sum] != json!(counted) || !is_whole {
            problems.push(format!("this does not follow: {row}"));
        }
        told = at(row, "to");
    }
    if let Some(due) = clock["due_at"].as_str() {
        let words = clock["within"].as_str().unwrap();
        let count: i64 = words.split(' ').next().and_then(|count| count.parse().ok()).unwrap_or(0);
        let limit: i64 = match clock["within_s"].as_i64() {
            Some(seconds) => seconds,
            None if words.contains("month") => {
                let calendar = edition.handbook().calendar.as_ref().unwrap();
                let date = calendar.plan().zone.date(at(clock, "started_at"));
                (date + chrono::Months::new(count as u32) - date).num_days()
            }
            None => count,
        };
        if edition.zone().read(due).unwrap() != told || counted != limit {
            problems.push(format!("it does not add up: {counted} of {limit} up to {}", edition.zone().format(told)));
        }
    }
    (!problems.is_empty()).then(|| format!("{}\n{clock}", problems.join("\n")))
}

#[test]
fn a_ledger_follows_a_clock_from_its_start_and_adds_up_to_its_limit() {
    try_all(10_000..10_080, 2, 2, |_, _, edition, ticket, as_of| {
        let decision = decided(edition, ticket, as_of, true);
        let deadlines = decision["deadlines"].as_array().unwrap();
        let clocks = deadlines.iter().flat_map(|deadline| deadline["clocks"].as_array().into_iter().flatten());
        deadlines.iter().chain(clocks).find_map(|clock| wrong_in_ledger(edition, clock, as_of))
    });
}

#[test]
fn a_pause_more_makes_no_clock_due_earlier() {
    try_all(11_000..11_080, 1, 1, |random, draft, edition, ticket, as_of| {
        let (other, name) = draft.with_pause(random)?;
        let other = self::edition(&other);
        let clock = |edition: &Edition| {
            let decision = decided(edition, ticket, as_of, false);
            decision["deadlines"].as_array().unwrap().iter().find(|deadline| deadline["id"] == name).cloned()
        };
        let (before, after) = (clock(edition)?, clock(&other)?);
        // A pause may well bring another row, another start, or no end in sight.
        let is_same = ["within", "started_at", "message"].iter().all(|key| before[*key] == after[*key]);
        let due = |clock: &Value| edition.zone().read(clock["due_at"].as_str()?).ok();
        let is_earlier = is_same && due(&after)? < due(&before)?;
        is_earlier.then(|| format!("{before}\n{after}"))
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
