//! The rule graph: which rule rests on what, and in which order they are decided.
//!
//! Conditions are interned, so that the same question is one node however often it is asked. A graph exists only
//! without cycles; nothing is run here.

mod export;
mod intern;
mod order;

pub use export::facts_of;
pub use intern::{ConditionId, Conditions, Node};

use crate::diagnostic::Diagnostic;
use crate::handbook::{
    AuthorityId, ClassifyId, Condition, DeadlineId, Expectation, ExpectationKind, FactId, Handbook, Row,
};
use crate::source::Span;
use std::collections::BTreeSet;

/// What is decided as one: it has an answer of its own, or none.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Unit {
    /// A classification.
    Classify(usize),
    /// A deadline.
    Deadline(usize),
    /// A route.
    Route(usize),
    /// An escalation ladder.
    Ladder(usize),
    /// A record.
    Record(usize),
}

/// A whole handbook as a graph.
#[derive(Clone, Debug)]
pub struct Graph {
    /// Every condition, each once.
    pub conditions: Conditions,
    /// The condition of each definition.
    pub defines: Vec<ConditionId>,
    /// The units with their rows, in the order of evaluation: what a unit rests on stands before it.
    pub units: Vec<UnitNode>,
    /// The expectations of each example: a condition for those that state one.
    pub expectations: Vec<Vec<Option<ConditionId>>>,
}

/// A unit with everything that decides it.
#[derive(Clone, Debug)]
pub struct UnitNode {
    /// Which it is.
    pub unit: Unit,
    /// What the whole of it rests on.
    pub authority: AuthorityId,
    /// When the whole of it applies.
    pub when: ConditionId,
    /// Its rows in order: tiers, limits, queues; the steps of a ladder; the fields of a record.
    pub rows: Vec<RowNode>,
    /// Some row belongs to an exception on trial.
    pub has_trial_rows: bool,
    /// A clock's pause.
    pub pause: Option<ConditionId>,
    /// The longest way to a unit that rests on nothing.
    pub level: usize,
}

/// A row of a unit.
#[derive(Clone, Debug)]
pub struct RowNode {
    /// The clause it rests on.
    pub authority: AuthorityId,
    /// When it is taken, with what its exception asks for.
    pub guard: ConditionId,
    /// What follows: a tier's, queue's, step's, field's or limit's position.
    pub outcome: i64,
    /// Its line.
    pub span: Span,
}

/// Builds the graph. `None`, with each cycle reported by its path, where rules rest on themselves.
pub fn build(handbook: &Handbook, diagnostics: &mut Vec<Diagnostic>) -> Option<Graph> {
    let order = order::order(handbook, diagnostics)?;
    let mut conditions = Conditions::default();
    let mut defines: Vec<Option<ConditionId>> = vec![None; handbook.defines.len()];
    for define in order.defines {
        let inner = conditions.intern(&handbook.defines[define.0].condition, &defines);
        defines[define.0] = Some(inner);
    }
    let mut units: Vec<UnitNode> = Vec::new();
    for (unit, level) in order.units {
        units.push(unit_node(handbook, &mut conditions, &defines, unit, level));
    }
    let expectations =
        handbook.examples.iter().map(|example| expected(&mut conditions, &defines, &example.expectations)).collect();
    Some(Graph { conditions, defines: defines.into_iter().flatten().collect(), units, expectations })
}

fn expected(
    conditions: &mut Conditions,
    defines: &[Option<ConditionId>],
    expectations: &[Expectation],
) -> Vec<Option<ConditionId>> {
    let condition = |expectation: &Expectation| match &expectation.kind {
        ExpectationKind::Holds(condition) => Some(conditions.intern(condition, defines)),
        _ => None,
    };
    expectations.iter().map(condition).collect()
}

