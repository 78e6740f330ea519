//! The engine: a handbook, ready to decide.
//!
//! Built once from the graph and never changed; any number of threads decide with it at once. A decision is a
//! pure function of the engine, a ticket and an instant: no IO, no clock.

mod case;
mod clock;
mod course;
mod decide;
mod decision;
mod example;
mod index;
mod intervals;
mod ladder;
mod ledger;
mod past;
mod script;
mod test;
mod text;
mod ticket;
mod timeline;
mod trace;

pub use decision::{
    Cited, ClockAnswer, DeadlineAnswer, Decision, EscalationAnswer, Finding, HandbookRef, LedgerRow, OnTrial,
    ReachedStep, RecordAnswer, Repeats, RouteAnswer, State, TierAnswer, TraceNode, TraceValue,
};
pub use example::{ExampleResult, ExpectationFailure};
pub use text::fold;
pub use ticket::{Refusal, Ticket, Value, Violation};

use crate::calendar::Instant;
use crate::diagnostic::Diagnostic;
use crate::graph::{ConditionId, Graph, Node, Unit, UnitNode, fact_name, facts_of, unit_name};
use crate::handbook::{Atom, AuthorityId, ClassifyId, DeadlineId, FactId, Handbook};
use crate::source::{Sources, Span};
use case::Scratch;
use clock::Terms;
use index::Index;
use std::cell::RefCell;
use test::Test;
use ticket::Schema;

/// Conditions nest no deeper: a handbook beyond this is refused, and no ticket can exhaust the stack.
const DEEPEST: usize = 200;

/// A handbook that can decide.
#[derive(Debug)]
pub struct Engine {
    handbook: Handbook,
    graph: Graph,
    digest: String,
    schema: Schema,
    tests: Vec<Test>,
    /// By condition: whether it can change by time or events alone.
    is_temporal: Vec<bool>,
    /// By condition: whether any fact could be missing for it.
    rests_on_facts: Vec<bool>,
    /// By deadline: what time or events alone change about it.
    moving_clocks: Vec<Movement>,
    /// By condition: each place it is written at, as a trace shows it.
    places: Vec<Vec<Place>>,
    /// By ladder and step: what brings it, as written.
    step_texts: Vec<Vec<String>>,
    /// By unit and row: what a trace shows of it.
    row_places: Vec<Vec<Place>>,
    unit_lines: Vec<u32>,
    fact_lines: Vec<u32>,
    names: Names,
    index: Index,
    scripts: Option<script::Scripts>,
    compares_text: bool,
    /// By classification: its position among the units.
    classify_units: Vec<usize>,
}

/// What a trace shows of a condition.
#[derive(Clone, Debug)]
struct Place {
    span: Span,
    text: String,
    line: u32,
    clause: Option<usize>,
}

/// What changes about a deadline with time alone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Movement {
    Nothing,
    /// Whether it applies.
    Being,
    /// By which row, and perhaps whether it applies.
    Limit,
}

/// Names of the nodes of the graph, as traces give them.
#[derive(Debug)]
struct Names {
    conditions: Vec<String>,
    facts: Vec<String>,
    units: Vec<String>,
    /// By unit, then by row.
    rows: Vec<Vec<String>>,
}

