//! Conditions: tests joined by `not`, `and`, `or` and brackets.

use super::grammar::rules::Rule;
use super::literal::{Node, Reader};
use super::tree::{ClockState, Comparison, Condition, ConditionKind, Operand, Predicate, Value};
use crate::diagnostic::{Diagnostic, codes};
use crate::source::Span;

/// Reads a condition. `and` and `or` mixed without brackets is reported and read as junk.
pub fn condition(reader: &mut Reader, node: Node) -> Condition {
    let span = reader.place(&node);
    let mut parts: Vec<Condition> = Vec::new();
    let mut joins: Vec<(Rule, Span)> = Vec::new();
    for part in node.parts() {
        match part.rule() {
            Rule::kw_and | Rule::kw_or => joins.push((part.rule(), reader.place(&part))),
            _ => parts.push(unary(reader, part)),
        }
    }
    let Some((first, first_span)) = joins.first().copied() else {
        return parts.pop().unwrap_or(Condition { span, kind: ConditionKind::Junk });
    };
    if let Some((_, other)) = joins.iter().find(|(rule, _)| *rule != first) {
        reader.diagnostics.push(
            Diagnostic::new(&codes::MIXED_AND_OR, *other, "`and` and `or` stand side by side without brackets")
                .label(first_span, "the other one")
                .help("put brackets around what belongs together, `a and (b or c)`"),
        );
        return Condition { span, kind: ConditionKind::Junk };
    }
    let kind = if first == Rule::kw_and { ConditionKind::And(parts) } else { ConditionKind::Or(parts) };
    Condition { span, kind }
}

fn unary(reader: &mut Reader, node: Node) -> Condition {
    let span = reader.place(&node);
    let mut negations: usize = 0;
    let mut inner: Option<Condition> = None;
    for part in node.parts() {
        match part.rule() {
            Rule::kw_not => negations += 1,
            Rule::condition => inner = Some(condition(reader, part)),
            Rule::script_call => inner = Some(script_call(reader, part)),
            _ => inner = Some(test(reader, part)),
        }
    }
    let mut result = inner.unwrap_or(Condition { span, kind: ConditionKind::Junk });
    for _ in 0..negations {
        result = Condition { span, kind: ConditionKind::Not(Box::new(result)) };
    }
    result
}

fn script_call(reader: &mut Reader, node: Node) -> Condition {
    let span = reader.place(&node);
    let mut name = None;
    let mut arguments: Vec<Operand> = Vec::new();
    for part in node.parts() {
        match part.rule() {
            Rule::name => name = Some(reader.name(&part)),
            Rule::argument => arguments.push(reader.operand(part)),
            _ => {}
        }
    }
    let kind = name.map_or(ConditionKind::Junk, |name| ConditionKind::Script(name, arguments));
    Condition { span, kind }
}

fn test(reader: &mut Reader, node: Node) -> Condition {
    let span = reader.place(&node);
    let mut parts = node.parts();
    let Some(subject) = parts.next().map(|part| reader.name(&part)) else {
        return Condition { span, kind: ConditionKind::Junk };
    };
    let predicate = match parts.next().and_then(Node::first) {
        Some(part) => predicate(reader, part),
        None => Some(Predicate::Holds),
    };
    let kind = predicate.map_or(ConditionKind::Junk, |predicate| ConditionKind::Test(subject, predicate));
    Condition { span, kind }
}

/// `None` only where the grammar and this function do not agree; the condition is junk then.
fn predicate(reader: &mut Reader, node: Node) -> Option<Predicate> {
    let rule = node.rule();
    let parts: Vec<Node> = node.parts().collect();
    let mut parts = parts.into_iter();
    match rule {
        Rule::is_test => is_test(reader, parts),
        Rule::in_test => {
            let first = parts.next()?;
            let negated = first.rule() == Rule::kw_not;
            let set = if negated { parts.nth(1)? } else { parts.next()? };
            Some(Predicate::In { negated, values: values(reader, set) })
        }
        Rule::compare_test => {
            let comparison = comparison(parts.next()?.words());
            Some(Predicate::Compare(comparison, reader.operand(parts.next()?)))
        }
        Rule::between_test => {
            let low = reader.operand(parts.nth(1)?);
            Some(Predicate::Between(low, reader.operand(parts.nth(1)?)))
        }
        Rule::before_test => Some(Predicate::Before(reader.operand(parts.nth(1)?))),
        Rule::after_test => Some(Predicate::After(reader.operand(parts.nth(1)?))),
        Rule::contains_any_test => Some(Predicate::ContainsAny(reader.name(&parts.nth(1)?))),
        Rule::contains_test => Some(Predicate::Contains(reader.quoted(parts.nth(1)?))),
        Rule::matches_test => Some(Predicate::Matches(reader.quoted(parts.nth(1)?))),
        Rule::has_any_test => Some(Predicate::HasAny(values(reader, parts.nth(1)?))),
        Rule::has_test => Some(Predicate::HasAny(vec![reader.value(parts.nth(1)?)])),
        Rule::at_least_test => Some(Predicate::AtLeast(reader.value(parts.nth(1)?))),
        Rule::at_most_test => Some(Predicate::AtMost(reader.value(parts.nth(1)?))),
        Rule::state_test => {
            let state = match parts.next()?.rule() {
                Rule::kw_at_risk => ClockState::AtRisk,
                Rule::kw_met => ClockState::Met,
                _ => ClockState::Breached,
            };
            Some(Predicate::State(state, parts.next().and_then(|part| lasting(reader, part))))
        }
        Rule::happened_test => {
            let times = parts.find(|part| part.rule() == Rule::integer).map(|part| reader.figure(&part));
            Some(Predicate::Happened(times))
        }
        Rule::holiday_test => Some(Predicate::Holiday),
        _ => None,
    }
}

fn is_test<'i>(reader: &mut Reader, parts: impl Iterator<Item = Node<'i>>) -> Option<Predicate> {
    let mut negated: bool = false;
    let mut presence: Option<bool> = None;
    let mut value: Option<Value> = None;
    let mut length = None;
    for part in parts {
        match part.rule() {
            Rule::kw_not => negated = true,
            Rule::kw_present => presence = Some(true),
            Rule::kw_missing => presence = Some(false),
            Rule::value => value = Some(reader.value(part)),
            Rule::lasting => length = lasting(reader, part),
            _ => {}
        }
    }
    match presence {
        Some(present) => Some(Predicate::Present(present != negated)),
        None => Some(Predicate::Is { negated, value: value?, lasting: length }),
    }
}

fn lasting(reader: &mut Reader, node: Node) -> Option<super::tree::AmountLiteral> {
    node.parts().find(|part| part.rule() == Rule::amount).map(|part| reader.amount(part))
}

fn values(reader: &mut Reader, set: Node) -> Vec<Value> {
    let parts: Vec<Node> = set.parts().collect();
    parts.into_iter().map(|part| reader.value(part)).collect()
}

/// A comparison by its sign.
pub fn comparison(sign: &str) -> Comparison {
    match sign {
        "<" => Comparison::Less,
        "<=" => Comparison::AtMost,
        "=" => Comparison::Equal,
        "!=" => Comparison::NotEqual,
        ">=" => Comparison::AtLeast,
        _ => Comparison::More,
    }
}
