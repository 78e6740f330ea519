//! Examples: tickets with what must come out, run against the engine that compiled them.

use super::case::{Case, Scratch};
use super::decide;
use super::decision::Decision;
use super::{Engine, Refusal};
use crate::calendar::Instant;
use crate::handbook::{Atom, Condition, ConditionKind, Example, Expectation, ExpectationKind};
use crate::source::Span;
use serde_json::Value;

/// How one example came out.
#[derive(Clone, Debug)]
pub struct ExampleResult {
    /// Its title.
    pub name: String,
    /// Where it stands.
    pub span: Span,
    /// Where its ticket stands.
    pub ticket_span: Span,
    /// The JSON pointer of its ticket in the tests file; empty for one in the text.
    pub ticket_pointer: String,
    /// It stands in the handbook's text, not in the tests file.
    pub is_in_text: bool,
    /// What came out otherwise; empty when all of it held.
    pub failures: Vec<ExpectationFailure>,
    /// Why its ticket could not be decided.
    pub refusal: Option<Refusal>,
    /// Fields of its ticket that no rule knows.
    pub ignored: Vec<String>,
}

/// One expectation that did not hold.
#[derive(Clone, Debug, PartialEq)]
pub struct ExpectationFailure {
    /// Where it stands.
    pub span: Span,
    /// What was expected.
    pub expected: String,
    /// What came out.
    pub got: String,
}

/// Runs every example.
pub fn run(engine: &Engine) -> Vec<ExampleResult> {
    engine.handbook.examples.iter().enumerate().map(|(index, example)| one(engine, index, example)).collect()
}

fn one(engine: &Engine, index: usize, example: &Example) -> ExampleResult {
    let mut result = ExampleResult {
        name: example.name.clone(),
        span: example.span,
        ticket_span: example.ticket_span,
        ticket_pointer: example.ticket_pointer.clone(),
        is_in_text: example.is_in_text,
        failures: Vec::new(),
        refusal: None,
        ignored: Vec::new(),
    };
    let ticket = match engine.read_ticket(example.ticket.as_bytes()) {
        Ok(ticket) => ticket,
        Err(refusal) => {
            result.refusal = Some(refusal);
            return result;
        }
    };
    result.ignored.clone_from(&ticket.ignored);
    let as_of: Instant = example.at.unwrap_or(ticket.opened_at);
    let mut scratch = Scratch::default();
    let decision = decide::decide(engine, &ticket, as_of, false, &mut scratch);
    // The scratch still holds this case, so conditions that an expectation adds are evaluated in it.
    let known = ticket.known_at(as_of);
    let mut case = Case::resume(engine, &known, as_of, &mut scratch);
    case.past = super::past::Past::of(&known, as_of);
    for (position, expectation) in example.expectations.iter().enumerate() {
        let condition = engine.graph.expectations[index][position];
        let holds = condition.map(|condition| case.verdict(condition.0).holds());
        result.failures.extend(check(engine, expectation, holds, &decision));
    }
    if let Some(wanted) = &example.decision {
        let found = serde_json::to_value(&decision).unwrap_or(Value::Null);
        compare("", wanted, &found, example.span, &mut result.failures);
    }
    result
}

fn check(
    engine: &Engine,
    expectation: &Expectation,
    holds: Option<bool>,
    decision: &Decision,
) -> Option<ExpectationFailure> {
    let zone = decision.zone;
    let handbook = &engine.handbook;
    let (is_met, expected, got) = match &expectation.kind {
        ExpectationKind::Holds(condition) => {
            (holds == Some(true), "this holds".to_owned(), found_instead(engine, condition, decision))
        }
        ExpectationKind::Due(deadline, at) => {
            let id = &handbook.deadlines[deadline.0].name.id;
            let found = decision.deadlines.iter().find(|answer| answer.value.id == id);
            let got = match found.map(|answer| answer.value.clock.due_at) {
                Some(Some(due)) => format!("{id} due {}", zone.format(due)),
                Some(None) => {
                    format!(
                        "{id} has no due instant: it is {}",
                        found.map_or("", |answer| answer.value.clock.state.name())
                    )
                }
                None => format!("{id} does not apply"),
            };
            (
                found.and_then(|answer| answer.value.clock.due_at) == Some(*at),
                format!("{id} due {}", zone.format(*at)),
                got,
            )
        }
        ExpectationKind::Route(route, queue) => {
            let route = &handbook.routes[route.0];
            let (id, wanted) = (&route.name.id, &route.queues[*queue].id);
            let found = decision.routes.iter().find(|answer| answer.value.id == id).map(|answer| answer.value.to);
            let got = found.map_or_else(|| format!("{id} gives nothing"), |to| format!("route {id} is {to}"));
            (found == Some(wanted.as_str()), format!("route {id} is {wanted}"), got)
        }
        ExpectationKind::Step(ladder, wanted) => {
            let id = &handbook.ladders[*ladder].name.id;
            let found = decision.escalations.iter().find(|answer| answer.value.id == id);
            let step = found.and_then(|answer| answer.value.step).map(|step| step.step);
            let got = match (found, step) {
                (None, _) => format!("{id} does not apply"),
                (Some(_), None) => format!("{id} has reached no step"),
                (Some(_), Some(step)) => format!("{id} step {step}"),
            };
            (step == Some(*wanted), format!("{id} step {wanted}"), got)
        }
    };
    (!is_met).then_some(ExpectationFailure { span: expectation.span, expected, got })
}

/// What the tiers, clocks and records that a condition asks for came to.
fn found_instead(engine: &Engine, condition: &Condition, decision: &Decision) -> String {
    let handbook = &engine.handbook;
    let mut found: Vec<String> = Vec::new();
    condition.leaves(&mut |leaf| {
        let ConditionKind::Atom(atom) = &leaf.kind else { return };
        let words = match atom {
            Atom::Tier(classify, _) => {
                let id = &handbook.classifies[classify.0].name.id;
                let tier = decision.tiers.iter().find(|answer| answer.value.id == id);
                tier.map_or_else(|| format!("{id} has no tier"), |answer| format!("{id} is {}", answer.value.tier))
            }
            Atom::Clock(deadline, ..) => {
                let id = &handbook.deadlines[deadline.0].name.id;
                let clock = decision.deadlines.iter().find(|answer| answer.value.id == id);
                clock.map_or_else(
                    || format!("{id} does not apply"),
                    |answer| format!("{id} is {}", answer.value.clock.state.name()),
                )
            }
            _ => return,
        };
        if !found.contains(&words) {
            found.push(words);
        }
    });
    if found.is_empty() { "it does not hold".to_owned() } else { found.join(", ") }
}

/// Objects match where every field wanted matches; lists match item by item; all else is equal.
fn compare(path: &str, wanted: &Value, found: &Value, span: Span, failures: &mut Vec<ExpectationFailure>) {
    match (wanted, found) {
        (Value::Object(wanted), Value::Object(found)) => {
            for (key, value) in wanted {
                let path = if path.is_empty() { key.clone() } else { format!("{path}.{key}") };
                compare(&path, value, found.get(key).unwrap_or(&Value::Null), span, failures);
            }
        }
        (Value::Array(wanted), Value::Array(found)) if wanted.len() == found.len() => {
            for (index, (wanted, found)) in wanted.iter().zip(found).enumerate() {
                compare(&format!("{path}[{index}]"), wanted, found, span, failures);
            }
        }
        _ if wanted == found => {}
        _ => failures.push(ExpectationFailure {
            span,
            expected: format!("{path}: {wanted}"),
            got: format!("{path}: {found}"),
        }),
    }
}