impl Engine {
    /// Builds the engine of a graph. `None`, with the reasons reported, where scripts are broken or conditions
    /// nest too deep.
    pub fn new(
        handbook: Handbook,
        graph: Graph,
        digest: String,
        sources: &Sources,
        diagnostics: &mut Vec<Diagnostic>,
    ) -> Option<Engine> {
        let before = diagnostics.len();
        let scripts = script::Scripts::compile(&handbook, sources, diagnostics);
        if diagnostics.len() == before {
            let atoms = graph.conditions.ids().filter_map(|id| match graph.conditions.node(id) {
                Node::Atom(atom) => Some((atom, graph.conditions.place(id))),
                _ => None,
            });
            script::check_calls(scripts.as_ref(), atoms, diagnostics);
        }
        report_depth(&graph, diagnostics);
        report_patterns(&graph, diagnostics);
        if diagnostics[before..].iter().any(Diagnostic::is_error) {
            return None;
        }
        let tests = test::compile(&graph.conditions);
        let facts = facts(&graph);
        let is_temporal = temporal(&handbook, &graph, &tests);
        let rests_on_facts = facts.iter().map(|facts| !facts.is_empty()).collect();
        let moving_clocks = moving_clocks(&handbook, &graph, &is_temporal);
        let index = Index::new(&handbook, &graph.units, &tests, &facts);
        let compares_text =
            tests.iter().any(|test| matches!(test, Test::Text(..) | Test::Contains(..) | Test::Matches(..)));
        let mut classify_units: Vec<usize> = vec![0; handbook.classifies.len()];
        for (position, unit) in graph.units.iter().enumerate() {
            if let Unit::Classify(index) = unit.unit {
                classify_units[index] = position;
            }
        }
        let places = graph.conditions.ids().map(|id| places(&handbook, &graph, sources, id)).collect();
        let row_places = graph
            .units
            .iter()
            .map(|unit| unit.rows.iter().map(|row| place(&handbook, sources, row.span)).collect())
            .collect();
        let unit_lines =
            graph.units.iter().map(|unit| line(sources, handbook.authorities[unit.authority.0].span)).collect();
        let fact_lines = handbook.facts.iter().map(|fact| line(sources, fact.name.span)).collect();
        let text = |span: Span| in_one_line(sources.text(span));
        let step_texts =
            handbook.ladders.iter().map(|ladder| ladder.steps.iter().map(|step| text(step.why)).collect()).collect();
        let names = names(&handbook, &graph);
        let schema = Schema::new(&handbook);
        Some(Engine {
            handbook,
            graph,
            digest,
            schema,
            tests,
            is_temporal,
            rests_on_facts,
            moving_clocks,
            places,
            step_texts,
            row_places,
            unit_lines,
            fact_lines,
            names,
            index,
            scripts,
            compares_text,
            classify_units,
        })
    }

    /// The handbook it decides by.
    pub fn handbook(&self) -> &Handbook {
        &self.handbook
    }

    /// The rule graph.
    pub fn graph(&self) -> &Graph {
        &self.graph
    }

    /// The digest of everything the handbook rests on, `sha256:…`.
    pub fn digest(&self) -> &str {
        &self.digest
    }

    /// Reads a ticket from JSON.
    ///
    /// # Errors
    /// Every violation, each with its JSON pointer.
    pub fn read_ticket<'a>(&self, json: &'a [u8]) -> Result<Ticket<'a>, Refusal> {
        ticket::read(&self.schema, json)
    }

    /// Decides a ticket as of an instant; with `explain`, also says what was tried.
    pub fn decide<'e>(&'e self, ticket: &Ticket, as_of: Instant, explain: bool) -> Decision<'e> {
        SCRATCH.with(|scratch| match scratch.try_borrow_mut() {
            Ok(mut scratch) => decide::decide(self, ticket, as_of, explain, &mut scratch),
            // Only a decision inside a decision of the same thread comes here.
            Err(_) => decide::decide(self, ticket, as_of, explain, &mut Scratch::default()),
        })
    }

    /// Runs the examples of the text and the cases of the tests file.
    pub fn run_examples(&self) -> Vec<ExampleResult> {
        example::run(self)
    }

    /// Whether the rules of an authority are meant for tickets opened then.
    fn is_effective(&self, authority: AuthorityId, opened: Instant) -> bool {
        let Some((from, until)) = self.handbook.authorities[authority.0].effective else { return true };
        let date = self.handbook.meta.zone.date(opened);
        from <= date && until.is_none_or(|until| date <= until)
    }

    /// Whether an exception counts: it is meant for the ticket, and not on trial.
    fn counts(&self, authority: AuthorityId, opened: Instant) -> bool {
        !self.handbook.authorities[authority.0].trial && self.is_effective(authority, opened)
    }

    /// What a deadline counts by one of its rows.
    fn terms(&self, index: usize, row: usize) -> Terms<'_> {
        let deadline = &self.handbook.deadlines[index];
        Terms {
            deadline,
            calendar: self.handbook.calendar.as_deref(),
            day_end: self.handbook.meta.day_end,
            limit: deadline.rows[row].outcome,
        }
    }

    fn unit_of_deadline(&self, deadline: DeadlineId) -> Option<&UnitNode> {
        self.graph.units.iter().find(|unit| unit.unit == Unit::Deadline(deadline.0))
    }

    fn unit_of_classify(&self, classify: ClassifyId) -> Option<usize> {
        self.classify_units.get(classify.0).copied()
    }
}

