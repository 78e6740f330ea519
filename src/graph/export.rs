//! The graph as `dot`, `mermaid` and `json`.
//!
//! Nodes are facts, events, the status, conditions, definitions, classifications with their tiers, clocks, routes
//! with their queues, ladders with their steps, and records; an edge runs from what rests to what it rests on.

use super::{ConditionId, Graph, Node, Unit, fact_name, unit_name};
use crate::handbook::condition::{Argument, TimeOperand};
use crate::handbook::{Atom, AuthorityId, ClockSpan, DeadlineId, EventId, Handbook, Named};
use crate::source::{Sources, Span};
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::fmt::Write;

/// A graph laid out for drawing.
struct Drawing {
    nodes: Vec<DrawnNode>,
    edges: BTreeSet<(usize, usize)>,
}

struct DrawnNode {
    id: String,
    kind: &'static str,
    label: String,
    clause: Option<String>,
    line: Option<usize>,
}

impl Graph {
    /// The graph as data: `nodes` with id, kind, label, clause and line; `edges` from what rests to what it rests
    /// on; `order`, the units as they are decided.
    pub fn to_json(&self, handbook: &Handbook, sources: &Sources) -> Value {
        let drawing = Draw::new(self, handbook, sources).drawing();
        let nodes: Vec<Value> = drawing
            .nodes
            .iter()
            .map(|node| json!({"id": node.id, "kind": node.kind, "label": node.label, "clause": node.clause, "line": node.line}))
            .collect();
        let name = |index: &usize| drawing.nodes[*index].id.clone();
        let edges: Vec<Value> =
            drawing.edges.iter().map(|(from, to)| json!({"from": name(from), "to": name(to)})).collect();
        let order: Vec<String> = self.units.iter().map(|unit| unit_name(handbook, unit.unit)).collect();
        json!({
            "handbook": {"id": handbook.meta.id, "edition": handbook.meta.edition},
            "nodes": nodes,
            "edges": edges,
            "order": order,
        })
    }

    /// The graph in the language of Graphviz.
    pub fn to_dot(&self, handbook: &Handbook, sources: &Sources) -> String {
        let drawing = Draw::new(self, handbook, sources).drawing();
        let mut out = String::from("digraph rulebook {\n  rankdir=RL;\n  node [shape=box, fontname=\"sans-serif\"];\n");
        for (index, node) in drawing.nodes.iter().enumerate() {
            let label = node.full_label().replace('\\', "\\\\").replace('"', "\\\"").replace('\n', "\\n");
            let _ = writeln!(out, "  n{index} [label=\"{label}\", {}];", dot_style(node.kind));
        }
        for (from, to) in &drawing.edges {
            let _ = writeln!(out, "  n{from} -> n{to};");
        }
        out.push_str("}\n");
        out
    }

    /// The graph in the language of Mermaid.
    pub fn to_mermaid(&self, handbook: &Handbook, sources: &Sources) -> String {
        let drawing = Draw::new(self, handbook, sources).drawing();
        let mut out = String::from("flowchart RL\n");
        for (index, node) in drawing.nodes.iter().enumerate() {
            let label = node
                .full_label()
                .replace('#', "#35;")
                .replace('"', "#quot;")
                .replace('<', "#lt;")
                .replace('>', "#gt;")
                .replace('\n', "<br/>");
            let (open, close) = match node.kind {
                "fact" | "event" | "status" => ("([\"", "\"])"),
                "condition" | "definition" => ("{{\"", "\"}}"),
                _ => ("[\"", "\"]"),
            };
            let _ = writeln!(out, "  n{index}{open}{label}{close}");
        }
        for (from, to) in &drawing.edges {
            let _ = writeln!(out, "  n{from} --> n{to}");
        }
        out
    }
}

impl DrawnNode {
    fn full_label(&self) -> String {
        let clause = self.clause.as_ref().map(|clause| format!("\n§ {clause}")).unwrap_or_default();
        match self.kind {
            "condition" => format!("{}{clause}", self.label),
            kind => format!("{kind} {}{clause}", self.label),
        }
    }
}

fn dot_style(kind: &str) -> &'static str {
    match kind {
        "fact" | "event" | "status" => "shape=ellipse, style=filled, fillcolor=\"#eef4ff\"",
        "condition" | "definition" => "shape=hexagon",
        "classification" | "tier" => "style=filled, fillcolor=\"#fff6dd\"",
        "clock" => "style=filled, fillcolor=\"#ffe9e3\"",
        "route" | "queue" => "style=filled, fillcolor=\"#e6f7ea\"",
        "escalation" | "step" => "style=filled, fillcolor=\"#f3e8ff\"",
        _ => "style=filled, fillcolor=\"#f2f2f2\"",
    }
}

