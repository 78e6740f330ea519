//! The order of evaluation: what a rule rests on comes before it. Cycles are refused with their path.

use super::{Unit, conditions_of};
use crate::diagnostic::{Diagnostic, codes};
use crate::handbook::{Atom, Condition, ConditionKind, DefineId, Handbook};
use crate::source::Span;
use std::collections::HashMap;

/// What can rest on another.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Vertex {
    Define(DefineId),
    Unit(Unit),
}

/// The orders found.
pub struct Order {
    /// Definitions, what is rested on first.
    pub defines: Vec<DefineId>,
    /// Units with their levels, lowest first, in the order of the text within a level.
    pub units: Vec<(Unit, usize)>,
}

/// Finds the order, or reports every cycle and gives `None`.
pub fn order(handbook: &Handbook, diagnostics: &mut Vec<Diagnostic>) -> Option<Order> {
    let mut search = Search {
        handbook,
        marks: HashMap::new(),
        path: Vec::new(),
        defines: Vec::new(),
        units: Vec::new(),
        cycles: Vec::new(),
    };
    let units = (0..handbook.classifies.len())
        .map(Unit::Classify)
        .chain((0..handbook.deadlines.len()).map(Unit::Deadline))
        .chain((0..handbook.routes.len()).map(Unit::Route))
        .chain((0..handbook.ladders.len()).map(Unit::Ladder))
        .chain((0..handbook.records.len()).map(Unit::Record));
    for define in 0..handbook.defines.len() {
        search.visit(Vertex::Define(DefineId(define)));
    }
    for unit in units {
        search.visit(Vertex::Unit(unit));
    }
    for cycle in &search.cycles {
        diagnostics.push(report(handbook, cycle));
    }
    if !search.cycles.is_empty() {
        return None;
    }
    let mut units = search.units;
    units.sort_by_key(|(unit, level)| (*level, *unit));
    Some(Order { defines: search.defines, units })
}

/// How far a vertex has come.
#[derive(Clone, Copy)]
enum Mark {
    Open,
    /// Done; the level of the units it rests on, plus one where it is a unit itself.
    Done(usize),
}

/// A step of the search: a vertex, what it rests on, how much of that is done, and the level so far.
struct Frame {
    vertex: Vertex,
    rests_on: Vec<Vertex>,
    next: usize,
    level: usize,
}

struct Search<'h> {
    handbook: &'h Handbook,
    marks: HashMap<Vertex, Mark>,
    path: Vec<Frame>,
    defines: Vec<DefineId>,
    units: Vec<(Unit, usize)>,
    cycles: Vec<Vec<Vertex>>,
}

impl Search<'_> {
    /// Depth first with a stack of its own: a chain of ten thousand definitions is no danger.
    fn visit(&mut self, start: Vertex) {
        if self.marks.contains_key(&start) {
            return;
        }
        self.enter(start);
        while let Some(frame) = self.path.last_mut() {
            let Some(next) = frame.rests_on.get(frame.next).copied() else {
                self.leave();
                continue;
            };
            frame.next += 1;
            match self.marks.get(&next) {
                None => self.enter(next),
                Some(Mark::Open) => self.cycle(next),
                Some(Mark::Done(level)) => frame.level = frame.level.max(*level),
            }
        }
    }

    fn enter(&mut self, vertex: Vertex) {
        self.marks.insert(vertex, Mark::Open);
        let rests_on = rests_on(self.handbook, vertex);
        self.path.push(Frame { vertex, rests_on, next: 0, level: 0 });
    }

    fn leave(&mut self) {
        let Some(frame) = self.path.pop() else { return };
        let level = match frame.vertex {
            Vertex::Define(define) => {
                self.defines.push(define);
                frame.level
            }
            Vertex::Unit(unit) => {
                self.units.push((unit, frame.level));
                frame.level + 1
            }
        };
        self.marks.insert(frame.vertex, Mark::Done(level));
        if let Some(parent) = self.path.last_mut() {
            parent.level = parent.level.max(level);
        }
    }

    fn cycle(&mut self, back_to: Vertex) {
        let start = self.path.iter().position(|frame| frame.vertex == back_to).unwrap_or(0);
        self.cycles.push(self.path[start..].iter().map(|frame| frame.vertex).collect());
    }
}

fn rests_on(handbook: &Handbook, vertex: Vertex) -> Vec<Vertex> {
    let conditions: Vec<&Condition> = match vertex {
        Vertex::Define(define) => vec![&handbook.defines[define.0].condition],
        Vertex::Unit(unit) => conditions_of(handbook, unit),
    };
    let mut found: Vec<Vertex> = Vec::new();
    for condition in conditions {
        condition.leaves(&mut |leaf| {
            let vertex = match &leaf.kind {
                ConditionKind::Define(define) => Vertex::Define(*define),
                ConditionKind::Atom(Atom::Tier(classify, _)) => Vertex::Unit(Unit::of_classify(*classify)),
                ConditionKind::Atom(Atom::Clock(deadline, ..)) => Vertex::Unit(Unit::of_deadline(*deadline)),
                _ => return,
            };
            if !found.contains(&vertex) {
                found.push(vertex);
            }
        });
    }
    found
}

fn name(handbook: &Handbook, vertex: Vertex) -> (String, Span) {
    let named = match vertex {
        Vertex::Define(define) => &handbook.defines[define.0].name,
        Vertex::Unit(Unit::Classify(index)) => &handbook.classifies[index].name,
        Vertex::Unit(Unit::Deadline(index)) => &handbook.deadlines[index].name,
        Vertex::Unit(Unit::Route(index)) => &handbook.routes[index].name,
        Vertex::Unit(Unit::Ladder(index)) => &handbook.ladders[index].name,
        Vertex::Unit(Unit::Record(index)) => &handbook.records[index].name,
    };
    (named.id.clone(), named.span)
}

fn report(handbook: &Handbook, cycle: &[Vertex]) -> Diagnostic {
    let names: Vec<(String, Span)> = cycle.iter().map(|vertex| name(handbook, *vertex)).collect();
    let (first, span) = names[0].clone();
    let path: Vec<String> = names.iter().map(|(name, _)| format!("`{name}`")).chain([format!("`{first}`")]).collect();
    let mut diagnostic =
        Diagnostic::new(&codes::CYCLE, span, format!("`{first}` rests on itself: {}", path.join(" → ")));
    for (name, place) in names.iter().skip(1).take(4) {
        diagnostic = diagnostic.label(*place, format!("by way of `{name}`"));
    }
    diagnostic.help("let one of them rest on facts in place of the others")
}