thread_local! {
    /// Kept from one decision to the next; holds nothing that an answer could depend on.
    static SCRATCH: RefCell<Scratch> = RefCell::new(Scratch::default());
}

/// By condition: every fact it rests on.
fn facts(graph: &Graph) -> Vec<Vec<FactId>> {
    let mut facts: Vec<Vec<FactId>> = Vec::with_capacity(graph.conditions.len());
    for id in graph.conditions.ids() {
        let mut found: Vec<FactId> = match graph.conditions.node(id) {
            Node::Always | Node::Never => Vec::new(),
            Node::And(parts) | Node::Or(parts) => {
                parts.iter().flat_map(|part| facts[part.0 as usize].clone()).collect()
            }
            Node::Not(inner) | Node::Define(_, inner) => facts[inner.0 as usize].clone(),
            Node::Atom(atom) => facts_of(atom),
        };
        found.sort_unstable();
        found.dedup();
        facts.push(found);
    }
    facts
}

fn temporal(handbook: &Handbook, graph: &Graph, tests: &[Test]) -> Vec<bool> {
    let mut classifies: Vec<bool> = vec![false; handbook.classifies.len()];
    // Tiers of a lower level are settled before those that rest on them.
    loop {
        let mut is_temporal: Vec<bool> = Vec::with_capacity(tests.len());
        for test in tests {
            let inner = |id: &u32| is_temporal[*id as usize];
            let temporal = match test {
                Test::And(parts) | Test::Or(parts) => parts.iter().any(inner),
                Test::Not(id) | Test::Same(id) => inner(id),
                Test::Status(..) | Test::Awaiting(_) | Test::Happened(..) | Test::Clock(..) | Test::Age(..) => true,
                Test::Tier(classify, _) => classifies[classify.0],
                _ => false,
            };
            is_temporal.push(temporal);
        }
        let mut changed: bool = false;
        for unit in &graph.units {
            let Unit::Classify(index) = unit.unit else { continue };
            let moves =
                is_temporal[unit.when.0 as usize] || unit.rows.iter().any(|row| is_temporal[row.guard.0 as usize]);
            changed |= moves && !classifies[index];
            classifies[index] |= moves;
        }
        if !changed {
            return is_temporal;
        }
    }
}

fn moving_clocks(handbook: &Handbook, graph: &Graph, is_temporal: &[bool]) -> Vec<Movement> {
    let mut moving: Vec<Movement> = vec![Movement::Nothing; handbook.deadlines.len()];
    for unit in &graph.units {
        if let Unit::Deadline(index) = unit.unit {
            let rows_move = unit.rows.iter().any(|row| is_temporal[row.guard.0 as usize]);
            moving[index] = match is_temporal[unit.when.0 as usize] {
                _ if rows_move => Movement::Limit,
                true => Movement::Being,
                false => Movement::Nothing,
            };
        }
    }
    moving
}

