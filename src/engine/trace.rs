//! What was tried, for a decision that explains itself.
//!
//! Every unit in the order of evaluation; in it every row up to the one taken; under a row its condition, and
//! under that what it rests on, each node once, before what rests on it. Where the index passed rows by, they
//! are tried here after all: the answer is the same, and a reader sees why each did not hold.

use super::Place;
use super::case::Case;
use super::decide::{applies, is_tried};
use super::decision::{TraceNode, TraceValue};
use super::test::TestId;
use super::ticket::Value;
use crate::calendar::Amount;
use crate::graph::{Node, RowNode, Unit, UnitNode, facts_of};
use crate::handbook::{Atom, FactId, FactKind};
use crate::source::Span;

/// The trace of a case that has been decided.
pub fn trace<'e>(case: &mut Case<'e, '_>) -> Vec<TraceNode<'e>> {
    let engine = case.engine;
    // Trying more rows may call more scripts; what they find is no part of the decision.
    let (findings, flips) = (case.findings.len(), case.flips.len());
    let mut tracer = Tracer {
        nodes: Vec::with_capacity(64),
        conditions: vec![false; engine.tests.len()],
        facts: vec![false; engine.handbook.facts.len()],
    };
    for (position, unit) in engine.graph.units.iter().enumerate() {
        tracer.unit(case, position, unit);
    }
    case.findings.truncate(findings);
    case.flips.truncate(flips);
    tracer.nodes
}

struct Tracer<'e> {
    nodes: Vec<TraceNode<'e>>,
    conditions: Vec<bool>,
    facts: Vec<bool>,
}

impl<'e> Tracer<'e> {
    fn unit(&mut self, case: &mut Case<'e, '_>, position: usize, unit: &'e UnitNode) {
        let engine = case.engine;
        let clause = engine.handbook.clause_of(unit.authority).number.as_str();
        let whole: Span = engine.handbook.authorities[unit.authority.0].span;
        let mut rests_on: Vec<&'e str> = self.condition(case, unit.when.0, whole).into_iter().collect();
        let applies = applies(case, unit);
        let mut value = TraceValue::Nothing;
        if applies {
            match unit.unit {
                Unit::Ladder(_) | Unit::Record(_) => {
                    for (index, row) in unit.rows.iter().enumerate() {
                        rests_on.push(self.row(case, position, index, row));
                    }
                    value = TraceValue::Holds(true);
                }
                Unit::Classify(_) | Unit::Deadline(_) | Unit::Route(_) => {
                    let mut taken: Option<&RowNode> = None;
                    for (index, row) in unit.rows.iter().enumerate() {
                        if !is_tried(case, unit, row) {
                            continue;
                        }
                        rests_on.push(self.row(case, position, index, row));
                        if case.verdict(row.guard.0).holds() {
                            value = outcome(case, unit, row);
                            taken = Some(row);
                            break;
                        }
                    }
                    // A clock keeps the limit it was settled by, whichever row holds by now.
                    if let (Unit::Deadline(index), Some(row)) = (unit.unit, taken) {
                        let limit: Option<Amount> = match case.clock(crate::handbook::DeadlineId(index)) {
                            Some(clock) => Some(clock.limit),
                            // One on trial is kept nowhere.
                            None if case.is_plain(index) => Some(case.plain_clock(index, unit, row).limit),
                            None => Some(case.clocks(index, unit, row).0.limit),
                        };
                        value = limit.map_or(value, |limit| TraceValue::Words(limit.to_string()));
                    }
                }
            }
        }
        let name = engine.names.units[position].as_str();
        let text = name.split_once(':').map_or(name, |(_, id)| id);
        let line = engine.unit_lines[position];
        self.nodes.push(TraceNode { node: name, clause: Some(clause), line, text, value, rests_on });
    }