fn unit_node(
    handbook: &Handbook,
    conditions: &mut Conditions,
    defines: &[Option<ConditionId>],
    unit: Unit,
    level: usize,
) -> UnitNode {
    let authority = authority_of(handbook, unit);
    let whole = handbook.authorities[authority.0].when.as_ref();
    let when = whole.map_or(Conditions::ALWAYS, |when| conditions.intern(when, defines));
    let mut guarded = |of: AuthorityId, guard: &Condition, outcome: i64, span: Span| {
        let own = conditions.intern(guard, defines);
        let exception = handbook.authorities[of.0].when.as_ref().filter(|_| of != authority);
        let guard = match exception {
            Some(exception) => {
                let exception = conditions.intern(exception, defines);
                conditions.both(exception, own)
            }
            None => own,
        };
        RowNode { authority: of, guard, outcome, span }
    };
    let rows: Vec<RowNode> = match unit {
        Unit::Classify(index) => handbook.classifies[index]
            .rows
            .iter()
            .map(|row| guarded(row.authority, &row.guard, row.outcome as i64, row.span))
            .collect(),
        Unit::Deadline(index) => handbook.deadlines[index]
            .rows
            .iter()
            .enumerate()
            .map(|(position, row)| guarded(row.authority, &row.guard, position as i64, row.span))
            .collect(),
        Unit::Route(index) => handbook.routes[index]
            .rows
            .iter()
            .map(|row| guarded(row.authority, &row.guard, row.outcome as i64, row.span))
            .collect(),
        Unit::Ladder(index) => {
            let steps = handbook.ladders[index].steps.iter().enumerate();
            steps.map(|(position, step)| guarded(authority, &step.trigger, position as i64, step.span)).collect()
        }
        Unit::Record(index) => {
            let fields = handbook.records[index].fields.iter().enumerate();
            fields.map(|(position, (_, when))| guarded(authority, when, position as i64, when.span)).collect()
        }
    };
    let pause = match unit {
        Unit::Deadline(index) => {
            handbook.deadlines[index].pause.as_ref().map(|pause| conditions.intern(pause, defines))
        }
        _ => None,
    };
    let has_trial_rows =
        rows.iter().any(|row| row.authority != authority && handbook.authorities[row.authority.0].trial);
    UnitNode { unit, authority, when, rows, has_trial_rows, pause, level }
}

/// What a unit rests on.
pub fn authority_of(handbook: &Handbook, unit: Unit) -> AuthorityId {
    match unit {
        Unit::Classify(index) => handbook.classifies[index].authority,
        Unit::Deadline(index) => handbook.deadlines[index].authority,
        Unit::Route(index) => handbook.routes[index].authority,
        Unit::Ladder(index) => handbook.ladders[index].authority,
        Unit::Record(index) => handbook.records[index].authority,
    }
}

/// Every condition a unit is decided by, as written: its own, its rows', its exceptions'.
fn conditions_of(handbook: &Handbook, unit: Unit) -> Vec<&Condition> {
    fn rows<'h, T>(handbook: &'h Handbook, rows: &'h [Row<T>], found: &mut Vec<&'h Condition>) {
        let authorities: BTreeSet<AuthorityId> = rows.iter().map(|row| row.authority).collect();
        found.extend(authorities.iter().filter_map(|authority| handbook.authorities[authority.0].when.as_ref()));
        found.extend(rows.iter().map(|row| &row.guard));
    }
    let own = handbook.authorities[authority_of(handbook, unit).0].when.as_ref();
    let mut found: Vec<&Condition> = own.into_iter().collect();
    match unit {
        Unit::Classify(index) => rows(handbook, &handbook.classifies[index].rows, &mut found),
        Unit::Deadline(index) => {
            rows(handbook, &handbook.deadlines[index].rows, &mut found);
            found.extend(&handbook.deadlines[index].pause);
        }
        Unit::Route(index) => rows(handbook, &handbook.routes[index].rows, &mut found),
        Unit::Ladder(index) => found.extend(handbook.ladders[index].steps.iter().map(|step| &step.trigger)),
        Unit::Record(index) => found.extend(handbook.records[index].fields.iter().map(|(_, when)| when)),
    }
    found
}

/// Names of what the graph speaks of, the same in every output: `classify:urgency`.
pub fn unit_name(handbook: &Handbook, unit: Unit) -> String {
    match unit {
        Unit::Classify(index) => format!("classify:{}", handbook.classifies[index].name.id),
        Unit::Deadline(index) => format!("deadline:{}", handbook.deadlines[index].name.id),
        Unit::Route(index) => format!("route:{}", handbook.routes[index].name.id),
        Unit::Ladder(index) => format!("escalation:{}", handbook.ladders[index].name.id),
        Unit::Record(index) => format!("record:{}", handbook.records[index].name.id),
    }
}

/// `fact:category`
pub fn fact_name(handbook: &Handbook, fact: FactId) -> String {
    format!("fact:{}", handbook.facts[fact.0].name.id)
}

impl Unit {
    /// The unit that decides a tier.
    pub fn of_classify(id: ClassifyId) -> Unit {
        Unit::Classify(id.0)
    }

    /// The unit that decides a clock.
    pub fn of_deadline(id: DeadlineId) -> Unit {
        Unit::Deadline(id.0)
    }
}