/// Draws node by node; a condition, fact, event or status is drawn when something first rests on it.
struct Draw<'g> {
    graph: &'g Graph,
    handbook: &'g Handbook,
    sources: &'g Sources,
    drawing: Drawing,
    by_id: std::collections::HashMap<String, usize>,
}

impl<'g> Draw<'g> {
    fn new(graph: &'g Graph, handbook: &'g Handbook, sources: &'g Sources) -> Self {
        let drawing = Drawing { nodes: Vec::new(), edges: BTreeSet::new() };
        Draw { graph, handbook, sources, drawing, by_id: std::collections::HashMap::new() }
    }

    fn drawing(mut self) -> Drawing {
        for unit in &self.graph.units {
            self.unit(unit);
        }
        self.drawing
    }

    /// The node of an id, drawn now if it is new. `true` when it is.
    fn node(
        &mut self,
        id: String,
        kind: &'static str,
        label: String,
        clause: Option<String>,
        place: Option<Span>,
    ) -> (usize, bool) {
        if let Some(index) = self.by_id.get(&id) {
            return (*index, false);
        }
        let index = self.drawing.nodes.len();
        let line = place.filter(|span| span.end > 0).map(|span| self.sources.position(span).line);
        self.by_id.insert(id.clone(), index);
        self.drawing.nodes.push(DrawnNode { id, kind, label, clause, line });
        (index, true)
    }

    fn edge(&mut self, from: usize, to: usize) {
        self.drawing.edges.insert((from, to));
    }

    fn clause(&self, authority: AuthorityId) -> Option<String> {
        Some(self.handbook.clause_of(authority).number.clone())
    }