    fn row(&mut self, case: &mut Case<'e, '_>, position: usize, index: usize, row: &'e RowNode) -> &'e str {
        let engine = case.engine;
        let name = engine.names.rows[position][index].as_str();
        let authority: Span = engine.handbook.authorities[row.authority.0].span;
        let mut rests_on: Vec<&'e str> = self.condition(case, row.guard.0, authority).into_iter().collect();
        let place = &engine.row_places[position][index];
        let mut text: &'e str = &place.text;
        if let Unit::Record(record) = engine.graph.units[position].unit {
            // One line asks for several fields: a row is one of them, and holds when the field is asked for.
            let fact = engine.handbook.records[record].fields[row.outcome as usize].0;
            text = &engine.handbook.facts[fact.0].name.id;
            rests_on.push(self.fact(case, fact));
        }
        let clause = Some(engine.handbook.clause_of(row.authority).number.as_str());
        let timed = match engine.graph.units[position].unit {
            Unit::Ladder(ladder) => engine.handbook.ladders[ladder].steps[row.outcome as usize].after,
            _ => None,
        };
        let value = match timed {
            Some(after) => TraceValue::Words(after.to_string()),
            None => TraceValue::Holds(case.verdict(row.guard.0).holds()),
        };
        self.nodes.push(TraceNode { node: name, clause, line: place.line, text, value, rests_on });
        name
    }

    /// A condition with what it rests on; nothing for one that always holds. It may be written in several places;
    /// it is shown as it stands `within` the rule that asks for it.
    fn condition(&mut self, case: &mut Case<'e, '_>, id: TestId, within: Span) -> Option<&'e str> {
        let engine = case.engine;
        let name = engine.names.conditions[id as usize].as_str();
        let node = engine.graph.conditions.node(crate::graph::ConditionId(id));
        if matches!(node, Node::Always | Node::Never) {
            return None;
        }
        if std::mem::replace(&mut self.conditions[id as usize], true) {
            return Some(name);
        }
        let rests_on: Vec<&'e str> = match node {
            Node::And(parts) | Node::Or(parts) => {
                parts.iter().filter_map(|part| self.condition(case, part.0, within)).collect()
            }
            Node::Not(inner) => self.condition(case, inner.0, within).into_iter().collect(),
            Node::Define(define, inner) => {
                let definition = engine.handbook.defines[define.0].condition.span;
                self.condition(case, inner.0, definition).into_iter().collect()
            }
            Node::Atom(atom) => self.atom(case, atom),
            Node::Always | Node::Never => Vec::new(),
        };
        let places = &engine.places[id as usize];
        let is_within = |place: &&Place| {
            place.span.file == within.file && within.start <= place.span.start && place.span.end <= within.end
        };
        let place = places.iter().find(is_within).unwrap_or(&places[0]);
        let clause = place.clause.map(|clause| engine.handbook.clauses[clause].number.as_str());
        let value = TraceValue::Holds(case.verdict(id).holds());
        self.nodes.push(TraceNode { node: name, clause, line: place.line, text: &place.text, value, rests_on });
        Some(name)
    }

    fn atom(&mut self, case: &Case<'e, '_>, atom: &Atom) -> Vec<&'e str> {
        let engine = case.engine;
        match atom {
            Atom::Tier(classify, _) => {
                engine.unit_of_classify(*classify).map(|unit| engine.names.units[unit].as_str()).into_iter().collect()
            }
            Atom::Clock(deadline, ..) => {
                let position = engine.graph.units.iter().position(|unit| unit.unit == Unit::Deadline(deadline.0));
                position.map(|unit| engine.names.units[unit].as_str()).into_iter().collect()
            }
            _ => facts_of(atom).into_iter().map(|fact| self.fact(case, fact)).collect(),
        }
    }

    fn fact(&mut self, case: &Case<'e, '_>, fact: FactId) -> &'e str {
        let engine = case.engine;
        let name = engine.names.facts[fact.0].as_str();
        if std::mem::replace(&mut self.facts[fact.0], true) {
            return name;
        }
        let declared = &engine.handbook.facts[fact.0];
        let named = |position: u32| match &declared.kind {
            FactKind::OneOf(values) | FactKind::ListOf(values) => {
                values.get(position as usize).map_or("", |value| value.id.as_str())
            }
            _ if position == 1 => "yes",
            _ => "no",
        };
        let value = match case.ticket.value(fact) {
            Value::Missing => TraceValue::Nothing,
            Value::Position(position) => TraceValue::Name(named(*position)),
            Value::Number(figure) => TraceValue::Words(figure.to_string()),
            Value::Time(at) => TraceValue::Words(engine.handbook.meta.zone.format(*at)),
            Value::Positions(positions) => {
                TraceValue::Words(positions.iter().map(|position| named(*position)).collect::<Vec<_>>().join(", "))
            }
            // What people wrote stays out of traces, which may be kept.
            Value::Text(_) => TraceValue::Name("present"),
            Value::Texts(_) => TraceValue::Name("present"),
        };
        let line = engine.fact_lines[fact.0];
        self.nodes.push(TraceNode {
            node: name,
            clause: None,
            line,
            text: &declared.name.id,
            value,
            rests_on: Vec::new(),
        });
        name
    }
}

fn outcome<'e>(case: &Case<'e, '_>, unit: &UnitNode, row: &RowNode) -> TraceValue<'e> {
    let handbook = &case.engine.handbook;
    match unit.unit {
        Unit::Classify(index) => TraceValue::Name(&handbook.classifies[index].tiers[row.outcome as usize].id),
        Unit::Route(index) => TraceValue::Name(&handbook.routes[index].queues[row.outcome as usize].id),
        Unit::Deadline(index) => {
            TraceValue::Words(handbook.deadlines[index].rows[row.outcome as usize].outcome.to_string())
        }
        Unit::Ladder(_) | Unit::Record(_) => TraceValue::Nothing,
    }
}