/// A pattern is read with the handbook; whether it can be run in bounded memory is known only here.
fn report_patterns(graph: &Graph, diagnostics: &mut Vec<Diagnostic>) {
    for id in graph.conditions.ids() {
        let Node::Atom(Atom::Matches(_, written)) = graph.conditions.node(id) else { continue };
        if text::pattern(written).is_none() {
            let place = graph.conditions.place(id);
            diagnostics.push(
                Diagnostic::new(
                    &crate::diagnostic::codes::BAD_PATTERN,
                    place,
                    "this pattern needs more memory than a pattern may have",
                )
                .help("repeat fewer times, or look for a shorter part of the text"),
            );
        }
    }
}

fn report_depth(graph: &Graph, diagnostics: &mut Vec<Diagnostic>) {
    let mut depths: Vec<usize> = Vec::with_capacity(graph.conditions.len());
    for id in graph.conditions.ids() {
        let depth = match graph.conditions.node(id) {
            Node::And(parts) | Node::Or(parts) => {
                parts.iter().map(|part| depths[part.0 as usize] + 1).max().unwrap_or(0)
            }
            Node::Not(inner) | Node::Define(_, inner) => depths[inner.0 as usize] + 1,
            _ => 0,
        };
        depths.push(depth);
        if depth == DEEPEST {
            diagnostics.push(
                Diagnostic::new(
                    &crate::diagnostic::codes::TOO_DEEP,
                    graph.conditions.place(id),
                    format!("conditions build on each other more than {DEEPEST} deep here"),
                )
                .help("let definitions rest on facts in place of long chains of definitions"),
            );
        }
    }
}

/// Words as they are shown: in one line, and not longer than a person reads.
fn in_one_line(words: &str) -> String {
    const LONGEST: usize = 300;
    let mut line = String::new();
    for word in words.split_whitespace() {
        if line.len() + word.len() > LONGEST {
            line.push_str(" …");
            break;
        }
        if !line.is_empty() {
            line.push(' ');
        }
        line.push_str(word);
    }
    line
}

fn place(handbook: &Handbook, sources: &Sources, span: Span) -> Place {
    let text = in_one_line(sources.text(span));
    let clause = handbook.clause_at(span);
    Place { span, text, line: sources.position(span).line as u32, clause }
}

/// The places of a condition. A cell of a table is shown with the head of its column.
fn places(handbook: &Handbook, graph: &Graph, sources: &Sources, id: ConditionId) -> Vec<Place> {
    let subject: Option<&str> = match graph.conditions.node(id) {
        Node::Atom(Atom::Tier(classify, _)) => Some(&handbook.classifies[classify.0].name.id),
        Node::Atom(Atom::Status(..) | Atom::Awaiting(_)) => Some("status"),
        Node::Atom(atom) => facts_of(atom).first().map(|fact| handbook.facts[fact.0].name.id.as_str()),
        _ => None,
    };
    let shown = |span: &Span| {
        let mut place = place(handbook, sources, *span);
        if let Some(subject) = subject.filter(|subject| !place.text.contains(*subject)) {
            place.text = format!("{subject}: {}", place.text);
        }
        place
    };
    graph.conditions.places(id).iter().map(shown).collect()
}

fn line(sources: &Sources, span: Span) -> u32 {
    sources.position(span).line as u32
}

fn names(handbook: &Handbook, graph: &Graph) -> Names {
    let conditions = graph
        .conditions
        .ids()
        .map(|id| match graph.conditions.node(id) {
            Node::Define(define, _) => format!("define:{}", handbook.defines[define.0].name.id),
            _ => format!("condition:{}", id.0),
        })
        .collect();
    let facts = (0..handbook.facts.len()).map(|fact| fact_name(handbook, FactId(fact))).collect();
    let units: Vec<String> = graph.units.iter().map(|unit| unit_name(handbook, unit.unit)).collect();
    let rows = graph
        .units
        .iter()
        .zip(&units)
        .map(|(unit, name)| (0..unit.rows.len()).map(|row| format!("{name}/{}", row + 1)).collect())
        .collect();
    Names { conditions, facts, units, rows }
}