    fn unit(&mut self, unit: &super::UnitNode) {
        let handbook = self.handbook;
        let (kind, name, parts): (&'static str, &Named, Option<(&'static str, &[Named])>) = match unit.unit {
            Unit::Classify(index) => {
                ("classification", &handbook.classifies[index].name, Some(("tier", &handbook.classifies[index].tiers)))
            }
            Unit::Deadline(index) => ("clock", &handbook.deadlines[index].name, None),
            Unit::Route(index) => {
                ("route", &handbook.routes[index].name, Some(("queue", &handbook.routes[index].queues)))
            }
            Unit::Ladder(index) => ("escalation", &handbook.ladders[index].name, None),
            Unit::Record(index) => ("record", &handbook.records[index].name, None),
        };
        let id = unit_name(handbook, unit.unit);
        let clause = self.clause(unit.authority);
        let (whole, _) = self.node(id.clone(), kind, shown(name), clause, Some(name.span));
        self.rest_on(whole, unit.when);
        if let Some(pause) = unit.pause {
            self.rest_on(whole, pause);
        }
        if let Unit::Deadline(index) = unit.unit
            && let ClockSpan::Events(from, until) = handbook.deadlines[index].span
        {
            for event in [from, until] {
                let node = self.event(event);
                self.edge(whole, node);
            }
        }
        let mut step_before: Option<usize> = None;
        for row in &unit.rows {
            let clause = self.clause(row.authority);
            let part = match (unit.unit, parts) {
                (_, Some((kind, names))) => {
                    let name = &names[row.outcome as usize];
                    let of = id.split_once(':').map_or("", |(_, of)| of);
                    Some(self.node(format!("{kind}:{of}/{}", name.id), kind, shown(name), clause, Some(row.span)).0)
                }
                (Unit::Ladder(index), None) => {
                    let step = &handbook.ladders[index].steps[row.outcome as usize];
                    let label = format!("{} {}", step.number, shown(&step.role));
                    let name = &handbook.ladders[index].name.id;
                    let node =
                        self.node(format!("step:{name}/{}", step.number), "step", label, clause, Some(step.span)).0;
                    // A timed step counts from the one before; one that is held waits for its event.
                    if let (Some(_), Some(before)) = (step.after, step_before) {
                        self.edge(node, before);
                    }
                    if let Some(event) = step.until {
                        let event = self.event(event);
                        self.edge(node, event);
                    }
                    step_before = Some(node);
                    Some(node)
                }
                (Unit::Record(index), None) => {
                    let fact = self.fact(handbook.records[index].fields[row.outcome as usize].0);
                    self.edge(whole, fact);
                    None
                }
                (_, None) => None,
            };
            match part {
                Some(part) => {
                    self.edge(whole, part);
                    self.rest_on(part, row.guard);
                }
                None => self.rest_on(whole, row.guard),
            }
        }
    }

    fn rest_on(&mut self, from: usize, condition: ConditionId) {
        if let Some(to) = self.condition(condition) {
            self.edge(from, to);
        }
    }

    /// The node of a condition; nothing for the two constants.
    fn condition(&mut self, id: ConditionId) -> Option<usize> {
        let graph = self.graph;
        let place = graph.conditions.place(id);
        let text = self.sources.text(place).split_whitespace().collect::<Vec<_>>().join(" ");
        match graph.conditions.node(id) {
            Node::Always | Node::Never => None,
            Node::Define(define, inner) => {
                let name = &self.handbook.defines[define.0].name;
                let (node, is_new) =
                    self.node(format!("define:{}", name.id), "definition", shown(name), None, Some(name.span));
                if is_new {
                    self.rest_on(node, *inner);
                }
                Some(node)
            }
            Node::And(parts) | Node::Or(parts) => {
                let (node, is_new) = self.node(format!("condition:{}", id.0), "condition", text, None, Some(place));
                if is_new {
                    for part in parts {
                        self.rest_on(node, *part);
                    }
                }
                Some(node)
            }
            Node::Not(inner) => {
                let (node, is_new) = self.node(format!("condition:{}", id.0), "condition", text, None, Some(place));
                if is_new {
                    self.rest_on(node, *inner);
                }
                Some(node)
            }
            Node::Atom(atom) => {
                let (node, is_new) = self.node(format!("condition:{}", id.0), "condition", text, None, Some(place));
                if is_new {
                    self.atom(node, atom);
                }
                Some(node)
            }
        }
    }

    fn atom(&mut self, node: usize, atom: &Atom) {
        for fact in facts_of(atom) {
            let fact = self.fact(fact);
            self.edge(node, fact);
        }
        let to = match atom {
            Atom::Tier(classify, _) => {
                let name = &self.handbook.classifies[classify.0].name;
                let clause = self.clause(self.handbook.classifies[classify.0].authority);
                Some(
                    self.node(format!("classify:{}", name.id), "classification", shown(name), clause, Some(name.span))
                        .0,
                )
            }
            Atom::Clock(deadline, ..) => Some(self.clock(*deadline)),
            Atom::Happened(event, _) => Some(self.event(*event)),
            Atom::Status(..) | Atom::Awaiting(_) => {
                Some(self.node("status".to_owned(), "status", "status".to_owned(), None, None).0)
            }
            Atom::OpenedBetween(..) | Atom::OpenedOnHoliday | Atom::Age(..) => {
                Some(self.event(crate::handbook::OPENED))
            }
            _ => None,
        };
        if let Some(to) = to {
            self.edge(node, to);
        }
    }

    fn clock(&mut self, deadline: DeadlineId) -> usize {
        let name = &self.handbook.deadlines[deadline.0].name;
        let clause = self.clause(self.handbook.deadlines[deadline.0].authority);
        self.node(format!("deadline:{}", name.id), "clock", shown(name), clause, Some(name.span)).0
    }

    fn event(&mut self, event: EventId) -> usize {
        let name = &self.handbook.events[event.0];
        self.node(format!("event:{}", name.id), "event", shown(name), None, Some(name.span)).0
    }

    fn fact(&mut self, fact: crate::handbook::FactId) -> usize {
        let name = &self.handbook.facts[fact.0].name;
        self.node(fact_name(self.handbook, fact), "fact", shown(name), None, Some(name.span)).0
    }
}

fn shown(name: &Named) -> String {
    match &name.label {
        Some(label) => format!("{} {label}", name.id),
        None => name.id.clone(),
    }
}

/// The facts a single test asks for.
pub fn facts_of(atom: &Atom) -> Vec<crate::handbook::FactId> {
    match atom {
        Atom::Present(fact, _)
        | Atom::Value(fact, _)
        | Atom::Number(fact, _)
        | Atom::Text { fact, .. }
        | Atom::Contains(fact, _)
        | Atom::Matches(fact, _)
        | Atom::Has(fact, _)
        | Atom::HasText(fact, _) => vec![*fact],
        Atom::Time { fact, other: TimeOperand::Fact(other), .. } => vec![*fact, *other],
        Atom::Time { fact, .. } => vec![*fact],
        Atom::Script(_, arguments) => arguments
            .iter()
            .filter_map(|argument| match argument {
                Argument::Fact(fact) => Some(*fact),
                _ => None,
            })
            .collect(),
        Atom::Tier(..)
        | Atom::Status(..)
        | Atom::Awaiting(_)
        | Atom::Happened(..)
        | Atom::Clock(..)
        | Atom::OpenedBetween(..)
        | Atom::OpenedOnHoliday
        | Atom::Age(..) => Vec::new(),
    }
}
